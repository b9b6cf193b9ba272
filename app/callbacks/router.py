"""Callbacks over HTTP."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query

from app.access.gate import CallbackDesk, allow
from app.access.roles import Role
from app.callbacks import disputes, exclusions, service
from app.callbacks.calls import Asked, Corrected, Decided, Disputed, Reviewed, Stepping, Subject
from app.callbacks.models import Callback
from app.callbacks.schemas import (
    CallbackView,
    ExclusionView,
    NewCallback,
    NewCorrection,
    NewExclusion,
    QueuedView,
)
from app.kit.db import Reading, Writing
from app.kit.etag import IfMatch
from app.kit.paging import Page
from app.kit.route import Route
from app.tickets.acts import locking
from app.tickets.acts.acting import Changing
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Decision, Words
from app.tickets.life.lifecycle import Action
from app.tickets.models import Ticket
from app.tickets.views import scope
from app.tickets.views.http import Looking, Seen
from app.tickets.views.lists import Paging
from app.tickets.views.schemas import TicketView

router = APIRouter(prefix="/v1", tags=["callbacks"], route_class=Route)

S = TypeVar("S")
Callers = Depends(allow({Role.CALLBACK, Role.SUPERVISOR}))


def to_call(number: str, caller: CallbackDesk, session: Writing) -> Ticket:
    return scope.get(session, caller, number)


@router.post("/tickets/{number}/callbacks", status_code=201)
def record_callback(
    caller: CallbackDesk,
    ticket: Annotated[Ticket, Depends(to_call)],
    said: NewCallback,
    doing: Changing,
    if_match: IfMatch,
) -> CallbackView:
    """What came of calling the citizen: reached? contacted? resolved? satisfied? (D.9)"""

    def check(change: Change) -> None:
        locking.check_state(change, Action.CALLBACK, if_match)

    def call() -> str:
        made = doing.take(
            caller,
            ticket.number,
            check,
            lambda change: service.record(change, said),
            ticket.merged_into,
        )
        return str(made.id)

    return service.show(doing.session, doing.once(call, 201))


@router.get("/callbacks/queue", dependencies=[Callers])
def read_queue(looking: Looking, paging: Annotated[Paging, Query()]) -> Page[QueuedView]:
    """Every ticket that awaits a callback, by due time; `callable_now` by calling hours and gap."""
    return service.queue(looking, paging)


@router.get("/tickets/{number}/callbacks")
def show_callbacks(ticket: Seen, session: Reading) -> list[CallbackView]:
    """Every attempt to call the citizen, oldest first, with what was corrected of it."""
    return service.history(session, ticket.number)


@router.post("/callbacks/{callback_id}/dispute")
@router.post("/tickets/{number}/callbacks/{callback_id}/dispute")
def dispute_callback(subject: Disputed, step: Stepping, said: Words) -> CallbackView:
    """D.9: the office doubts the record; a supervisor is to hear the recording again."""
    return heard_again(subject, step, disputes.dispute, said)


@router.post("/callbacks/{callback_id}/correction")
@router.post("/tickets/{number}/callbacks/{callback_id}/correction")
def correct_callback(subject: Corrected, step: Stepping, said: NewCorrection) -> CallbackView:
    """D.9: what the recording says. Where it differs, this counts, and the record is kept."""
    return heard_again(subject, step, disputes.correct, said)


def heard_again(
    subject: Subject, step: Stepping, perform: Callable[[Change, Callback, S], None], said: S
) -> CallbackView:
    made = subject.made
    assert made is not None  # the path names it

    def hear(change: Change, told: S) -> None:
        perform(change, made, told)

    return service.show(step.doing.session, step(subject, hear, said, str(made.id)))


@router.post("/tickets/{number}/exclusion")
def ask_exclusion(subject: Asked, step: Stepping, said: NewExclusion) -> TicketView:
    """D.10: the office that it counts for asks that the ticket be left out of the rates."""
    return step.doing.show(subject.caller, step(subject, exclusions.ask, said))


@router.post("/tickets/{number}/exclusion/review")
def review_exclusion(subject: Reviewed, step: Stepping, said: Decision) -> TicketView:
    """D.10: the office's district passes the request on, or ends it; X3: a supervisor too."""
    return step.doing.show(subject.caller, step(subject, exclusions.review, said))


@router.post("/tickets/{number}/exclusion/decision")
def decide_exclusion(subject: Decided, step: Stepping, said: Decision) -> TicketView:
    """D.10: the evaluator decides before the period's freeze."""
    return step.doing.show(subject.caller, step(subject, exclusions.decide, said))


@router.get("/exclusions")
def list_exclusions(looking: Looking, paging: Annotated[Paging, Query()]) -> Page[ExclusionView]:
    """Requests that wait for a district's, a supervisor's or the evaluator's word, oldest first."""
    return exclusions.waiting(looking, paging)


@router.get("/tickets/{number}/exclusion")
def show_exclusion(ticket: Seen, session: Reading) -> ExclusionView:
    """Who asked to exclude a ticket, and what was said to it."""
    return exclusions.show(session, ticket.number)
