"""Acts that the service does by itself, again and again, for as long as it lives.

None of them dies silently. An act that raises is logged, counted and tried again; the instant of
its last success is a figure; `/readyz` is red while that lies too far back; and should a loop end
all the same, the process ends with it, for another to be started.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from prometheus_client import Counter, Gauge

from app.kit.errors import Unavailable
from app.kit.messages import Message

LEAST_BOUND_SECONDS = 20.0
ROUNDS = 6
"""An act that succeeded in none of so many rounds is overdue."""
LONGEST_PAUSE = 5
"""Rounds, between two tries of an act that keeps failing."""
PATIENCE_SECONDS = 10.0
"""For acts that are at work when the service ends; the database undoes what is left."""

FAILED = Counter("jiesu_background_failed", "Failures of an act of the background", ["act"])
SUCCEEDED = Gauge(
    "jiesu_background_succeeded_at_seconds",
    "Unix time of the last success of an act of the background, the oldest of all workers'",
    ["act"],
    multiprocess_mode="livemin",
)

logger = logging.getLogger(__name__)


class Ended(Exception):
    """An act that raised what ends a process."""


class Overdue(Unavailable):
    title = "Work in the background does not get done"


@dataclass(frozen=True, slots=True)
class Act:
    """A bounded piece of work; it returns whether more of it is left to do at once."""

    name: str
    every_seconds: float
    work: Callable[[], bool]

    @property
    def bound_seconds(self) -> float:
        return max(ROUNDS * self.every_seconds, LEAST_BOUND_SECONDS)

    def do(self) -> bool:
        try:
            return self.work()
        except Exception:
            raise
        except BaseException as fault:  # in the event loop it would end the process with any code
            raise Ended(f"{self.name} wanted to end the process") from fault


@dataclass(slots=True)
class Background:
    """Each act in a loop and a thread of its own, which no request can take."""

    acts: Sequence[Act]
    on_end: Callable[[str], None]
    """Told the reason when a loop ends that should not."""
    succeeded: dict[str, float] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    loops: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        threads = CapacityLimiter(len(self.acts))
        self.stopping = asyncio.Event()
        for place, act in enumerate(self.acts, 1):
            self.note_success(act)
            first = act.every_seconds * place / len(self.acts)  # those of one interval come apart
            loop = asyncio.create_task(self.keep_doing(act, first, threads), name=act.name)
            loop.add_done_callback(self.note_end)
            self.loops.append(loop)

    async def stop(self) -> None:
        """Lets acts at work finish, for a while."""
        self.stopping.set()
        if self.loops:
            _, unfinished = await asyncio.wait(self.loops, timeout=PATIENCE_SECONDS)
            for loop in unfinished:
                loop.cancel()
        self.loops.clear()

    async def keep_doing(self, act: Act, pause: float, threads: CapacityLimiter) -> None:
        failures = 0
        while not await self.is_stopped_within(pause):
            try:
                more = await run_sync(act.do, abandon_on_cancel=True, limiter=threads)
            except Exception:
                failures += 1
                FAILED.labels(act.name).inc()
                logger.exception("work failed and is tried again", extra={"act": act.name})
                pause = act.every_seconds * min(failures, LONGEST_PAUSE)
            else:
                failures, pause = 0, 0.0 if more else act.every_seconds
                self.note_success(act)

    async def is_stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def note_success(self, act: Act) -> None:
        self.succeeded[act.name] = monotonic()
        SUCCEEDED.labels(act.name).set_to_current_time()

    def note_end(self, loop: asyncio.Task[None]) -> None:
        if self.stopping.is_set():
            return
        fault = None if loop.cancelled() else loop.exception()
        logger.critical("a loop ended", extra={"act": loop.get_name()}, exc_info=fault)
        self.on_end(f"{loop.get_name()} ended")

    def check(self) -> None:
        """Refuses (Overdue) while an act has not succeeded for too long."""
        now = monotonic()
        late = [act for act in self.acts if now - self.succeeded[act.name] > act.bound_seconds]
        if late:
            names = ", ".join(act.name for act in late)
            raise Overdue(
                Message("did not succeed for too long: {names}", names=names),
                acts=[act.name for act in late],
            )
