"""Acts on a ticket: the caller's right, the lock, the checks and the change, in one order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Response

from app.access.gate import WrongRole, caller
from app.access.roles import Caller
from app.city import AtCity
from app.kit.clock import AtClock, Now
from app.kit.db import Writing
from app.kit.messages import Message
from app.kit.web.etag import IfMatch, Versions, spoken
from app.kit.web.idempotency import OneEffect
from app.kit.web.wire import JsonBytes
from app.tickets.acts import locking
from app.tickets.acts.change import Change
from app.tickets.disclosure import NO_STORE
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import WHO
from app.tickets.views import scope, view
from app.tickets.views.view import Viewer

B = TypeVar("B")
R = TypeVar("R")


@dataclass
class Doing:
    """The request's session, city, clock and answer, for an act."""

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
        """Lock the ticket and the `others`, apply due changes, check the act, do it and flush.

        Refusals come in this order: NoSuchTicket, those of `check`, those of `do`. A conflict
        carries the ticket's status and the caller's allowed actions.
        """
        change = locking.locked(self.session, self.city, caller, number, self.clock, *others)
        check(change)
        with locking.explained(change):
            result = do(change)
        self.session.flush()
        return result

    def show(self, caller: Caller, number: str) -> Response:
        """The changed ticket, with its ETag."""
        viewer = Viewer(caller, self.city, self.now, self.session)
        ticket = view.seen(viewer, number)
        answer = JsonBytes(view.as_json(viewer, ticket), self.response.status_code or 200)
        answer.headers.update(self.response.headers)
        answer.headers["ETag"] = f'"{spoken(ticket.version)}"'
        answer.headers.update(NO_STORE)
        return answer


Changing = Annotated[Doing, Depends()]


@dataclass(frozen=True)
class Act:
    """One action of one caller on one ticket of his scope."""

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
    ) -> Response:
        """Take the act once for each Idempotency-Key, and show the changed ticket."""
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
        """Refusals come in this order: NotYourPart, those of `check` (403, 422), TicketChanged,
        IllegalMove, those of `do`. `others` are tickets that change with this one."""

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
    """Dependency: the act of a path. Refuses WrongRole, then NoSuchTicket."""

    async def actor(caller: Annotated[Caller, Depends(caller)]) -> Caller:
        if not scope.ROLE_PARTS.get(caller.role, frozenset()) & WHO[action]:
            raise WrongRole(
                Message(
                    "a key of the role {role} may not {action}", role=caller.role, action=action
                ),
                role=caller.role,
            )
        return caller

    def act(
        number: str,
        caller: Annotated[Caller, Depends(actor)],
        doing: Changing,
        if_match: IfMatch,
    ) -> Act:
        with doing.once.remembered():
            ticket = scope.outline(doing.session, caller, number)
        return Act(action, caller, ticket.number, ticket.merged_into, doing, if_match)

    return Depends(act)
