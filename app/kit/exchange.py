"""Exchanges with the database: many statements of a transaction in one round trip.

The statements are sent without waiting and their answers are read together, over the driver's own
connection. Only the two exchanges of intake are made so (app/tickets/intake/plain.py): there it is
three times cheaper than a session, which takes 0.1 ms of the processor for each statement.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
import sqlalchemy as sa

from app.kit.ready import Statement

COMMIT = Statement("COMMIT", {})
"""As a statement among others: the driver's own commit is a round trip by itself."""

Answer = list[tuple[Any, ...]]


class Exchange:
    """A transaction, which is rolled back unless it is committed."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def ask(self, *statements: Statement | None) -> list[Answer]:
        """The rows of each statement, in order; of none, none."""
        with self.connection.pipeline():
            cursors = [s and self.connection.execute(*s) for s in statements]
        return [rows_of(cursor) if cursor else [] for cursor in cursors]

    def commit(self, *statements: Statement) -> None:
        """The statements and the commit; where one of them is refused, nothing is committed."""
        self.ask(*statements, COMMIT)

    @property
    def lost(self) -> bool:
        return self.connection.closed


def rows_of(cursor: psycopg.Cursor[Any]) -> Answer:
    return cursor.fetchall() if cursor.description else []


@contextmanager
def exchanging(engine: sa.Engine) -> Iterator[Exchange]:
    """Over a connection of the pool; a lost one is not given back."""
    pooled = engine.raw_connection()
    exchange = Exchange(cast("psycopg.Connection[Any]", pooled.driver_connection))
    try:
        yield exchange
    finally:
        if exchange.lost:
            pooled.invalidate()
        pooled.close()
