"""Figures of the city's work for who is on duty: what is open, late, unplaced, not called.

They are read when `/metrics` is asked, at most every EVERY_SECONDS, on a connection of their own
and each by an index. While the database is away they stay as they were; `jiesu_figures_at_seconds`
tells of when they are.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any, Literal

import sqlalchemy as sa
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from prometheus_client import Gauge
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from app.access.roles import DESKS
from app.kit.clock import Clock
from app.kit.instants import RECORDING
from app.offices.catalogue import Urgency
from app.tickets.life.duties import DESK_COLUMNS
from app.tickets.life.lifecycle import IN_OFFICE
from app.tickets.life.parts import Part
from app.tickets.models import DUE_OR_LAST, IS_OPEN

EVERY_SECONDS = 5.0
Mode = Literal["mostrecent", "livesum"]
"""How the figures of several workers become one."""

logger = logging.getLogger(__name__)


def figure(name: str, what: str, *labels: str, mode: Mode = "mostrecent") -> Gauge:
    """Of several workers the one that was asked last knows best."""
    return Gauge(f"jiesu_{name}", what, labels, multiprocess_mode=mode)


BY_URGENCY = {
    "open": figure("tickets_open", "Tickets that have not ended", "urgency"),
    "overdue": figure("tickets_overdue", "Tickets whose result is late", "urgency"),
    "undispatched": figure("tickets_undispatched", "Tickets to be dispatched", "urgency"),
    "unplaced": figure("tickets_unplaced", "Tickets of which more must be asked", "urgency"),
}
BY_DESK = {
    "waiting": figure("desk_waiting", "Tickets that wait for a desk of the city", "desk"),
    "oldest": figure("desk_oldest_seconds", "Age of the longest wait for a desk", "desk"),
}
ALONE = {
    "oldest_l1": figure("oldest_l1_seconds", "Age of the oldest open L1; 0: there is none"),
    "callbacks_waiting": figure("callbacks_waiting", "Citizens to be called back"),
    "callbacks_due": figure("callbacks_due", "Citizens who were to be called by now"),
    "sweep_behind": figure("sweep_behind_seconds", "Age of the oldest due change not applied"),
    "feed_lag": figure("feed_lag_seconds", "Age of the oldest record that no feed can show yet"),
}
READ_AT = figure("figures_at_seconds", "Unix time at which these figures were read")

POOL_USED = figure("pool_used", "Connections in use, by pool", "pool", mode="livesum")
POOL_SIZE = figure("pool_size", "Connections that a pool may have", "pool", mode="livesum")

WORKING = ", ".join(f"'{status}'" for status in sorted(IN_OFFICE))


def by_urgency(name: str, condition: str) -> str:
    return (
        f"SELECT '{name}' AS name, urgency AS label, count(*)::float8 AS value"
        f" FROM ticket WHERE {condition} GROUP BY urgency"
    )


def by_desk(desk: str, column: str) -> str:
    """How many wait, and since when the oldest: the whole of a partial index."""
    return (
        f"SELECT unnest(ARRAY['waiting', 'oldest']), '{desk}', unnest(ARRAY[count(*)::float8,"
        f" {age(f'min({column})')}]) FROM ticket WHERE {column} IS NOT NULL"
    )


def alone(name: str, value: str) -> str:
    return f"SELECT '{name}', NULL, ({value})::float8"


def age(instant: str) -> str:
    return f"greatest(extract(epoch FROM :now - {instant}), 0)::float8"


COLUMNS = {desk: DESK_COLUMNS[Part(role)] for role, desk in DESKS.items()}
READ = sa.text(
    " UNION ALL ".join(
        [
            by_urgency("open", IS_OPEN),
            by_urgency("overdue", f"{IS_OPEN} AND {DUE_OR_LAST} < :now AND status IN ({WORKING})"),
            by_urgency("undispatched", "status = 'to_dispatch'"),
            by_urgency("unplaced", "status = 'need_info'"),
            *(by_desk(desk, column) for desk, column in COLUMNS.items()),
            alone(
                "oldest_l1",
                f"SELECT {age('min(received_at)')} FROM ticket WHERE {IS_OPEN} AND urgency = 'L1'",
            ),
            alone(
                "callbacks_waiting",
                "SELECT count(*) FROM ticket WHERE callback_due_at IS NOT NULL",
            ),
            alone("callbacks_due", "SELECT count(*) FROM ticket WHERE callback_due_at < :now"),
            alone(
                "sweep_behind",
                f"SELECT {age('least(ticket.at, whistle.at)')} FROM"
                " (SELECT min(next_due_at) AS at FROM ticket WHERE next_due_at IS NOT NULL)"
                " AS ticket,"
                " (SELECT min(next_due_at) AS at FROM whistle WHERE next_due_at IS NOT NULL)"
                " AS whistle",
            ),
            alone(
                "feed_lag",
                "SELECT max(extract(epoch FROM clock_timestamp() - xact_start))"
                " FROM pg_locks JOIN pg_stat_activity USING (pid)"
                f" WHERE locktype = 'advisory' AND classid = 0 AND objid = {RECORDING}"
                " AND objsubid = 1 AND datname = current_database()",
            ),
        ]
    ).replace("::", r"\:\:")
)


def read(connection: sa.Connection, now: datetime) -> Sequence[Any]:
    """Name, label and value of each figure; what there is none of is left out, or null."""
    return connection.execute(READ, {"now": now}).all()


def show(rows: Sequence[Any]) -> None:
    values = {(name, label): value or 0.0 for name, label, value in rows}
    for name, gauge in BY_URGENCY.items():
        for urgency in Urgency:
            gauge.labels(urgency).set(values.get((name, str(urgency)), 0))
    for name, gauge in BY_DESK.items():
        for desk in COLUMNS:
            gauge.labels(desk).set(values.get((name, desk), 0))
    for name, gauge in ALONE.items():
        gauge.set(values.get((name, None), 0))
    READ_AT.set_to_current_time()


@dataclass(slots=True)
class Figures:
    """Reads the figures for all who ask within EVERY_SECONDS, one reading at a time."""

    engine: sa.Engine
    pools: Mapping[str, sa.Engine]
    clock: Clock
    read_at: float = float("-inf")
    thread: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))
    counting: Lock = field(default_factory=Lock)
    """A count by the background never takes the place of a later one that was asked for."""

    async def renew(self) -> None:
        await run_sync(self.read_anew, limiter=self.thread)

    def read_anew(self) -> None:
        """What the database does not tell is no reason to tell nothing."""
        self.count_pools()
        if monotonic() - self.read_at < EVERY_SECONDS:
            return
        self.read_at = monotonic()
        try:
            with self.engine.connect() as connection:
                show(read(connection, self.clock()))
        except (DBAPIError, PoolTimeout) as fault:
            logger.warning("the figures were not read", extra={"cause": type(fault).__name__})

    def count_pools(self) -> bool:
        """Each worker's own; there is never more left to do."""
        with self.counting:
            for name, engine in self.pools.items():
                pool = engine.pool
                assert isinstance(pool, QueuePool)
                POOL_USED.labels(name).set(pool.checkedout())
                POOL_SIZE.labels(name).set(pool.size())
        return False
