"""PostgreSQL's cursor without what nobody reads: SQLAlchemy asks for the columns of every result,
which took a tenth of a request, and wants their names and types.

psycopg reads a statement's parameters anew where it is longer than 4,096 characters or one of more
than 128; a ticket's view is longer, and the service has more.
"""

from functools import lru_cache
from typing import Any

import psycopg
from psycopg import _queries

Column = tuple[str, int, None, None, None, None, None]
"""As PEP 249 has it: name, type, and five facts of which PostgreSQL's driver knows none."""

LONGEST = 32_768
"""A longer statement is not kept: it has its values in it, and comes once."""


@lru_cache(maxsize=4_000)
def read_once(query: str, encoding: str) -> Any:
    """By the text itself, whose hash Python keeps as long as the text."""
    return _queries._query2pg_nocache(query.encode(encoding), encoding)


class Query(_queries.PostgresQuery):
    """A statement with its parameters, as it is sent."""

    def convert(self, query: Any, vars: Any) -> None:
        if vars is None or not isinstance(query, str) or len(query) > LONGEST:
            super().convert(query, vars)
            return
        encoding = self._tx.encoding
        self.query, self._want_formats, self._order, self._parts = read_once(query, encoding)
        self.dump(vars)


class Cursor(psycopg.Cursor[Any]):
    _query_cls = Query

    @property
    def description(self) -> list[Column] | None:  # type: ignore[override] # no Column is made
        result = self.pgresult
        if not result or not result.nfields:
            return None
        return [
            ((result.fname(n) or b"").decode(), result.ftype(n), None, None, None, None, None)
            for n in range(result.nfields)
        ]
