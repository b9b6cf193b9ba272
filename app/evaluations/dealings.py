"""A street's dealings with other offices in a term, beside its form: tickets, supervisions 督办 and
summonses (RULEBOOK D.15)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.callbacks.answers import Resolved
from app.callbacks.models import Assessment
from app.evaluations.terms import Term
from app.tickets.life.holds import SupervisionLevel
from app.tickets.life.lifecycle import DispatchRole
from app.tickets.models import Dispatch, Ticket
from app.tickets.proceedings import Supervision
from app.whistles.evaluation import counts
from app.whistles.evaluation.counts import Summoned, summoned


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
    late_at = func.coalesce(Dispatch.answered_at, Dispatch.ended_at, now)
    query = (
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
            Ticket.office_code == street,
            Dispatch.role == DispatchRole.JOINT,
            Dispatch.dispatched_at >= term.starts_at,
            Dispatch.dispatched_at < term.ends_at,
        )
        .group_by(Dispatch.office_code)
    )
    return {code: TicketCounts(*row) for code, *row in session.execute(query)}


def counted(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    """How many tickets meet it."""
    return func.count(Dispatch.ticket_number.distinct()).filter(condition)


def supervised(
    session: Session, term: Term, street: str, now: datetime
) -> Mapping[str, SupervisionCounts]:
    """Supervisions by the street, asked in the term: of tickets and of its whistles."""
    late = Supervision.answered_at > Supervision.answer_due_at
    missed = Supervision.answered_at.is_(None) & (Supervision.answer_due_at < now)
    query = (
        select(
            Supervision.office_code,
            func.count(),
            func.count(Supervision.answered_at),
            func.count().filter(late),
            func.count().filter(missed),
        )
        .join(Ticket, Ticket.number == Supervision.ticket_number)
        .where(
            Ticket.office_code == street,
            Supervision.level == SupervisionLevel.STREET,
            Supervision.issued_at >= term.starts_at,
            Supervision.issued_at < term.ends_at,
        )
        .group_by(Supervision.office_code)
    )
    of_tickets = {code: tuple(row) for code, *row in session.execute(query) if code}
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
