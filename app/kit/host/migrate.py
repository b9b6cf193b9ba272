"""Migrations: checks that the database is within reach, new enough, and at this code's revision."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.pool import NullPool

from app.kit.address import psycopg_url
from app.kit.host import cluster
from app.kit.messages import Message, template

OLDEST = int(cluster.VERSION)
"""The oldest PostgreSQL to work with: every test runs on it. The documents name it, too."""

CONFIG = Path(__file__).parents[3] / "alembic.ini"


class NoDatabase(Exception):
    """The reason that the database cannot be used, in one line for the operator; never its
    password."""


class DatabaseAway(NoDatabase):
    """Nobody answers there, or not yet: it may be waited for."""


MAY_NOT_MIGRATE = template(
    "{user} may not bring the database to this version: run `jiesu migrate` as its owner"
)
NOT_YET = ("the database system is", "too many clients", "remaining connection slots")
"""In what a server says that refuses for the moment only."""


def is_away(refusal: str) -> bool:
    return "FATAL" not in refusal or any(words in refusal for words in NOT_YET)


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    """A connection outside any pool, to a PostgreSQL that is new enough. Raises NoDatabase."""
    target = psycopg_url(url)
    engine = sa.create_engine(target, poolclass=NullPool, connect_args={"connect_timeout": 5})
    try:
        connection = engine.connect()
    except DBAPIError as refused:
        why = " ".join(str(refused.orig).split())
        kind = DatabaseAway if is_away(why) else NoDatabase
        place = target.render_as_string()
        reason = Message("cannot reach the database {place}: {why}", place=place, why=why)
        raise kind(reason) from None
    with connection:
        check_version(int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()))
        connection.rollback()
        yield connection


def check_version(number: int) -> None:
    """Raises NoDatabase for a PostgreSQL that is too old; its number is like 180004."""
    version = number // 10_000
    if version < OLDEST:
        raise NoDatabase(
            Message(
                "the database is PostgreSQL {version}; {oldest} or newer is needed",
                version=version,
                oldest=OLDEST,
            )
        )


def check(url: str) -> None:
    """Raises NoDatabase unless the database can be used."""
    with connected(url):
        pass


def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database to a revision; of several replicas the first works, the others wait.
    Raises NoDatabase where its user may not."""
    with connected(url) as connection:
        try:
            command.upgrade(config(connection), revision)
        except ProgrammingError as refused:
            if isinstance(refused.orig, InsufficientPrivilege):
                raise NoDatabase(
                    Message(MAY_NOT_MIGRATE, user=connection.engine.url.username)
                ) from None
            raise


def downgrade(url: str, revision: str) -> None:
    with connected(url) as connection:
        command.downgrade(config(connection), revision)


def config(connection: sa.Connection) -> Config:
    """The configuration for Alembic's functions, such as `command.check`."""
    return Config(CONFIG, attributes={"connection": connection})


def at_head(connection: sa.Connection) -> bool:
    """Whether the database has exactly the migrations of this code."""
    return set(MigrationContext.configure(connection).get_current_heads()) == heads()


@cache
def heads() -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(Config(CONFIG)).get_heads())
