"""Answers that take as long as their client reads.

They have a few connections and threads of their own, which no other request needs, and hold
neither while they wait for their client: each part is read in a short transaction, or from a file,
before it is sent. Few are open at once for each key; a place is free again as soon as the client
is gone.
"""

from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from io import BufferedRandom
from tempfile import TemporaryFile
from typing import Annotated, Any, NamedTuple, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Depends, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.kit.db import Sessions
from app.kit.errors import TooMany
from app.kit.web.places import Places

OF_ONE_KEY = 4
MOST = 32
BYTES_AT_ONCE = 1 << 16

T = TypeVar("T")


class TooManyStreams(TooMany):
    title = "As many streams are open as may be"


class Content(NamedTuple):
    """What is sent: further headers, and parts."""

    headers: Mapping[str, str]
    parts: Generator[bytes, None, None]


@dataclass(slots=True)
class Streams:
    """The streams of a process, by key."""

    sessions: Sessions
    threads: CapacityLimiter
    """As many as the sessions have connections."""
    places: Places = field(default_factory=lambda: Places(OF_ONE_KEY, MOST, TooManyStreams))

    def answer(
        self, key: str, read: Callable[[Sessions], Content], media_type: str
    ) -> StreamingResponse:
        return Streamed(self, key, read, media_type)


class Streamed(StreamingResponse):
    def __init__(
        self, streams: Streams, key: str, read: Callable[[Sessions], Content], media_type: str
    ) -> None:
        super().__init__(no_parts(), media_type=media_type)
        self.streams = streams
        self.key = key
        self.read = read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        threads = self.streams.threads
        with self.streams.places.place(self.key):
            content = await run_sync(self.read, self.streams.sessions, limiter=threads)
            self.headers.update(content.headers)
            with closing(content.parts) as parts:
                self.body_iterator = drawn(parts, threads)
                await super().__call__(scope, receive, send)


async def no_parts() -> AsyncIterator[bytes]:
    for part in list[bytes]():
        yield part


async def drawn(parts: Iterator[T], threads: CapacityLimiter) -> AsyncIterator[T]:
    """Each part from a thread, when the one before is sent."""
    while (part := await run_sync(lambda: next(parts, None), limiter=threads)) is not None:
        yield part


def kept(write: Callable[[BufferedRandom], Any]) -> BufferedRandom:
    """What is written, in a file without a name, which is gone when it is closed."""
    with ExitStack() as opened:
        file = opened.enter_context(TemporaryFile())
        write(file)
        opened.pop_all()
    return file


def joined(lines: Iterable[str]) -> Generator[bytes, None, None]:
    """In parts of some size: a hop to a thread for each line would take longer than the line."""
    part = bytearray()
    for line in lines:
        part += line.encode()
        if len(part) >= BYTES_AT_ONCE:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def sliced(content: bytes) -> Generator[bytes, None, None]:
    for start in range(0, len(content), BYTES_AT_ONCE):
        yield content[start : start + BYTES_AT_ONCE]


def parts_of(file: BufferedRandom) -> Generator[bytes, None, None]:
    with file:
        file.seek(0)
        while part := file.read(BYTES_AT_ONCE):
            yield part


async def streams(request: Request) -> Streams:
    streams: Streams = request.app.state.streams
    return streams


AtStreams = Annotated[Streams, Depends(streams)]
