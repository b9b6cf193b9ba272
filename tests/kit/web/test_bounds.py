"""What a client without a proxy between can take: heads and bodies are bounded in size and time."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from time import sleep
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.kit.host import bounds
from app.kit.host.bounds import MOST_HEAD_BYTES, MOST_HEADERS, Joining
from tests.aids.live import served

Address = tuple[str, int]
BIG = 10_000_000
GET = b"GET /healthz HTTP/1.1\r\nHost: jiesu\r\n"
POST = b"POST /v1/tickets HTTP/1.1\r\nHost: jiesu\r\nContent-Type: application/json\r\n"


async def reads_and_answers(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that wants the whole body; the rest is the server's."""
    if scope["type"] == "http":
        with suppress(ClientDisconnect):
            await Request(scope, receive).body()
            text = "a" * (BIG if scope["path"] == "/big" else 1)
            await PlainTextResponse(text)(scope, receive, send)


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with served(reads_and_answers) as address:
        yield address


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times of a tenth."""
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "LOOK_SECONDS", "SEND_SECONDS"):
        monkeypatch.setattr(bounds, name, getattr(bounds, name) / 20)


def answered(address: Address, *parts: bytes, pause: float = 0) -> bytes:
    """All that comes back until the server closes."""
    with socket.create_connection(address, timeout=20) as client:
        for part in parts:
            try:
                client.sendall(part)
            except ConnectionError:
                break
            sleep(pause)
        return b"".join(iter(lambda: received(client), b""))


def received(client: socket.socket) -> bytes:
    try:
        return client.recv(65536)
    except ConnectionError:
        return b""


def header(size: int, name: bytes = b"X-Long") -> bytes:
    return name + b": " + b"a" * size + b"\r\n"


END = b"Connection: close\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        GET + header(MOST_HEAD_BYTES) + END,
        GET + header(3_000_000) + END,
        GET + header(MOST_HEAD_BYTES // 4) * 5 + END,
        GET + header(1) * (MOST_HEADERS + 1) + END,
        GET + header(1) * 100_000 + END,
        GET + header(100, b"X-" + b"n" * MOST_HEAD_BYTES) + END,
        b"GET /healthz?a=" + b"a" * MOST_HEAD_BYTES + b" HTTP/1.1\r\nHost: jiesu\r\n" + END,
        GET + b"X-Endless: " + b"a" * 3_000_000,
        b"GET /" + b"a" * 3_000_000,
    ],
    ids=["one", "huge", "several", "many", "hordes", "name", "url", "endless", "endless url"],
)
@pytest.mark.parametrize("piece", [1_000, 100_000, 10_000_000])
def test_a_head_is_bounded_in_bytes_however_it_comes(
    address: Address, head: bytes, piece: int
) -> None:
    parts = [head[n : n + piece] for n in range(0, len(head), piece)]

    answer = answered(address, *parts)

    assert answer == b"" or answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))
    assert answered(address, GET + END).startswith(b"HTTP/1.1 200 ")


def test_a_long_question_is_still_answered(address: Address) -> None:
    url = b"GET /v1/route?text=" + b"%E6%9C%9B" * 7_000 + b" HTTP/1.1\r\nHost: jiesu\r\n"

    assert answered(address, url + END).startswith(b"HTTP/1.1 200 ")


def test_requests_that_follow_each_other_are_bounded_each_for_itself(address: Address) -> None:
    request = GET + header(MOST_HEAD_BYTES // 3) + b"\r\n"

    answers = answered(address, request * 8 + GET + END)

    assert answers.count(b"HTTP/1.1 200 ") == 9


@pytest.mark.parametrize(
    "parts",
    [
        [b""],
        [b"GET /he"],
        [GET],
        [GET, *[b"X-A: b\r\n"] * 40],
        [*[bytes([letter]) for letter in GET]],
    ],
    ids=["nothing", "part of a line", "part of a head", "a header at a time", "a letter at a time"],
)
def test_a_head_is_bounded_in_time(address: Address, quick: None, parts: list[bytes]) -> None:
    """The server closes, or we would wait for 20 s."""
    answer = answered(address, *parts, pause=0.1)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("parts", [[b""], [b"{"] * 60], ids=["nothing", "a letter at a time"])
def test_a_body_is_bounded_in_time(address: Address, quick: None, parts: list[bytes]) -> None:
    answer = answered(address, POST + b"Content-Length: 1000\r\n\r\n", *parts, pause=0.1)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_keeps_coming_may_take_its_time(
    address: Address, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer than BODY_SECONDS, at a good pace."""
    body = [b" " * 20_000] * 40

    answer = answered(address, POST + b"Content-Length: 800000\r\n" + END, *body, pause=0.06)

    assert answer.startswith(b"HTTP/1.1 200 ")


def test_who_reads_nothing_is_let_go(address: Address, quick: None) -> None:
    """More than fits between waits for him; then the connection is gone."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(address)
        client.settimeout(20)
        assert is_reset(client, GET.replace(b"/healthz", b"/big") + b"\r\n")


def is_reset(client: socket.socket, asked: bytes) -> bool:
    try:
        while True:
            client.sendall(asked)
            sleep(0.05)
    except ConnectionError:
        return True
    except TimeoutError:
        return False


class Line(asyncio.Transport):
    """Notes each time that it is written to."""

    def __init__(self) -> None:
        super().__init__()
        self.sends: list[bytes] = []
        self.is_closed = False

    def write(self, data: Any) -> None:
        self.sends.append(data)

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(
    ("writes", "sends"),
    [
        ([b"head", b"body"], [b"headbody"]),
        ([b"head", None, b"first", b"second"], [b"head", b"firstsecond"]),
        ([b"head", b""], [b"head"]),
        ([b"head", None], [b"head"]),
        ([b"head"], [b"head"]),
    ],
    ids=["both", "the body later", "an empty body", "no body", "closed at once"],
)
def test_a_head_leaves_with_its_body_and_never_waits_for_one(
    writes: list[bytes | None], sends: list[bytes]
) -> None:
    """None: the loop has its turn."""

    async def write() -> list[bytes]:
        line = Line()
        joining = Joining(line, asyncio.get_running_loop())
        for data in writes:
            if data is None:
                await asyncio.sleep(0)
            else:
                joining.write(data)
        joining.close()
        await asyncio.sleep(0)
        return line.sends

    assert asyncio.run(write()) == sends
