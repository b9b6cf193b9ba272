"""Tickets over HTTP: in, seen, and acted upon."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from app.access.gate import Operator, allow
from app.access.roles import OFFICE_BOUND
from app.kit.clock import Now
from app.kit.db import AllSessions, Reading, Writing
from app.kit.etag import tagged
from app.kit.idempotency import NotHere
from app.kit.paging import Page
from app.kit.route import Route
from app.tickets import actions, batch, export, intake, lists, service, view
from app.tickets.calls import Acting, Changing, Looking, Seen
from app.tickets.desk import AtDesk
from app.tickets.schemas import (
    Add,
    Contacted,
    Decline,
    EventView,
    Listing,
    NewContact,
    NewDispatch,
    NewReply,
    NewTicket,
    Nothing,
    Paging,
    Reason,
    Review,
    TicketView,
    Transfer,
    Withdrawal,
    Words,
)


class Ndjson(Response):
    media_type = "application/x-ndjson"


router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)
inbox_router = APIRouter(prefix="/v1/inbox", tags=["inbox"], route_class=Route)


@router.post("", status_code=201, responses={200: {"model": TicketView}})
def receive_ticket(caller: Operator, new: NewTicket, doing: Changing) -> TicketView:
    """Take a request in and dispatch it at once to the office that answers for its address."""

    def receive() -> str:
        arrival = intake.arrive(doing.desk, new, doing.now)
        return intake.receive(doing.session, caller, [arrival])[0]

    number = doing.once(receive, 201)
    doing.response.headers["Location"] = f"{router.prefix}/{number}"
    return doing.show(caller, number)


@router.post("/batch", response_class=Ndjson)
async def receive_batch(
    request: Request, caller: Operator, session: Writing, desk: AtDesk, now: Now
) -> Ndjson:
    """Up to 1,000 requests, one a line; each stands alone and is answered by its line.

    A line may carry its own `idempotency_key`.
    """
    brought = batch.Batch(session, desk, caller, request.app.state.secret, now)
    lines = await batch.read(request.stream())
    return Ndjson(await run_in_threadpool(brought.receive, lines))


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


@router.get("/{number}/events")
def show_history(ticket: Seen, session: Reading) -> list[EventView]:
    """Everything that happened to a ticket, oldest first."""
    return [view.event(*row) for row in service.history(session, ticket.number)]


@router.post("/{number}/answer")
def answer_ticket(act: Acting, said: Words) -> TicketView:
    """T2: the operator answers an enquiry on the spot."""
    return act(actions.answer, said)


@router.post("/{number}/transfer")
def transfer_ticket(act: Acting, said: Transfer) -> TicketView:
    """T3: to 110, 119, 120 or 122, at once."""
    return act(actions.transfer, said)


@router.post("/{number}/decline")
def decline_ticket(act: Acting, said: Decline) -> TicketView:
    """T4: not accepted, for a named reason, with what the citizen was told."""
    return act(actions.decline, said)


@router.post("/{number}/ask")
def ask_citizen(act: Acting, said: Words) -> TicketView:
    """T5: the citizen must tell more before an office can be found."""
    return act(actions.ask, said)


@router.post("/{number}/add")
def add_to_ticket(act: Acting, said: Add) -> TicketView:
    """T5: what the citizen told in addition; the ticket is routed again."""
    return act(actions.add, said)


@router.post("/{number}/dispatch")
def dispatch_ticket(act: Acting, said: NewDispatch) -> TicketView:
    """T7, T7b: a person names the office; also redispatches, before the first contact."""
    return act(actions.dispatch, said)


@router.post("/{number}/read")
def mark_read(act: Acting, said: Nothing) -> TicketView:
    """签阅: the head of the office has read it."""
    return act(actions.read, said)


@router.post("/{number}/acknowledge")
def acknowledge_ticket(act: Acting, said: Nothing) -> TicketView:
    """T9: the lead office signs for the ticket (签收)."""
    return act(actions.acknowledge, said)


@router.post("/{number}/contact")
def record_contact(act: Acting, said: NewContact) -> TicketView:
    """T14: the office reached the citizen, or tried to; the server's clock says when."""
    return act(actions.contact, said)


@router.post("/{number}/note")
def add_note(act: Acting, said: Words) -> TicketView:
    """A note on the record; the ticket stays as it is."""
    return act(actions.note, said)


@router.post("/{number}/reply")
def reply_to_ticket(act: Acting, said: NewReply) -> TicketView:
    """T15, T21: the result, to the hotline and to the citizen (双反馈)."""
    return act(actions.reply, said)


@router.post("/{number}/review")
def review_reply(act: Acting, said: Review) -> TicketView:
    """T16, T17: the district or a supervisor passes a reply or sends it back.

    Where a callback called the demand unreasonable, a supervisor confirms it (closed) or not
    (rework).
    """
    return act(actions.review, said)


@router.post("/{number}/withdraw")
def withdraw_ticket(act: Acting, said: Withdrawal) -> TicketView:
    """T24: the citizen takes it back; `evidence` refers to the recording."""
    return act(actions.withdraw, said)


@router.post("/{number}/void")
def void_ticket(act: Acting, said: Reason) -> TicketView:
    """T25: entered by mistake."""
    return act(actions.void, said)


@router.post("/{number}/reveal")
def reveal_citizen(act: Acting, said: Reason, no_key: NotHere) -> Contacted:
    """Who called, in the clear, for a reason that is logged; takes no Idempotency-Key."""
    act.doing.response.headers["Cache-Control"] = "no-store"
    number = act.change(actions.reveal, said)
    return Contacted.model_validate(service.citizen(act.doing.session, number))


@inbox_router.get("", response_model=Page[TicketView], dependencies=[Depends(allow(OFFICE_BOUND))])
def read_inbox(
    request: Request, looking: Looking, paging: Annotated[Paging, Query()], response: Response
) -> Response | Page[TicketView]:
    """What waits for this office, earliest due first; 304 while nothing in the page changed."""
    page = lists.inbox(looking, paging)
    return tagged(request, response, export.digest(page), page)
