"""Supervision 督办 of an office that a whistle summoned: an answer is owed by a time (D.2)."""

from datetime import timedelta

from app.kit.errors import Conflict
from app.tickets.acts.forms import Words
from app.tickets.acts.supervision import LONGEST, AnswerTimePast
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import WhistleSupervision
from app.whistles.event_data import SupervisionAnswered, WhistleSupervised
from app.whistles.life.loop import SummonsKind, SummonsStatus, WhistleAction
from app.whistles.models import Summons

A = WhistleAction


class AnswerOwed(Conflict):
    title = "This office owes an answer already, or is not supervised"


class NothingAsked(Conflict):
    title = "No answer is owed"


def check(change: WhistleChange, summons: Summons, body: WhistleSupervision) -> None:
    """Refuses AnswerTimePast."""
    if not timedelta(0) < body.answer_due_at - change.now <= LONGEST:
        fault = {"pointer": "/answer_due_at", "detail": "must lie ahead, within a year"}
        raise AnswerTimePast(errors=[fault])


def supervise(change: WhistleChange, summons: Summons, body: WhistleSupervision) -> None:
    """Refuses (AnswerOwed) a second one before the answer, another street, and an office that was
    let go."""
    let_go = summons.status is SummonsStatus.WITHDRAWN_BY_RULING
    if summons.supervised_at or let_go or summons.kind is SummonsKind.PEER:
        raise AnswerOwed
    summons.supervised_at, summons.answer_due_at = change.now, body.answer_due_at
    data = WhistleSupervised(
        office_code=summons.office_code,
        summons=summons.status,
        answer_due_at=body.answer_due_at,
    )
    change.record(A.SUPERVISE, data, words={"reason": body.reason})


def answer(change: WhistleChange, summons: Summons, body: Words) -> None:
    """Refuses NothingAsked."""
    if summons.supervised_at is None:
        raise NothingAsked
    late = summons.answer_due_at is None
    summons.supervised_at = summons.answer_due_at = None
    data = SupervisionAnswered(office_code=summons.office_code, summons=summons.status, late=late)
    change.record(A.ANSWER, data, words={"text": body.text})
