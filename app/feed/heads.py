"""How far an office's feed and inbox have come: read once for all who ask at the same moment.

Most answers to a polling office are that nothing changed. A reading by each request of its own
takes a thread and a round trip each; here whoever asks while others' heads are being read waits
for the next reading, which no earlier one stands for.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY
from starlette.concurrency import run_in_threadpool

from app.feed.models import FeedHead
from app.kit.ready import Ready, parameter

Version = str
"""Of what an office is told and of what waits for it; never twice the same."""

NONE_YET: Version = "0"


def version_of(last_seq: int | None, changed_at: datetime | None) -> Version:
    return NONE_YET if changed_at is None else f"{last_seq} {changed_at.timestamp()}"


OFFICES = parameter("offices", ARRAY(sa.Text))
HEADS = Ready(
    select(FeedHead.office_code, FeedHead.last_seq, FeedHead.changed_at).where(
        FeedHead.office_code == sa.any_(OFFICES)
    )
)


class Heads:
    """For one event loop."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.asked: dict[str, asyncio.Future[Version]] = {}
        self.reading: asyncio.Task[None] | None = None

    async def version(self, office_code: str) -> Version:
        """As it is now, not before the question."""
        loop = asyncio.get_running_loop()
        answer = self.asked.setdefault(office_code, loop.create_future())
        if self.reading is None or self.reading.done():
            self.reading = loop.create_task(self.read_all())
        return await asyncio.shield(answer)

    async def read_all(self) -> None:
        while self.asked:
            asked, self.asked = self.asked, {}
            try:
                versions = await run_in_threadpool(self.read, list(asked))
            except Exception as fault:
                for answer in asked.values():
                    answer.set_exception(fault)
            else:
                for office_code, answer in asked.items():
                    answer.set_result(versions.get(office_code, NONE_YET))

    def read(self, offices: Sequence[str]) -> dict[str, Version]:
        with self.engine.connect() as connection:
            rows = HEADS.rows(connection, offices=list(offices))
        return {code: version_of(last_seq, at) for code, last_seq, at in rows}
