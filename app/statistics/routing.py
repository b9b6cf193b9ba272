"""Accuracy of routing: dispatches of the system, and the corrections of persons (D.5, D.20).

A dispatch was wrong if the next one went to another office: after an upheld objection, by a
dispatcher's correction, or by 会商. An open case counts as right until then.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.kit.web.wire import Form, View
from app.period import Period
from app.rankings import registry
from app.rankings.counting import assessments
from app.rankings.counting.record import within
from app.rankings.rates import Rate
from app.rankings.schemas import RateView, shown_rate
from app.rankings.service import Asked
from app.tickets import event_data
from app.tickets.event_data import EndReason
from app.tickets.events import Event
from app.tickets.life.lifecycle import Action, DispatchRole, Status
from app.tickets.models import Dispatch, Ticket


class RoutedBy(StrEnum):
    DISTRICT = "district"
    METHOD = "method"


COLUMNS: dict[RoutedBy, sa.ColumnElement[str]] = {
    RoutedBy.DISTRICT: Ticket.__table__.c.district_code,
    RoutedBy.METHOD: Event.__table__.c.data[event_data.name(event_data.Routed.method)].astext,
}


class RoutedQuery(Form):
    by: RoutedBy = RoutedBy.DISTRICT


@dataclass(slots=True)
class Routed:
    routed: int = 0
    dispatched: int = 0
    upheld: int = 0
    corrected: int = 0
    consulted: int = 0

    def add(self, other: "Routed") -> None:
        self.routed += other.routed
        self.dispatched += other.dispatched
        self.upheld += other.upheld
        self.corrected += other.corrected
        self.consulted += other.consulted


class RoutedRow(View):
    code: str | None
    """A district or a method; null: the route found no district."""
    name: str | None
    routed: int
    """Decisions of the system in the period: a ticket's first, and a new one for each addition."""
    dispatched: int
    """Of these, sent to an office without a person."""
    upheld: int
    """Moved to another office after an objection; `corrected`: by a person without one."""
    corrected: int
    consulted: int
    automatic_share: RateView
    accuracy: RateView


class RoutedView(View):
    period: str
    by: RoutedBy
    total: RoutedRow
    rows: list[RoutedRow]


def statistics(asked: Asked, name: str, query: RoutedQuery) -> RoutedView:
    """A period's routes as they stand now. Refuses MalformedPeriod, NoSuchPeriod."""
    period, by = asked.period(name), query.by
    assessments.plan_anew(asked.session)
    names = registry.districts(asked.session) if by is RoutedBy.DISTRICT else {}
    by_code: dict[str | None, Routed] = defaultdict(Routed)
    total = Routed()
    for code, *numbers in asked.session.execute(routes(period, COLUMNS[by])):
        by_code[code].add(Routed(*numbers))
        total.add(Routed(*numbers))
    codes = sorted(by_code, key=lambda code: (code is None, code or ""))
    return RoutedView(
        period=period.name,
        by=by,
        total=shown(None, None, total),
        rows=[shown(code, names.get(code or ""), by_code[code]) for code in codes],
    )


def routes(period: Period, key: sa.ColumnElement[str]) -> sa.Select[Any]:
    """Every route of the period, with its dispatch and the reason that this was moved."""
    given, after = aliased(Dispatch), aliased(Dispatch)
    itself = (
        (given.ticket_number == Event.ticket_number)
        & (given.role == DispatchRole.LEAD)
        & (given.dispatched_at == func.coalesce(Event.due_at, Event.at))
        & (Event.to_status == Status.DISPATCHED)
    )
    following = (
        (after.ticket_number == given.ticket_number)
        & (after.seq == given.seq + 1)
        & (after.role == DispatchRole.LEAD)
        & (after.office_code != given.office_code)
    )
    moved = (
        func.count().filter(after.seq.is_not(None), given.end_reason == why)
        for why in (EndReason.UPHELD, EndReason.REDISPATCHED, EndReason.CONSULTED)
    )
    counted: list[sa.ColumnElement[Any]] = [func.count(), func.count(given.seq), *moved]
    return (
        select(key, *counted)
        .select_from(Event)
        .join(Ticket, Ticket.number == Event.ticket_number)
        .outerjoin(given, itself)
        .outerjoin(after, following)
        .where(Event.action == Action.ROUTE, within(Event.at, period))
        .where(Ticket.status != Status.VOID)
        .group_by(key)
    )


def shown(code: str | None, name: str | None, routed: Routed) -> RoutedRow:
    wrong = routed.upheld + routed.corrected + routed.consulted
    return RoutedRow(
        code=code,
        name=name,
        routed=routed.routed,
        dispatched=routed.dispatched,
        upheld=routed.upheld,
        corrected=routed.corrected,
        consulted=routed.consulted,
        automatic_share=shown_rate(Rate(Fraction(routed.dispatched), routed.routed)),
        accuracy=shown_rate(Rate(Fraction(routed.dispatched - wrong), routed.dispatched)),
    )
