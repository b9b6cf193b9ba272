"""A campaign's page: its command and teams, what they did each day, meetings and notices."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from app.console import forms as engine
from app.console.acts import keep
from app.console.api import Refused, path
from app.console.forms import Field
from app.console.pages import local_minute
from app.console.visit import Visit, page
from app.console.whistles import campaign_forms as forms
from app.console.whistles.page import READERS
from app.kit.workdays import day_of

Json = Mapping[str, Any]
UNORGANISED: Json = {
    **dict.fromkeys(("command", "until", "concluded_at", "summary")),
    **dict.fromkeys(("teams", "days", "attendance", "meetings", "notices"), ()),
    "figures": {},
}
"""What is shown of a whistle that has no command yet."""


async def show(visit: Visit) -> Response:
    return await show_campaign(visit, visit.request.path_params["number"])


async def show_campaign(visit: Visit, number: str, status: int = 200) -> Response:
    """The page; with `visit.draft` the refused form is as it was."""
    whistle, campaign, events = await gather(
        visit.api.get(path("/v1/whistles/{}", number)),
        campaign_of(visit, number),
        visit.api.get(path("/v1/whistles/{}/events", number)),
    )
    shown = {**UNORGANISED, **(campaign or {})}
    return visit.page(
        "whistles/campaign.html",
        status,
        whistle=whistle,
        campaign=shown,
        seen=events[-1]["seq"],
        forms=forms,
        organise=list(forms.organise(len(shown["teams"]))),
        organised=with_until(shown, forms.organised(shown, visit.offices.of)),
        today=day_of(visit.clock()).isoformat(),
        errors=engine.errors(refused_fields(visit), visit.draft.problem) if visit.draft else {},
        names=engine.names(refused_fields(visit)),
        live=visit.caller.role in READERS,
    )


async def campaign_of(visit: Visit, number: str) -> Json | None:
    try:
        campaign: Json = await visit.api.get(path("/v1/whistles/{}/campaign", number))
    except Refused as refused:
        if refused.kind == "no-such-campaign":
            return None
        raise
    return campaign


def with_until(campaign: Json, fields: dict[str, str]) -> dict[str, str]:
    return fields | {"until": local_minute(campaign["until"])}


def refused_fields(visit: Visit) -> Sequence[Field]:
    """The fields of the refused form."""
    if visit.draft is None:
        return ()
    act = visit.draft.act.partition(" ")[0]
    rows = sum(name.startswith("teams.") for name in visit.fields)
    return tuple(forms.organise(rows)) if act == "organise" else forms.FORMS.get(act, ())


async def act(visit: Visit) -> Response:
    """Refused, the page is shown with the form as it was."""
    parts, fields = visit.request.path_params, visit.fields
    number, name = parts["number"], parts["act"]
    target = path("/v1/whistles/{}/campaign", number)
    if name != "organise":
        target += path("/{}", name)
    try:
        await visit.act(target, forms.body(name, fields))
    except Refused as refused:
        of = " ".join(filter(None, (name, fields.get("team"), fields.get("of"))))
        await keep(visit, of, refused, path("/v1/whistles/{}/events", number))
        return await show_campaign(visit, number, refused.status)
    return visit.go(f"/whistles/{number}/campaign", done=name)


ROUTES = [
    page("/whistles/{number}/campaign", show),
    page("/whistles/{number}/campaign/{act}", act, methods=["POST"]),
]
