"""A fair share of the threads, and so of the connections to the database, for each caller.

There are as many threads as connections. Whoever has his share at work waits in the event loop,
where waiting costs nothing, and in the order of coming; so a queue of one key's calls, or of
anybody's acts on one ticket, never takes all of them from the others.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from weakref import WeakValueDictionary

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from app.kit.errors import TooMany
from app.kit.messages import Message

T = TypeVar("T")

OF_THREADS = 4
"""A caller has a quarter of them at the most."""
ON_ONE_THING = 2
"""Acts on one thing wait for each other in the database anyway."""
PATIENCE_SECONDS = 10.0
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
COLLECTION = 3
"""Parts of a path such as /v1/tickets; the next part names a thing, and a further one an act."""


class TooManyAtOnce(TooMany):
    title = "Others of your requests are still being worked on"


class Claim(NamedTuple):
    """Whose, or on what, and how many threads at once; None: a share of all."""

    name: str
    most: int | None


def claims_of(scope: Scope) -> Iterator[Claim]:
    """A caller's, by the key that he is known by, however he writes it and in however many sessions
    of the console he uses it, or by his address; and those on what he would change."""
    address = scope["client"][0] if scope.get("client") else ""
    yield Claim(scope.get("state", {}).get("caller_id") or address, None)
    parts = scope["path"].split("/", COLLECTION + 2)
    if scope["method"] not in SAFE and len(parts) > COLLECTION + 1:
        yield Claim("/".join(parts[: COLLECTION + 1]), ON_ONE_THING)


class Shares:
    """Of the threads of one event loop."""

    def __init__(self, threads: int) -> None:
        self.share = max(threads // OF_THREADS, 1)
        self.places: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def place(self, claim: Claim) -> asyncio.Semaphore:
        place = self.places.get(claim.name)
        if place is None:
            place = asyncio.Semaphore(claim.most or self.share)
            self.places[claim.name] = place
        return place


@dataclass(frozen=True, slots=True)
class Turn:
    """A request's, among those of its caller."""

    shares: Shares
    scope: Scope

    async def run(self, act: Callable[..., T], value: object, patience: float | None) -> T:
        """The act in a thread, when it is the caller's turn. Refuses TooManyAtOnce."""
        async with AsyncExitStack() as held:
            for claim in claims_of(self.scope):
                place = self.shares.place(claim)
                await acquire(place, patience)
                held.callback(place.release)
            return await run_in_threadpool(act, value)


async def acquire(place: asyncio.Semaphore, patience: float | None) -> None:
    if not place.locked():
        await place.acquire()
        return
    try:
        await asyncio.wait_for(place.acquire(), patience)
    except TimeoutError:
        raise TooManyAtOnce(Message("for {patience:.0f} s", patience=patience)) from None


present: ContextVar[Turn | None] = ContextVar("present", default=None)


async def in_turn(
    act: Callable[..., T], value: object, patience: float | None = PATIENCE_SECONDS
) -> T:
    """In a thread; at once where nothing is shared. Refuses TooManyAtOnce."""
    turn = present.get()
    if turn is None:
        return await run_in_threadpool(act, value)
    return await turn.run(act, value, patience)
