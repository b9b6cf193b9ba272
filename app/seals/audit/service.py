"""An audit of the record: every ticket's events by their links, and every row by its events."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment, Callback, Correction, Exclusion
from app.feed.models import FeedEntry
from app.kit.db import Base
from app.policy.documents import Policies
from app.seals.audit import record, tickets
from app.seals.audit.faults import Fault, Kind
from app.seals.audit.replay import Course
from app.tickets.citizens import Citizen
from app.tickets.events import Event
from app.tickets.models import ContactMade, Dispatch, Request, Ticket

AT_ONCE = 1_000

OF_TICKETS: tuple[type[Base], ...] = (
    Request,
    Citizen,
    Dispatch,
    ContactMade,
    Event,
    Callback,
    Assessment,
    Exclusion,
    Correction,
    FeedEntry,
)
"""Every ticket has a request; the others tell of tickets, too."""


def of_tickets(session: Session, policies: Policies, numbers: Iterable[str]) -> Iterator[Fault]:
    rest = iter(numbers)
    while some := list(islice(rest, AT_ONCE)):
        yield from of_some(session, policies, some)


def of_some(session: Session, policies: Policies, numbers: Sequence[str]) -> Iterator[Fault]:
    """The tickets of the numbers; the parents of their groups are read, too."""
    own = record.rows(session, numbers)
    courses = {number: tickets.course_of(rows, policies) for number, rows in own.items()}
    parents = {parent for course in courses.values() if (parent := parent_of(course))}
    for number, rows in record.rows(session, sorted(parents - own.keys())).items():
        courses[number] = tickets.course_of(rows, policies)
    for number in numbers:
        course = courses[number]
        yield from tickets.linked(number, own[number])
        head = courses.get(parent_of(course) or number)
        yield from tickets.told(number, own[number], course, head)


def parent_of(course: Course | None) -> str | None:
    return course.ticket.get("merged_into") if course else None


def numbers_of_all(session: Session) -> Iterator[str]:
    query = select(Ticket.number).order_by(Ticket.number)
    yield from session.scalars(query.execution_options(yield_per=AT_ONCE))


def lost(session: Session) -> Iterator[Fault]:
    """The tickets that other rows tell of, and that are not there; those without a request."""
    gone: set[str] = set()
    for model in OF_TICKETS:
        number = model.__table__.c.ticket_number
        query = select(number).where(number.is_not(None))
        there = sa.exists().where(Ticket.number == number)
        gone |= set(session.scalars(query.where(~there).distinct()))
    for ticket in sorted(gone):
        yield Fault(fault=Kind.MISSING_TICKET, number=ticket)
    bare = ~sa.exists().where(Request.ticket_number == Ticket.number)
    for ticket in session.scalars(select(Ticket.number).where(bare).order_by(Ticket.number)):
        yield Fault(fault=Kind.MISSING_ROW, number=ticket, table="request")
