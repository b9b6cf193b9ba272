"""A new whistle: the matter, the place, and the offices that are proposed to be called."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from app.access.roles import HANDLERS
from app.console import forms as engine
from app.console.acts import SHOWN_AGAIN, keep, under_names
from app.console.api import Refused, path
from app.console.visit import Visit, page
from app.console.whistles import forms

BLANK = 3
"""Rows for offices that nobody proposed."""
FIRST_KIND = "enforcement"

Json = Mapping[str, Any]


async def show(visit: Visit) -> Response:
    """The form; with `ticket` it begins with the ticket's matter and place."""
    number = visit.query.get("ticket", "")
    typed = {"kind": visit.query.get("kind", FIRST_KIND), "origin": "street"}
    if number:
        ticket = await visit.api.get(path("/v1/tickets/{}", number))
        typed |= of_ticket(ticket)
    return await form_page(visit, typed, await proposal(visit, typed))


def of_ticket(ticket: Json) -> dict[str, str]:
    address = ticket["address"]
    spot = {f"place.{name}": str(address[name]) for name in ("lon", "lat") if address[name]}
    return {
        "origin": "ticket",
        "matter": ticket["title"],
        "place.text": address["text"] or "",
        "ticket_numbers": ticket["number"],
        "category": ticket["category"] or "",
        **spot,
    }


async def propose(visit: Visit) -> Response:
    """The rows alone, for another kind or matter."""
    proposed = await proposal(visit, visit.query)
    return visit.page("whistles/proposed.html", **rows(proposed, {}))


async def proposal(visit: Visit, typed: Mapping[str, str]) -> list[Json]:
    """Whom to call, the strongest first; none where the API has nothing to go by."""
    category, text = typed.get("category", ""), typed.get("matter", "")
    asked = {"kind": typed.get("kind") or FIRST_KIND, "category": category}
    try:
        answer = await visit.api.get(
            "/v1/whistles/proposal", **asked, text="" if category else text[:2_000]
        )
    except Refused as refused:
        if refused.status not in SHOWN_AGAIN:
            raise
        return []
    return list(answer["items"])


def rows(proposed: list[Json], typed: Mapping[str, str]) -> dict[str, Any]:
    """What a form with these offices shows, and the numbers of its further rows."""
    proposed = proposed[: forms.ROWS - BLANK]
    used = [row for row in range(len(proposed), forms.ROWS) if typed.get(f"office_code-{row}")]
    last = max([len(proposed) + BLANK - 1, *used])
    return {
        "proposed": proposed,
        "more": range(len(proposed), last + 1),
        "typed": typed,
        "sources": forms.SOURCES,
    }


def proposed_before(typed: Mapping[str, str]) -> list[Json]:
    """The offices that a form which is shown again had proposed."""
    rows = [row for row in range(forms.ROWS) if f"proposed-{row}" in typed]
    codes = [typed.get(f"office_code-{row}", "") for row in rows]
    return [{"office_code": code, "because": (), "people": (), "required": False} for code in codes]


async def form_page(
    visit: Visit, typed: Mapping[str, str], proposed: list[Json], status: int = 200
) -> Response:
    errors = engine.errors(forms.NEW, visit.draft.problem) if visit.draft else {}
    shown = rows(proposed, typed)
    return visit.page("whistles/new.html", status, fields=forms.NEW, errors=errors, **shown)


def called(visit: Visit) -> dict[str, str]:
    """The names of the offices that the form calls, by their places in the API's list."""
    offices = visit.city.offices
    summonses = visit.offices.coded(forms.summonses(visit.fields))
    codes = [summons["office_code"] for summons in summonses]
    names = [offices[code].name if code in offices else code for code in codes]
    return {f"/summonses/{place}": name for place, name in enumerate(names)}


async def blow(visit: Visit) -> Response:
    """Blown at once, or kept as a draft; refused, the form is shown as it was."""
    fields = visit.fields
    try:
        whistle = await visit.act("/v1/whistles", forms.new_body(fields))
    except Refused as refused:
        await keep(visit, "new", under_names(refused, called(visit), visit))
        proposed = proposed_before(fields)
        return await form_page(visit, fields, proposed, refused.status)
    done = "draft" if whistle["status"] == "draft" else "blow"
    return visit.go(f"/whistles/{whistle['number']}", done=done)


ROUTES = [
    page("/whistles/new", show, HANDLERS),
    page("/whistles/proposal", propose, HANDLERS),
    page("/whistles/new", blow, HANDLERS, methods=["POST"]),
]
