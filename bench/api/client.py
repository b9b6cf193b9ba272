"""HTTP clients in a separate process, lean enough to leave the cores to the server.

Requests are bytes made beforehand, and answers are only counted: two cores carry the server, the
database and the load, and a parsing client would measure itself.
"""

import asyncio
import time
from array import array
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

MARK = b"@@@@@@@@@@@"
"""Stands in a request for a telephone number: eleven digits, different in each request."""
LOST = 0
"""The status of a request whose connection ended before the answer."""
UNEXPECTED = -1
"""The status of an answer with the right status and the wrong content."""
PATIENCE = 300
END_OF_HEAD = b"\r\n\r\n"
END_OF_CHUNKS = b"0\r\n\r\n"

Item = tuple[bytes, ...]
"""Requests of a connection in order, each sent after the answer to the former."""


@dataclass(frozen=True, slots=True)
class Load:
    """Items for a server, sent in turn by a number of connections for some seconds."""

    port: int
    items: Sequence[Item]
    connections: int
    seconds: float
    status: int = 200
    former: int = 200
    """The status of all answers in an item but the last, whose is `status`."""
    first: int = 0
    """The number in the place of MARK in the first item."""
    numbers: int = 10**9
    """The number of numbers before the first comes again."""
    most: int | None = None
    """The most items, if each can be sent only once."""
    rate: float | None = None
    """Items a second, whether or not the former are answered; None: as fast as answers come."""
    content: tuple[bytes, int] | None = None
    """A text, and the number of times that each answer contains it."""


@dataclass(slots=True)
class Answers:
    seconds: float = 0.0
    milliseconds: "array[float]" = field(default_factory=lambda: array("d"))
    """Of each item answered as expected; when paced, from the due time."""
    wrong: Counter[int] = field(default_factory=Counter)
    """The number of wrong answers, by status."""
    sample: bytes = b""
    """The beginning of a wrong answer."""


class Run:
    """Hands items to connections until the time is over."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.answers = Answers()
        self.sent = 0
        self.busy = 0
        self.idle: deque[Connection] = deque()
        self.late: deque[float] = deque()
        self.began = 0.0
        self.ended = False
        """Whether all that a paced load asks for is sent: a timer may ring a moment early."""
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def over(self) -> bool:
        used_up = self.load.most is not None and self.sent >= self.load.most
        return used_up or self.ended or time.perf_counter() >= self.began + self.load.seconds

    def next_item(self) -> list[bytes]:
        item = self.load.items[self.sent % len(self.load.items)]
        number = b"%011d" % (self.load.first + self.sent % self.load.numbers)
        self.sent += 1
        return [request.replace(MARK, number) for request in item]

    def start(self, connection: "Connection", due: float) -> None:
        self.busy += 1
        connection.begin(self.next_item(), due)

    def free(self, connection: "Connection") -> None:
        """A connection has its answer: it gets the next item, if it is time."""
        self.busy -= 1
        if self.over:
            self.end_if_done()
        elif self.load.rate is None:
            self.start(connection, time.perf_counter())
        elif self.late:
            self.start(connection, self.late.popleft())
        else:
            self.idle.append(connection)

    def lost(self) -> None:
        self.busy -= 1
        self.answers.wrong[LOST] += 1
        self.end_if_done()

    def end_if_done(self) -> None:
        if self.busy <= 0 and not self.finished.done():
            self.answers.seconds = time.perf_counter() - self.began
            self.finished.set_result(None)

    async def pace(self, rate: float) -> None:
        for number in range(max(round(self.load.seconds * rate), 1)):
            due = self.began + number / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            while self.idle and self.idle[-1].closed:
                self.idle.pop()
            if self.idle:
                self.start(self.idle.pop(), due)
            else:
                self.late.append(due)
        await asyncio.sleep(max(self.began + self.load.seconds - time.perf_counter(), 0))
        self.ended = True
        self.end_if_done()


class Connection(asyncio.Protocol):
    """A keep-alive connection: a request out, an answer in."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.transport: asyncio.WriteTransport | None = None
        self.requests: list[bytes] = []
        self.due = 0.0
        self.waits = False

    @property
    def closed(self) -> bool:
        return self.transport is None or self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.waits:
            self.waits = False
            self.run.lost()

    def begin(self, requests: list[bytes], due: float) -> None:
        self.requests, self.due = requests, due
        self.send()

    def send(self) -> None:
        assert self.transport is not None
        self.body = bytearray()
        self.status = 0
        self.missing: int | None = None
        self.waits = True
        self.transport.write(self.requests.pop(0))

    def data_received(self, data: bytes) -> None:
        self.body += data
        if not self.status and not self.read_head():
            return
        if self.missing is None:
            complete = self.body.endswith(END_OF_CHUNKS)
        else:
            complete = len(self.body) >= self.missing
        if complete:
            self.waits = False
            self.answered()

    def read_head(self) -> bool:
        """Whether the head is complete; then it is cut off, with the body's length read."""
        end = self.body.find(END_OF_HEAD)
        if end < 0:
            return False
        head = bytes(self.body[:end]).lower()
        self.status = int(head[9:12])
        place = head.find(b"\r\ncontent-length:")
        if place >= 0:
            self.missing = int(head[place + 17 :].split(b"\r\n", 1)[0])
        elif b"\r\ntransfer-encoding: chunked" not in head:
            self.missing = 0
        if self.status == 304:
            self.missing = 0
        del self.body[: end + len(END_OF_HEAD)]
        return True

    def answered(self) -> None:
        fault = self.fault()
        if fault is not None:
            self.run.answers.wrong[fault] += 1
            self.run.answers.sample = self.run.answers.sample or bytes(self.body[:300])
        elif self.requests:
            self.send()
            return
        else:
            self.run.answers.milliseconds.append(1000 * (time.perf_counter() - self.due))
        self.run.free(self)

    def fault(self) -> int | None:
        load = self.run.load
        if self.status != (load.former if self.requests else load.status):
            return self.status
        content = load.content
        if content and self.body.count(content[0]) != content[1]:
            return UNEXPECTED
        return None


async def drive(load: Load) -> Answers:
    loop = asyncio.get_running_loop()
    run = Run(load)
    connections = [
        (await loop.create_connection(lambda: Connection(run), "127.0.0.1", load.port))[1]
        for _ in range(load.connections)
    ]
    run.began = time.perf_counter()
    pacing = None
    if load.rate is None:
        for connection in connections[: load.most]:
            run.start(connection, time.perf_counter())
    else:
        run.idle.extend(connections)
        pacing = asyncio.create_task(run.pace(load.rate))
    await asyncio.wait_for(run.finished, load.seconds + PATIENCE)
    if pacing:
        pacing.cancel()
    for connection in connections:
        if connection.transport:
            connection.transport.close()
    return run.answers


def send(load: Load) -> Answers:
    """The answers to a load."""
    return uvloop.run(drive(load))
