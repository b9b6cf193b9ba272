"""A ticket's page."""

from asyncio import gather
from typing import Any

from starlette.responses import Response

from app.console import forms as engine
from app.console.api import Forwarded, Refused, path
from app.console.case.forms import ELSEWHERE, FORMS
from app.console.visit import Visit, page


async def show(visit: Visit) -> Response:
    return await show_case(visit, visit.request.path_params["number"])


async def show_case(visit: Visit, number: str, status: int = 200) -> Response:
    """The page of a ticket; with `visit.draft` the form of the refused act is as it was filled."""
    ticket, events, files = await gather(
        visit.api.get(path("/v1/tickets/{}", number)),
        visit.api.get(path("/v1/tickets/{}/events", number)),
        visit.api.get(path("/v1/tickets/{}/attachments", number)),
    )
    return visit.page(
        "case/page.html",
        status,
        ticket=ticket,
        events=events,
        files=files,
        forms=FORMS,
        elsewhere=ELSEWHERE,
        errors=faults(visit),
    )


def faults(visit: Visit) -> dict[str, str]:
    """What is wrong with each field of the refused form."""
    draft = visit.draft
    return engine.errors(FORMS.get(draft.act, ()), draft.problem) if draft else {}


async def reveal(visit: Visit) -> Response:
    """The citizen's name and telephone, for this once; it is on record with the reason."""
    number = visit.request.path_params["number"]
    try:
        contact: Any = await visit.api.post(
            path("/v1/tickets/{}/reveal", number), {"reason": visit.fields.get("reason", "")}
        )
    except Refused as refused:
        return visit.page(
            "case/contact.html", refused.status, contact=None, problem=refused.problem
        )
    return visit.page("case/contact.html", contact=contact, problem=None)


async def file(visit: Visit) -> Any:
    """A file of a ticket, as the API gives it to this person."""
    parts = visit.request.path_params
    target = path("/v1/tickets/{}/attachments/{}", parts["number"], parts["file"])
    return Forwarded(visit.api, visit.request, target)


ROUTES = [
    page("/tickets/{number}", show),
    page("/tickets/{number}/reveal", reveal, methods=["POST"]),
    page("/tickets/{number}/files/{file}", file),
]
