"""How many requests there were, and how many are on hold: the numbers beside the rates."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.callbacks.models import Assessment
from app.kit.ready import Ready
from app.rankings.counting import as_of
from app.rankings.counting.as_of import Instant
from app.rankings.counting.assessments import counted
from app.rankings.counting.days import Count, Numbers, Parts, Values
from app.rankings.counting.record import AS_OF, KNOWN_BY, Record, Where
from app.tickets.events import Event
from app.tickets.life.lifecycle import Status, TicketType
from app.tickets.models import NOT_TAKEN, Dispatch, Ticket


def volumes(record: Record, by: str) -> dict[str, int]:
    """How many requests were accepted in a period, by a column of the ticket, merged or not."""
    return {owner: number for owner, (number,) in counted(record, accepted_by(record, by)).items()}


def accepted_by(record: Record, by: str) -> Count:
    types = tuple(sorted(record.period.policy.assess.types))
    column = as_of.at(AS_OF if record.as_of else None, by)

    def counted_in(parts: Parts, values: Values) -> Numbers:
        where = (of_types(types), *accepted_given(record))
        query = counting(column, where, tuple(parts))
        return {owner: [number] for owner, number in numbers(record, query, **values).items()}

    return Count(
        at=Ticket.received_at,
        by=by,
        rule=([*types], sorted(map(str, NOT_TAKEN))),
        numbers=counted_in,
        order=column if by == "street_code" else None,
    )


def requests(record: Record, begins: datetime, ends: datetime) -> dict[str, int]:
    """How many requests that lie in each street were received in [begins, ends) and accepted."""
    return {
        owner: number
        for owner, (number,) in accepted_by(record, "street_code").within(begins, ends).items()
    }


@lru_cache(maxsize=16)
def of_types(types: tuple[TicketType, ...]) -> Where:
    return Ticket.type.in_(types)


WHOLE = (sa.true(),)
TAKEN = Ticket.status.not_in(NOT_TAKEN)
HELD = Ticket.status == Status.ON_HOLD


def accepted(record: Record) -> tuple[Where, ...]:
    """Not refused by then, and not brought along from an older system later on."""
    if record.as_of is None:
        return (TAKEN,)
    return accepted_by_then(record.as_of, record.late or record.as_of)


def accepted_given(record: Record) -> tuple[Where, ...]:
    """The same with parameters."""
    return (TAKEN,) if record.as_of is None else accepted_by_then(AS_OF, KNOWN_BY)


@lru_cache(maxsize=16)
def accepted_by_then(instant: Instant, known_by: Instant) -> tuple[Where, ...]:
    refused = Ticket.status.in_(NOT_TAKEN) & refused_by(instant)
    return (*known_by_then(instant, known_by), ~refused)


def known_by_then(instant: Instant, known_by: Instant) -> tuple[Where, ...]:
    """Received by an instant, and not brought along from an older system later on."""
    brought = sa.exists().where(
        Assessment.ticket_number == Ticket.number,
        Assessment.recorded_at > known_by,
        Assessment.recorded_at > Assessment.assessed_at,
    )
    return Ticket.received_at <= instant, ~brought


def refused_by(instant: Instant) -> Where:
    """The refusal was on record by then; `Ticket.since` may be older than its record."""
    refused = Event.to_status.in_(NOT_TAKEN)
    return sa.exists().where(Event.ticket_number == Ticket.number, refused, Event.at <= instant)


def on_hold(record: Record, by: str) -> dict[str, int]:
    """Now, from the tickets; at an instant, from their events."""
    column = Ticket.__table__.c[by]
    if record.as_of is None:
        return numbers(record, counting(column, (HELD,)))
    owner = Dispatch.__table__.c.office_code if by == "office_code" else column
    return numbers(record, counting(owner, held_at(AS_OF)))


@lru_cache(maxsize=16)
def held_at(instant: Instant) -> tuple[Where, ...]:
    """Tickets that stood on hold at the instant, each with its lead dispatch then."""
    later = aliased(Event)
    left = sa.exists().where(
        later.ticket_number == Event.ticket_number,
        later.seq > Event.seq,
        later.at <= instant,
        later.to_status != Status.ON_HOLD,
    )
    return (
        Event.ticket_number == Ticket.number,
        Event.to_status == Status.ON_HOLD,
        Event.from_status != Status.ON_HOLD,
        Event.at <= instant,
        ~left,
        Dispatch.ticket_number == Ticket.number,
        as_of.leads(instant),
    )


def numbers(record: Record, query: Ready, **values: Any) -> dict[str, int]:
    return dict(query.rows(record.session.connection(), **{**record.values, **values}))


@lru_cache(maxsize=64)
def counting(
    column: sa.ColumnElement[str], where: tuple[Where, ...], parts: tuple[Where, ...] = WHOLE
) -> Ready:
    query = select(column, func.count()).where(column.is_not(None), *where).group_by(column)
    return Ready(sa.union_all(*map(query.where, parts)))
