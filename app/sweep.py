"""The sweep: it applies what falls due by itself; several sweeps may run at the same time."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.city import City
from app.feed import service as feed
from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.entities.reading import Entities
from app.kit.instants import recording
from app.kit.ready import parameter
from app.kit.web import idempotency
from app.tickets.acts import due as falls
from app.tickets.acts.change import Change
from app.tickets.acts.locking import active
from app.tickets.models import Ticket
from app.whistles.acts import codes
from app.whistles.acts import due as whistle_falls
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.locking import summonses_of
from app.whistles.models import Whistle

AT_ONCE = 200
BACK_OFF = timedelta(minutes=5)
NOW = parameter("now", sa.TIMESTAMP(timezone=True))

FAILED = Counter("jiesu_sweep_failed", "Tickets and whistles whose due change could not be applied")

logger = logging.getLogger(__name__)


class Swept(NamedTuple):
    """How many changes a transaction made, and whether more may be due."""

    changes: int
    more: bool


def sweep(sessions: Sessions, city: City, clock: Clock) -> int:
    """Applies everything that is due by now; the number of changes."""
    changes, more = 0, True
    while more:
        made, more = sweep_some(sessions, city, clock)
        changes += made
    return changes


def sweep_some(sessions: Sessions, city: City, clock: Clock) -> Swept:
    """Applies what is due of up to AT_ONCE rows of each source, in one transaction."""
    changes, more = 0, False
    with sessions.begin() as session:
        now = recording(session, clock)
        for source in SOURCES:
            rows = due(source.model, AT_ONCE).read(session, now=now)
            changes += sum(apply(session, city, source, row, now) for row in rows)
            more |= len(rows) == AT_ONCE
    return Swept(changes, more)


def forget_keys(sessions: Sessions, clock: Clock) -> bool:
    """Deletes some idempotency keys that have run out, and the sign-in codes of whistles; whether
    there may be more."""
    with sessions.begin() as session:
        codes.forget_old(session, clock())
        return idempotency.forget_old(session, clock())


def of_ticket(session: Session, city: City, ticket: Ticket, now: datetime) -> int:
    change = Change(session, city, ticket, now, dispatches=active(session, ticket.number))
    done = falls.apply_due(change)
    if not done:
        change.set_timers()  # wound by older rules
    return done


def of_whistle(session: Session, city: City, whistle: Whistle, now: datetime) -> int:
    summonses = summonses_of(session, whistle.number)
    change = WhistleChange(session, city, whistle, summonses, now)
    done = whistle_falls.apply_due(change)
    if not done:
        change.set_timers()
    return done


class Source(NamedTuple):
    """A table of what falls due, and what applies it to a row."""

    model: type[Ticket] | type[Whistle]
    apply: Callable[[Session, City, Any, datetime], int]


SOURCES = (Source(Whistle, of_whistle), Source(Ticket, of_ticket))
"""In the order of locks."""


@cache
def due(model: type[Ticket] | type[Whistle], most: int) -> Entities[Any]:
    """The rows due longest, locked, without those of another sweep."""
    return Entities(
        model,
        select(model)
        .where(model.next_due_at < NOW)
        .order_by(model.next_due_at)
        .limit(most)
        .with_for_update(skip_locked=True),
    )


def apply(session: Session, city: City, source: Source, row: Any, now: datetime) -> int:
    """Apply one row's due changes; if they fail, this row alone is put off, and counted."""
    number = row.number
    mark = feed.mark(session)
    try:
        with session.begin_nested():
            return source.apply(session, city, row, now)
    except Exception:
        logger.exception("what was due could not be applied", extra={"number": number})
        FAILED.inc()
        feed.forget_since(session, mark)
        session.refresh(row)
        row.next_due_at = now + BACK_OFF
        return 0
