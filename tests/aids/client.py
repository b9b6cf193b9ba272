"""A client of an application in this process, over ASGI: one hop to the application's loop for a
request. Starlette's makes eight for the answers that come in pieces, and no test reads pieces here:
what is about pieces goes through a socket (`tests.aids.live`)."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import httpx
from anyio.from_thread import BlockingPortal
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message, Scope

from tests.aids import declared

Portals = Callable[[], AbstractContextManager[BlockingPortal]]


class Client(TestClient):
    """Starlette's client with our transport: `raise_server_exceptions` as there. It keeps no
    cookies and follows no redirects: the service knows neither."""

    def __init__(self, app: ASGIApp, *, raise_server_exceptions: bool = True) -> None:
        super().__init__(app, backend_options={"use_uvloop": True})
        self.headers["Accept-Language"] = "en"
        self._transport = Transport(
            app, self._portal_factory, self.app_state, raising=raise_server_exceptions
        )

    def request(
        self, method: str, url: Any, *, auth: Any = None, follow_redirects: Any = None, **parts: Any
    ) -> httpx.Response:
        response = self._transport.handle_request(self.build_request(method, url, **parts))
        response.read()
        response.elapsed = timedelta()
        return response

    def together(self, requests: Sequence[httpx.Request]) -> list[httpx.Response]:
        """The answers to requests that come at the same moment, in their order."""
        return self._transport.together(requests)


class Transport(httpx.BaseTransport):
    def __init__(
        self, app: ASGIApp, portals: Portals, state: dict[str, Any], *, raising: bool
    ) -> None:
        self.app = app
        self.portals = portals
        self.state = state
        self.raising = raising

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange = Exchange(request.read())
        scope = {**scope_of(request), "state": self.state.copy()}
        with self.portals() as portal:
            try:
                portal.call(exchange.run, self.app, scope)
            except Exception:
                if self.raising:
                    raise
        answer = exchange.response(request)
        declared.check(scope, answer)
        return answer

    def together(self, requests: Sequence[httpx.Request]) -> list[httpx.Response]:
        exchanges = [Exchange(request.read()) for request in requests]
        scopes = [{**scope_of(request), "state": self.state.copy()} for request in requests]
        with self.portals() as portal:
            portal.call(run_together, self.app, exchanges, scopes)
        answers = list(map(Exchange.response, exchanges, requests))
        for scope, answer in zip(scopes, answers, strict=True):
            declared.check(scope, answer)
            answer.read()
        return answers


def scope_of(request: httpx.Request) -> Scope:
    url = request.url
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": "",
        "scheme": url.scheme,
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("testclient", 50000),
        "server": (url.host, url.port or 80),
    }


class Exchange:
    """One request with its whole body, and the whole answer."""

    def __init__(self, body: bytes) -> None:
        self.body: bytes | None = body
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.pieces: list[bytes] = []
        self.ended = asyncio.Event()

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        await app(scope, self.receive, self.send)

    async def receive(self) -> Message:
        if self.body is None:
            await self.ended.wait()
            return {"type": "http.disconnect"}
        body, self.body = self.body, None
        return {"type": "http.request", "body": body}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
            return
        self.pieces.append(bytes(message.get("body", b"")))
        if not message.get("more_body", False):
            self.ended.set()

    def response(self, request: httpx.Request) -> httpx.Response:
        body = b"" if request.method == "HEAD" else b"".join(self.pieces)
        stream = httpx.ByteStream(body)
        return httpx.Response(self.status, headers=self.headers, stream=stream, request=request)


async def run_together(
    app: ASGIApp, exchanges: Sequence[Exchange], scopes: Sequence[Scope]
) -> None:
    pairs = zip(exchanges, scopes, strict=True)
    await asyncio.gather(*(exchange.run(app, scope) for exchange, scope in pairs))
