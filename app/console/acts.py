"""Acts on a ticket: a form of a page becomes one request of the API, sent once.

Every form carries the version of the ticket that its page showed and a mark of its own: whoever
clicks twice acts once, and where others acted first the page is shown again, with what they did
and with what was typed.
"""

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from app.console.api import Refused, path
from app.console.case import forms
from app.console.case.page import show_case
from app.console.visit import Draft, Visit, page

SHOWN_AGAIN = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Refusals after which the form is shown again as it was filled in."""


async def act(visit: Visit) -> Response:
    """Sends the act that the path names; a refused one shows the ticket with the form as it was."""
    number, name = visit.request.path_params["number"], visit.request.path_params["act"]
    fields = visit.fields
    try:
        await visit.api.post(
            path("/v1/tickets/{}/{}", number, name),
            forms.body(name, fields),
            version=fields.get("version", ""),
            once=fields.get("once", ""),
        )
    except Refused as refused:
        if refused.status not in SHOWN_AGAIN:
            raise
        missed = await events_since(visit, number, fields.get("seen", ""))
        visit.draft = Draft(name, fields, refused.problem, tuple(missed))
        return await show_case(visit, number, refused.status)
    return visit.go(back_to(fields.get("next", ""), f"/tickets/{number}"), done=name)


def back_to(page: str, otherwise: str) -> str:
    """A path of the console; whatever else a browser sent is not followed."""
    return page if page.startswith("/") and not page.startswith("//") else otherwise


async def events_since(visit: Visit, number: str, seen: str) -> list[Any]:
    """The events that came after the page was shown, whose last event was number `seen`."""
    if not seen.isdecimal():
        return []
    events = await visit.api.get(path("/v1/tickets/{}/events", number))
    return [event for event in events if event["seq"] > int(seen)]


ROUTES = [page("/tickets/{number}/{act}", act, methods=["POST"])]
