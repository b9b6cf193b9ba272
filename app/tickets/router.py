"""Tickets over HTTP: taken in, and seen."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from app.access.gate import Operator, allow
from app.access.roles import OFFICE_BOUND, Role
from app.kit.clock import AtClock
from app.kit.db import AllSessions, Reading, Writing
from app.kit.etag import tagged
from app.kit.instants import recording
from app.kit.paging import Page
from app.kit.route import Route
from app.tickets import (
    batch,
    export,
    groups,
    intake,
    lists,
    service,
    view,
)
from app.tickets.arrival import arrive
from app.tickets.calls import Changing, Looking, Seen
from app.tickets.desk import AtDesk
from app.tickets.listing import Listing, Paging
from app.tickets.schemas import (
    NewTicket,
)
from app.tickets.shown import EventView, MemberView, MergeProposal, TicketView, UrgedView


class Ndjson(Response):
    media_type = "application/x-ndjson"


router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)
inbox_router = APIRouter(prefix="/v1/inbox", tags=["inbox"], route_class=Route)
merges_router = APIRouter(prefix="/v1/merges", tags=["merges"], route_class=Route)


@router.post("", status_code=201, responses={200: {"model": UrgedView}})
def receive_ticket(caller: Operator, new: NewTicket, doing: Changing) -> UrgedView | TicketView:
    """Take a request in and dispatch it at once to the office that answers for its address.

    200, and nothing new is made, when the same citizen's ticket on the same matter and place is
    still open: that one is urged (D.11).
    """

    def receive() -> str:
        now = recording(doing.session, doing.clock)
        arrival = arrive(doing.desk, new, now)
        [taken] = intake.take(doing.session, doing.desk, caller, [arrival], doing.clock)
        doing.response.status_code = taken.status
        return taken.number

    number = doing.once(receive, 201)
    doing.response.headers["Location"] = f"{router.prefix}/{number}"
    return shown(doing.show(caller, number), doing.response.status_code)


def shown(ticket: TicketView, status: int | None) -> TicketView:
    """Whether it is new, or the same citizen's open one, which then says so."""
    return UrgedView(**ticket.model_dump(by_alias=False)) if status == HTTPStatus.OK else ticket


@router.post("/batch", response_class=Ndjson)
async def receive_batch(
    request: Request, caller: Operator, session: Writing, desk: AtDesk, clock: AtClock
) -> Ndjson:
    """Up to 1,000 requests, one a line; each stands alone and is answered by its line.

    A line may carry its own `idempotency_key`.
    """
    lines = await batch.read(request.stream())  # of a slow client for long: received when all is

    def receive() -> str:
        now = recording(session, clock)
        brought = batch.Batch(session, desk, caller, request.app.state.secret, clock, now)
        return brought.receive(lines)

    return Ndjson(await run_in_threadpool(receive))


@router.get("", response_model=Page[TicketView])
def list_tickets(
    request: Request,
    looking: Looking,
    listing: Annotated[Listing, Query()],
    sessions: AllSessions,
) -> Response | Page[TicketView]:
    """The tickets you may see, newest first; with `updated_after`, in order of change.

    `Accept: text/csv` or `application/x-ndjson` streams all of them, without pages.
    """
    return export.negotiated(
        request,
        page=lambda: lists.page(looking, listing),
        all_of_them=lambda: lists.stream(sessions, looking, listing),
    )


@router.get("/{number}", response_model=TicketView)
def show_ticket(
    request: Request, looking: Looking, ticket: Seen, response: Response
) -> Response | TicketView:
    """One ticket, with what you may do to it now (`allowed`)."""
    return tagged(request, response, ticket.version, view.one(looking, ticket))


@router.get("/{number}/members")
def show_members(looking: Looking, ticket: Seen) -> list[MemberView]:
    """Whoever was merged into it, oldest first: to be contacted and called back one by one."""
    return groups.members(looking, ticket)


@router.get("/{number}/events")
def show_history(ticket: Seen, session: Reading) -> list[EventView]:
    """Everything that happened to a ticket, oldest first."""
    return [view.event(*row) for row in service.history(session, ticket.number)]


@merges_router.get("/proposals", dependencies=[Depends(allow({Role.DISPATCHER}))])
def propose_merges(looking: Looking, paging: Annotated[Paging, Query()]) -> Page[MergeProposal]:
    """D.11: what another citizen has told before, on the same matter and place: to be confirmed by
    `merge`. Oldest first; a page may be shorter than `limit` and yet have a next one."""
    return groups.proposals(looking, paging)


@inbox_router.get("", response_model=Page[TicketView], dependencies=[Depends(allow(OFFICE_BOUND))])
def read_inbox(
    request: Request, looking: Looking, paging: Annotated[Paging, Query()], response: Response
) -> Response | Page[TicketView]:
    """What waits for this office, earliest due first; 304 while nothing in the page changed."""
    page = lists.inbox(looking, paging)
    return tagged(request, response, export.digest(page), page)
