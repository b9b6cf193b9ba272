"""The API, asked in process by a session: what a screen shows and does is what its key may."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.messages import Language

KEPT_HEADERS = frozenset({b"range", b"if-none-match", b"last-event-id", b"accept"})
"""Those of the browser that a forwarded request keeps."""

NOBODY = ("", 0)
"""The client of what is asked in process: the browser's address was counted at the page."""


class Refused(Exception):
    """An answer of the API that is a problem (RFC 9457), in the reader's language."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("type", ""))
        self.status = status
        self.problem = problem

    @property
    def kind(self) -> str:
        """`/problems/illegal-move` → `illegal-move`."""
        return str(self.problem.get("type", "")).rpartition("/")[2]


def path(template: str, *parts: str) -> str:
    """`path("/v1/tickets/{}", number)`: a part is whatever a browser sent."""
    return template.format(*(quote(part, safe="") for part in parts))


def marks(version: str, once: str) -> dict[str, str]:
    """The headers of an act."""
    given = {"If-Match": f'"{version}"' if version else "", "Idempotency-Key": once}
    return {name: text for name, text in given.items() if text}


def make_client(api: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(api, raise_app_exceptions=False, client=NOBODY)
    return httpx.AsyncClient(transport=transport, base_url="http://console", trust_env=False)


@dataclass(frozen=True, slots=True)
class Api:
    """The API as one session sees it. Every call refuses (Refused) what the API refuses."""

    app: ASGIApp
    client: httpx.AsyncClient
    token: str
    language: Language
    request_id: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": self.language,
            "X-Request-ID": self.request_id,
        }

    async def get(self, path: str, **query: Any) -> Any:
        """A JSON answer; a query parameter that is None or empty is left out."""
        given = {name: value for name, value in query.items() if value not in (None, "", [])}
        return (await self.send("GET", path, params=given)).json()

    async def post(
        self, path: str, body: Any, *, version: str = "", once: str = "", method: str = "POST"
    ) -> Any:
        """An act: with the `version` that was seen (If-Match), and `once` (Idempotency-Key)."""
        answer = await self.send(method, path, json=body, headers=marks(version, once))
        return answer.json() if answer.content else None

    async def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **parts: Any
    ) -> httpx.Response:
        """A header goes as it is, whatever a form sent in its place: the API says what is wrong."""
        own = {**self.headers, **(headers or {})}
        lines = [(name.encode(), text.encode("utf-8", "replace")) for name, text in own.items()]
        answer = await self.client.request(method, path, headers=lines, **parts)
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise Refused(answer.status_code, answer.json())
        return answer


@dataclass(frozen=True, slots=True)
class Forwarded:
    """An answer of the API passed on as it comes: a file, an export, a stream of events."""

    api: Api
    request: Request
    path: str
    query: str | None = None
    """In place of the browser's."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] in KEPT_HEADERS]
        headers += [
            (name.lower().encode(), text.encode()) for name, text in self.api.headers.items()
        ]
        inner = {
            name: scope[name]
            for name in ("type", "asgi", "http_version", "scheme", "server")
            if name in scope
        } | {
            "client": NOBODY,
            "method": "GET",
            "path": self.path,
            "raw_path": quote(self.path).encode(),
            "root_path": "",
            "query_string": scope["query_string"] if self.query is None else self.query.encode(),
            "headers": headers,
        }
        await self.api.app(inner, receive, send)
