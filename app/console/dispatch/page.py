"""One ticket to be dispatched by hand, in the hand of one person."""

from typing import Any

from starlette.responses import Response

from app.access.roles import Role
from app.console import forms as engine
from app.console import hands
from app.console.acts import keep
from app.console.api import Refused, path
from app.console.case.forms import FORMS, body
from app.console.marks import marked
from app.console.visit import Visit, page

DISPATCHERS = frozenset({Role.DISPATCHER, Role.DISTRICT})
WAITING = 200
"""Tickets of the inbox that are looked through for the next one."""
OF_PLACE = 6
BESIDE = ("ask", "hand-on", "transfer", "decline", "return", "merge", "grade", "note")
"""Acts other than dispatching, in the order of the page."""


async def take(visit: Visit) -> Response:
    """Take the ticket in hand and open it; where another has it, the page says who."""
    number = visit.request.path_params["number"]
    await hands.take(visit, number)
    return visit.go(f"/dispatch/{number}")


async def take_next(visit: Visit) -> Response:
    """The first of the queue that nobody has in hand."""
    inbox = await visit.api.get("/v1/inbox", limit=WAITING)
    waiting = [row["number"] for row in inbox["items"] if row.get("kind") == "dispatch"]
    for number in waiting:
        if await hands.take(visit, number):
            return visit.go(f"/dispatch/{number}")
    return visit.go("/inbox")


async def let_go(visit: Visit) -> Response:
    number = visit.request.path_params["number"]
    await hands.let_go(visit, number)
    return visit.go("/inbox")


async def show(visit: Visit) -> Response:
    return await show_ticket(visit, visit.request.path_params["number"])


async def show_ticket(visit: Visit, number: str, status: int = 200) -> Response:
    """The ticket with its candidates side by side; held a little longer by who has it in hand."""
    ticket = await visit.api.get(path("/v1/tickets/{}", number))
    events = await visit.api.get(path("/v1/tickets/{}/events", number))
    others = await hands.holders(visit, [number])
    if not others:
        await hands.take(visit, number)
    draft, text = visit.draft, ticket["address"]["text"] or ""
    return visit.page(
        "dispatch/page.html",
        status,
        ticket=ticket,
        seen=events[-1]["seq"],
        holder=others.get(number),
        marks=marked(text, ticket["route"].get("evidence", ())),
        near=await beside(visit, ticket),
        forms=FORMS,
        beside=BESIDE,
        errors=engine.errors(FORMS.get(draft.act, ()), draft.problem) if draft else {},
    )


async def beside(visit: Visit, ticket: Any) -> list[Any]:
    """Open tickets that name the same place: where it went before, or what it may join."""
    place = ticket["route"].get("understood", {}).get("place", "")
    if len(place) <= 1:
        return []
    of_place = await visit.api.get("/v1/tickets", q=place, status="open", limit=OF_PLACE)
    return [each for each in of_place["items"] if each["number"] != ticket["number"]]


async def act(visit: Visit) -> Response:
    """Dispatch it, or do what else is to be done; then to the next one."""
    parts = visit.request.path_params
    number, name = parts["number"], parts["act"]
    try:
        await visit.act(path("/v1/tickets/{}/{}", number, name), body(name, visit.fields))
    except Refused as refused:
        await keep(visit, name, refused, path("/v1/tickets/{}/events", number))
        return await show_ticket(visit, number, refused.status)
    await hands.let_go(visit, number)
    return visit.go("/inbox", done=name)


async def merges(visit: Visit) -> Response:
    """Pairs of tickets that may be one matter."""
    shown = await visit.api.get("/v1/merges/proposals", cursor=visit.query.get("cursor"))
    return visit.page("dispatch/merges.html", shown=shown)


ROUTES = [
    page("/dispatch/next", take_next, DISPATCHERS, ["POST"]),
    page("/dispatch/{number}", show, DISPATCHERS),
    page("/dispatch/{number}/take", take, DISPATCHERS, ["POST"]),
    page("/dispatch/{number}/let-go", let_go, DISPATCHERS, ["POST"]),
    page("/dispatch/{number}/{act}", act, DISPATCHERS, ["POST"]),
    page("/merges", merges, {Role.DISPATCHER}),
]
