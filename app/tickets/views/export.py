"""A whole list as NDJSON or CSV, for whoever asks for it in `Accept`; formulas in CSV are inert."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec
from fastapi import Request, Response

from app.kit.web import negotiation
from app.kit.web.etag import OF_CALLER_AND_FORM
from app.kit.web.sheet import inert, line
from app.kit.web.wire import JsonBytes, in_utc
from app.tickets.views.view import Members

COLUMNS = (
    "number",
    "status",
    "channel",
    "type",
    "category",
    "title",
    "content",
    "urgency",
    "address",
    "district_code",
    "office_code",
    "office_name",
    "received_at",
    "dispatched_at",
    "acknowledged_at",
    "contacted_at",
    "replied_at",
    "assessed_at",
    "closed_at",
    "due_at",
    "overdue",
    "excluded",
    "external_id",
    "policy",
)


def ndjson(tickets: Iterable[Members]) -> Iterator[str]:
    for ticket in tickets:
        yield msgspec.json.encode(ticket).decode() + "\n"


def as_csv(tickets: Iterable[Members]) -> Iterator[str]:
    yield line(COLUMNS)
    for ticket in tickets:
        office = ticket["office"] or {"code": None, "name": None}
        shown = {
            **ticket,
            "address": ticket["address"]["text"],
            "office_code": office["code"],
            "office_name": office["name"],
        }
        yield line([inert(plain(shown[name])) for name in COLUMNS])


def plain(value: object) -> object:
    return in_utc(value) if isinstance(value, datetime) else value


FORMATS: dict[str, Callable[[Iterable[Members]], Iterator[str]]] = {
    "application/x-ndjson": ndjson,
    "text/csv": as_csv,
}


JSON = str(JsonBytes.media_type)

OFFERED = (JSON, *FORMATS)


def wanted(request: Request) -> str | None:
    """The stream that a client asks for, or None: a page of JSON."""
    kind = negotiation.best(request, OFFERED)
    return None if kind == JSON else kind


def negotiated(
    request: Request,
    page: Callable[[], bytes],
    stream: Callable[[str, Callable[[Iterable[Members]], Iterator[str]]], Response],
) -> Response:
    """A page, or all tickets as a stream of a media type, written by its function."""
    kind = wanted(request)
    if kind is None:
        return JsonBytes(page(), headers=OF_CALLER_AND_FORM)
    response = stream(f"{kind}; charset=utf-8", FORMATS[kind])
    response.headers.update(OF_CALLER_AND_FORM)
    return response
