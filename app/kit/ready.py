"""Statements made once: compiled when first sent, sent with what changes as parameters.

SQLAlchemy walks a statement anew for each execution; for a page of tickets that takes longer than
PostgreSQL takes to answer it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import chain
from threading import Lock
from typing import Any, NamedTuple, TypeVar, cast

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.orm import aliased

from app.kit.cursor import Connection, columns_of, maker_of

Model = TypeVar("Model")

COMPILING = Lock()
"""Held while a statement is compiled: some share their parts, which SQLAlchemy completes then."""

DIALECT: sa.Dialect = sa.make_url("postgresql+psycopg://").get_dialect()()


class Statement(NamedTuple):
    """A statement as its driver takes it, with its parameters' values."""

    text: str
    values: dict[str, Any]

    def run(self, connection: sa.Connection) -> Sequence[Any]:
        """Its rows, if it has any: enums as their values, JSON as PostgreSQL's driver reads it.

        Sent by the driver alone, which takes 0.4 of the processor's time; what fails is raised as
        SQLAlchemy raises it (DBAPIError).
        """
        if not connection.in_transaction():
            connection.begin()
        driver = driver_of(connection)
        try:
            rows = driver.again(self.text, self.values) if isinstance(driver, Connection) else None
            return read(driver.execute(self.text, self.values)) if rows is None else rows
        except psycopg.Error as fault:
            raise raised(connection, self, fault) from fault


def driver_of(connection: sa.Connection) -> psycopg.Connection[Any]:
    return cast(psycopg.Connection[Any], connection.connection.driver_connection)


def read(cursor: psycopg.Cursor[Any]) -> Sequence[Any]:
    result = cursor.pgresult
    if result is None or not result.nfields:
        return ()
    return list(map(maker_of(columns_of(result)), cursor.fetchall()))


def raised(connection: sa.Connection, statement: Statement, fault: psycopg.Error) -> Exception:
    """What SQLAlchemy would raise; a connection that is lost is given up."""
    driver = driver_of(connection)
    lost = driver.closed or driver.broken
    if lost:
        connection.invalidate(fault)
    return sa.exc.DBAPIError.instance(
        statement.text, statement.values, fault, psycopg.Error, connection_invalidated=lost
    )


class Ready:
    """A statement as its driver takes it; a `parameter` is what each execution gives.

    Every other value stands in the text, so that PostgreSQL finds the plan for all executions as
    good as one made anew, and soon keeps it: planning a ticket's search takes ten times as long as
    the search.
    """

    def __init__(self, statement: sa.ClauseElement) -> None:
        self.statement = statement

    @cached_property
    def text(self) -> str:
        with COMPILING:
            compiled = self.statement.compile(
                dialect=DIALECT, compile_kwargs={"render_postcompile": True}
            )
        values = {
            name: f"%({name})s" if value is None else sql.Literal(value).as_string()
            for name, value in compiled.params.items()
        }
        return str(compiled).replace("%%", "%%%%") % values

    def given(self, **values: Any) -> Statement:
        return Statement(self.text, values)

    def rows(self, connection: sa.Connection, **values: Any) -> Sequence[Any]:
        """What is read: enums as their values, JSON as PostgreSQL's driver reads it."""
        return self.given(**values).run(connection)


def shared_alias(model: type[Model], name: str | None = None) -> type[Model]:
    """An alias for statements that several threads make.

    SQLAlchemy indexes an alias's columns when one is first asked for; a second thread that asks
    meanwhile gets the column of the table itself, and keeps a statement about other rows. Here the
    index is made at once.
    """
    alias = aliased(model, name=name)
    sa.inspect(alias).selectable.corresponding_column(sa.column(""))
    return alias


AT_ONCE = 1_000


class Listed:
    """The rows of a statement in lists of a thousand, so that memory never holds them all.

    Few are asked for at once: a cursor is planned anew for each execution, and fetched and closed
    besides. Only more than a thousand are read with one, from the first on.
    """

    def __init__(self, query: sa.Select[*tuple[Any, ...]]) -> None:
        self.few = Ready(query.limit(sa.literal_column(str(AT_ONCE + 1))))
        self.many = query.execution_options(yield_per=AT_ONCE)

    def parts(self, connection: sa.Connection, **values: Any) -> Iterator[Sequence[Any]]:
        rows = self.few.rows(connection, **values)
        if len(rows) <= AT_ONCE:
            yield rows
            return
        del rows
        yield from connection.execute(self.many, values).partitions()

    def rows(self, connection: sa.Connection, **values: Any) -> Iterator[Any]:
        return chain.from_iterable(self.parts(connection, **values))


PLANNED = {
    "plan_cache_mode": "force_generic_plan",
    "max_parallel_workers_per_gather": "0",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
PLAN = "; ".join(f"SET {name} = {value}" for name, value in PLANNED.items())
PLAN_ANEW = "; ".join(f"RESET {name}" for name in PLANNED)


@contextmanager
def one_plan(connection: sa.Connection) -> Iterator[sa.Connection]:
    """Inside, a statement is planned once for all its parameters, as a walk from row to row by
    indexes: where each has one good plan, and making it anew, or a process for a part of it, takes
    longer than running it. It is kept from the first time on."""
    connection.exec_driver_sql(PLAN)
    driver = driver_of(connection)
    before, driver.prepare_threshold = driver.prepare_threshold, 0
    try:
        yield connection
    finally:
        driver.prepare_threshold = before
        with suppress(sa.exc.DBAPIError):  # lost, or rolled back with what failed in it
            connection.exec_driver_sql(PLAN_ANEW)


def parameter(name: str, kind: type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]) -> Any:
    return sa.bindparam(name, None, type_=kind)
