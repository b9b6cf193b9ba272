"""At which instant something is recorded: wholly before another's instant, or after it.

A transaction that reads the clock, waits, and commits later would write into a past that somebody
has already read. So recorders hold a shared lock, which nobody ever takes alone: they wait for no
one. Who asks about an instant that has come looks who holds it, and waits until those are done;
whoever takes it later reads the clock later.
"""

from datetime import datetime
from time import monotonic, sleep
from typing import Final

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kit.clock import Clock
from app.kit.errors import Unavailable

RECORDING: Final = 0x4E0A
PATIENCE_SECONDS = 5
PAUSE_SECONDS = 0.005

RECORDERS = sa.text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND classid = 0 AND objid = :recording AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(recording=RECORDING)


class StillRecording(Unavailable):
    title = "What happened by then is still being written"


def recording(session: Session, clock: Clock) -> datetime:
    """Now, for all that this transaction records."""
    session.execute(select(func.pg_advisory_xact_lock_shared(RECORDING)))
    return clock()


def settled(session: Session) -> None:
    """Returns when all that was recorded at an instant that has come can be read: by the session's
    next statement, or by its next snapshot. Refuses StillRecording after PATIENCE_SECONDS.
    """
    until = monotonic() + PATIENCE_SECONDS
    writing = recorders(session)
    while writing:
        if monotonic() > until:
            raise StillRecording(f"{len(writing)} have been writing for {PATIENCE_SECONDS} s")
        sleep(PAUSE_SECONDS)
        writing &= recorders(session)


def recorders(session: Session) -> set[str]:
    """The transactions that record something at present."""
    return set(session.scalars(RECORDERS))
