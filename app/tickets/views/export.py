"""A whole list as NDJSON or CSV, for whoever asks for it in `Accept`; formulas in CSV are inert."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

import msgspec
from fastapi import Request, Response

from app.kit.messages import Language, Message, Vocabulary, language
from app.kit.web import negotiation
from app.kit.web.etag import OF_CALLER_AND_FORM
from app.kit.web.sheets.names import named
from app.kit.web.sheets.table import Table
from app.kit.web.wire import JsonBytes
from app.kit.workdays import day_of
from app.tickets.life.lifecycle import Channel, Status, TicketType
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


WORDS = {
    "status": Vocabulary.of(Status),
    "channel": Vocabulary.of(Channel),
    "type": Vocabulary.of(TicketType),
}
TABLE = Table("ticket column", COLUMNS, WORDS)


def ndjson(tickets: Iterable[Members]) -> Iterator[str]:
    for ticket in tickets:
        yield msgspec.json.encode(ticket).decode() + "\n"


def as_csv(tickets: Iterable[Members], reader: Language) -> Iterator[str]:
    return TABLE.csv(map(row, tickets), reader)


def row(ticket: Members) -> list[object]:
    office = ticket["office"] or {"code": None, "name": None}
    shown = {
        **ticket,
        "address": ticket["address"]["text"],
        "office_code": office["code"],
        "office_name": office["name"],
    }
    return [shown[name] for name in COLUMNS]


JSON, NDJSON, CSV = str(JsonBytes.media_type), "application/x-ndjson", "text/csv"

OFFERED = (JSON, NDJSON, CSV)


def wanted(request: Request) -> str | None:
    """The stream that a client asks for, or None: a page of JSON."""
    kind = negotiation.best(request, OFFERED)
    return None if kind == JSON else kind


def negotiated(
    request: Request,
    page: Callable[[], bytes],
    stream: Callable[[str, Callable[[Iterable[Members]], Iterator[str]]], Response],
    now: datetime,
) -> Response:
    """A page, or all tickets as a stream of a media type, written by its function."""
    kind = wanted(request)
    if kind is None:
        return JsonBytes(page(), headers=OF_CALLER_AND_FORM)
    is_sheet = kind == CSV
    write = partial(as_csv, reader=language.get()) if is_sheet else ndjson
    response = stream(f"{kind}; charset=utf-8", write)
    response.headers.update(OF_CALLER_AND_FORM)
    if is_sheet:
        day = day_of(now).isoformat()
        response.headers.update(named(Message("{day}_tickets", day=day), "csv"))
    return response
