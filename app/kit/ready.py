"""Statements made once: compiled when a module is read, sent with what changes as parameters.

SQLAlchemy walks a statement anew for each execution; for a page of tickets that takes longer than
PostgreSQL takes to answer it.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

DIALECT: sa.Dialect = sa.make_url("postgresql+psycopg://").get_dialect()()


class Ready:
    """A statement as its driver takes it; a `parameter` is what each execution gives."""

    def __init__(self, statement: sa.ClauseElement) -> None:
        compiled = statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
        self.text = str(compiled)
        self.constants = {
            name: value for name, value in compiled.params.items() if value is not None
        }

    def rows(self, connection: sa.Connection, **values: Any) -> Sequence[Any]:
        """What is read: enums as their values, JSON as PostgreSQL's driver reads it."""
        return connection.exec_driver_sql(self.text, {**self.constants, **values}).all()


def parameter(name: str, kind: type[sa.types.TypeEngine[Any]] | sa.types.TypeEngine[Any]) -> Any:
    return sa.bindparam(name, None, type_=kind)
