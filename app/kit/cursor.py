"""PostgreSQL's connection and cursor without what nobody reads: SQLAlchemy asks for the columns of
every result, which took a tenth of a request, and wants their names and types.

psycopg reads a statement's parameters anew where it is longer than 4,096 characters or one of more
than 128; a ticket's view is longer, and the service has more.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import psycopg
from psycopg import _queries
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

Column = tuple[str, int, None, None, None, None, None]
"""As PEP 249 has it: name, type, and five facts of which PostgreSQL's driver knows none."""

MakeRow = Callable[[Sequence[Any]], Any]

OPEN = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR})
DONE = frozenset({ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK})

MOST_MAKERS = 1_000

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


class Connection(psycopg.Connection[Any]):
    """Keeps its prepared statements over a ROLLBACK, and sends them quickly; so are its cursors.

    psycopg forgets them there, in case the transaction changed a table; so a reader's statements
    would never be prepared. The server keeps them. The transaction of a reader is committed.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.cursor_factory = Cursor
        self.prepared: set[bytes] = set()
        """The names of what kit/exchange.py has prepared."""
        self.adapter = Transformer(self)
        """Its: what it has learned to read and to write stays."""
        self.makers: dict[bytes, MakeRow] = {}
        """Of the rows of prepared statements, by their names."""

    def rollback(self) -> None:
        if self.pgconn.transaction_status not in OPEN:
            super().rollback()
            return
        with self.lock:
            self.pgconn.exec_(b"COMMIT" if self.read_only else b"ROLLBACK")
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            raise psycopg.OperationalError("the connection was lost at the end of a transaction")

    def again(self, text: str, values: dict[str, Any]) -> Sequence[Any] | None:
        """The rows of a statement that psycopg has prepared, without a cursor, which takes three
        times as long. None: it is to be sent as any other, and nothing was sent."""
        if len(text) > LONGEST or not self.may_send():
            return None
        query = Query(self.adapter)
        query.convert(text, values)
        names, key = self._prepared._names, (query.query, query.types)
        if key not in names:
            return None
        names.move_to_end(key)
        with self.lock:
            self.pgconn.send_query_prepared(names[key], query.params, query.formats)
            results = self.wait(execute(self.pgconn))
        for result in results:
            if result.status not in DONE:
                raise error_from_result(result, self.adapter.encoding)
        return self.rows(names[key], results[0])

    def may_send(self) -> bool:
        """Whether nothing is to be sent before a statement."""
        begun = TransactionStatus.IDLE if self.autocommit else TransactionStatus.INTRANS
        return self.pgconn.transaction_status == begun and not self._pipeline

    def rows(self, name: bytes, result: PGresult) -> Sequence[Any]:
        """Of a prepared statement, whose columns stay the same."""
        if not result.nfields:
            return ()
        if len(self.makers) > MOST_MAKERS:
            self.makers.clear()
        make = self.makers.get(name) or self.makers.setdefault(name, maker_of(columns_of(result)))
        self.adapter.set_pgresult(result)
        rows = self.adapter.load_rows(0, result.ntuples, make)
        self.adapter.set_pgresult(None)
        return rows


def columns_of(result: PGresult) -> tuple[bytes | None, ...]:
    return tuple(map(result.fname, range(result.nfields)))


@lru_cache(maxsize=1_000)
def maker_of(names: tuple[bytes | None, ...]) -> MakeRow:
    """A named tuple of each row's values."""
    texts = [(name or b"").decode() for name in names]  # of a statement, which are data here
    return partial(tuple.__new__, namedtuple("Row", texts, rename=True))
