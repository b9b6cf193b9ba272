"""What a client may take of the server before, while and after it is understood.

httptools reads headers of any size for as long as they take. Here a request's head is bounded in
bytes and in time, its body in time by the bytes that came, and a client that reads nothing of an
answer is let go. A proxy in front may be stricter; none is needed.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.kit.messages import Message, for_reader

MOST_HEAD_BYTES = 128 * 1024
"""The URL alone may have 64 kB, which is what httptools reads of one."""
MOST_HEADERS = 200
HEAD_SECONDS = 15.0
BODY_SECONDS = 30.0
BODY_BYTES_A_SECOND = 1_000
"""A body has BODY_SECONDS and as long as its bytes take at this pace."""
LOOK_SECONDS = 5.0
SEND_SECONDS = 30.0
"""Without anything being read of what waits to be sent."""

TYPE = "application/problem+json"
Timer = asyncio.TimerHandle | None


class Joining:
    """A transport by which the head of an answer leaves together with its body, where that follows
    at once: two sends cost twice the processor's time, and wake the client twice."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.transport = transport
        self.loop = loop
        self.kept = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)

    def write(self, data: bytes) -> None:
        if self.kept:
            first, self.kept = self.kept, b""
            self.transport.writelines((first, data))
        elif data:
            self.kept = data
            self.loop.call_soon(self.send)

    def send(self) -> None:
        """What nothing has followed."""
        if self.kept and not self.transport.is_closing():
            self.transport.write(self.kept)
        self.kept = b""

    def close(self) -> None:
        self.send()
        self.transport.close()


class Bounded(HttpToolsProtocol):
    in_head = True
    is_refused = False
    head_bytes = 0
    body_bytes = 0
    body_began = 0.0
    receiving: Timer = None
    sending: Timer = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        joining = Joining(cast(asyncio.Transport, transport), self.loop)
        super().connection_made(cast(asyncio.Transport, joining))
        self.await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self.receiving, self.sending):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.is_refused:
            return
        if self.in_head:
            self.head_bytes += len(data)
        super().data_received(data)
        if self.in_head and self.head_bytes > MOST_HEAD_BYTES:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if self.receiving is None and not self.is_refused:
            self.await_rest()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self.headers) < MOST_HEADERS:
            super().on_header(name, value)
        else:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        self.in_head = False
        if self.size_of_head() > MOST_HEAD_BYTES:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not self.is_refused:
            super().on_headers_complete()
            self.body_bytes, self.body_began = 0, self.loop.time()
            self.stop_waiting()

    def size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers)

    def on_body(self, body: bytes) -> None:
        if not self.is_refused:
            self.body_bytes += len(body)
            super().on_body(body)

    def on_message_complete(self) -> None:
        self.stop_waiting()
        self.in_head, self.head_bytes = True, 0
        if not self.is_refused:
            super().on_message_complete()

    def await_rest(self) -> None:
        """Of a request that did not come in one piece; most do, and need no timer."""
        if not self.in_head:
            self.receive_within(LOOK_SECONDS, self.look_at_body)
        elif self.head_bytes:
            self.await_head()

    def await_head(self) -> None:
        self.receive_within(HEAD_SECONDS, lambda: self.refuse(HTTPStatus.REQUEST_TIMEOUT))

    def look_at_body(self) -> None:
        """Time in which we did not want to read is not the client's."""
        if self.flow.read_paused:
            self.body_began += LOOK_SECONDS
        allowed = BODY_SECONDS + self.body_bytes / BODY_BYTES_A_SECOND
        if self.loop.time() - self.body_began > allowed:
            self.refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.receive_within(LOOK_SECONDS, self.look_at_body)

    def receive_within(self, seconds: float, otherwise: Callable[[], None]) -> None:
        self.stop_waiting()
        self.receiving = self.loop.call_later(seconds, otherwise)

    def stop_waiting(self) -> None:
        if self.receiving:
            self.receiving.cancel()
            self.receiving = None

    def refuse(self, status: HTTPStatus) -> None:
        """Says so, where no answer has begun, and closes."""
        if self.is_refused or self.transport.is_closing():
            return
        self.is_refused = True
        answering = self.cycle is not None and not self.cycle.response_complete
        if not (answering and self.cycle.response_started) and self.head_bytes:
            self.transport.write(answer_of(status))
        self.transport.close()
        self.let_go_later()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.let_go_later()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.sending:
            self.sending.cancel()
            self.sending = None

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.let_go_later()

    def let_go_later(self) -> None:
        if self.sending is None:
            self.sending = self.loop.call_later(SEND_SECONDS, self.transport.abort)


WORDS: Mapping[HTTPStatus, tuple[Message, Message]] = {
    HTTPStatus.REQUEST_TIMEOUT: (
        Message("Request Timeout"),
        Message("the request did not come whole in its time"),
    ),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: (
        Message("Request Header Fields Too Large"),
        Message("the head of the request has too many bytes or lines"),
    ),
}
"""Title and detail."""


def answer_of(status: HTTPStatus) -> bytes:
    """In the language of who says nothing about it, for the head was not read."""
    title, detail = map(for_reader, WORDS[status])
    problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body = json.dumps(problem).encode()
    head = f"HTTP/1.1 {status} {status.phrase}\r\nContent-Type: {TYPE}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
