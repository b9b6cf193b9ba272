"""Commits whose answer was lost: the database is asked what became of them.

Its word on a transaction's number is not enough. A server that died without having written a number
down gives it to another transaction, and a ticket's number likewise; but no two wrote an event of
the same ticket at the same microsecond.
"""

from datetime import datetime
from time import monotonic, sleep
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.kit.db import Sessions
from app.kit.errors import Unavailable
from app.kit.messages import Message
from app.tickets.events import Event

PATIENCE_SECONDS = 5
PAUSE_SECONDS = 0.02


class Trace(NamedTuple):
    """A transaction by its number, and an event that it wrote."""

    transaction: str
    ticket_number: str
    at: datetime


STATUS = sa.text("SELECT pg_xact_status(CAST(:transaction AS xid8))")


def was_committed(sessions: Sessions, trace: Trace) -> bool:
    """Refuses (Unavailable) where nobody can tell: the request may then be sent again with its
    key."""
    ends = monotonic() + PATIENCE_SECONDS
    while monotonic() < ends:
        try:
            with sessions() as session:
                status: str | None = session.scalar(STATUS, {"transaction": trace.transaction})
                if status == "committed":  # only now: the snapshot of a moment ago may be too old
                    return session.scalar(event_of(trace)) is not None
        except (DBAPIError, PoolTimeout):
            status = None
        if status == "aborted":
            return False
        sleep(PAUSE_SECONDS)
    raise Unavailable(Message("the connection was lost at the commit"))


def event_of(trace: Trace) -> sa.Select[int]:
    return (
        select(Event.seq)
        .where(Event.ticket_number == trace.ticket_number, Event.at == trace.at)
        .limit(1)
    )
