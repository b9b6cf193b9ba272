"""Requests over HTTP: one, or a batch of lines."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, TypeAdapter, ValidationError

from app.access import gate
from app.access.gate import Operator
from app.access.roles import Caller, Role
from app.city import AtCity
from app.kit.clock import AtClock
from app.kit.db import Writing
from app.kit.instants import recording
from app.kit.share import in_turn
from app.kit.web import ndjson
from app.kit.web.etag import spoken
from app.kit.web.idempotency import KeyHeader, KeyText, keyed_hash
from app.kit.web.once import meant
from app.kit.web.route import Route, quickly
from app.kit.web.wire import JsonBytes
from app.tickets.disclosure import NO_STORE
from app.tickets.intake import batch
from app.tickets.intake.forms import NewTicket
from app.tickets.intake.requests import Request as NewRequest
from app.tickets.views.schemas import ReceivedView, UrgedView


class Ndjson(Response):
    media_type = "application/x-ndjson"


router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)


async def usual(request: Request) -> Response | None:
    """A whole request by an operator, without FastAPI's dependencies; None: the endpoint answers or
    refuses it. Takes a twentieth of the processor's time less."""
    caller, keys = await gate.caller(request), request.headers.getlist("idempotency-key")
    if caller.role is not Role.OPERATOR or request.scope["query_string"] or not is_json(request):
        return None
    try:
        key = next(iter(KEYS.validate_python(keys)), None)
        new = NewTicket.model_validate(await request.json())
    except ValidationError:
        return None
    return await received(request, caller, new, key)


KEYS = TypeAdapter(Annotated[list[KeyText], Field(max_length=1)])


def is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0]
    return media_type.strip().lower() == JsonBytes.media_type


@quickly(usual)
@router.post(
    "", status_code=201, response_model=ReceivedView, responses={200: {"model": UrgedView}}
)
async def receive_ticket(
    request: Request,
    caller: Operator,
    new: NewTicket,
    key: KeyHeader = None,
) -> Response:
    """Take a request in and dispatch it at once to the office that answers for its address.

    200, and nothing new is made, when the same citizen's ticket on the same matter and place is
    still open: that one is urged (D.11).
    """
    return await received(request, caller, new, key)


async def received(request: Request, caller: Caller, new: NewTicket, key: str | None) -> Response:
    state = request.app.state
    body_hash = b"" if key is None else keyed_hash(state.secret, meant(await request.body()))
    answer = await state.together.receive(
        NewRequest(caller, new, key, body_hash, state.city, state.clock)
    )
    headers = {
        "Location": f"{router.prefix}/{answer.number}",
        "ETag": f'"{spoken(answer.version)}"',
        **NO_STORE,
        **({"Idempotency-Replayed": "true"} if answer.replayed else {}),
    }
    return JsonBytes(answer.body, answer.status, headers)


@router.post("/batch", response_class=Ndjson)
async def receive_batch(
    request: Request, caller: Operator, session: Writing, city: AtCity, clock: AtClock
) -> Ndjson:
    """Up to 1,000 requests, one a line; each stands alone and is answered by its line.

    A line may carry its own `idempotency_key`.
    """
    lines = await batch.read(request.stream())  # of a slow client for long: received when all is

    def receive(lines: Sequence[ndjson.Line]) -> str:
        now = recording(session, clock)
        brought = batch.Batch(session, city, caller, request.app.state.secret, clock, now)
        return brought.receive(lines)

    return Ndjson(await in_turn(receive, lines))
