"""The feed as a stream of server-sent events (`text/event-stream`), which goes on where it broke.

An event's `id` is the entry's number, which a client gives back as `Last-Event-ID`; its data is the
entry. A comment every HEARTBEAT_SECONDS shows that both sides are still there. Between two entries
the stream waits as `waits` does, and it ends plainly when its key opens nothing any more, when the
service ends or when the database is away: its client comes again.
"""

import logging
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import Receive, Scope, Send

from app.access.roles import Caller
from app.feed import pages
from app.feed.pages import Asked, Lines
from app.feed.waits import End, Waits
from app.kit.gather import Gathered
from app.kit.web.logs import held, kinds
from app.kit.web.route import HEAD

HEARTBEAT_SECONDS = 15.0
PAGE = 200
BEGINNING = b"retry: 3000\n\n"
HEARTBEAT = b":\n\n"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

DESCRIBED: dict[str, Any] = {
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "object",
                "required": ["id", "data"],
                "properties": {
                    "id": {"type": "string", "description": "The entry's `seq`"},
                    "data": {"type": "string", "description": "An EntryView in JSON"},
                },
            }
        }
    }
}
"""Each event of the stream, as OpenAPI describes it."""

logger = logging.getLogger(__name__)


class EventStream(StreamingResponse):
    media_type = "text/event-stream"


class Stream(EventStream):
    """The entries of a caller's feed after a number, as they come."""

    def __init__(self, request: Request, caller: Caller, after: int) -> None:
        super().__init__(self.parts(), headers=HEADERS)
        self.scope = request.scope
        self.caller, self.after = caller, after
        self.waits: Waits = request.app.state.waits
        self.feeds: Gathered[Asked, Lines] = request.app.state.feeds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses TooManyWaiting. A first reading that fails is refused as everywhere."""
        with self.waits.places.place(self.caller.id):
            self.first = await self.read()
            self.after = min(self.after, pages.last_seq_of(self.first))
            await super().__call__(scope, receive, send)

    async def parts(self) -> AsyncIterator[bytes]:
        if self.scope.get(HEAD):
            return
        yield BEGINNING + self.events(self.first)
        try:
            while part := await self.next_part():
                yield part
        except (DBAPIError, PoolTimeout) as fault:
            logger.warning("a stream ends", extra={"cause": kinds(fault)})

    async def next_part(self) -> bytes | None:
        """What is new, or a heartbeat; None where the stream ends."""
        with held(self.scope):
            end = await self.waits.news(
                self.caller, lambda head: head.last_seq != self.after, HEARTBEAT_SECONDS
            )
        match end:
            case End.NEWS:
                return self.events(await self.read()) or HEARTBEAT
            case End.TIME:
                return HEARTBEAT
        return None

    async def read(self) -> Lines:
        asked = Asked(str(self.caller.address), self.after, PAGE)
        lines = await self.feeds.answer(asked)
        assert lines is not None  # there is one at least, with the last number
        return lines

    def events(self, lines: Lines) -> bytes:
        events = bytearray()
        for item in pages.items_of(lines):
            self.after = item["seq"]
            events += b"id: %d\ndata: %s\n\n" % (self.after, msgspec.json.encode(item))
        return bytes(events)
