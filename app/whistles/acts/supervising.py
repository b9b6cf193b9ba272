"""Supervision 督办 of an office that a whistle summoned: an answer is owed by a time (D.2)."""

from datetime import timedelta

from app.kit.messages import Message
from app.tickets.acts.forms import Words
from app.tickets.acts.supervision import LONGEST, AnswerTimePast
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import WhistleSupervision
from app.whistles.event_data import SupervisionAnswered, WhistleSupervised
from app.whistles.life.loop import WhistleAction
from app.whistles.models import Summons

A = WhistleAction


def check(change: WhistleChange, summons: Summons, body: WhistleSupervision) -> None:
    """Refuses AnswerTimePast."""
    if not timedelta(0) < body.answer_due_at - change.now <= LONGEST:
        fault = {"pointer": "/answer_due_at", "detail": Message("must lie ahead, within a year")}
        raise AnswerTimePast(errors=[fault])


def supervise(change: WhistleChange, summons: Summons, body: WhistleSupervision) -> None:
    """Until the answer comes there is no second one."""
    summons.supervised_at, summons.answer_due_at = change.now, body.answer_due_at
    data = WhistleSupervised(
        office_code=summons.office_code,
        summons=summons.status,
        answer_due_at=body.answer_due_at,
    )
    change.record(A.SUPERVISE, data, words={"reason": body.reason})


def answer(change: WhistleChange, summons: Summons, body: Words) -> None:
    """Late, once the district has been told of the silence."""
    late = summons.answer_due_at is None
    summons.supervised_at = summons.answer_due_at = None
    data = SupervisionAnswered(office_code=summons.office_code, summons=summons.status, late=late)
    change.record(A.ANSWER, data, words={"text": body.text})
