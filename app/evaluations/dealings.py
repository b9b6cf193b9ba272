"""A street's dealings with other offices in a term, beside its form: tickets, supervisions 督办 and
summonses (RULEBOOK D.15)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.callbacks.answers import Resolved
from app.callbacks.models import Assessment
from app.evaluations.terms import Term
from app.kit.ready import Ready, parameter
from app.tickets.life.holds import SupervisionLevel
from app.tickets.life.lifecycle import DispatchRole
from app.tickets.models import Dispatch, Ticket
from app.tickets.proceedings import Supervision
from app.whistles.evaluation import counts
from app.whistles.evaluation.counts import Summoned, summoned
from app.whistles.evaluation.records import INSTANT, SINCE, STREET, UNTIL


@dataclass(frozen=True, slots=True)
class TicketCounts:
    joint: int = 0
    answered: int = 0
    late: int = 0
    assessed: int = 0
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class SupervisionCounts:
    asked: int = 0
    answered: int = 0
    late: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Dealings:
    """With one office."""

    tickets: TicketCounts = field(default_factory=TicketCounts)
    supervisions: SupervisionCounts = field(default_factory=SupervisionCounts)
    summonses: Summoned = field(default_factory=Summoned)


def of_street(session: Session, term: Term, street: str, now: datetime) -> dict[str, Dealings]:
    """By office."""
    tickets = joint_tickets(session, term, street, now)
    supervisions = supervised(session, term, street, now)
    summonses = summoned(session, term.starts_at, term.ends_at, street)
    return {
        code: Dealings(
            tickets.get(code, TicketCounts()),
            supervisions.get(code, SupervisionCounts()),
            summonses.get(code, Summoned()),
        )
        for code in tickets.keys() | supervisions.keys() | summonses.keys()
    }


def joint_tickets(
    session: Session, term: Term, street: str, now: datetime
) -> Mapping[str, TicketCounts]:
    """Tickets led by the street on which the office was joint from an instant in the term."""
    rows = JOINT_TICKETS.rows(session.connection(), **asked_of(term, street, now))
    return {code: TicketCounts(*row) for code, *row in rows}


def asked_of(term: Term, street: str, now: datetime) -> dict[str, Any]:
    return {"since": term.starts_at, "until": term.ends_at, "street": street, "now": now}


NOW = parameter("now", INSTANT)


def of_joint_tickets() -> Select[*tuple[Any, ...]]:
    late_at = func.coalesce(Dispatch.answered_at, Dispatch.ended_at, NOW)
    return (
        select(
            Dispatch.office_code,
            func.count(Dispatch.ticket_number.distinct()),
            counted(Dispatch.answered_at.is_not(None)),
            counted(late_at > Dispatch.due_at),
            counted(Assessment.ticket_number.is_not(None)),
            counted(Assessment.resolved == Resolved.RESOLVED),
        )
        .join(Ticket, Ticket.number == Dispatch.ticket_number)
        .outerjoin(Assessment, Assessment.ticket_number == Dispatch.ticket_number)
        .where(
            Ticket.office_code == STREET,
            Dispatch.role == DispatchRole.JOINT,
            Dispatch.dispatched_at >= SINCE,
            Dispatch.dispatched_at < UNTIL,
        )
        .group_by(Dispatch.office_code)
    )


def counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """How many tickets meet it."""
    return func.count(Dispatch.ticket_number.distinct()).filter(condition)


def supervised(
    session: Session, term: Term, street: str, now: datetime
) -> Mapping[str, SupervisionCounts]:
    """Supervisions by the street, asked in the term: of tickets and of its whistles."""
    rows = SUPERVISED.rows(session.connection(), **asked_of(term, street, now))
    of_tickets = {code: tuple(row) for code, *row in rows if code}
    of_whistles = counts.supervised(session, term.starts_at, term.ends_at, street)
    nothing = (0, 0, 0, 0)
    return {
        code: SupervisionCounts(
            *map(
                sum, zip(of_tickets.get(code, nothing), of_whistles.get(code, nothing), strict=True)
            )
        )
        for code in of_tickets.keys() | of_whistles.keys()
    }


def of_supervised() -> Select[*tuple[Any, ...]]:
    late = Supervision.answered_at > Supervision.answer_due_at
    missed = Supervision.answered_at.is_(None) & (Supervision.answer_due_at < NOW)
    return (
        select(
            Supervision.office_code,
            func.count(),
            func.count(Supervision.answered_at),
            func.count().filter(late),
            func.count().filter(missed),
        )
        .join(Ticket, Ticket.number == Supervision.ticket_number)
        .where(
            Ticket.office_code == STREET,
            Supervision.level == SupervisionLevel.STREET,
            Supervision.issued_at >= SINCE,
            Supervision.issued_at < UNTIL,
        )
        .group_by(Supervision.office_code)
    )


JOINT_TICKETS = Ready(of_joint_tickets())
SUPERVISED = Ready(of_supervised())
