"""A whole list of whistles as NDJSON, or as CSV with a line for each summons: on record like every
export."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from fastapi import Request, Response

from app import codes
from app.access.exports import Exports
from app.kit.db import Sessions
from app.kit.web import negotiation
from app.kit.web.etag import OF_CALLER_AND_FORM
from app.kit.web.sheet import inert, line
from app.kit.web.streams import Content, joined
from app.kit.web.wire import JsonBytes
from app.tickets.views.view import Viewer
from app.whistles.views import lists
from app.whistles.views.lists import WhistleListing
from app.whistles.views.schemas import WhistleView

BATCH = 200

OF_WHISTLE = (
    *("number", "status", "kind", "level", "origin", "tier", "matter", "why", "district_code"),
    *("created_at", "blown_at", "finish_due_at", "fed_back_at", "settled_at", "returns", "finding"),
)
OF_SUMMONS = (
    *("office_code", "office_name", "required", "sent_at", "accept_due_at", "accepted_at"),
    *("arrive_due_at", "arrived_at", "on_time", "absent", "early_leave", "fed_back_at"),
    *("released_at", "withdrawn_at"),
)
COLUMNS = (
    *OF_WHISTLE,
    *("street_code", "place", "meeting_point", "summons_status"),
    *(name if name.startswith("office") else f"summons_{name}" for name in OF_SUMMONS),
)

JSON = str(JsonBytes.media_type)


def ndjson(whistles: Iterable[WhistleView]) -> Iterator[str]:
    for whistle in whistles:
        yield whistle.model_dump_json() + "\n"


def as_csv(whistles: Iterable[WhistleView]) -> Iterator[str]:
    yield line(COLUMNS)
    for whistle in whistles:
        shown = whistle.model_dump(mode="json")
        own = [shown[name] for name in OF_WHISTLE]
        own += [shown["street"]["code"], shown["place"]["text"], shown["meeting_point"]["text"]]
        for summons in shown["summonses"]:
            values = [*own, summons["status"], *(summons[name] for name in OF_SUMMONS)]
            yield line(inert(value) for value in values)


FORMATS: dict[str, Callable[[Iterable[WhistleView]], Iterator[str]]] = {
    "application/x-ndjson": ndjson,
    "text/csv": as_csv,
}


def answer(request: Request, exports: Exports, viewer: Viewer, listing: WhistleListing) -> Response:
    """A page in JSON, or all whistles of the filters in the form that `Accept` asks for. Refuses
    NoSuchCode."""
    codes.check(viewer.city, listing)
    kind = negotiation.best(request, (JSON, *FORMATS))
    if kind not in FORMATS:
        page = lists.page(viewer, listing)
        return JsonBytes(page.model_dump_json().encode(), headers=OF_CALLER_AND_FORM)

    def read(sessions: Sessions) -> Content:
        parts = FORMATS[kind](every(sessions, viewer, listing))
        return Content(OF_CALLER_AND_FORM, joined(parts))

    return exports.answer(viewer.caller, read, f"{kind}; charset=utf-8")


def every(sessions: Sessions, viewer: Viewer, listing: WhistleListing) -> Iterator[WhistleView]:
    """Read a batch at a time, each in a transaction that is over before the batch is sent."""
    asked: WhistleListing | None = listing.model_copy(update={"limit": BATCH, "cursor": None})
    while asked:
        with sessions() as session:
            page = lists.page(replace(viewer, session=session), asked)
        yield from page.items
        asked = asked.model_copy(update={"cursor": page.next}) if page.next else None
