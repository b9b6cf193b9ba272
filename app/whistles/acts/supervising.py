"""Supervision 督办 of an office that a whistle summoned: an answer is owed by a time (D.2); and its
refusal to perform 拒不履行, which the district looks into (D.15)."""

from datetime import timedelta

from msgspec import UNSET

from app.kit.messages import Message
from app.tickets.acts.forms import Words
from app.tickets.acts.supervision import LONGEST, AnswerTimePast
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import RefusalRuling, WhistleSupervision
from app.whistles.event_data import Moved, RefusalRuled, SupervisionAnswered, WhistleSupervised
from app.whistles.life.loop import WhistleAction
from app.whistles.models import Summons

A = WhistleAction


def check(
    change: WhistleChange, summons: Summons, body: WhistleSupervision | RefusalRuling
) -> None:
    """Refuses AnswerTimePast."""
    due_at = body.answer_due_at
    if due_at is not None and not timedelta(0) < due_at - change.now <= LONGEST:
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


def report_refusal(change: WhistleChange, summons: Summons, body: Words) -> None:
    """The street tells the district, once for each office."""
    summons.refusal_at = change.now
    data = Moved(office_code=summons.office_code, summons=summons.status)
    change.record(A.REPORT_REFUSAL, data, words={"text": body.text})


def rule_refusal(change: WhistleChange, summons: Summons, body: RefusalRuling) -> None:
    """After its inquiry the district says whether the office refused; then it owes an answer."""
    summons.refused, summons.refusal_ruled_at = body.refused, change.now
    if body.refused:
        summons.supervised_at, summons.answer_due_at = change.now, body.answer_due_at
    data = RefusalRuled(
        office_code=summons.office_code,
        summons=summons.status,
        refused=body.refused,
        answer_due_at=body.answer_due_at or UNSET,
    )
    change.record(A.RULE_REFUSAL, data, words={"text": body.text})


def answer(change: WhistleChange, summons: Summons, body: Words) -> None:
    """Late, once the district has been told of the silence."""
    late = summons.answer_due_at is None
    summons.supervised_at = summons.answer_due_at = None
    data = SupervisionAnswered(office_code=summons.office_code, summons=summons.status, late=late)
    change.record(A.ANSWER, data, words={"text": body.text})
