"""Callbacks over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.access.gate import CallbackDesk, allow
from app.access.roles import Role
from app.callbacks import service
from app.callbacks.schemas import CallbackView, NewCallback, QueuedView
from app.kit.db import Writing
from app.kit.etag import IfMatch
from app.kit.paging import Page
from app.kit.route import Route
from app.tickets import service as tickets
from app.tickets.calls import Changing, Looking
from app.tickets.lifecycle import Action
from app.tickets.models import Ticket
from app.tickets.schemas import Paging

router = APIRouter(prefix="/v1", tags=["callbacks"], route_class=Route)

Desk = Depends(allow({Role.CALLBACK, Role.SUPERVISOR}))


def to_call(number: str, caller: CallbackDesk, session: Writing) -> Ticket:
    return tickets.get(session, caller, number)


@router.post("/tickets/{number}/callbacks", status_code=201)
def record_callback(
    caller: CallbackDesk,
    ticket: Annotated[Ticket, Depends(to_call)],
    said: NewCallback,
    doing: Changing,
    if_match: IfMatch,
) -> CallbackView:
    """What came of calling the citizen: reached? contacted? resolved? satisfied? (D.9)"""

    def call() -> str:
        change = tickets.locked(doing.session, doing.desk, caller, ticket.number, doing.now)
        tickets.check_state(change, Action.CALLBACK, if_match)
        made = service.record(change, said)
        doing.session.flush()
        return str(made.id)

    return service.show(doing.session, doing.once(call, 201))


@router.get("/callbacks/queue", dependencies=[Desk])
def read_queue(looking: Looking, paging: Annotated[Paging, Query()]) -> Page[QueuedView]:
    """Every ticket that awaits a callback, by due time; `callable_now` by calling hours and gap."""
    return service.queue(looking, paging)
