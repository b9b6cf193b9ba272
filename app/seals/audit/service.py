"""An audit of the record: every ticket's events by their links, and every row by its events."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from itertools import islice

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment, Callback, Correction, Exclusion
from app.city import City
from app.feed.models import FeedEntry
from app.kit.db import Base
from app.kit.ready import AT_ONCE, Listed, Ready, parameter
from app.rankings.counting.days import of_span
from app.seals.audit import record, tickets
from app.seals.audit.course import Course
from app.seals.audit.faults import Fault, Kind
from app.tickets.citizens import Citizen, FormerCitizen
from app.tickets.events import Event, Statement
from app.tickets.life.lifecycle import Action
from app.tickets.models import ContactMade, Dispatch, Request, Ticket

END = "\x7f"
"""After every number."""
COUNTED = (Action.RECEIVE, Action.IMPORT, Action.CALLBACK, Action.VERIFICATION)

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
    Statement,
    FormerCitizen,
)
"""Whose rows tell of tickets."""


def of_tickets(session: Session, city: City, numbers: Iterable[str]) -> Iterator[Fault]:
    rest = iter(numbers)
    while some := list(islice(rest, AT_ONCE)):
        yield from of_some(session, city, some)


def of_some(session: Session, city: City, numbers: Sequence[str]) -> Iterator[Fault]:
    """The tickets of the numbers; the parents of their groups are read, too."""
    own = record.rows(session, numbers)
    courses = {number: tickets.course_of(rows, city.policies) for number, rows in own.items()}
    parents = {parent for course in courses.values() if (parent := parent_of(course))}
    for number, rows in record.rows(session, sorted(parents - own.keys())).items():
        courses[number] = tickets.course_of(rows, city.policies)
    for number in numbers:
        course = courses[number]
        yield from tickets.linked(number, own[number], city.cipher)
        head = courses.get(parent_of(course) or number)
        yield from tickets.followed(number, own[number], course, head)


def parent_of(course: Course | None) -> str | None:
    return course.ticket.get("merged_into") if course else None


def numbers_of_all(session: Session) -> Iterator[str]:
    yield from (number for (number,) in ALL.rows(session.connection()))


ALL = Listed(select(Ticket.number).order_by(Ticket.number))


def numbers_of(session: Session, begins: datetime, ends: datetime) -> Iterator[str]:
    """The tickets that came or were assessed in a time, by their rows or by their events; in
    order."""
    rows = came_or_assessed().rows(session.connection(), begins=begins, ends=ends)
    yield from (number for (number,) in rows)


@cache
def came_or_assessed() -> Listed:
    assessed, called, received, settled = (
        select(number).where(of_span(at))
        for number, at in (
            (Assessment.ticket_number, Assessment.assessed_at),
            (Callback.ticket_number, Callback.at),
            (Ticket.number, Ticket.received_at),
            (Ticket.number, Ticket.assessed_at),
        )
    )
    events = select(Event.ticket_number).where(of_span(Event.at), Event.action.in_(COUNTED))
    every = sa.union(assessed, called, received, settled, events).subquery()
    number = every.c.ticket_number
    return Listed(select(number).order_by(number))


def lost(session: Session, first: str = "", last: str = END) -> Iterator[Fault]:
    """The tickets in a range of numbers that other rows tell of, and that are not there."""
    gone = LOST.rows(session.connection(), first=first, last=last)
    for ticket in sorted(number for (number,) in gone):
        yield Fault(fault=Kind.MISSING_TICKET, number=ticket)


def told_by(model: type[Base]) -> sa.Select[str]:
    """The numbers in a range that a table tells of, and that no ticket has."""
    number = model.__table__.c.ticket_number
    first, last = (parameter(name, sa.Text) for name in ("first", "last"))
    there = sa.exists().where(Ticket.number == number)
    return select(number).where(number >= first, number < last, ~there)


LOST = Ready(sa.union(*map(told_by, OF_TICKETS)))
