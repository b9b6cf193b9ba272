"""Rows read in the order of their transactions, so that every process reads them in the same.

A row may be committed long after a later one: rows are read only up to the oldest transaction that
is still open.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

READ_AT_ONCE = 5_000

SETTLED = sa.text("""
    WITH present AS (
        SELECT CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS next
    ), open AS (
        SELECT CAST(CAST(backend_xid AS text) AS bigint) AS short FROM pg_stat_activity
        WHERE datname = current_database() AND backend_xid IS NOT NULL
    )
    SELECT least(next, (
        SELECT min(next - ((next - short + 3 * 2147483648) % 4294967296 - 2147483648)) FROM open
    )) FROM present
""")
"""The oldest transaction that may still commit rows: none of another database of the cluster, which
may stay open for days. `pg_stat_activity` is read after the snapshot was taken, and tells of a
transaction its lower 32 bits."""


def settled(session: Session) -> int:
    """The session must see at each statement all that was committed before it."""
    oldest: int = session.execute(SETTLED).scalar_one()
    return oldest


def read_after(
    session: Session, model: Any, place: tuple[int, int], before: int
) -> Iterator[list[Any]]:
    """The rows of a table with `transaction` and `id` after this place, in portions."""
    while rows := session.scalars(portion(model, place, before)).all():
        yield list(rows)
        place = (rows[-1].transaction, rows[-1].id)


def portion(model: Any, place: tuple[int, int], before: int) -> sa.Select[Any]:
    order = (model.transaction, model.id)
    return (
        sa.select(model)
        .where(sa.tuple_(*order) > sa.tuple_(*map(sa.literal, place)))
        .where(model.transaction < before)
        .order_by(*order)
        .limit(READ_AT_ONCE)
    )
