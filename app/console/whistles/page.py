"""The list of whistles, and the page of one: its offices, what each may do now, what was done."""

from asyncio import gather
from base64 import b64encode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from app.access.roles import HANDLERS, Role
from app.console import forms as engine
from app.console.api import Forwarded, Refused, path
from app.console.case.history import lines
from app.console.desks import Desk
from app.console.visit import Visit, page
from app.console.whistles import forms
from app.kit.messages import Message
from app.offices.directory import STREET_KINDS

READERS = HANDLERS | {Role.DISTRICT, Role.SUPERVISOR}
"""Who finds whistles in his bar; whoever else sees one comes to it from a ticket."""
ON_THE_SPOT = frozenset({"arrived", "working", "fed_back", "released"})
UNBLOWN = frozenset({"draft", "blown"})

Json = Mapping[str, Any]


async def show_list(visit: Visit) -> Response:
    """Open whistles, or all of them."""
    which = visit.query.get("status", "open")
    asked = {"status": which if which == "open" else None, "cursor": visit.query.get("cursor")}
    whistles = await visit.api.get("/v1/whistles", **asked)
    return visit.page(
        "whistles/rows.html" if visit.is_part else "whistles/list.html",
        whistles=whistles,
        which=which,
        there=ON_THE_SPOT,
        is_street=is_street(visit),
        live=visit.caller.role in READERS,
    )


def is_street(visit: Visit) -> bool:
    office = visit.office
    return office is not None and office.kind in STREET_KINDS and visit.caller.role in HANDLERS


async def show(visit: Visit) -> Response:
    return await show_whistle(visit, visit.request.path_params["number"])


async def show_whistle(
    visit: Visit, number: str, status: int = 200, code: Json | None = None
) -> Response:
    """The page of a whistle; with `code` the one-time code by which people report in."""
    whistle, events = await gather(
        visit.api.get(path("/v1/whistles/{}", number)),
        visit.api.get(path("/v1/whistles/{}/events", number)),
    )
    return visit.page(
        "whistles/page.html",
        status,
        whistle=whistle,
        events=events,
        lines=lines,
        code=code,
        qr=code and "data:image/svg+xml;base64," + b64encode(code["qr"].encode()).decode(),
        warnings=await warnings(visit, whistle),
        forms=forms,
        errors=faults(visit),
        live=visit.caller.role in READERS,
    )


async def warnings(visit: Visit, whistle: Json) -> list[Any]:
    """What speaks against a whistle that is to be blown, or was blown just now."""
    if whistle["status"] not in UNBLOWN or visit.office is None:
        return []
    try:
        answer = await visit.api.get(path("/v1/whistles/{}/warnings", whistle["number"]))
    except Refused as refused:
        if refused.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            return []
        raise
    return list(answer["items"])


def faults(visit: Visit) -> dict[str, str]:
    """What is wrong with each field of the refused form."""
    draft = visit.draft
    if draft is None:
        return {}
    act = draft.act.rpartition(" ")[2]
    fields = forms.OF_SUMMONS.get(act) if " " in draft.act else forms.OF_WHISTLE.get(act)
    return engine.errors(fields or forms.OF_RECORD.get(act, ()), draft.problem)


async def order(visit: Visit) -> Any:
    """哨令, to be printed."""
    number = visit.request.path_params["number"]
    return Forwarded(visit.api, visit.request, path("/v1/whistles/{}/order", number))


DESK = Desk("/whistles", Message("Whistles"), READERS)
ROUTES = [
    page("/whistles", show_list),
    page("/whistles/{number}", show),
    page("/whistles/{number}/order", order),
]
