"""Records as they are shown, with what may be done about each; and the chief's marks on record."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.decimals import two_decimals
from app.kit.ready import Ready
from app.policy.documents import Policies
from app.policy.whistles import Evaluation
from app.tickets.views.scope import NUMBER
from app.whistles.evaluation.models import WhistleMark
from app.whistles.evaluation.records import of_whistles
from app.whistles.evaluation.schemas import EvaluationView
from app.whistles.evaluation.score import Record, RecordStatus
from app.whistles.life.loop import WhistleAction


def marked(session: Session, number: str) -> set[str]:
    """The offices that the chief has marked for a whistle."""
    session.flush()
    return {row.office_code for row in MARKED.rows(session.connection(), number=number)}


MARKED = Ready(select(WhistleMark.office_code).where(WhistleMark.whistle_number == NUMBER))


def appealed_since(session: Session, number: str) -> datetime | None:
    """Since when the oldest appeal waits that is not decided."""
    waiting = select(func.min(WhistleMark.appealed_at)).where(
        WhistleMark.whistle_number == number, WhistleMark.decided_at.is_(None)
    )
    return session.scalar(waiting)


def shown(record: Record) -> dict[str, Any]:
    """The members of a RecordView."""
    points = asdict(record.items)
    return {
        "status": record.status,
        "items": {name: two_decimals(value) for name, value in points.items()},
        "total": two_decimals(record.total),
        "total_exact": None if record.total is None else str(record.total),
    }


def views(
    session: Session, policies: Policies, numbers: Sequence[str], now: datetime
) -> dict[str, list[EvaluationView]]:
    """The evaluations of settled whistles, by number and in order of office; `allowed` is for
    whoever shows them."""
    if not numbers:
        return {}
    marks = marks_of(session, numbers)
    return {
        number: [evaluation(record, marks.get((number, record.office_code))) for record in known]
        for number, known in of_whistles(session, policies, numbers, now).items()
    }


def marks_of(session: Session, numbers: Sequence[str]) -> dict[tuple[str, str], WhistleMark]:
    query = select(WhistleMark).where(WhistleMark.whistle_number.in_(numbers))
    return {(mark.whistle_number, mark.office_code): mark for mark in session.scalars(query)}


def evaluation(record: Record, mark: WhistleMark | None) -> EvaluationView:
    return EvaluationView(
        **shown(record),
        office_code=record.office_code,
        street_code=record.street_code,
        rough=mark.rough if mark else False,
        marked_at=mark.marked_at if mark else None,
        appealed_at=mark.appealed_at if mark else None,
        set_aside=mark.set_aside if mark else None,
        allowed=[],
    )


def next_act(evaluation: EvaluationView, rules: Evaluation, now: datetime) -> WhistleAction | None:
    """What may be done about a record: marked, appealed against, decided on; each once."""
    if evaluation.status is RecordStatus.OPEN:
        return WhistleAction.EVALUATE
    if evaluation.marked_at is None:
        return None
    if evaluation.appealed_at is None:
        in_time = now <= evaluation.marked_at + rules.appeal
        return WhistleAction.APPEAL_EVALUATION if in_time else None
    return WhistleAction.DECIDE_EVALUATION if evaluation.set_aside is None else None
