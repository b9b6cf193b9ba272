"""Tickets over HTTP: taken in, and seen."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.access.gate import Operator
from app.city import AtCity
from app.kit.clock import AtClock
from app.kit.db import Writing
from app.kit.instants import recording
from app.kit.route import Route
from app.tickets.acts.acting import Changing
from app.tickets.acts.forms import NewTicket
from app.tickets.intake import batch
from app.tickets.intake import receive as intake
from app.tickets.intake.arrival import arrive
from app.tickets.views.schemas import TicketView, UrgedView


class Ndjson(Response):
    media_type = "application/x-ndjson"


router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)


@router.post("", status_code=201, responses={200: {"model": UrgedView}})
def receive_ticket(caller: Operator, new: NewTicket, doing: Changing) -> UrgedView | TicketView:
    """Take a request in and dispatch it at once to the office that answers for its address.

    200, and nothing new is made, when the same citizen's ticket on the same matter and place is
    still open: that one is urged (D.11).
    """

    def receive() -> str:
        now = recording(doing.session, doing.clock)
        arrival = arrive(doing.city, new, now)
        [taken] = intake.take(doing.session, doing.city, caller, [arrival], doing.clock)
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
    request: Request, caller: Operator, session: Writing, city: AtCity, clock: AtClock
) -> Ndjson:
    """Up to 1,000 requests, one a line; each stands alone and is answered by its line.

    A line may carry its own `idempotency_key`.
    """
    lines = await batch.read(request.stream())  # of a slow client for long: received when all is

    def receive() -> str:
        now = recording(session, clock)
        brought = batch.Batch(session, city, caller, request.app.state.secret, clock, now)
        return brought.receive(lines)

    return Ndjson(await run_in_threadpool(receive))
