"""One JSON line for each thing that happened, with its request's id and without any person."""

import re
import uuid
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from logging import DEBUG, INFO, Formatter, LogRecord, getLogger, makeLogRecord
from time import perf_counter
from traceback import extract_tb
from typing import Any

import msgspec
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import metrics

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._~-]{1,128}")
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
LEFT_EARLY = 499  # the client went away before there was an answer
FAULT = 500
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


def causes(fault: BaseException | None) -> Iterator[str]:
    """Each fault of a chain and where it was raised, without what it says."""
    while fault:
        frames = reversed(extract_tb(fault.__traceback__)[-FRAMES:])
        places = (f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
        yield f"{type(fault).__qualname__} at {' < '.join(places)}"
        fault = fault.__cause__ or fault.__context__


def config(level: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`, and for uvicorn, whose own lines take the same form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.Line"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {"alembic": {"level": "WARNING"}},
    }


class Observed:
    """Gives every request its id, in and out, and when it is over its line and its figures."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identity = identify(scope)
        status = LEFT_EARLY
        started = perf_counter()

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = identity
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        except Exception:
            status = FAULT
            raise
        finally:
            note(scope, status, perf_counter() - started)


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
