"""What stands beside whistles in their views: summonses, action items, visits, tickets,
evaluations, and the names of citizens. A read of many whistles takes as many statements as of a
single whistle."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Role
from app.kit.entities.reading import Entities
from app.kit.ready import Ready
from app.tickets.models import Ticket
from app.tickets.views import scope as ticket_scope
from app.tickets.views.view import NUMBERS, Viewer
from app.whistles import persons
from app.whistles.evaluation import views as record_views
from app.whistles.evaluation.schemas import EvaluationView
from app.whistles.events import WhistleStatement
from app.whistles.models import ActionItem, Attendance, Summons, Whistle, WhistleTicket
from app.whistles.views.schemas import AttendanceView

R = TypeVar("R")
Of = TypeVar("Of", Summons, ActionItem)
Rows = Mapping[str, list[R]]

MOST_VISITS = 31
"""Of an office: a campaign's daily attendance is shown whole by its own view."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside some whistles, by number."""

    summonses: Rows[Summons]
    items: Rows[ActionItem]
    visits: Rows[tuple[str, AttendanceView]]
    tickets: Rows[str]
    evaluations: Rows[EvaluationView]
    names: Mapping[str, Sequence[str]]
    """Of citizens, which the street alone reads."""


def beside(viewer: Viewer, whistles: Sequence[Whistle]) -> Beside:
    session, policies = viewer.session, viewer.city.policies
    numbers = [whistle.number for whistle in whistles]
    return Beside(
        summonses(session, numbers),
        by_number(session, ACTIONS, numbers),
        visits(session, numbers),
        tickets(viewer, numbers),
        record_views.views(session, policies, settled(whistles), viewer.now),
        persons.names(session, viewer.city.cipher, numbers),
    )


def settled(whistles: Iterable[Whistle]) -> list[str]:
    """The numbers of those that may have evaluations."""
    return [whistle.number for whistle in whistles if whistle.settled_at is not None]


SUMMONSES = Entities(
    Summons,
    select(Summons).where(Summons.whistle_number == sa.any_(NUMBERS)).order_by(Summons.office_code),
)
ACTIONS = Entities(
    ActionItem,
    select(ActionItem)
    .where(ActionItem.whistle_number == sa.any_(NUMBERS))
    .order_by(ActionItem.seq),
)


def summonses(session: Session, numbers: Sequence[str]) -> Rows[Summons]:
    return by_number(session, SUMMONSES, numbers)


def by_number(session: Session, query: Entities[Of], numbers: Sequence[str]) -> Rows[Of]:
    rows: dict[str, list[Of]] = defaultdict(list)
    for row in query.read(session, numbers=list(numbers)):
        rows[row.whistle_number].append(row)
    return rows


def tickets(viewer: Viewer, numbers: Sequence[str]) -> Rows[str]:
    """Those for which a whistle is blown, in order of number, as far as the caller may know."""
    caller, rows = viewer.caller, defaultdict(list)
    asked = {"numbers": list(numbers), "own_office": caller.office_code}
    for whistle, ticket in nameable_to(caller.role).rows(viewer.connection, **asked):
        rows[whistle].append(ticket)
    return rows


@cache
def nameable_to(role: Role) -> Ready:
    of_whistle = WhistleTicket.whistle_number == sa.any_(NUMBERS)
    return Ready(
        select(WhistleTicket.whistle_number, WhistleTicket.ticket_number)
        .join(Ticket, Ticket.number == WhistleTicket.ticket_number)
        .where(of_whistle, ticket_scope.nameable_to(role, ticket_scope.OWN_OFFICE))
        .order_by(WhistleTicket.ticket_number)
    )


def last_visits() -> sa.ClauseElement:
    """Of each office the last MOST_VISITS, with the words of their events."""
    of_office = (Attendance.whistle_number, Attendance.office_code)
    nth = sa.func.row_number().over(partition_by=of_office, order_by=Attendance.seq.desc())
    own = select(Attendance.whistle_number, Attendance.seq, nth.label("nth"))
    last = own.where(Attendance.whistle_number == sa.any_(NUMBERS)).subquery()
    return (
        select(
            Attendance.whistle_number,
            Attendance.office_code,
            Attendance.came_at,
            Attendance.left_at,
            Attendance.distance_m,
            Attendance.by_code,
            WhistleStatement.words,
        )
        .join(
            last,
            (last.c.whistle_number == Attendance.whistle_number)
            & (last.c.seq == Attendance.seq)
            & (last.c.nth <= MOST_VISITS),
        )
        .outerjoin(
            WhistleStatement,
            (WhistleStatement.whistle_number == Attendance.whistle_number)
            & (WhistleStatement.seq == Attendance.seq),
        )
        .order_by(Attendance.seq)
    )


LAST_VISITS = Ready(last_visits())


def visits(session: Session, numbers: Sequence[str]) -> Rows[tuple[str, AttendanceView]]:
    """Who came the last times, with the office; the names are words of the event."""
    rows: dict[str, list[tuple[str, AttendanceView]]] = defaultdict(list)
    for visit in LAST_VISITS.rows(session.connection(), numbers=list(numbers)):
        names = visit.words or {}
        view = AttendanceView(
            person=names.get("person"),
            duty=names.get("duty"),
            came_at=visit.came_at,
            left_at=visit.left_at,
            distance_m=visit.distance_m,
            by_code=visit.by_code,
        )
        rows[visit.whistle_number].append((visit.office_code, view))
    return rows
