"""Appeals over HTTP: the caller, his ticket or callback, and the order of each step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Request
from sqlalchemy.orm import Session

from app.access.gate import allow
from app.access.roles import HANDLERS, Caller, Role
from app.callbacks import exclusions, service
from app.callbacks.models import Callback
from app.callbacks.schemas import CallbackView
from app.callbacks.service import NoSuchCallback
from app.kit.db import Writing
from app.kit.messages import Message
from app.kit.web.etag import IfMatch
from app.kit.web.idempotency import OneEffect
from app.tickets.acts import locking
from app.tickets.acts.acting import Doing
from app.tickets.acts.change import Change
from app.tickets.life.lifecycle import Action
from app.tickets.views import scope

S = TypeVar("S")
CallbackId = Annotated[int, Path(ge=1, lt=2**63)]


@dataclass(frozen=True)
class Subject:
    """A ticket in the caller's scope, and the callback that the path names."""

    caller: Caller
    number: str
    callback: Callback | None = None
    parent: str | None = None


def ticket_for(roles: Iterable[Role]) -> Any:
    """Dependency: the ticket of the path, for these roles."""

    def seen(
        number: str,
        caller: Annotated[Caller, Depends(allow(roles))],
        session: Writing,
        once: OneEffect,
    ) -> Subject:
        with once.remembered():
            ticket = scope.outline(session, caller, number)
        return Subject(caller, ticket.number, parent=ticket.merged_into)

    return Depends(seen)


def callback_for(roles: Iterable[Role]) -> Any:
    """Dependency: the callback of the path, with its ticket or alone, for these roles.

    Refuses (NoSuchCallback) a callback of a ticket outside the caller's scope.
    """

    def seen(
        request: Request,
        callback_id: CallbackId,
        caller: Annotated[Caller, Depends(allow(roles))],
        session: Writing,
        once: OneEffect,
    ) -> Subject:
        named = request.path_params.get("number")
        with once.remembered():
            callback = callback_in_scope(session, caller, callback_id, named)
        return Subject(caller, callback.ticket_number, callback)

    return Depends(seen)


def callback_in_scope(
    session: Session, caller: Caller, callback_id: int, number: str | None
) -> Callback:
    """Refuses NoSuchCallback, also where it is of another ticket than the one that is named."""
    callback = session.get(Callback, callback_id)
    if callback is None or callback.ticket_number != (number or callback.ticket_number):
        raise NoSuchCallback(Message("no callback {callback_id}", callback_id=callback_id))
    if scope.known(session, caller, callback.ticket_number) is None:
        raise NoSuchCallback(Message("no callback {callback_id}", callback_id=callback_id))
    return callback


ToCall = Annotated[Subject, ticket_for({Role.CALLBACK})]
ToVerify = Annotated[Subject, ticket_for({Role.CALLBACK, Role.SUPERVISOR})]
Asked = Annotated[Subject, ticket_for(HANDLERS)]
Reviewed = Annotated[Subject, ticket_for({Role.DISTRICT, Role.SUPERVISOR})]
Decided = Annotated[Subject, ticket_for({Role.EVALUATOR})]
Disputed = Annotated[Subject, callback_for(HANDLERS)]
Corrected = Annotated[Subject, callback_for({Role.SUPERVISOR})]


@dataclass
class Step:
    """One step of an appeal, once for each Idempotency-Key, on the version in `If-Match`."""

    doing: Annotated[Doing, Depends()]
    if_match: IfMatch

    def __call__(
        self, subject: Subject, perform: Callable[[Change, S], None], body: S, reference: str = ""
    ) -> str:
        """Take the step; `reference`, or else the ticket's number. Refusals come in this order:
        NotYourPart, TicketChanged, those of `perform`."""
        doing = self.doing

        def check(change: Change) -> None:
            exclusions.check_part(change)
            locking.check_version(change, self.if_match)

        def act() -> str:
            doing.take(subject.caller, subject.number, check, lambda change: perform(change, body))
            return reference or subject.number

        return doing.once(act)


Stepping = Annotated[Step, Depends()]


@dataclass
class Result:
    """A ticket's result, by a callback or a verification, once for each Idempotency-Key, on the
    version in `If-Match`."""

    doing: Annotated[Doing, Depends()]
    if_match: IfMatch

    def __call__(
        self, subject: Subject, action: Action, record: Callable[[Change, S], Callback], body: S
    ) -> CallbackView:
        """Refusals come in this order: TicketChanged, IllegalMove, those of `record`."""
        doing = self.doing

        def check(change: Change) -> None:
            locking.check_state(change, action, self.if_match)

        def act() -> str:
            caller, number = subject.caller, subject.number
            made = doing.take(
                caller, number, check, lambda change: record(change, body), subject.parent
            )
            return str(made.id)

        return service.show(doing.session, doing.once(act, 201))


Resulting = Annotated[Result, Depends()]
