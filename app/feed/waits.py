"""Requests that wait for something new; of all that wait in a process, one look is taken at a time.

Who waits holds neither a thread nor a connection. A look reads the heads of the offices that are
waited for, and whether the keys are still good: two short statements every LOOK_SECONDS, and none
while nobody waits. To be notified by PostgreSQL instead (LISTEN) would make each commit of the city
queue for one lock.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from enum import Enum, auto
from typing import Annotated, Any, NamedTuple

import sqlalchemy as sa
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Query, Request
from prometheus_client import Gauge
from pydantic import BeforeValidator
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app.access import service as access
from app.access.gate import NoKey
from app.access.roles import Caller
from app.feed import heads
from app.feed.heads import NONE_YET, Head
from app.kit.errors import TooMany
from app.kit.gather import Gathered
from app.kit.hop import in_loop
from app.kit.messages import Message
from app.kit.web.logs import held, seconds_held
from app.kit.web.paging import number
from app.kit.web.places import Places

LOOK_SECONDS = 0.3
LONGEST_SECONDS = 30
OF_ONE_KEY = 20
MOST = 5_000
FAULTS = 3
"""Looks that may fail in a row; then all who wait go and see for themselves."""

WAITING = Gauge(
    "jiesu_waiting", "Requests that wait for something new", multiprocess_mode="livesum"
)

logger = logging.getLogger(__name__)

Seconds = Annotated[
    float,
    Query(ge=0, le=LONGEST_SECONDS, description="How long to wait for something new, in seconds"),
    BeforeValidator(number),
]
IsNew = Callable[[Head], bool]


class TooManyWaiting(TooMany):
    title = "As many requests wait as may"


class End(Enum):
    """Why a request waits no longer."""

    NEWS = auto()
    TIME = auto()
    KEY = auto()
    """It was revoked, or ran out."""
    STOPPED = auto()
    """The service ends."""


class Look(NamedTuple):
    """What a look has read: heads by address, and the keys that open nothing any more."""

    heads: dict[str, Head]
    shut: Collection[str]


@dataclass(frozen=True, slots=True, eq=False)
class Waiter:
    key_id: str
    address: str
    is_new: IsNew
    end: "asyncio.Future[End]"

    def leave(self, end: End) -> None:
        if not self.end.done():
            self.end.set_result(end)


class Waits:
    """Those of one event loop; `engine` has a connection for the looks."""

    def __init__(self, engine: sa.Engine, now: Gathered[str, Head]) -> None:
        self.engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.now = now
        self.places = Places(OF_ONE_KEY, MOST, TooManyWaiting)
        self.waiters: set[Waiter] = set()
        self.looking: asyncio.Task[None] | None = None
        self.is_stopped = False

    def stop(self) -> None:
        """The service ends: nobody waits any longer."""
        self.is_stopped = True
        self.release(End.STOPPED)

    async def close(self) -> None:
        """Returns when no look is being taken any more."""
        self.stop()
        if self.looking:
            await self.looking

    def release(self, end: End) -> None:
        for waiter in self.waiters:
            waiter.leave(end)

    async def hold(self, request: Request, caller: Caller, is_new: IsNew, seconds: float) -> None:
        """Returns when there is something new, the time is over or the service ends.

        Refuses TooManyWaiting, and NoKey where the key was revoked meanwhile. Raises
        ClientDisconnect.
        """
        if seconds_held(request.scope):
            return  # before its reading failed
        await in_loop()
        if is_new(await self.now.answer(str(caller.address)) or NONE_YET):
            return
        with self.places.place(caller.id), held(request.scope):
            end = await heard(request.receive, self.news(caller, is_new, seconds))
        if end is End.KEY:
            raise NoKey(Message("this key was revoked, or ran out"))

    async def news(self, caller: Caller, is_new: IsNew, seconds: float) -> End:
        if self.is_stopped:
            return End.STOPPED
        end: asyncio.Future[End] = asyncio.get_running_loop().create_future()
        waiter = Waiter(caller.id, str(caller.address), is_new, end)
        self.waiters.add(waiter)
        WAITING.inc()
        if self.looking is None:
            self.looking = asyncio.create_task(self.keep_looking())
        try:
            return await asyncio.wait_for(end, seconds)
        except TimeoutError:
            return End.TIME
        finally:
            self.waiters.discard(waiter)
            WAITING.dec()

    async def keep_looking(self) -> None:
        """As long as anybody waits."""
        thread, faults = CapacityLimiter(1), 0
        try:
            while self.waiters:
                await asyncio.sleep(LOOK_SECONDS)
                try:
                    await self.look(thread)
                    faults = 0
                except Exception as fault:
                    faults += 1
                    self.note_fault(fault, faults)
        finally:
            self.looking = None

    def note_fault(self, fault: Exception, faults: int) -> None:
        if faults == 1:
            logger.warning("nobody is told of anything new", exc_info=fault)
        if faults >= FAULTS:
            self.release(End.NEWS)

    async def look(self, thread: CapacityLimiter) -> None:
        waiters = list(self.waiters)
        addresses = {waiter.address for waiter in waiters}
        key_ids = {waiter.key_id for waiter in waiters}
        look = await run_sync(self.read, addresses, key_ids, limiter=thread)
        for waiter in waiters:
            if waiter.key_id in look.shut:
                waiter.leave(End.KEY)
            elif waiter.is_new(look.heads.get(waiter.address, NONE_YET)):
                waiter.leave(End.NEWS)

    def read(self, addresses: Collection[str], key_ids: Collection[str]) -> Look:
        with self.engine.connect() as connection:
            return Look(
                heads.read(connection, list(addresses)), access.shut(connection, list(key_ids))
            )


async def heard(receive: Receive, waiting: Coroutine[Any, Any, End]) -> End:
    """The end of the waiting. Raises ClientDisconnect as soon as the client goes."""
    end, leaving = asyncio.ensure_future(waiting), asyncio.ensure_future(departure(receive))
    try:
        await asyncio.wait({end, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not end.done():
            raise ClientDisconnect
        return end.result()
    finally:
        end.cancel()
        leaving.cancel()


async def departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
