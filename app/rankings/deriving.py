"""Assessments and requests against the history that they were made from.

A seal proves that nothing was changed since; this, that nothing was falsified before.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased

from app.callbacks.models import Assessment, Callback
from app.policy import Policies
from app.rankings import whereabouts
from app.rankings.facts import Record, within
from app.rankings.remaking import Called, Case, Given, Happened, History, Tried, before, remade
from app.tickets.event_models import Event
from app.tickets.lifecycle import DispatchRole
from app.tickets.models import ContactMade, Dispatch, Ticket

AT_ONCE = 1_000
FACT, TICKET = Assessment.__table__.c, Ticket.__table__.c
PLACE = ("street_code", "district_code")
EVER = datetime.max.replace(tzinfo=UTC)


class Contradicted(NamedTuple):
    office_code: str
    number: str


def contradicted(record: Record, policies: Policies) -> Iterator[Contradicted]:
    """The tickets of a period whose assessment is not what the record of their handling says, by
    office."""
    query = (
        select(*FACT)
        .where(within(Assessment.assessed_at, record.period))
        .where(*record.known(Assessment.recorded_at))
        .order_by(Assessment.office_code, Assessment.ticket_number)
        .execution_options(yield_per=AT_ONCE)
    )
    for facts in record.session.connection().execute(query).partitions():
        own = histories(record, [fact.ticket_number for fact in facts])
        heads = histories(record, {one.parent for one in own.values() if one.parent})
        for fact in facts:
            found = own.get(fact.ticket_number)
            if found is None or not holds(fact, found, heads, policies):
                yield Contradicted(fact.office_code, fact.ticket_number)


def holds(fact: sa.Row[Any], own: History, heads: dict[str, History], policies: Policies) -> bool:
    """Whether an assessment says what its ticket's history does."""
    head = heads.get(own.parent) if own.parent else own
    if head is None or own.called is None:
        return False
    try:
        policy = policies.named(head.policy)
        events = before(own, head, own.called)
        case = Case(fact.ticket_number, own, head, own.called, policy, fact.urgency, events)
        return all(getattr(fact, name) == value for name, value in remade(case).items())
    except (LookupError, StopIteration, TypeError, ValueError):
        return False  # a history that cannot be read is not the one that was written


def histories(record: Record, numbers: Collection[str]) -> dict[str, History]:
    """Of each ticket that there is, by its number."""
    tickets = select(Ticket.number, Ticket.policy).where(Ticket.number.in_(numbers))
    found = {number: History(policy) for number, policy in record.session.execute(tickets)}

    theirs = sa.any_(sa.literal([*found], ARRAY(sa.Text())))
    for name, (kind, query) in RECORDS.items():
        number, *_ = query.selected_columns
        for key, *row in record.session.execute(query.where(number == theirs)):
            getattr(found[key], name).append(kind(*row))
    return found


def misplaced(record: Record) -> Iterator[str]:
    """The tickets received in a period of which a column says otherwise than their events do: when
    it came, what it is, where it lies, what became of it."""
    first, last = aliased(Event), aliased(Event)
    newest = select(func.max(Event.seq)).where(Event.ticket_number == Ticket.number)
    said, stamp = first.data["received_at"].astext, sa.TIMESTAMP(timezone=True)
    readable = func.pg_input_is_valid(said, "timestamptz")
    came = sa.case((readable, sa.cast(said, stamp)), else_=first.at)
    query = (
        select(Ticket.number)
        .outerjoin(first, sa.and_(first.ticket_number == Ticket.number, first.seq == 1))
        .outerjoin(
            last,
            sa.and_(last.ticket_number == Ticket.number, last.seq == newest.scalar_subquery()),
        )
        .where(sa.or_(within(Ticket.received_at, record.period), within(came, record.period)))
        .where(
            sa.or_(
                first.data.has_key("type") & came.is_distinct_from(Ticket.received_at),
                *(said_otherwise(first, name) for name in ("type", "category")),
                *(TICKET[name].is_distinct_from(whereabouts.said(name, EVER)) for name in PLACE),
                last.to_status.is_distinct_from(Ticket.status),
            )
        )
        .order_by(Ticket.number)
    )
    yield from record.session.scalars(query.execution_options(yield_per=AT_ONCE))


def said_otherwise(first: type[Event], name: str) -> sa.ColumnElement[bool]:
    said = first.data[name].astext
    return sa.and_(first.data.has_key(name), said.is_distinct_from(TICKET[name]))


NOTHING = sa.literal({}, JSONB)
EVENTS = select(
    Event.ticket_number,
    Event.seq,
    Event.at,
    func.coalesce(Event.due_at, Event.at),
    Event.action,
    Event.from_status,
    Event.to_status,
    sa.case((func.jsonb_typeof(Event.data) == "object", Event.data), else_=NOTHING),
).order_by(Event.ticket_number, Event.seq)
LEADS = (
    select(
        Dispatch.ticket_number,
        Dispatch.seq,
        Dispatch.office_code,
        Dispatch.dispatched_at,
        Dispatch.ended_at,
        Dispatch.contact_due_at,
        Dispatch.due_at,
    )
    .where(Dispatch.role == DispatchRole.LEAD)
    .order_by(Dispatch.ticket_number, Dispatch.seq)
)
CONTACTS = select(
    ContactMade.ticket_number,
    ContactMade.dispatch_seq,
    ContactMade.office_code,
    ContactMade.at,
    ContactMade.reached,
).order_by(ContactMade.ticket_number, ContactMade.seq)
CALLBACKS = (
    select(
        Callback.ticket_number,
        Callback.seq,
        Callback.at,
        Callback.reach,
        Callback.contacted,
        Callback.resolved,
        Callback.satisfied,
    )
    .where(Callback.final, Callback.cycle == 0)
    .order_by(Callback.ticket_number, Callback.seq)
)
RECORDS: dict[str, tuple[type[Any], sa.Select[*tuple[Any, ...]]]] = {
    "events": (Happened, EVENTS),
    "leads": (Given, LEADS),
    "contacts": (Tried, CONTACTS),
    "calls": (Called, CALLBACKS),
}
"""What a history is made of, by the names of its lists."""
