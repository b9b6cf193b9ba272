"""A whole list of whistles as NDJSON, or as CSV with a line for each summons: on record like every
export."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from fastapi import Request, Response

from app import codes
from app.access.exports import Exports
from app.kit.db import Sessions
from app.kit.messages import Message, Vocabulary, language
from app.kit.web import negotiation
from app.kit.web.etag import OF_CALLER_AND_FORM
from app.kit.web.sheets.names import named
from app.kit.web.sheets.table import Table
from app.kit.web.streams import Content, joined
from app.kit.web.wire import JsonBytes
from app.kit.workdays import day_of
from app.tickets.views.view import Viewer
from app.whistles.life.loop import (
    Finding,
    SummonsStatus,
    Tier,
    WhistleKind,
    WhistleLevel,
    WhistleOrigin,
    WhistleStatus,
)
from app.whistles.views import lists, view
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

WORDS = {
    "status": Vocabulary.of(WhistleStatus),
    "kind": Vocabulary.of(WhistleKind),
    "level": Vocabulary.of(WhistleLevel),
    "origin": Vocabulary.of(WhistleOrigin),
    "tier": Vocabulary.of(Tier),
    "finding": Vocabulary.of(Finding),
    "summons_status": Vocabulary.of(SummonsStatus),
}
TABLE = Table("whistle column", COLUMNS, WORDS)
JSON = str(JsonBytes.media_type)


def file_name(now: datetime) -> Message:
    return Message("{day}_whistles", day=day_of(now).isoformat())


def ndjson(whistles: Iterable[WhistleView]) -> Iterator[str]:
    for whistle in whistles:
        yield whistle.model_dump_json() + "\n"


def rows(whistles: Iterable[WhistleView]) -> Iterator[list[object]]:
    for whistle in whistles:
        own = [getattr(whistle, name) for name in OF_WHISTLE]
        own += [whistle.street.code, whistle.place.text, whistle.meeting_point.text]
        for summons in whistle.summonses:
            yield [*own, summons.status, *(getattr(summons, name) for name in OF_SUMMONS)]


NDJSON, CSV = "application/x-ndjson", "text/csv"


def answer(request: Request, exports: Exports, viewer: Viewer, listing: WhistleListing) -> Response:
    """A page in JSON, or all whistles of the filters in the form that `Accept` asks for. Refuses
    NoSuchCode."""
    codes.check(viewer.city, listing)
    kind = negotiation.best(request, (JSON, NDJSON, CSV))
    if kind == JSON:
        page = lists.page(viewer, listing)
        return JsonBytes(page.model_dump_json().encode(), headers=OF_CALLER_AND_FORM)

    reader = language.get()
    headers = OF_CALLER_AND_FORM | (named(file_name(viewer.now), "csv") if kind == CSV else {})

    def read(sessions: Sessions) -> Content:
        whistles = every(sessions, viewer, listing)
        parts = ndjson(whistles) if kind == NDJSON else TABLE.csv(rows(whistles), reader)
        return Content(headers, joined(parts))

    return exports.answer(viewer.caller, read, f"{kind}; charset=utf-8")


def every(sessions: Sessions, viewer: Viewer, listing: WhistleListing) -> Iterator[WhistleView]:
    """Read a batch at a time, each in a transaction that is over before the batch is sent."""
    asked: WhistleListing | None = listing.model_copy(update={"limit": BATCH, "cursor": None})
    while asked:
        with sessions() as session:
            page = lists.page(replace(viewer, session=session), asked, view.masked)
        yield from page.items
        asked = asked.model_copy(update={"cursor": page.next}) if page.next else None
