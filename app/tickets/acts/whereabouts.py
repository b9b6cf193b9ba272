"""Whereabouts: the place of a ticket, as the citizen tells it later (RULEBOOK D.5 R5, D.7.1)."""

from collections.abc import Iterator

from app.routing.decision import Decision, DecisionKind
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch
from app.tickets.acts.forms import Add, NewAddress
from app.tickets.life.lifecycle import Status
from app.tickets.models import Request
from app.tickets.texts import LONGEST_ADDRESS

SURER = (DecisionKind.NEED_INFO, DecisionKind.PERSON, DecisionKind.DISPATCH)
"""Decisions, the surest last."""


def find(change: Change, request: Request, body: Add) -> Decision | None:
    """The route by the address told, or by the text as an address where that tells more than is
    known. None: nothing new is known, and no new route is needed."""
    if body.address:
        move(change, request, body.address)
        return dispatch.locate(change, request, change.now)
    former, known = request.address, SURER.index(DecisionKind(request.route["decision"]))
    for address in addresses(former, body.text or ""):
        request.address = address
        decision = dispatch.routed_to(change, request, change.now)
        if SURER.index(decision.decision) > known:
            return dispatch.placed(change, request, decision)
    request.address = former
    if change.ticket.status is not Status.NEED_INFO:
        return None
    return dispatch.locate(change, request, change.now)


def move(change: Change, request: Request, address: NewAddress) -> None:
    request.address, request.said_district = address.text, address.district_code
    change.ticket.lon, change.ticket.lat = address.lon, address.lat


def addresses(former: str, text: str) -> Iterator[str]:
    """The text alone, and after the address known before."""
    line = " ".join(text.split())
    for address in (line, f"{former} {line}"):
        if line and len(address) <= LONGEST_ADDRESS:
            yield address
