"""The SELECTs that count the work on tickets; `assessments` counts their callbacks."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.callbacks.models import Assessment
from app.kit.ready import Ready, parameter
from app.rankings.counting import assessments
from app.rankings.counting.days import INSTANT, of_span
from app.rankings.counting.outcomes import FACT
from app.rankings.counting.record import Record
from app.statistics.kpis import NO_WORK, Figures
from app.tickets.events import Event
from app.tickets.life.lifecycle import OPEN, Action, DispatchRole, Status, TicketType
from app.tickets.life.objections import UPHELD, Ruling
from app.tickets.models import NOT_TAKEN, Dispatch, Ticket
from app.tickets.proceedings import Objection

TICKET = Ticket.__table__.c
NOW = parameter("now", INSTANT)
Key = str | None
ByKey = Mapping[Key, Figures]


def figures(record: Record, column: str, now: datetime) -> ByKey:
    """All figures by a column of the ticket; the key is None where the column is empty."""
    by_key: dict[Key, Figures] = defaultdict(lambda: NO_WORK)
    for key, counted in assessments.counts(record, column).items():
        by_key[key or None] += Figures(counts=counted)
    policy, connection = record.period.policy, record.session.connection()
    for names, query in (
        (GIVEN, given(column)),
        (DUE, due(column)),
        (CALLED, called(column)),
        (CLOSED, closed(column, policy.repeat.days)),
        (RECEIVED, received(column, tuple(sorted(policy.assess.types)))),
        (OPENED, held(column)),
    ):
        for key, *numbers in query.rows(connection, **record.values, now=now):
            by_key[key] += Figures(**dict(zip(names, map(exact, numbers), strict=True)))
    return by_key


def exact(number: Any) -> Any:
    return number if isinstance(number, int) else Fraction(number or 0)


GIVEN = (
    "dispatched",
    "to_acknowledge",
    "acknowledged",
    "objections",
    "ruled",
    "upheld",
    "rejected",
)


@lru_cache(maxsize=16)
def given(column: str) -> Ready:
    """Dispatches to a lead office, with its signature and its objection.

    A dispatch counts for no timeliness if it was taken back (D.6.3), or if its ticket ended before
    the signature was due.
    """
    key = Dispatch.office_code if column == "office_code" else TICKET[column]
    ended = Dispatch.acknowledged_at.is_(None) & (Ticket.closed_at <= Dispatch.acknowledge_due_at)
    judged = (
        Dispatch.ended_at.is_(None)
        & (Dispatch.acknowledge_due_at < NOW)
        & ~func.coalesce(ended, False)
    )
    in_time = judged & (Dispatch.acknowledged_at <= Dispatch.acknowledge_due_at)
    ruled = Objection.ruling.is_not(None) & (Objection.ruling != Ruling.CONSULT)
    return Ready(
        select(
            key,
            func.count(),
            count_if(judged),
            count_if(in_time),
            func.count(Objection.seq),
            count_if(ruled),
            count_if(Objection.ruling.in_(sorted(UPHELD))),
            count_if(Objection.ruling == Ruling.REJECT),
        )
        .join(Ticket, Ticket.number == Dispatch.ticket_number)
        .outerjoin(
            Objection,
            (Objection.ticket_number == Dispatch.ticket_number)
            & (Objection.dispatch_seq == Dispatch.seq),
        )
        .where(
            Dispatch.role == DispatchRole.LEAD,
            of_span(Dispatch.dispatched_at),
            Ticket.status != Status.VOID,
        )
        .group_by(key)
    )


def count_if(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return func.count().filter(condition)


DUE = ("due", "on_time")
NOT_DUE = (*NOT_TAKEN, Status.MERGED)


@lru_cache(maxsize=16)
def due(column: str) -> Ready:
    """Results of the lead's own dispatch; a rework's new limit and reply do not count.

    A ticket withdrawn or put on hold before its result was due has none; afterwards it stays late.
    On hold the clock stands, also if the ticket is then withdrawn.
    """
    scored_in_time = sa.exists().where(Assessment.ticket_number == Ticket.number, ~Assessment.late)
    in_time = sa.case(
        (Ticket.reworks > 0, scored_in_time), else_=Ticket.replied_at <= Dispatch.due_at
    )
    in_vain = (Ticket.status == Status.WITHDRAWN) & (Ticket.closed_at <= Dispatch.due_at)
    stands = (Ticket.due_left >= timedelta(0)) & (Ticket.reworks == 0)
    return Ready(
        select(TICKET[column], func.count(), count_if(in_time))
        .join(Dispatch, Dispatch.ticket_number == Ticket.number)
        .where(
            Dispatch.role == DispatchRole.LEAD,
            Dispatch.ended_at.is_(None),
            of_span(Dispatch.due_at),
            Dispatch.due_at < NOW,
            Ticket.status.not_in(NOT_DUE),
            ~func.coalesce(in_vain, False),
            ~func.coalesce(stands, False),
        )
        .group_by(TICKET[column])
    )


CALLED = ("called", "reworked")


@lru_cache(maxsize=16)
def called(column: str) -> Ready:
    """Each citizen's ticket; a group's rework counts for each of its members."""
    parent = aliased(Ticket)
    reworks = func.coalesce(parent.reworks, Ticket.reworks)
    return Ready(
        select(FACT[column], func.count(), count_if(reworks > 0))
        .join(Ticket, Ticket.number == Assessment.ticket_number)
        .outerjoin(parent, parent.number == Ticket.merged_into)
        .where(of_span(Assessment.assessed_at))
        .group_by(FACT[column])
    )


CLOSED = ("closed", "closed_at_once")


@lru_cache(maxsize=16)
def closed(column: str, repeat_days: int) -> Ready:
    """Closed tickets, a group as a single one; any of its citizens may ask again."""
    again, member = aliased(Ticket), aliased(Ticket)
    soon = again.received_at <= Ticket.closed_at + timedelta(days=repeat_days)
    asked_again = sa.exists().where(again.repeat_of == Ticket.number, soon)
    members_ask = sa.exists().where(
        Ticket.members > 0,
        member.merged_into == Ticket.number,
        again.repeat_of == member.number,
        soon,
    )
    at_once = (Ticket.reworks == 0) & (Ticket.returns == 0) & ~asked_again & ~members_ask
    return Ready(
        select(TICKET[column], func.count(), count_if(at_once))
        .where(Ticket.status == Status.CLOSED, of_span(Ticket.closed_at))
        .group_by(TICKET[column])
    )


RECEIVED = ("received", "repeated", "sent", "sent_by_itself", "waited")


@lru_cache(maxsize=16)
def received(column: str, types: tuple[TicketType, ...]) -> Ready:
    """Requests as the ranking's volume counts them, with the first dispatch of each."""
    first = aliased(Dispatch)
    by_itself = sa.exists().where(
        Event.ticket_number == Ticket.number,
        Event.action == Action.ROUTE,
        Event.to_status == Status.DISPATCHED,
        func.coalesce(Event.due_at, Event.at) == first.dispatched_at,
    )
    waited = sa.extract("epoch", first.dispatched_at - Ticket.received_at) * 1_000_000
    return Ready(
        select(
            TICKET[column],
            func.count(),
            func.count(Ticket.repeat_of),
            func.count(first.seq),
            count_if(by_itself),
            func.coalesce(func.sum(waited), 0),
        )
        .outerjoin(
            first,
            (first.ticket_number == Ticket.number)
            & (first.seq == 1)
            & (first.role == DispatchRole.LEAD),
        )
        .where(
            of_span(Ticket.received_at),
            Ticket.type.in_(types),
            Ticket.status.not_in(NOT_TAKEN),
        )
        .group_by(TICKET[column])
    )


OPENED = ("open", "on_hold")


@lru_cache(maxsize=16)
def held(column: str) -> Ready:
    return Ready(
        select(TICKET[column], func.count(), count_if(Ticket.status == Status.ON_HOLD))
        .where(Ticket.office_code.is_not(None), Ticket.status.in_(sorted(OPEN)))
        .group_by(TICKET[column])
    )
