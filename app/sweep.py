"""The sweep: it applies due changes of tickets; several sweeps may run at the same time."""

import logging
from datetime import datetime, timedelta

from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.city import City
from app.feed import service as feed
from app.kit import idempotency
from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.instants import recording
from app.tickets.acts import due as falls
from app.tickets.acts.change import Change
from app.tickets.acts.locking import active
from app.tickets.models import Ticket

AT_ONCE = 200
BACK_OFF = timedelta(minutes=5)

FAILED = Counter("jiesu_sweep_failed", "Tickets whose due change could not be applied")

logger = logging.getLogger(__name__)


def sweep(sessions: Sessions, city: City, clock: Clock) -> int:
    """Apply all due changes, 200 tickets a transaction; the count of changes."""
    done = 0
    with sessions.begin() as session:
        idempotency.forget_old(session, clock())
    while True:
        with sessions.begin() as session:
            now = recording(session, clock)
            tickets = due(session, now)
            done += sum(apply(session, city, ticket, now) for ticket in tickets)
        if len(tickets) < AT_ONCE:
            return done


def due(session: Session, now: datetime) -> list[Ticket]:
    """The tickets due longest, locked, without those of another sweep."""
    return list(
        session.scalars(
            select(Ticket)
            .where(Ticket.next_due_at < now)
            .order_by(Ticket.next_due_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    )


def apply(session: Session, city: City, ticket: Ticket, now: datetime) -> int:
    """Apply one ticket's due changes; if they fail, this ticket alone is put off, and counted."""
    number = ticket.number
    mark = feed.mark(session)
    try:
        with session.begin_nested():
            change = Change(session, city, ticket, now, dispatches=active(session, number))
            return falls.apply_due(change)
    except Exception:
        logger.exception("what was due could not be applied", extra={"ticket": number})
        FAILED.inc()
        feed.forget_since(session, mark)
        session.refresh(ticket)
        ticket.next_due_at = now + BACK_OFF
        return 0
