"""Instants of recording: no reader of an instant misses a record of that instant.

A transaction that reads the clock, waits, and commits later would write into a past already read.
So recorders hold a lock that is only ever shared: they never wait. A reader of an instant looks for
its present holders, and waits until they are done; a later holder reads the clock later.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from time import monotonic, sleep
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.errors import Unavailable
from app.kit.hop import in_loop, in_thread
from app.kit.messages import Message

RECORDING: Final = 0x4E0A
PATIENCE_SECONDS = 5
SHORTEST_PAUSE = 0.005

RECORDERS = sa.text(
    "SELECT virtualtransaction FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
    " AND classid = 0 AND objid = :recording AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).bindparams(recording=RECORDING)


class StillRecording(Unavailable):
    title = "What happened by then is still being written"


HELD: sa.ColumnElement[Any] = sa.literal_column(f"pg_advisory_xact_lock_shared({RECORDING})")
"""A column that makes a statement a recorder's, which then reads the clock: `recording`."""
RECORD = sa.select(HELD)


def recording(session: Session, clock: Clock) -> datetime:
    """Now, for all that this transaction records."""
    session.execute(RECORD)
    return clock()


def settled(session: Session) -> None:
    """Waits until the session's next statement can read all records of a past instant. Refuses
    StillRecording after PATIENCE_SECONDS.
    """
    for pause in waiting(lambda: recorders(session)):
        sleep(pause)


async def settled_all(sessions: Sessions) -> None:
    """The same for any snapshot taken next. It holds neither thread nor connection while it waits,
    so that recorders never wait for it."""

    def look() -> set[str]:
        with sessions() as session:
            return recorders(session)

    pauses = waiting(look)
    await in_thread()
    while (pause := next(pauses, None)) is not None:
        await in_loop()
        await asyncio.sleep(pause)
        await in_thread()


def waiting(look: Callable[[], set[str]]) -> Iterator[float]:
    """The pauses between looks, in seconds, until all recorders of the first look are done: each an
    eighth of the wait so far, so that long waits cost few looks."""
    began, writing = monotonic(), look()
    while writing:
        waited = monotonic() - began
        if waited > PATIENCE_SECONDS:
            raise StillRecording(
                Message(
                    "{writing} have been writing for {patience_seconds} s",
                    writing=len(writing),
                    patience_seconds=PATIENCE_SECONDS,
                )
            )
        yield max(SHORTEST_PAUSE, waited / 8)
        writing &= look()


def recorders(session: Session) -> set[str]:
    """The transactions that record something at present."""
    return set(session.scalars(RECORDERS))
