"""PostgreSQL's connection and cursor without what nobody reads: SQLAlchemy asks for the columns of
every result, which took a tenth of a request, and wants their names and types.

psycopg reads a statement's parameters anew where it is longer than 4,096 characters or one of more
than 128; a ticket's view is longer, and the service has more.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any

import psycopg
from psycopg import IsolationLevel, _queries
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import execute, fetch_many, send
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult

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
        status = self.pgconn.transaction_status
        if status == TransactionStatus.IDLE:
            return
        if status not in OPEN:
            super().rollback()
            return
        with self.lock:
            self.pgconn.exec_(b"COMMIT" if self.read_only else b"ROLLBACK")
        if self.pgconn.transaction_status != TransactionStatus.IDLE:
            raise psycopg.OperationalError("the connection was lost at the end of a transaction")

    def set_isolation_level(self, value: IsolationLevel | None) -> None:
        self.note(self._set_isolation_level_gen(value))

    def set_read_only(self, value: bool | None) -> None:
        self.note(self._set_read_only_gen(value))

    def set_autocommit(self, value: bool) -> None:
        self.note(self._set_autocommit_gen(value))

    def note(self, noted: PQGen[None]) -> None:
        """For the next transaction: nothing is sent, so nothing is waited for."""
        with self.lock, suppress(StopIteration):
            next(noted)
            raise AssertionError("something was sent")

    def again(self, text: str, values: dict[str, Any]) -> Sequence[Any] | None:
        """The rows of a statement that psycopg has prepared, without a cursor, which takes three
        times as long. None: it is to be sent as any other, and nothing was sent."""
        begun = self.autocommit or self.pgconn.transaction_status == TransactionStatus.INTRANS
        if len(text) > LONGEST or not (begun or self.may_begin()):
            return None
        query = Query(self.adapter)
        query.convert(text, values)
        names, key = self._prepared._names, (query.query, query.types)
        if key not in names:
            return None
        names.move_to_end(key)
        with self.lock:
            send = partial(self.pgconn.send_query_prepared, names[key], query.params, query.formats)
            results = self.sent(send) if begun else self.begun_with(send)
        for result in results:
            if result.status not in DONE:
                raise error_from_result(result, self.adapter.encoding)
        return self.rows(names[key], results[-1])

    def may_begin(self) -> bool:
        return self.pgconn.transaction_status == TransactionStatus.IDLE

    def sent(self, send: Callable[[], None]) -> list[PGresult]:
        send()
        return self.wait(execute(self.pgconn))

    def begun_with(self, send: Callable[[], None]) -> list[PGresult]:
        """A transaction begins with the statement, in the same round trip."""
        self.pgconn.enter_pipeline_mode()
        self.pgconn.send_query_params(self._get_tx_start_command(), None)
        send()
        self.pgconn.pipeline_sync()
        results = self.wait(everything(self.pgconn))
        self.pgconn.exit_pipeline_mode()
        return results

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


def everything(server: PGconn) -> PQGen[list[PGresult]]:
    """The results of all that was sent in a pipeline."""
    yield from send(server)
    results: list[PGresult] = []
    while more := (yield from fetch_many(server)):
        if more[0].status == ExecStatus.PIPELINE_SYNC:
            break
        results += more
    return results


def columns_of(result: PGresult) -> tuple[bytes | None, ...]:
    return tuple(map(result.fname, range(result.nfields)))


@lru_cache(maxsize=1_000)
def maker_of(names: tuple[bytes | None, ...]) -> MakeRow:
    """A named tuple of each row's values."""
    texts = [(name or b"").decode() for name in names]  # of a statement, which are data here
    return partial(tuple.__new__, namedtuple("Row", texts, rename=True))
