"""A call on one page: who called before, what he may mean, and whose it is, while he speaks."""

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from app.access.roles import Role
from app.console import forms as engine
from app.console.api import Refused, path
from app.console.calls import form
from app.console.marks import marked
from app.console.visit import Draft, Visit, page
from app.routing import reasons

OPERATOR = frozenset({Role.OPERATOR})
SHOWN = 6
LEAST_DIGITS = 7
LEAST_PLACE = 2


async def show(visit: Visit) -> Response:
    return blank(visit)


def blank(visit: Visit, status: int = 200) -> Response:
    """The form, empty or as it was sent."""
    draft = visit.draft
    return visit.page(
        "calls/call.html",
        status,
        form=form,
        names=engine.names(form.FIELDS),
        typed=draft.fields if draft else {},
        errors=engine.errors(form.FIELDS, draft.problem) if draft else {},
    )


async def take(visit: Visit) -> Response:
    """The call becomes a ticket, once; the service to be told beside it is told at once."""
    fields = visit.fields
    try:
        ticket = await visit.api.post(
            "/v1/tickets", form.request(fields), once=fields.get("once", "")
        )
    except Refused as refused:
        if refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        visit.draft = Draft("call", fields, refused.problem)
        return blank(visit, refused.status)
    untold = await hand_on(visit, ticket)
    if visit.fields.get("hand_on") in ticket["tell"] and not untold:
        ticket["tell"] = []
    return visit.page(
        "calls/taken.html", 201, ticket=ticket, untold=untold, question=reasons.message
    )


async def hand_on(visit: Visit, ticket: dict[str, Any]) -> Any:
    """Tells the service that the operator chose beside the office; the problem, if it was not."""
    service = visit.fields.get("hand_on", "").strip()
    if not service:
        return None
    try:
        await visit.api.post(
            path("/v1/tickets/{}/hand-on", ticket["number"]),
            {"service": service, "text": ticket["title"]},
            once=visit.fields.get("once", "") + "-hand-on",
        )
    except Refused as refused:
        return refused.problem
    return None


async def caller(visit: Visit) -> Response:
    """The tickets of a telephone; asked for once it is whole, since each search is on record."""
    phone = visit.query.get("citizen.phone", "")
    digits = sum(character.isdigit() for character in phone)
    tickets: Any = {"items": []}
    if digits >= LEAST_DIGITS:
        tickets = await visit.api.get("/v1/tickets", phone=phone, limit=SHOWN)
    return visit.page("calls/caller.html", tickets=tickets["items"], asked=digits >= LEAST_DIGITS)


async def place(visit: Visit) -> Response:
    """Whose the place is, why, and what is open there."""
    text = visit.query.get("address.text", "").strip()
    if not text:
        return visit.page("calls/place.html", route=None, text="", marks=[])
    category = visit.query.get("category") or visit.query.get("other_category")
    try:
        route = await visit.api.get("/v1/route", text=text, category=category)
    except Refused as refused:
        if not category or refused.status != HTTPStatus.UNPROCESSABLE_ENTITY:
            raise
        route = await visit.api.get("/v1/route", text=text)
    return visit.page(
        "calls/place.html",
        route=route,
        text=text,
        question=reasons.message,
        marks=marked(text, route["evidence"]),
    )


async def at_place(visit: Visit) -> Response:
    """What is open at the place that the address names."""
    text = visit.query.get("address.text", "").strip()
    route = await visit.api.get("/v1/route", text=text) if text else None
    name = (route or {}).get("understood", {}).get("place", "")
    tickets: Any = {"items": []}
    if len(name) >= LEAST_PLACE:
        tickets = await visit.api.get("/v1/tickets", q=name, status="open", limit=SHOWN)
    return visit.page("calls/at_place.html", tickets=tickets["items"], name=name)


async def words(visit: Visit) -> Response:
    """The categories that the caller's words may mean, and the services that must be told."""
    text = visit.query.get("content", "").strip()
    answer: Any = {"candidates": [], "possible_danger": None, "tell": []}
    if text:
        answer = await visit.api.post("/v1/suggest", {"text": text})
    return visit.page(
        "calls/words.html",
        candidates=answer["candidates"],
        possible_danger=answer["possible_danger"],
        tell=answer["tell"],
        chosen=visit.query.get("category", ""),
    )


ROUTES = [
    page("/call", show, OPERATOR),
    page("/call", take, OPERATOR, ["POST"]),
    page("/call/caller", caller, OPERATOR),
    page("/call/place", place, OPERATOR),
    page("/call/at-place", at_place, OPERATOR),
    page("/call/words", words, OPERATOR),
]
