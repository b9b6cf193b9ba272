"""The engine, the two kinds of session for requests, and the column types of all tables."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from select import POLLIN, poll
from typing import Annotated, Any

import psycopg
import sqlalchemy as sa
from fastapi import Depends, Request
from sqlalchemy import event, orm
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, mapped_column, sessionmaker

from app.kit.address import psycopg_url
from app.kit.cursor import Connection
from app.kit.entities.changes import write_changed
from app.kit.ready import PLANNED

# A statement that SQLAlchemy doubts is not sent: it may be about other rows.
warnings.filterwarnings("error", category=sa.exc.SAWarning)

POOL_TIMEOUT_SECONDS = 2
FAR_AWAY = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A host that vanished without a word is given up after half a minute, not fifteen."""
READ_ONLY = "25006"
LOCKED = "55P03"


@dataclass(frozen=True, slots=True)
class Limits:
    """In milliseconds, for a statement, for waiting for a lock, and for doing nothing in an open
    transaction; 0: none. As the options of a connection."""

    statement_ms: int = 15_000
    lock_ms: int = 0
    idle_ms: int = 0

    def __str__(self) -> str:
        return (
            f"-c statement_timeout={self.statement_ms} -c lock_timeout={self.lock_ms}"
            f" -c idle_in_transaction_session_timeout={self.idle_ms}"
        )


REQUESTS = Limits(lock_ms=5_000, idle_ms=60_000)

Code = Annotated[str, mapped_column(sa.Text(collation="C"))]
"""Office codes, ticket numbers and other identifiers: compared byte by byte."""

Json = dict[str, Any]


class Base(orm.DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: sa.TIMESTAMP(timezone=True),
        str: sa.Text(),
        Json: JSONB(),
        list[str]: ARRAY(sa.Text()),
    }


def one_of(members: type[StrEnum], name: str = "", length: int = 40) -> sa.Enum:
    """A StrEnum stored as its value; a CHECK (`name`, or the enum's) admits its values only."""
    return sa.Enum(
        members,
        native_enum=False,
        create_constraint=True,
        name=name or members.__name__.lower(),
        length=length,
        values_callable=lambda enum: [member.value for member in enum],
    )


def make_engine(
    url: str, pool_size: int, limits: Limits | None = None, *, one_plan: bool = False
) -> sa.Engine:
    """One pool, as large as the threads that may ask it; who waits too long gets 503. With
    `one_plan` each prepared statement is planned once, whatever its parameters (kit/ready.py).

    The connection used last is used next, as its statements are prepared. Before that it is looked
    at, which costs no round trip; one lost without a word is found by use (see kit/web/again.py).
    """
    planned = PLANNED if one_plan else {}
    settings = [f"-c {name}={value}" for name, value in {"timezone": "UTC", **planned}.items()]
    engine = sa.create_engine(
        psycopg_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": 5,
            "options": " ".join((str(limits or Limits()), *settings)),
            **FAR_AWAY,
        },
    )
    event.listen(engine, "do_connect", connect)
    event.listen(engine, "checkout", refuse_closed)
    event.listen(engine, "commit", note_commit)
    return engine


class WouldWait(Exception):
    """A connection is to be opened where nobody may wait for it."""


may_open: ContextVar[bool] = ContextVar("may_open", default=True)


@contextmanager
def opens(may: bool) -> Iterator[None]:
    """Whether a pool may open connections within; else it raises WouldWait."""
    before = may_open.set(may)
    try:
        yield
    finally:
        may_open.reset(before)


def connect(dialect: object, record: object, given: list[Any], named: dict[str, Any]) -> Connection:
    if not may_open.get():
        raise WouldWait
    return Connection.connect(*given, **named)


def refuse_closed(connection: psycopg.Connection[Any], record: object, proxy: object) -> None:
    """Refuses a connection closed by the server: an idle one has nothing to read."""
    looked_at = poll()
    looked_at.register(connection.fileno(), POLLIN)
    if looked_at.poll(0):
        raise sa.exc.DisconnectionError


def is_out_of_reach(fault: Exception) -> bool:
    """Whether the database is away, full or read-only, or all connections to it are in use: not a
    mistake of ours."""
    if isinstance(fault, OperationalError | InterfaceError | PoolTimeout):
        return True
    return isinstance(fault, DBAPIError) and getattr(fault.orig, "sqlstate", None) == READ_ONLY


def note_commit(connection: sa.Connection) -> None:
    done = commits.get()
    if done is not None:
        done.append("commit")


commits: ContextVar[list[str] | None] = ContextVar("commits", default=None)
"""The commits of a request, each noted before it is sent."""


BeforeCommit = Callable[[Session], None]
Sessions = sessionmaker[Session]


def make_sessions(engine: sa.Engine, before_commit: Sequence[BeforeCommit] = ()) -> Sessions:
    """Sessions that call `before_commit`, in order, inside each transaction before its commit."""
    sessions = sessionmaker(engine, expire_on_commit=False)
    event.listen(sessions, "before_flush", write_changed)
    for act in before_commit:
        event.listen(sessions, "before_commit", act)
    return sessions


async def all_sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


ONE_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def read_session(sessions: "AllSessions") -> Iterator[Session]:
    """One request, one snapshot: every read is as of its first statement."""
    with sessions() as session:
        session.connection(execution_options=ONE_SNAPSHOT)
        yield session


def write_session(sessions: "AllSessions") -> Iterator[Session]:
    """One request, one transaction: committed after the endpoint returns and before the answer."""
    with sessions() as session:
        yield session
        session.commit()


AllSessions = Annotated[Sessions, Depends(all_sessions)]
Reading = Annotated[Session, Depends(read_session, scope="function")]
Writing = Annotated[Session, Depends(write_session, scope="function")]
