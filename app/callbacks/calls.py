"""What a call on an assessed ticket brings along: who may make it, and what it is about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Request
from sqlalchemy.orm import Session

from app.access.gate import allow
from app.access.roles import HANDLERS, Caller, Role
from app.callbacks import exclusions
from app.callbacks.models import Callback
from app.callbacks.service import NoSuchCallback
from app.kit.db import Writing
from app.kit.etag import IfMatch
from app.tickets.acts import locking
from app.tickets.acts.acting import Doing
from app.tickets.acts.change import Change
from app.tickets.views import scope

S = TypeVar("S")
CallbackId = Annotated[int, Path(ge=1, lt=2**63)]


@dataclass(frozen=True)
class Subject:
    """A ticket that the caller may see, or one of its callbacks."""

    caller: Caller
    number: str
    made: Callback | None = None


def ticket_for(roles: Iterable[Role]) -> Any:
    """A dependency: the ticket that the path names, for these roles."""

    def seen(
        number: str, caller: Annotated[Caller, Depends(allow(roles))], session: Writing
    ) -> Subject:
        return Subject(caller, scope.get(session, caller, number).number)

    return Depends(seen)


def callback_for(roles: Iterable[Role]) -> Any:
    """A dependency: the callback that the path names, with its ticket or alone, for these roles.

    Refuses (NoSuchCallback) those of tickets that are not the caller's to know of.
    """

    def seen(
        request: Request,
        callback_id: CallbackId,
        caller: Annotated[Caller, Depends(allow(roles))],
        session: Writing,
    ) -> Subject:
        made = session.get(Callback, callback_id)
        named = request.path_params.get("number", made and made.ticket_number)
        if made is None or made.ticket_number != named or not visible(session, caller, made):
            raise NoSuchCallback(f"no callback {callback_id}")
        return Subject(caller, made.ticket_number, made)

    return Depends(seen)


def visible(session: Session, caller: Caller, made: Callback) -> bool:
    return session.scalar(scope.in_scope(caller, made.ticket_number)) is not None


Asked = Annotated[Subject, ticket_for(HANDLERS)]
Reviewed = Annotated[Subject, ticket_for({Role.DISTRICT, Role.SUPERVISOR})]
Decided = Annotated[Subject, ticket_for({Role.EVALUATOR})]
Disputed = Annotated[Subject, callback_for(HANDLERS)]
Corrected = Annotated[Subject, callback_for({Role.SUPERVISOR})]


@dataclass
class Step:
    """One step of such a matter: once for each Idempotency-Key, on the version that was read."""

    doing: Annotated[Doing, Depends()]
    if_match: IfMatch

    def __call__(
        self, subject: Subject, perform: Callable[[Change, S], None], said: S, reference: str = ""
    ) -> str:
        """Do it; the number of what was changed, or `reference`. Refuses NotYourPart, then
        TicketChanged, then what `perform` refuses."""
        doing = self.doing

        def check(change: Change) -> None:
            exclusions.check_part(change)
            locking.check_version(change, self.if_match)

        def act() -> str:
            doing.take(subject.caller, subject.number, check, lambda change: perform(change, said))
            return reference or subject.number

        return doing.once(act)


Stepping = Annotated[Step, Depends()]
