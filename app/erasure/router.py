"""Erasure over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.erasure import service
from app.kit.web.route import Route
from app.tickets.acts.acting import Act, taking
from app.tickets.acts.forms import Reason
from app.tickets.life.lifecycle import Action
from app.tickets.views.schemas import TicketView

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], route_class=Route)


@router.post("/{number}/erase", response_model=TicketView)
def erase_person(act: Annotated[Act, taking(Action.ERASE)], body: Reason) -> Response:
    """D.16: of a ticket that is over, citizen, words and files are erased for good."""
    return act(service.erase, body)
