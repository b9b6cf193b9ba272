"""Where a request runs: in the event loop while it costs nothing, then in one thread to its end.

FastAPI hops to a thread and back for every plain `def` and every `yield`: four to six hops for one
answer, and between two of them a request holds a connection while it waits for a thread. Here the
whole call is one coroutine that says where it goes on: `await in_thread()` before it may wait for
the database, `await in_loop()` before it waits for the client or the clock. Dependencies, endpoint,
commit and the answer's JSON so cost one hop, and a refusal by key or role none. An office by its
code takes 0.7 of the processor's time that it took with FastAPI's own hops and a ping.
"""

from collections.abc import Callable, Coroutine, Generator
from contextlib import AbstractContextManager, AsyncExitStack, contextmanager
from enum import Enum, auto
from functools import cache, partial
from inspect import iscoroutinefunction, isgeneratorfunction
from types import coroutine
from typing import Any, NamedTuple, TypeVar

from fastapi import Request
from fastapi.dependencies.models import Dependant

from app.kit.share import PATIENCE_SECONDS, TooManyAtOnce, in_turn

T = TypeVar("T")
Work = Coroutine[Any, Any, T]
Call = Callable[..., Any]

OPENED = "jiesu.opened"
ASKING = "request_of_the_hop"


class Place(Enum):
    LOOP = auto()
    THREAD = auto()


class Done(NamedTuple):
    value: Any


@coroutine
def in_thread() -> Generator[Place, None, None]:
    """From here on the request may wait for the database."""
    yield Place.THREAD


@coroutine
def in_loop() -> Generator[Place, None, None]:
    """From here on the request may wait for its client; it should hold no connection."""
    yield Place.LOOP


@coroutine
def carried(work: Work[T]) -> Generator[Any, Any, T]:
    """Runs the work, each part of it where it asks to be; to be awaited in the event loop."""
    reached: Any = Place.LOOP
    patience: float | None = PATIENCE_SECONDS
    while not isinstance(reached, Done):
        asked = reached
        reached = yield from onward(work, asked, patience)
        patience = None if asked is Place.THREAD else patience
    value: T = reached.value
    return value


def onward(work: Work[Any], reached: Any, patience: float | None) -> Generator[Any, Any, Any]:
    """From what the work has asked for (a place, or a future of asyncio's) to what it asks next.
    Only who has been in no thread yet, and holds nothing, is refused one."""
    if reached is Place.THREAD:
        try:
            return (yield from in_turn(without_waiting, work, patience).__await__())
        except TooManyAtOnce as refusal:
            return step(partial(work.throw, refusal))
    try:
        if reached is not Place.LOOP:
            yield reached
    except BaseException as fault:  # the request was cancelled while it waited
        return step(partial(work.throw, fault))
    return step(partial(work.send, None))


def without_waiting(work: Work[Any]) -> Any:
    """In a thread: on to the end, or until the work asks for the event loop."""
    reached: Any = Place.THREAD
    while reached is Place.THREAD:
        reached = step(partial(work.send, None))
    if reached is Place.LOOP or isinstance(reached, Done):
        return reached
    raise RuntimeError("a coroutine in a thread must ask for the event loop before it waits")


def step(move: Callable[[], Any]) -> Any:
    try:
        return move()
    except StopIteration as end:
        return Done(end.value)


async def closing(request: Request, answer: Callable[[Request], Work[T]]) -> T:
    """The answer, when every session that was opened for it has committed or rolled back."""
    async with AsyncExitStack() as opened:
        request.scope[OPENED] = opened
        return await answer(request)


def settle(dependant: Dependant, endpoint: bool = True) -> None:
    """Makes coroutines, which say where they run, of all that FastAPI would run in threads."""
    for below in dependant.dependencies:
        settle(below, endpoint=False)
    call = dependant.call
    assert call is not None
    if isgeneratorfunction(call):
        assert dependant.scope == "function", "closed before the answer goes out"
        assert dependant.request_param_name is None
        dependant.request_param_name = ASKING
        dependant.call = entered(call)
    elif not iscoroutinefunction(call):
        dependant.call = threaded(call)
    elif endpoint:
        dependant.call = waiting(call)


@cache
def threaded(call: Call) -> Call:
    async def run(**values: Any) -> Any:
        await in_thread()
        return call(**values)

    return run


@cache
def waiting(call: Call) -> Call:
    """An `async def` endpoint is one because it waits for its client."""

    async def run(**values: Any) -> Any:
        await in_loop()
        return await call(**values)

    return run


@cache
def entered(call: Call) -> Call:
    """A session: opened, committed and closed in a thread."""
    manager = contextmanager(call)

    async def enter(**values: Any) -> Any:
        opened: AsyncExitStack = values.pop(ASKING).scope[OPENED]
        await in_thread()
        held = manager(**values)
        session = held.__enter__()
        opened.push_async_exit(leaving(held))
        return session

    return enter


def leaving(held: AbstractContextManager[Any]) -> Callable[..., Work[bool | None]]:
    async def leave(*fault: Any) -> bool | None:
        await in_thread()
        return held.__exit__(*fault)

    return leave
