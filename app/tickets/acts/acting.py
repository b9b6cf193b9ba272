"""What a call on tickets brings along: who looks, who acts, and all that this needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response

from app.access.gate import WrongRole, caller
from app.access.roles import Caller
from app.city import AtCity
from app.kit.clock import AtClock, Now
from app.kit.db import Writing
from app.kit.etag import IfMatch
from app.kit.idempotency import OneEffect
from app.tickets.acts import checks, locking
from app.tickets.acts.change import Change
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import WHO
from app.tickets.models import Ticket
from app.tickets.views import scope, view
from app.tickets.views.schemas import TicketView
from app.tickets.views.view import Viewer

S = TypeVar("S")


async def actor(request: Request, found: Annotated[Caller, Depends(caller)]) -> Caller:
    """Whoever has, by role, a part in the action that the path names (its last word)."""
    action = action_of(request)
    if not scope.ROLE_PARTS.get(found.role, frozenset()) & WHO[action]:
        raise WrongRole(f"a key of the role {found.role} may not {action}", role=found.role)
    return found


def action_of(request: Request) -> Action:
    return Action(request.url.path.rsplit("/", 1)[-1])


Actor = Annotated[Caller, Depends(actor)]


def to_act_on(number: str, caller: Actor, session: Writing) -> Ticket:
    return scope.get(session, caller, number)


@dataclass
class Doing:
    """What every change needs beside its subject."""

    session: Writing
    city: AtCity
    once: OneEffect
    now: Now
    clock: AtClock
    request: Request
    response: Response

    def show(self, caller: Caller, number: str) -> TicketView:
        """The ticket as it now is, under its ETag."""
        ticket = scope.get(self.session, caller, number)
        self.response.headers["ETag"] = f'"{ticket.version}"'
        return view.one(Viewer(caller, self.session, self.city, self.now), ticket)


@dataclass
class Act:
    """Someone with a part in an action, about to take it on a ticket that he may see."""

    caller: Actor
    ticket: Annotated[Ticket, Depends(to_act_on)]
    doing: Annotated[Doing, Depends()]
    if_match: IfMatch

    def __call__(
        self, perform: Callable[[Change, S], None], said: S, *others: str | None
    ) -> TicketView:
        """Do it, once for each Idempotency-Key, and show the ticket as it then is; `others` are
        tickets that are to change with it."""
        number = self.doing.once(lambda: self.change(perform, said, *others))
        return self.doing.show(self.caller, number)

    def change(self, perform: Callable[[Change, S], None], said: S, *others: str | None) -> str:
        doing, ticket = self.doing, self.ticket
        concerned = (*others, ticket.merged_into)
        change = locking.locked(
            doing.session, doing.city, self.caller, ticket.number, doing.clock, *concerned
        )
        action = action_of(doing.request)
        locking.check_part(change, action)
        checks.check_words(change, action, said)
        locking.check_state(change, action, self.if_match)
        with locking.told(change):
            perform(change, said)
        doing.session.flush()
        return change.ticket.number


Acting = Annotated[Act, Depends()]

Changing = Annotated[Doing, Depends()]
