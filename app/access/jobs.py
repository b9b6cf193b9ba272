"""Work that a person at the console sets going and that outlasts his request, such as a simulation.

Who does it ends it in the transaction of the work itself: so its row is locked while it runs, says
that it ended where all was kept, and neither where it failed, however it failed. Every process of
the service sees the same, also after a restart.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.db import Base, Code

SIMULATION = "simulation"
STARTS_WITHIN = timedelta(seconds=30)
"""From the word of a person to the first statement of the work."""


class Job(Base):
    __tablename__ = "console_job"

    name: Mapped[Code] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class State(Enum):
    NEVER = auto()
    RUNNING = auto()
    FAILED = auto()
    DONE = auto()


def begin(session: Session, name: str) -> datetime | None:
    """Write down that it is to be done, and when that was said; None while it runs."""
    if state(session, name) is State.RUNNING:
        return None
    row = insert(Job).values(name=name, begun_at=func.now(), ended_at=None)
    anew = {"begun_at": func.now(), "ended_at": None}
    is_over = Job.begun_at < func.now() - STARTS_WITHIN
    begun = row.on_conflict_do_update(
        index_elements=[Job.name], set_=anew, where=sa.or_(Job.ended_at.is_not(None), is_over)
    ).returning(Job.begun_at)
    return session.scalar(begun)


def perform(session: Session, name: str) -> None:
    """Of the work's own transaction, before anything else: it ends with its commit."""
    session.execute(sa.update(Job).where(Job.name == name).values(ended_at=func.now()))


def give_up(session: Session, name: str, begun_at: datetime) -> None:
    """It is known to have failed before its first statement: others need not wait for that."""
    mine = sa.and_(Job.name == name, Job.begun_at == begun_at, Job.ended_at.is_(None))
    session.execute(sa.update(Job).where(mine).values(begun_at=begun_at - STARTS_WITHIN))


def state(session: Session, name: str) -> State:
    mine = Job.name == name
    is_new = Job.begun_at > func.now() - STARTS_WITHIN
    row = session.execute(select(Job.ended_at, is_new).where(mine)).one_or_none()
    if row is None:
        return State.NEVER
    if row.ended_at is not None:
        return State.DONE
    is_free = select(Job.name).where(mine).with_for_update(skip_locked=True, read=True)
    is_idle = session.scalar(is_free) is not None
    return State.FAILED if is_idle and not row[1] else State.RUNNING
