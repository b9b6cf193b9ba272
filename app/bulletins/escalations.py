"""What had to be pressed in a span: escalations, supervision 督办, holds 挂账 looked at (D.13.7).

Counted by office; of a sealed span as it stood when its last period was sealed.
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
from app.tickets.event_data import Escalated, name
from app.tickets.events import Event
from app.tickets.life.lifecycle import Action
from app.tickets.proceedings import Hold, Supervision

Column = sa.SQLColumnExpression[Any]


class Span(NamedTuple):
    begins: datetime
    ends: datetime
    until: datetime
    """Up to which answers count: now, or the last seal."""

    def holds(self, at: InstrumentedAttribute[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(at >= self.begins, at < self.ends, at <= self.until)


def escalations(span: Span) -> sa.Select[Any]:
    """By who was to learn that a time had passed, or by what was awaited for too long."""
    of_span = (Event.action == Action.ESCALATE, span.holds(Event.at))
    warning = Event.data[name(Escalated.warning)].astext
    office = lead_of_act(Event.ticket_number, Event.at).scalar_subquery()
    return counted(office, warning, *of_span)


def supervisions(span: Span) -> sa.Select[Any]:
    """By what became of the answer that was asked for."""
    answered = Supervision.answered_at
    label = sa.case(
        (sa.or_(answered.is_(None), answered > span.until), "unanswered"),
        (answered > Supervision.answer_due_at, "answered_late"),
        else_="answered",
    )
    office = lead_of_act(Supervision.ticket_number, Supervision.issued_at).scalar_subquery()
    return counted(office, label, span.holds(Supervision.issued_at))


def hold_reviews(span: Span) -> sa.Select[Any]:
    """By what was found: done, not done, or to go on."""
    label = sa.case((Hold.done.is_(None), "renewed"), (Hold.done.is_(True), "done"), else_="undone")
    return counted(Hold.office_code, label, span.holds(Hold.ended_at))


def counted(office: Column, label: Column, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    found = select(office.label("office"), label.label("label")).where(*where).subquery()
    number = sa.func.count()
    return select(found.c.office, found.c.label, number).group_by(found.c.office, found.c.label)


def tallies(session: Session, query: sa.Select[Any], registry: Registry) -> list[TallyView]:
    """By office, the most first; none where nobody led it."""
    counts: dict[str | None, dict[str, int]] = defaultdict(dict)
    for office, label, number in session.execute(query):
        counts[office][label] = number
    found = [tally(registry, office, labels) for office, labels in counts.items()]
    return sorted(found, key=lambda one: (-one.total, one.office_code or ""))


def tally(registry: Registry, code: str | None, counts: dict[str, int]) -> TallyView:
    office = registry.offices.get(code or "")
    return TallyView(
        office_code=code,
        office_name=office.name if office else None,
        district_code=office.district_code if office else None,
        total=sum(counts.values()),
        counts=dict(sorted(counts.items())),
    )
