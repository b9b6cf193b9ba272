"""Statements made once: compiled when first sent, sent with what changes as parameters.

SQLAlchemy walks a statement anew for each execution; for a page of tickets that takes longer than
PostgreSQL takes to answer it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa
from psycopg import sql

DIALECT: sa.Dialect = sa.make_url("postgresql+psycopg://").get_dialect()()


class Statement(NamedTuple):
    """A statement as its driver takes it, with its parameters' values."""

    text: str
    values: dict[str, Any]

    def run(self, connection: sa.Connection) -> sa.CursorResult[Any]:
        return connection.exec_driver_sql(self.text, self.values)


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
        return self.given(**values).run(connection).all()


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
    longer than running it."""
    connection.exec_driver_sql(PLAN)
    try:
        yield connection
    finally:
        with suppress(sa.exc.DBAPIError):  # lost, or rolled back with what failed in it
            connection.exec_driver_sql(PLAN_ANEW)


def parameter(name: str, kind: type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]) -> Any:
    return sa.bindparam(name, None, type_=kind)
