"""The usual request for an inbox, a list, a ticket or its events, without FastAPI's dependencies.

None: it is unusual, and the endpoint answers or refuses it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import sqlalchemy as sa
from fastapi import Request, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams

from app import codes
from app.access import gate
from app.access.roles import ADDRESSED, Caller
from app.feed.heads import Head
from app.kit.gather import Gathered
from app.kit.hop import in_thread
from app.kit.web.etag import OF_CALLER, OF_CALLER_AND_FORM, known_to, spoken, tagged
from app.kit.web.wire import JsonBytes
from app.tickets import disclosure
from app.tickets.disclosure import NO_STORE, Disclosures
from app.tickets.views import by_number, export, history, rows, scope, view
from app.tickets.views import inbox as inboxes
from app.tickets.views.forms import is_unturned
from app.tickets.views.inbox import Inboxes, Waited
from app.tickets.views.lists import Listing
from app.tickets.views.pages import Pages
from app.tickets.views.view import Looker, Viewer


class Readings:
    """What is read for all who ask at the same moment."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.tickets = Gathered(engine, view.IN_SCOPE)
        self.events = Gathered(engine, history.HISTORY)
        self.lists = Pages(engine)
        self.disclosures = Disclosures(engine)


async def inbox(request: Request) -> Response | None:
    caller, paging = await gate.caller(request), paging_in(request.scope["query_string"])
    if caller.role not in ADDRESSED or paging is None:
        return None
    await hold(request, caller, paging)
    return await inbox_page(request, caller, inboxes.asked_by(caller, paging))


async def hold(request: Request, caller: Caller, paging: Waited) -> None:
    """While the client has the page as it is, or else while it stays as it is now."""
    if not paging.wait:
        return
    state, asked = request.app.state, inboxes.asked_by(caller, paging)
    tags = known_to(request) or {await tag_now(request, caller, asked)}

    def is_new(head: Head) -> bool:
        version = inboxes.version(asked, head.version, state.city.edition)
        return not any(inboxes.holds(tag, version, state.clock()) for tag in tags)

    await state.waits.hold(request, caller, is_new, paging.wait)


async def tag_now(request: Request, caller: Caller, asked: inboxes.Asked) -> str:
    page = await inbox_page(request, caller, asked)
    return page.headers["ETag"].strip('"')


async def inbox_page(request: Request, caller: Caller, asked: inboxes.Asked) -> Response:
    """Or 304 where the client has it already."""
    state = request.app.state
    kept: Inboxes = state.inboxes
    head = await kept.head(asked.address)
    now = state.clock()
    version = inboxes.version(asked, head.version, state.city.edition)
    for tag in known_to(request):
        if inboxes.holds(tag, version, now):
            return Response(status_code=304, headers={**OF_CALLER, "ETag": f'"{tag}"'})
    page = kept.kept(asked, version, now)
    if page is None:
        await in_thread()
        with glance(request, caller) as viewer:
            page = inboxes.read(viewer, asked)
        kept.pages.put(asked, page)
    answer = JsonBytes(page.body, headers=OF_CALLER)
    return tagged(request, answer, inboxes.tag_of(page), answer)


@lru_cache(maxsize=10_000)
def paging_in(query: bytes) -> Waited | None:
    try:
        return Waited.model_validate(dict(QueryParams(query)))
    except ValidationError:
        return None


LISTS = ("channel", "status", "type", "urgency")
"""Filters of several values."""


@lru_cache(maxsize=10_000)
def listing_in(query: bytes) -> Listing | None:
    asked = QueryParams(query)
    several = {name: asked.getlist(name) for name in LISTS if name in asked}
    try:
        listing = Listing.model_validate({**asked, **several})
    except ValidationError:
        return None
    return listing if listing.overdue is None and not listing.count else None


async def listing(request: Request) -> Response | None:
    """A page; `overdue` is what time alone changes, and left to the endpoint, as is what goes on
    record."""
    caller, query = await gate.caller(request), request.scope["query_string"]
    listing = None if "phone" in request.query_params else listing_in(query)
    if caller.role not in scope.READERS or listing is None or export.wanted(request):
        return None
    state = request.app.state
    codes.check(state.city, listing)
    readings: Readings = state.readings
    page = await readings.lists.page(Looker(caller, state.city, state.clock()), listing)
    return JsonBytes(page, headers=OF_CALLER_AND_FORM) if page else None


async def ticket(request: Request) -> Response | None:
    caller = await gate.caller(request)
    if caller.role not in scope.READERS or request.scope["query_string"]:
        return None
    state = request.app.state
    readings: Readings = state.readings
    asked = by_number.asked_by(caller, request.path_params["number"])
    lines = await readings.tickets.answer(asked)
    if lines is None:
        return None
    row, now = rows.row_of(lines[0]), state.clock()
    body = view.as_json(Looker(caller, state.city, now), row)
    answer = JsonBytes(body, headers=OF_CALLER)
    if disclosure.is_clear(caller, row.caller_phone, row.caller_name):
        await readings.disclosures.disclose(caller, row.number, now)
        answer.headers.update(NO_STORE)
    whole = is_unturned(state.city, row, now)
    return tagged(request, answer, spoken(row.version), answer, whole)


async def events(request: Request) -> Response | None:
    caller = await gate.caller(request)
    if caller.role not in scope.READERS or request.scope["query_string"]:
        return None
    state = request.app.state
    readings: Readings = state.readings
    asked = by_number.asked_by(caller, request.path_params["number"])
    lines = await readings.events.answer(asked)
    return JsonBytes(history.as_json(state.city.cipher, lines)) if lines else None


@contextmanager
def glance(request: Request, caller: Caller) -> Iterator[Viewer]:
    """For a single statement, which is a snapshot by itself and needs no transaction."""
    state = request.app.state
    with state.readings.tickets.engine.connect() as connection:
        yield Viewer(caller, state.city, state.clock(), Session(connection))
