"""One JSON line for each thing that happened, with its request's id and without any person."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from logging import DEBUG, INFO, Formatter, LogRecord, getLogger, makeLogRecord
from time import perf_counter
from traceback import extract_tb
from typing import Any

import msgspec
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.web import metrics

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._~-]{1,128}")
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
LEFT_EARLY = 499  # the client went away before there was an answer
FAULT = 500
HELD = "held_seconds"
FRAMES = 12
USUAL = {*vars(makeLogRecord({})), "color_message"}  # every record has these; the rest is `extra`

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
in_json = msgspec.json.Encoder(enc_hook=str)
logger = getLogger("jiesu.request")


class Line(Formatter):
    """Adds the request's id; tells a fault by kinds and places, as its words may name a person."""

    def format(self, record: LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in USUAL},
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        if record.exc_info:
            line["fault"] = "; from ".join(causes(record.exc_info[1]))
        return in_json.encode(line).decode()


def chain(fault: BaseException | None) -> Iterator[BaseException]:
    """A fault, the one that it was raised from, and so on."""
    while fault:
        yield fault
        fault = fault.__cause__ or fault.__context__


def causes(fault: BaseException | None) -> Iterator[str]:
    """Each fault of a chain and where it was raised, without what it says."""
    for cause in chain(fault):
        frames = reversed(extract_tb(cause.__traceback__)[-FRAMES:])
        places = (f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
        yield f"{kind(cause)} at {' < '.join(places)}"


def kinds(fault: BaseException) -> str:
    """The kinds alone: of what happens to every request while the database is away."""
    return " from ".join(map(kind, chain(fault)))


def kind(fault: BaseException) -> str:
    """Its class, and what PostgreSQL found wrong by its code, or the system by its number."""
    code = getattr(fault, "sqlstate", None) or getattr(fault, "errno", None)
    name = type(fault).__qualname__
    return f"{name} {code}" if code else name


def config(level: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`, and for uvicorn, whose own lines take the same form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.Line"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {"alembic": {"level": "WARNING"}, "httpx": {"level": "WARNING"}},
    }


class Exchange:
    """A request and its answer, as they pass; the status is LEFT_EARLY until there is another."""

    __slots__ = ("has_left", "identity", "receive", "send", "status")

    def __init__(self, receive: Receive, send: Send, identity: str) -> None:
        self.receive = receive
        self.send = send
        self.identity = identity
        self.status = LEFT_EARLY
        self.has_left = False

    async def hear(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            self.has_left = True
        return message

    async def tell(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = LEFT_EARLY if self.has_left else message["status"]
            MutableHeaders(scope=message)[HEADER] = self.identity
        await self.send(message)


class Observed:
    """Gives every request its id, in and out, and when it is over its line and its figures."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(receive, send, identify(scope))
        started = perf_counter()
        try:
            await self.app(scope, exchange.hear, exchange.tell)
        except ClientDisconnect:
            exchange.status = LEFT_EARLY
        except Exception:
            exchange.status = FAULT
            raise
        finally:
            note(scope, exchange.status, perf_counter() - started - seconds_held(scope))


@contextmanager
def held(scope: Scope) -> Iterator[None]:
    """Inside, a request waits because its client asked for it: that time is no figure of ours."""
    began = perf_counter()
    try:
        yield
    finally:
        scope["state"][HELD] = seconds_held(scope) + perf_counter() - began


def seconds_held(scope: Scope) -> float:
    seconds: float = scope["state"].get(HELD, 0.0)
    return seconds


def identify(scope: Scope) -> str:
    """The caller's own id where it has the form, else a new one; for problems and log lines."""
    sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    text = sent.decode("latin-1")
    identity = text if WELL_FORMED.fullmatch(text) else uuid.uuid4().hex
    scope.setdefault("state", {})["request_id"] = identity
    request_id.set(identity)
    return identity


def note(scope: Scope, status: int, seconds: float) -> None:
    route = metrics.template(scope)
    metrics.count(scope["method"], route, status, seconds)
    level = DEBUG if route in PROBES else INFO
    if logger.isEnabledFor(level):
        figures = {
            "method": metrics.known(scope["method"]),
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        logger.log(level, "request", extra=figures)
