"""What a call on tickets brings along: who looks, who acts, and all that this needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response

from app.access.gate import WrongRole, allow, caller
from app.access.roles import Caller
from app.kit.clock import AtClock, Now
from app.kit.db import Reading, Writing
from app.kit.etag import IfMatch
from app.kit.idempotency import OneEffect
from app.tickets import checks, scope, service, view
from app.tickets.change import Change
from app.tickets.desk import AtDesk
from app.tickets.lifecycle import Action
from app.tickets.models import Ticket
from app.tickets.parts import WHO
from app.tickets.shown import TicketView
from app.tickets.view import Viewer

Reader = Annotated[Caller, Depends(allow(scope.READERS))]
S = TypeVar("S")


def viewer(caller: Reader, session: Reading, desk: AtDesk, now: Now) -> Viewer:
    return Viewer(caller, session, desk, now)


Looking = Annotated[Viewer, Depends(viewer)]


def seen(number: str, looking: Looking) -> Ticket:
    return service.get(looking.session, looking.caller, number)


Seen = Annotated[Ticket, Depends(seen)]


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
    return service.get(session, caller, number)


@dataclass
class Doing:
    """What every change needs beside its subject."""

    session: Writing
    desk: AtDesk
    once: OneEffect
    now: Now
    clock: AtClock
    request: Request
    response: Response

    def show(self, caller: Caller, number: str) -> TicketView:
        """The ticket as it now is, under its ETag."""
        ticket = service.get(self.session, caller, number)
        self.response.headers["ETag"] = f'"{ticket.version}"'
        return view.one(Viewer(caller, self.session, self.desk, self.now), ticket)


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
        change = service.locked(
            doing.session, doing.desk, self.caller, ticket.number, doing.clock, *concerned
        )
        action = action_of(doing.request)
        service.check_part(change, action)
        checks.check_words(change, action, said)
        service.check_state(change, action, self.if_match)
        with service.told(change):
            perform(change, said)
        doing.session.flush()
        return change.ticket.number


Acting = Annotated[Act, Depends()]
Changing = Annotated[Doing, Depends()]
