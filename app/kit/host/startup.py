"""What is done before the first request; a database that is away meanwhile is waited for."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import monotonic

from anyio.to_thread import run_sync

from app.kit.db import is_out_of_reach
from app.kit.errors import Unavailable
from app.kit.host.migrate import DatabaseAway

PAUSE_SECONDS = 1.0
TOLD_EVERY_SECONDS = 60.0

logger = logging.getLogger(__name__)


class NotStarted(Unavailable):
    title = "The service waits for its database"


class Startup:
    """Steps in order, each done once, and again where the database was not to be reached."""

    def __init__(self, steps: Sequence[Callable[[], None]], on_failure: Callable[[str], None]):
        self.left = list(steps)
        self.on_failure = on_failure
        self.called_when_done: list[Callable[[], None]] = []
        self.told_at = -TOLD_EVERY_SECONDS
        self.waiting: asyncio.Task[None] | None = None

    @property
    def is_done(self) -> bool:
        return not self.left

    def on_done(self, call: Callable[[], None]) -> None:
        self.called_when_done.append(call)

    def begin(self) -> bool:
        """Does the steps that are left; whether all are done, or the database is away. Raises what
        else they raise."""
        try:
            while self.left:
                self.left[0]()
                self.left.pop(0)
        except Exception as fault:
            if not is_away(fault):
                raise
            self.tell(fault)
        return self.is_done

    def tell(self, fault: Exception) -> None:
        if monotonic() - self.told_at >= TOLD_EVERY_SECONDS:
            self.told_at = monotonic()
            why = {"why": str(fault)} if isinstance(fault, DatabaseAway) else {}
            logger.warning("the database is away and is waited for", exc_info=fault, extra=why)

    async def start(self) -> None:
        """Returns when all is done, or the database is away: then it goes on by itself."""
        if await run_sync(self.begin):
            self.note_done()
        else:
            self.waiting = asyncio.create_task(self.keep_trying())

    async def keep_trying(self) -> None:
        try:
            while not await run_sync(self.begin, abandon_on_cancel=True):
                await asyncio.sleep(PAUSE_SECONDS)
        except Exception as fault:
            logger.critical("the service cannot start", exc_info=fault)
            self.on_failure(f"the service cannot start: {type(fault).__name__}")
            return
        self.note_done()

    def note_done(self) -> None:
        for call in self.called_when_done:
            call()

    def stop(self) -> None:
        if self.waiting:
            self.waiting.cancel()

    def check(self, scope: object = None) -> None:
        """Refuses (NotStarted) any request until all is done."""
        if self.left:
            raise NotStarted


def is_away(fault: Exception) -> bool:
    return isinstance(fault, DatabaseAway) or is_out_of_reach(fault)
