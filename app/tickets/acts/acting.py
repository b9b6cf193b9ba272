"""Acting on a ticket: who may, what it needs, and the one order in which an act is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Response

from app.access.gate import WrongRole, caller
from app.access.roles import Caller
from app.city import AtCity
from app.kit.clock import AtClock, Now
from app.kit.db import Writing
from app.kit.etag import IfMatch, Versions
from app.kit.idempotency import OneEffect
from app.tickets.acts import locking
from app.tickets.acts.change import Change
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import WHO
from app.tickets.views import scope, view
from app.tickets.views.schemas import TicketView
from app.tickets.views.view import Viewer

B = TypeVar("B")
R = TypeVar("R")


@dataclass
class Doing:
    """What every change needs beside its subject."""

    session: Writing
    city: AtCity
    once: OneEffect
    now: Now
    clock: AtClock
    response: Response

    def take(
        self,
        caller: Caller,
        number: str,
        check: Callable[[Change], None],
        do: Callable[[Change], R],
        *others: str | None,
    ) -> R:
        """An act on a ticket: its row is locked (with those of `others`, tickets that it concerns),
        what had fallen due is applied, the act is checked, done, and sent to the database.

        Refuses what `check` refuses, then what `do` refuses; of a conflict the caller learns how
        the ticket stands and what he may do.
        """
        change = locking.locked(self.session, self.city, caller, number, self.clock, *others)
        check(change)
        with locking.explained(change):
            result = do(change)
        self.session.flush()
        return result

    def show(self, caller: Caller, number: str) -> TicketView:
        """The ticket as it now is, under its ETag."""
        ticket = scope.get(self.session, caller, number)
        self.response.headers["ETag"] = f'"{ticket.version}"'
        return view.one(Viewer(caller, self.city, self.now, self.session), ticket)


Changing = Annotated[Doing, Depends()]


@dataclass(frozen=True)
class Act:
    """An act of one kind that a caller, whose role has a part in it, takes on a ticket he sees."""

    action: Action
    caller: Caller
    number: str
    parent: str | None
    doing: Doing
    if_match: Versions | None

    def __call__(
        self,
        do: Callable[[Change, B], None],
        body: B,
        check: Callable[[Change, B], None] | None = None,
        *others: str | None,
    ) -> TicketView:
        """Take it, once for each Idempotency-Key, and show the ticket as it then is."""
        return self.doing.show(
            self.caller, self.doing.once(lambda: self.take(do, body, check, *others))
        )

    def take(
        self,
        do: Callable[[Change, B], None],
        body: B,
        check: Callable[[Change, B], None] | None = None,
        *others: str | None,
    ) -> str:
        """Refuses NotYourPart, what `check` refuses of the body (403, 422), TicketChanged,
        IllegalMove, and what `do` refuses. `others` are tickets that are to change with it."""

        def check_all(change: Change) -> None:
            locking.check_part(change, self.action)
            if check:
                check(change, body)
            locking.check_state(change, self.action, self.if_match)

        concerned = (*others, self.parent)
        self.doing.take(
            self.caller, self.number, check_all, lambda change: do(change, body), *concerned
        )
        return self.number


def taking(action: Action) -> Any:
    """A dependency: the act that a path stands for. Refuses WrongRole, then NoSuchTicket."""

    async def actor(found: Annotated[Caller, Depends(caller)]) -> Caller:
        if not scope.ROLE_PARTS.get(found.role, frozenset()) & WHO[action]:
            raise WrongRole(f"a key of the role {found.role} may not {action}", role=found.role)
        return found

    def act(
        number: str,
        caller: Annotated[Caller, Depends(actor)],
        doing: Changing,
        if_match: IfMatch,
    ) -> Act:
        ticket = scope.get(doing.session, caller, number)
        return Act(action, caller, ticket.number, ticket.merged_into, doing, if_match)

    return Depends(act)
