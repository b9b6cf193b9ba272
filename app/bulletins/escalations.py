"""Escalations, supervisions 督办 and reviewed holds 挂账 of a span, by office (D.13.7).

A sealed span is counted as of the seal of its last period.
"""

from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.bulletins.schemas import TallyView
from app.rankings.counting.as_of import lead_of_act
from app.rankings.leagues import Registry
from app.tickets.event_data import Alarmed, Escalated, name
from app.tickets.events import Event
from app.tickets.life.alarms import Alarm
from app.tickets.life.lifecycle import Action
from app.tickets.proceedings import Hold, Supervision

FORMER_NAMES = {
    Alarm.UNRULED: "objection",
    Alarm.UNCONCLUDED: "consulting",
    Alarm.UNANSWERED: "supervision",
}
"""Of alarms that were escalations before."""

Column = sa.SQLColumnExpression[Any]


class Span(NamedTuple):
    begins: datetime
    ends: datetime
    until: datetime
    """The last instant of an answer that counts: now, or the last seal."""

    def holds(self, at: InstrumentedAttribute[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(at >= self.begins, at < self.ends, at <= self.until)


def escalations(span: Span) -> sa.Select[Any]:
    """Escalations and alarms by their name: a level to be informed, or a step overdue."""
    of_span = (Event.action.in_((Action.ESCALATE, Action.ALARM)), span.holds(Event.at))
    warning, alarm = (Event.data[name(m)].astext for m in (Escalated.warning, Alarmed.alarm))
    office = lead_of_act(Event.ticket_number, Event.at).scalar_subquery()
    label = sa.case(FORMER_NAMES, value=alarm, else_=sa.func.coalesce(warning, alarm))
    return counted(office, label, *of_span)


def supervisions(span: Span) -> sa.Select[Any]:
    """Supervisions by their answer: in time, late or none."""
    answered = Supervision.answered_at
    label = sa.case(
        (sa.or_(answered.is_(None), answered > span.until), "unanswered"),
        (answered > Supervision.answer_due_at, "answered_late"),
        else_="answered",
    )
    office = lead_of_act(Supervision.ticket_number, Supervision.issued_at).scalar_subquery()
    return counted(office, label, span.holds(Supervision.issued_at))


def hold_reviews(span: Span) -> sa.Select[Any]:
    """Reviewed holds by their result: done, not done, or renewed."""
    label = sa.case((Hold.done.is_(None), "renewed"), (Hold.done.is_(True), "done"), else_="undone")
    return counted(Hold.office_code, label, span.holds(Hold.ended_at))


def counted(office: Column, label: Column, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    labelled = select(office.label("office"), label.label("label")).where(*where).subquery()
    number = sa.func.count()
    return select(labelled.c.office, labelled.c.label, number).group_by(
        labelled.c.office, labelled.c.label
    )


def tallies(session: Session, query: sa.Select[Any], registry: Registry) -> list[TallyView]:
    """A tally for each office, the greatest first; the office is None where nobody led."""
    counts: dict[str | None, dict[str, int]] = defaultdict(dict)
    for office, label, number in session.execute(query):
        counts[office][label] = number
    views = [tally(registry, office, labels) for office, labels in counts.items()]
    return sorted(views, key=lambda view: (-view.total, view.office_code or ""))


def tally(registry: Registry, code: str | None, counts: dict[str, int]) -> TallyView:
    office = registry.offices.get(code or "")
    return TallyView(
        office_code=code,
        office_name=office.name if office else None,
        district_code=office.district_code if office else None,
        total=sum(counts.values()),
        counts=dict(sorted(counts.items())),
    )
