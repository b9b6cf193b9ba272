"""A whole list as NDJSON or CSV, for whoever asks for it in `Accept`; formulas in CSV are inert."""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.kit.paging import Page
from app.kit.sheet import inert, line
from app.tickets.views.schemas import TicketView

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


def ndjson(tickets: Iterable[TicketView]) -> Iterator[str]:
    for ticket in tickets:
        yield ticket.model_dump_json(by_alias=True) + "\n"


def as_csv(tickets: Iterable[TicketView]) -> Iterator[str]:
    yield line(COLUMNS)
    for ticket in tickets:
        shown = ticket.model_dump(mode="json")
        office = shown["office"] or {"code": None, "name": None}
        shown |= {"office_code": office["code"], "office_name": office["name"]}
        shown["address"] = ticket.address.text
        yield line([inert(shown[name]) for name in COLUMNS])


FORMATS: dict[str, Callable[[Iterable[TicketView]], Iterator[str]]] = {
    "application/x-ndjson": ndjson,
    "text/csv": as_csv,
}


def wanted(request: Request) -> str | None:
    """The stream that a client asks for, or None: a page of JSON."""
    accepted = [
        kind.partition(";")[0].strip() for kind in request.headers.get("accept", "").split(",")
    ]
    return next((kind for kind in accepted if kind in FORMATS), None)


def negotiated(
    request: Request,
    page: Callable[[], Page[TicketView]],
    all_of_them: Callable[[], Iterable[TicketView]],
) -> Response | Page[TicketView]:
    kind = wanted(request)
    if kind is None:
        return page()
    return StreamingResponse(FORMATS[kind](all_of_them()), media_type=f"{kind}; charset=utf-8")


def digest(page: Page[TicketView]) -> str:
    """The version of a page: what it shows, hashed."""
    return sha256(page.model_dump_json().encode()).hexdigest()[:32]
