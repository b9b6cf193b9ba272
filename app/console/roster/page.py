"""The pages of standing forces: a street's centre, a district's centres, people sent elsewhere."""

from asyncio import gather
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from app.access.roles import HANDLERS, Role
from app.console import forms as engine
from app.console.acts import keep
from app.console.api import Refused, path
from app.console.desks import Desk
from app.console.forms import Choices, Field
from app.console.roster import forms
from app.console.visit import Visit, page
from app.kit.messages import Message
from app.kit.workdays import day_of
from app.offices.directory import STREET_KINDS

READERS = HANDLERS | {Role.DISTRICT, Role.AUDITOR}
ROWS = 200

Json = Mapping[str, Any]


def is_street(visit: Visit) -> bool:
    return visit.office is not None and visit.office.kind in STREET_KINDS


async def begin(visit: Visit) -> Response:
    """A street's own centre; the centres of a district; the people that an office has sent."""
    if is_street(visit):
        return await show_centre(visit, str(visit.caller.office_code))
    if visit.caller.role in HANDLERS:
        target = path("/v1/offices/{}/posted-people", str(visit.caller.office_code))
        return visit.page("roster/posted.html", people=await visit.api.get(target, limit=ROWS))
    return await show_centres(visit)


async def show_centres(visit: Visit) -> Response:
    district = visit.caller.office_code or visit.query.get("district_code", "")
    centres: Any = {"items": []}
    problem, status = None, 200
    if district:
        try:
            centres = await visit.api.get("/v1/centres", district_code=district)
        except Refused as refused:
            problem, status = refused.problem, refused.status
    districts = [each for each in visit.city.offices.values() if each.kind == "district_centre"]
    shown = {"centres": centres["items"], "districts": districts, "district": district}
    return visit.page("roster/centres.html", status, problem=problem, **shown)


async def show(visit: Visit) -> Response:
    return await show_centre(visit, visit.request.path_params["code"])


async def show_centre(
    visit: Visit, code: str, status: int = 200, contact: Json | None = None
) -> Response:
    """A street's centre: its people by seat, this week's shifts, and the month."""
    month = day_of(visit.clock()).isoformat()[:7]
    roster, shifts, days, models = await gather(
        visit.api.get(path("/v1/offices/{}/roster", code)),
        visit.api.get(path("/v1/offices/{}/roster/shifts", code), limit=ROWS),
        visit.api.get(path("/v1/offices/{}/roster/months/{}", code, month)),
        visit.api.get("/v1/centre-models"),
    )
    is_own = visit.caller.office_code == code
    return visit.page(
        "roster/centre.html",
        status,
        roster=roster,
        names={person["id"]: person["name"] for person in roster["members"]},
        shifts=[shift for shift in shifts["items"] if not shift["cancelled_at"]],
        months={each["member_id"]: each for each in days["items"]},
        month=month,
        today=day_of(visit.clock()).isoformat(),
        forms=with_choices(roster, models["items"]),
        contact=contact,
        of=visit.fields.get("of", ""),
        may_plan=is_own and visit.caller.role in HANDLERS,
        may_change=is_own and visit.caller.role is Role.CHIEF,
        errors=faults(visit),
    )


def with_choices(roster: Json, models: list[Json]) -> dict[str, list[Field]]:
    """The forms, with the models of the city, the seats of this one, and its people to choose
    from."""
    choices: dict[str, Choices] = {
        "model": named((each["name"], each["name"]) for each in models),
        "seat": named((seat["code"], seat["name"]) for seat in roster["seats"]),
        "member_id": named((str(each["id"]), each["name"]) for each in roster["members"]),
    }

    def chosen(field: Field) -> Field:
        of = choices.get(field.name.rpartition(".")[2])
        return field if of is None else replace(field, choices=of)

    return {act: [chosen(field) for field in fields] for act, fields in forms.FORMS.items()}


def named(pairs: Any) -> Choices:
    """Choices whose words are data."""
    return {code: Message("{name}", name=name) for code, name in pairs}


def faults(visit: Visit) -> dict[str, str]:
    draft = visit.draft
    return engine.errors(forms.FORMS.get(draft.act, ()), draft.problem) if draft else {}


async def act(visit: Visit) -> Response:
    """Refused, the page is shown with the form as it was."""
    parts, fields = visit.request.path_params, visit.fields
    code, name = parts["code"], parts["act"]
    method, template = forms.PATHS.get(name, ("POST", "/v1/offices/{}/roster/{}"))
    of = fields.get("day") if name == "attend" else fields.get("of")
    target = path(template, code, of or name, fields.get("month", ""))
    try:
        await visit.act(target, forms.body(name, fields), method)
    except Refused as refused:
        await keep(visit, name, refused)
        return await show_centre(visit, code, refused.status)
    return visit.go("/centre" if is_street(visit) else f"/centre/{code}", done=name)


async def reveal(visit: Visit) -> Response:
    """A person's telephone, for this once; it is on record with the reason."""
    code, fields = visit.request.path_params["code"], visit.fields
    target = path("/v1/offices/{}/roster/members/{}/reveal", code, fields.get("of", ""))
    try:
        contact = await visit.api.post(target, forms.body("reveal", fields))
    except Refused as refused:
        await keep(visit, "reveal", refused)
        return await show_centre(visit, code, refused.status)
    return await show_centre(visit, code, contact=contact)


DESK = Desk("/centre", Message("Enforcement centre"), READERS)
ROUTES = [
    page("/centre", begin, READERS),
    page("/centre/{code}", show, READERS),
    page("/centre/{code}/reveal", reveal, READERS, ["POST"]),
    page("/centre/{code}/{act}", act, HANDLERS, ["POST"]),
]
