"""At which instant something is recorded: wholly before a dividing instant, or after it.

A transaction that reads the clock, waits, and commits later would write into a past that somebody
has already read. Recorders share a lock, and so never wait for one another; who divides waits for
all of them, and holds up who comes next only while he reads the clock.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.clock import Clock

RECORDING = 0x4E0A
PATIENCE = "5s"


def recording(session: Session, clock: Clock) -> datetime:
    """Now, for all that this transaction records. Asked for before any row is locked."""
    session.execute(select(func.pg_advisory_xact_lock_shared(RECORDING)))
    return clock()


def dividing(session: Session, clock: Clock) -> datetime:
    """Now: what was recorded up to it is there to be read, and all else is recorded later.

    Who records for longer than PATIENCE is not waited for; the request fails (503).
    """
    session.execute(sa.text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
    session.execute(select(func.pg_advisory_lock(RECORDING)))
    now = clock()
    session.execute(select(func.pg_advisory_unlock(RECORDING)))
    session.execute(sa.text("SET LOCAL lock_timeout = 0"))
    return now
