"""Assessments against what they were made from: the callback, the lead dispatch, its contacts.

A seal proves that nothing was changed since; this, that nothing was falsified before. What an
assessment takes from elsewhere (urgency, category, lateness) is not derived again, and of merged
tickets, whose clock is their group's, only the answers are.
"""

from collections.abc import Iterator
from itertools import chain, groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from app.callbacks.models import Assessment, Callback
from app.offices.catalogue import Urgency
from app.policy import Policies
from app.rankings.facts import Record, Where, within
from app.tickets.contacts import Contact, contact_ok
from app.tickets.event_models import Event
from app.tickets.lifecycle import Action, DispatchRole
from app.tickets.models import ContactMade, Dispatch, Ticket

AT_ONCE = 2_000
FACT = Assessment.__table__.c
ANSWERS = ("reach", "contacted", "resolved", "satisfied")
MATTER = ("type", "channel")


class Contradicted(NamedTuple):
    office_code: str
    number: str


def contradicted(record: Record, policies: Policies) -> set[Contradicted]:
    """The tickets of a period whose assessment is not what the record of their handling says."""
    return set(chain(misquoted(record), misjudged(record, policies)))


def of_period(record: Record) -> Iterator[Where]:
    yield within(Assessment.assessed_at, record.period)
    yield from record.known(Assessment.recorded_at)


def misquoted(record: Record) -> Iterator[Contradicted]:
    """Other answers than the first final callback's, another matter, or a lead that it had not."""
    call = (
        select(*(Callback.__table__.c[name] for name in ANSWERS))
        .where(Callback.ticket_number == Assessment.ticket_number)
        .where(Callback.final, Callback.cycle == 0)
        .order_by(Callback.seq)
        .limit(1)
        .lateral()
    )
    differs = [FACT[name].is_distinct_from(call.c[name]) for name in ANSWERS]
    differs += [FACT[name] != Ticket.__table__.c[name] for name in MATTER]
    query = (
        select(Assessment.office_code, Assessment.ticket_number)
        .join(Ticket, Ticket.number == Assessment.ticket_number)
        .join(call, sa.true())
        .where(*of_period(record), sa.or_(*differs, led_by_another()))
        .execution_options(yield_per=AT_ONCE)
    )
    yield from map(Contradicted._make, record.session.execute(query))


def led_by_another() -> Where:
    """That it had a lead, and at that instant another."""
    alone = Assessment.merge_group.is_(None)
    some = sa.exists().where(Dispatch.ticket_number == Assessment.ticket_number, *leading())
    this = sa.exists().where(*leads())
    return sa.and_(alone, some, ~this)


def leading() -> Iterator[Where]:
    yield Dispatch.role == DispatchRole.LEAD


def leads() -> Iterator[Where]:
    """A lead dispatch of the assessed office that stood at the instant of the assessment."""
    yield from leading()
    yield Dispatch.ticket_number == Assessment.ticket_number
    yield Dispatch.office_code == Assessment.office_code
    yield Dispatch.dispatched_at <= Assessment.assessed_at
    yield sa.or_(Dispatch.ended_at.is_(None), Dispatch.ended_at >= Assessment.assessed_at)


def misjudged(record: Record, policies: Policies) -> Iterator[Contradicted]:
    """Called responsive, or not, against the contacts on record."""
    query = (
        select(
            Assessment.office_code,
            Assessment.ticket_number,
            Assessment.contact_ok,
            Assessment.urgency,
            Ticket.policy,
            Dispatch.contact_due_at,
            tried(ContactMade.at),
            tried(ContactMade.reached),
        )
        .join(Ticket, Ticket.number == Assessment.ticket_number)
        .join(Dispatch, sa.and_(*leads()))
        .where(*of_period(record), Assessment.merge_group.is_(None))
        .where(Dispatch.contact_due_at.is_not(None))
        .order_by(Assessment.office_code, Assessment.ticket_number)
        .execution_options(yield_per=AT_ONCE)
    )
    rows = record.session.execute(query)
    for ticket, clocks in groupby(rows, key=lambda row: Contradicted(row[0], row[1])):
        if not any(holds(policies, *clock[2:]) for clock in clocks):
            yield ticket


def tried(column: InstrumentedAttribute[Any]) -> sa.ScalarSelect[Any]:
    """Of each contact that the lead office had made by then; of an imported case, of all that it
    came with."""
    imported = sa.exists().where(
        Event.ticket_number == Assessment.ticket_number, Event.action == Action.IMPORT
    )
    by_then = sa.or_(ContactMade.at <= Assessment.assessed_at, imported)
    return (
        select(func.array_agg(aggregate_order_by(column, ContactMade.seq)))
        .where(ContactMade.ticket_number == Assessment.ticket_number)
        .where(ContactMade.dispatch_seq == Dispatch.seq, by_then)
        .correlate(Assessment, Dispatch)
        .scalar_subquery()
    )


def holds(policies: Policies, said: bool, urgency: Urgency, policy: str, *told: Any) -> bool:
    due, instants, reached = told
    contacts = map(Contact._make, zip(instants or (), reached or (), strict=True))
    return contact_ok(policies.named(policy), urgency, due, list(contacts)) == said
