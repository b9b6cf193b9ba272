"""Callbacks over HTTP."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Response

from app.access.gate import allow
from app.access.roles import Role
from app.callbacks import disputes, exclusions, service, verifications
from app.callbacks.http import (
    Asked,
    Corrected,
    Decided,
    Disputed,
    Resulting,
    Reviewed,
    Stepping,
    Subject,
    ToCall,
    ToVerify,
)
from app.callbacks.models import Callback
from app.callbacks.schemas import (
    CallbackView,
    ExclusionView,
    NewCallback,
    NewCorrection,
    NewExclusion,
    NewVerification,
    QueuedView,
)
from app.kit.db import Reading
from app.kit.web.paging import Page
from app.kit.web.route import Route
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Decision, Words
from app.tickets.life.lifecycle import Action
from app.tickets.views.http import Looking, Seen
from app.tickets.views.lists import Paging
from app.tickets.views.schemas import TicketView

router = APIRouter(prefix="/v1", tags=["callbacks"], route_class=Route)

S = TypeVar("S")
Callers = Depends(allow({Role.CALLBACK, Role.SUPERVISOR}))


@router.post("/tickets/{number}/callbacks", status_code=201)
def record_callback(subject: ToCall, result: Resulting, body: NewCallback) -> CallbackView:
    """The result of a call to the citizen: reached? contacted? resolved? satisfied? (D.9)"""
    return result(subject, Action.CALLBACK, service.record, body)


@router.post("/tickets/{number}/verification", status_code=201)
def record_verification(
    subject: ToVerify, result: Resulting, body: NewVerification
) -> CallbackView:
    """D.9.1: the result of a case without a citizen, verified in place of a callback."""
    return result(subject, Action.VERIFICATION, verifications.verify, body)


@router.get("/callbacks/queue", dependencies=[Callers])
def read_queue(looking: Looking, paging: Annotated[Paging, Query()]) -> Page[QueuedView]:
    """Every ticket that awaits a callback, by due time; `callable_now` by calling hours and gap."""
    return service.queue(looking, paging)


@router.get("/tickets/{number}/callbacks")
def show_callbacks(ticket: Seen, session: Reading) -> list[CallbackView]:
    """Every attempt to call the citizen, oldest first, with its correction."""
    return service.history(session, ticket.number)


@router.post("/callbacks/{callback_id}/dispute")
@router.post("/tickets/{number}/callbacks/{callback_id}/dispute")
def dispute_callback(subject: Disputed, step: Stepping, body: Words) -> CallbackView:
    """D.9: the office doubts the record; a supervisor hears the recording again."""
    return heard_again(subject, step, disputes.dispute, body)


@router.post("/callbacks/{callback_id}/correction")
@router.post("/tickets/{number}/callbacks/{callback_id}/correction")
def correct_callback(subject: Corrected, step: Stepping, body: NewCorrection) -> CallbackView:
    """D.9: the answers of the recording. Different ones count, and the record is kept."""
    return heard_again(subject, step, disputes.correct, body)


def heard_again(
    subject: Subject, step: Stepping, perform: Callable[[Change, Callback, S], None], body: S
) -> CallbackView:
    callback = subject.callback
    assert callback is not None  # the path names it

    def hear(change: Change, body: S) -> None:
        perform(change, callback, body)

    return service.show(step.doing.session, step(subject, hear, body, str(callback.id)))


@router.post("/tickets/{number}/exclusion", response_model=TicketView)
def ask_exclusion(subject: Asked, step: Stepping, body: NewExclusion) -> Response:
    """D.10: the office that the ticket counts for asks to leave it out of the rates."""
    return step.doing.show(subject.caller, step(subject, exclusions.ask, body))


@router.post("/tickets/{number}/exclusion/review", response_model=TicketView)
def review_exclusion(subject: Reviewed, step: Stepping, body: Decision) -> Response:
    """D.10: the office's district passes the request on, or ends it; X3: a supervisor too."""
    return step.doing.show(subject.caller, step(subject, exclusions.review, body))


@router.post("/tickets/{number}/exclusion/decision", response_model=TicketView)
def decide_exclusion(subject: Decided, step: Stepping, body: Decision) -> Response:
    """D.10: the evaluator decides before the period's freeze."""
    return step.doing.show(subject.caller, step(subject, exclusions.decide, body))


@router.get("/exclusions")
def list_exclusions(looking: Looking, paging: Annotated[Paging, Query()]) -> Page[ExclusionView]:
    """Requests that wait for a review, a flag or the evaluator's decision, oldest first."""
    return exclusions.waiting(looking, paging)


@router.get("/tickets/{number}/exclusion")
def show_exclusion(ticket: Seen, session: Reading) -> ExclusionView:
    """The request to exclude a ticket, with its review, flag and decision."""
    return exclusions.show(session, ticket.number)
