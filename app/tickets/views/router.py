"""Tickets seen over HTTP: lists, one ticket, its history, the inbox, proposed merges."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from app import codes
from app.access.exports import AtExports
from app.access.gate import Addressee, allow
from app.access.roles import Role
from app.kit.db import Sessions
from app.kit.web.etag import OF_CALLER, spoken, tagged
from app.kit.web.paging import Page
from app.kit.web.route import Route, quickly
from app.kit.web.streams import Content, joined
from app.kit.web.wire import JsonBytes
from app.tickets import disclosure
from app.tickets.disclosure import NO_STORE, DisclosureView
from app.tickets.search import record
from app.tickets.search.record import TelephoneSearchView
from app.tickets.views import export, groups, inbox, lists, quick, register, view
from app.tickets.views.forms import is_unturned
from app.tickets.views.http import Happened, Looking, MaySearch, Seen, Settled, Shown
from app.tickets.views.inbox import Waited
from app.tickets.views.lists import Listing, Paging
from app.tickets.views.schemas import (
    ChangesPage,
    ErrandView,
    EventView,
    MemberView,
    MergeProposal,
    TicketView,
    WaitingView,
)
from app.tickets.views.view import Viewer

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)
inbox_router = APIRouter(prefix="/v1/inbox", tags=["inbox"], route_class=Route)
merges_router = APIRouter(prefix="/v1/merges", tags=["merges"], route_class=Route)
searches_router = APIRouter(prefix="/v1/telephone-searches", tags=["tickets"], route_class=Route)
holds_router = APIRouter(prefix="/v1/holds", tags=["holds"], route_class=Route)


def searching(may: MaySearch, looking: Looking) -> Viewer:
    return looking


def record_search(request: Request, looking: Viewer, listing: Listing) -> None:
    """By keyed hash, in a transaction of its own."""
    phone_hash = lists.not_held(looking, listing).get("phone")
    if phone_hash:
        with request.app.state.own_sessions.begin() as session:
            record.record(session, looking.caller, phone_hash, looking.now)


@router.get("", response_model=ChangesPage, response_model_exclude_unset=True)
@quickly(quick.listing)
def list_tickets(
    settled: Settled,
    request: Request,
    looking: Annotated[Viewer, Depends(searching)],
    listing: Annotated[Listing, Query()],
    exports: AtExports,
) -> Response:
    """The tickets you may see, newest first or by `sort`; with `updated_after`, in order of change,
    and none is missed by whoever goes on with `next`, `resume` or the last `updated_at`.

    `Accept: text/csv` or `application/x-ndjson` streams all of them, without pages. A search by
    `phone` goes on record (`/v1/telephone-searches`).
    """
    codes.check(looking.city, listing)
    record_search(request, looking, listing)

    def stream(
        media_type: str, write: Callable[[Iterable[view.Members]], Iterator[str]]
    ) -> Response:
        def read(sessions: Sessions) -> Content:
            return Content({}, joined(write(lists.stream(sessions, looking, listing))))

        return exports.answer(looking.caller, read, media_type)

    page = partial(lists.page, looking, listing)
    return export.negotiated(request, page, stream, looking.now)


@router.get("/{number}", response_model=TicketView)
@quickly(quick.ticket)
def show_ticket(request: Request, looking: Looking, ticket: Shown) -> Response:
    """One ticket, with what you may do to it now (`allowed`).

    The hotline's desks read the citizen in the clear, which goes on record (`…/disclosures`).
    """
    answer = JsonBytes(view.as_json(looking, ticket), headers=OF_CALLER)
    if disclosure.is_clear(looking.caller, ticket.caller_phone, ticket.caller_name):
        with request.app.state.own_sessions.begin() as session:
            readings = [disclosure.reading_of(looking.caller, ticket.number, looking.now)]
            disclosure.record(session.connection(), readings, looking.now)
        answer.headers.update(NO_STORE)
    whole = is_unturned(looking.city, ticket, looking.now)
    return tagged(request, answer, spoken(ticket.version), answer, whole)


@router.get("/{number}/members")
def show_members(looking: Looking, ticket: Seen) -> list[MemberView]:
    """Whoever was merged into it, oldest first: to be contacted and called back one by one."""
    return groups.members(looking, ticket)


@router.get("/{number}/events", response_model=list[EventView])
@quickly(quick.events)
def show_history(events: Happened) -> Response:
    """Everything that happened to a ticket, oldest first."""
    return JsonBytes(events)


@router.get(
    "/{number}/disclosures",
    dependencies=[Depends(allow({Role.SUPERVISOR, Role.AUDITOR}))],
)
def show_disclosures(looking: Looking, ticket: Seen) -> list[DisclosureView]:
    """Who read the citizen's name and number in the clear, each day's first reading, oldest
    first; a `reveal` is an event."""
    return disclosure.of(looking.session, ticket.number)


@merges_router.get("/proposals", dependencies=[Depends(allow({Role.DISPATCHER}))])
def propose_merges(looking: Looking, paging: Annotated[Paging, Query()]) -> Page[MergeProposal]:
    """D.11: what another citizen has told before, on the same matter and place: to be confirmed by
    `merge`. Oldest first; a page may be shorter than `limit` and yet have a next one."""
    return groups.proposals(looking, paging)


@searches_router.get(
    "",
    dependencies=[Depends(allow({Role.SUPERVISOR, Role.AUDITOR}))],
)
def list_telephone_searches(
    looking: Looking, paging: Annotated[Paging, Query()]
) -> Page[TelephoneSearchView]:
    """Who searched tickets by a telephone, the latest first."""
    return record.page(looking.session, paging.cursor, paging.limit)


async def held(request: Request, caller: Addressee, paging: Annotated[Waited, Query()]) -> Waited:
    await quick.hold(request, caller, paging)
    return paging


@inbox_router.get("", response_model=Page[WaitingView | ErrandView])
@quickly(quick.inbox)
def read_inbox(
    request: Request, paging: Annotated[Waited, Depends(held)], looking: Looking
) -> Response:
    """What waits for this office, earliest due first, or for this desk of the city, the most urgent
    and oldest first; 304 while nothing in the page changed. `wait` holds the answer until something
    changes."""
    page = inbox.read(looking, inbox.asked_by(looking.caller, paging))
    answer = JsonBytes(page.body, headers=OF_CALLER)
    return tagged(request, answer, inbox.tag_of(page), answer)


@holds_router.get("")
def read_register(
    looking: Looking, listing: Annotated[register.Listing, Query()]
) -> Page[register.HoldView]:
    """Matters on hold, whoever has them, the next to be reviewed first."""
    codes.check(looking.city, listing)
    return register.register(looking, listing)
