"""Whether the process lives, whether it can work, and its figures: for those who run it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Protocol

import sqlalchemy as sa
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base
from app.kit.errors import Unavailable
from app.kit.host import migrate
from app.kit.messages import Message
from app.kit.web import metrics
from app.kit.web.logs import kinds
from app.kit.web.route import Route

logger = logging.getLogger(__name__)
router = APIRouter(route_class=Route, tags=["health"])

WRITTEN_EVERY_SECONDS = 1.0
"""At most, however many ask."""
PATIENCE_SECONDS = 3.0
KEPT_SECONDS = 60


class Heartbeat(Base):
    """A row of its own size for each look, so that a full disk is seen; in no log."""

    __tablename__ = "heartbeat"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    at: Mapped[datetime]
    filling: Mapped[bytes]


FILLING = bytes(range(256)) * 27
"""Most of a page; TOAST does not make it smaller."""
WRITE = sa.text("""
    WITH old AS (
        DELETE FROM heartbeat WHERE at < clock_timestamp() - make_interval(secs => :kept)
    )
    INSERT INTO heartbeat (at, filling) VALUES (clock_timestamp(), :filling)
""").bindparams(kept=KEPT_SECONDS, filling=FILLING)
FLUSH = sa.text("SELECT pg_logical_emit_message(true, 'jiesu', '')")


class NotMigrated(Unavailable):
    title = "The database does not have this version's migrations"


class NotAnswering(Unavailable):
    title = "The database does not answer"


class NotWritable(Unavailable):
    title = "The database takes nothing in"


class Renewed(Protocol):
    """Figures that are read when they are asked for."""

    async def renew(self) -> None: ...


@dataclass(slots=True)
class Readiness:
    """Looks at the database on a connection and in a thread of its own: one look at a time, for all
    who asked before it began."""

    engine: sa.Engine
    checks: Sequence[Callable[[], None]]
    """What else is looked at first, in order."""
    written_at: float = float("-inf")
    reason: str | None = None
    present: "asyncio.Task[Unavailable | None] | None" = None
    coming: "asyncio.Task[Unavailable | None] | None" = None
    thread: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    async def check(self) -> None:
        """Refuses (Unavailable) while anything is amiss."""
        for check in self.checks:
            check()
        if self.coming is None:
            self.coming = asyncio.create_task(self.look_after(self.present))
        try:
            refusal = await asyncio.wait_for(asyncio.shield(self.coming), PATIENCE_SECONDS)
        except TimeoutError:
            raise NotAnswering(
                Message("not for {patience_seconds:.0f} s", patience_seconds=PATIENCE_SECONDS)
            ) from None
        if refusal:
            raise refusal

    async def look_after(
        self, former: "asyncio.Task[Unavailable | None] | None"
    ) -> Unavailable | None:
        if former:
            await asyncio.wait([former])
        self.present, self.coming = self.coming, None
        refusal = None
        try:
            await run_sync(self.look, abandon_on_cancel=True, limiter=self.thread)
        except Unavailable as fault:
            refusal = fault
        self.note(refusal)
        return refusal

    def note(self, refusal: Unavailable | None) -> None:
        """Logs the reason once, however often it is asked for."""
        reason = kinds(refusal) if refusal else None
        if reason != self.reason:
            self.reason = reason
            log = logger.warning if reason else logger.info
            log("readiness has changed", extra={"cause": reason})

    def look(self) -> None:
        """Refuses NotAnswering, NotMigrated, NotWritable."""
        try:
            with self.engine.connect() as connection:
                at_head = migrate.at_head(connection)
        except (DBAPIError, PoolTimeout) as fault:
            raise NotAnswering from fault
        if not at_head:
            raise NotMigrated
        try:
            self.write()
        except DBAPIError as fault:
            raise NotWritable from fault

    def write(self) -> None:
        """Needs room for a row of its own in the table, which is in no log, and then in the log."""
        now = monotonic()
        if now - self.written_at > WRITTEN_EVERY_SECONDS:
            with self.engine.begin() as connection:
                connection.execute(WRITE)
                connection.execute(FLUSH)
            self.written_at = now


@router.get("/healthz")
async def is_alive() -> dict[str, str]:
    """The process lives."""
    return {"status": "alive"}


@router.get("/readyz")
async def is_ready(request: Request) -> dict[str, str]:
    """The database answers, is at the head of the migrations and takes writes, and the work of the
    background gets done; else 503."""
    readiness: Readiness = request.app.state.readiness
    await readiness.check()
    return {"status": "ready"}


@router.get("/metrics", response_class=PlainTextResponse)
async def show_metrics(request: Request) -> Response:
    """Prometheus' text format: the city's work, counts and times by route template, nothing about
    persons."""
    figures: Renewed = request.app.state.figures
    await figures.renew()
    body = await run_sync(metrics.exposition, limiter=CapacityLimiter(1))
    return Response(body, media_type=CONTENT_TYPE_LATEST)
