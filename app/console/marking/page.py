"""A period's marks: the street's form, the district's look at it, the department's own marks."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from app.access.roles import HANDLERS, Role
from app.console import forms as engine
from app.console.acts import keep
from app.console.api import Refused, path
from app.console.desks import Desk
from app.console.forms import Json
from app.console.forms import body as filled
from app.console.marking import forms
from app.console.visit import Visit, page
from app.kit.messages import Message
from app.offices.directory import STREET_KINDS

READERS = HANDLERS | {Role.DISTRICT}

Row = Mapping[str, Any]


async def show(visit: Visit) -> Response:
    """The period that has its deadline next, or else the last one."""
    terms = await visit.api.get("/v1/evaluations")
    still_open = [term["name"] for term in terms if term["state"] == "open"]
    return await show_period(visit, still_open[0] if still_open else terms[-1]["name"])


async def show_named(visit: Visit) -> Response:
    return await show_period(visit, visit.request.path_params["period"])


def is_street(visit: Visit) -> bool:
    return visit.office is not None and visit.office.kind in STREET_KINDS


async def show_period(visit: Visit, period: str, status: int = 200) -> Response:
    """As the street that marks, as the district above it, or as the department that is marked."""
    terms = await visit.api.get("/v1/evaluations")
    shown = {"terms": terms, "period": period, "errors": faults(visit), "form": forms}
    if visit.caller.role is Role.DISTRICT or is_street(visit):
        return await show_form(visit, period, status, shown)
    office = str(visit.caller.office_code)
    target = path("/v1/departments/{}/performance/{}", office, period)
    return visit.page("marking/own.html", status, own=await visit.api.get(target), **shown)


async def show_form(visit: Visit, period: str, status: int, shown: Mapping[str, Any]) -> Response:
    street = street_of(visit)
    form = None
    if street or is_street(visit):
        target = path("/v1/evaluations/{}", period)
        form = await visit.api.get(target, street_code=street)
    return visit.page(
        "marking/form.html",
        status,
        marks=form,
        rows=sorted(map(with_dealings, form["rows"] if form else ()), key=order),
        street=street,
        streets=streets(visit),
        fields=forms.mark_fields(visit.city.policies.at(visit.clock()).evaluation.marks),
        may_mark=is_street(visit) and visit.caller.role is Role.CHIEF,
        may_decide=visit.caller.role is Role.DISTRICT,
        **shown,
    )


def street_of(visit: Visit) -> str:
    """The street that a district looks at; a street looks at its own form."""
    if visit.caller.role is not Role.DISTRICT:
        return ""
    return visit.fields.get("street_code") or visit.query.get("street_code", "")


def streets(visit: Visit) -> list[Any]:
    """The streets of the caller's district, by name, for a district to choose from."""
    if visit.caller.role is not Role.DISTRICT:
        return []
    offices = visit.city.offices.values()
    own = [office for office in offices if office.kind in STREET_KINDS]
    return [office for office in own if office.district_code == visit.caller.office_code]


def order(row: Row) -> tuple[bool, bool, str]:
    """What is to be marked comes first, and of that with whom there were dealings."""
    return row["status"] != "open", not row["has_dealings"], row["office_code"]


def with_dealings(row: Row) -> Row:
    """Whether the record has anything of the street and the department, or the chief said so."""
    counts = (row["summonses"]["called"], row["tickets"]["joint"], row["supervisions"]["asked"])
    return {**row, "has_dealings": any(counts) or row["mark"] is not None}


def faults(visit: Visit) -> dict[str, str]:
    if visit.draft is None:
        return {}
    most = visit.city.policies.at(visit.clock()).evaluation.marks
    fields = (*forms.mark_fields(most), *forms.DECISION)
    return engine.errors(fields, visit.draft.problem)


async def mark(visit: Visit) -> Response:
    """The street's mark of a department."""
    parts = visit.request.path_params
    target = path("/v1/evaluations/{}/{}", parts["period"], parts["office"])
    fields = forms.mark_fields(visit.city.policies.at(visit.clock()).evaluation.marks)
    return await sent(visit, target, forms.mark_body(fields, visit.fields), "PUT")


async def appeal(visit: Visit) -> Response:
    """The department's, against a street's mark."""
    parts = visit.request.path_params
    target = path("/v1/evaluations/{}/{}/appeal", parts["period"], parts["office"])
    street = {"street_code": visit.fields.get("street_code", "")}
    return await sent(visit, target, filled(forms.APPEAL, visit.fields) | street)


async def decide(visit: Visit) -> Response:
    """The district's, on an appeal."""
    parts = visit.request.path_params
    target = path("/v1/evaluations/{}/{}/appeal/decision", parts["period"], parts["office"])
    street = {"street_code": visit.fields.get("street_code", "")}
    return await sent(visit, target, filled(forms.DECISION, visit.fields) | street)


async def sent(visit: Visit, target: str, body: Json, method: str = "POST") -> Response:
    """Refused, the page is shown with the form as it was."""
    parts, fields = visit.request.path_params, visit.fields
    try:
        await visit.act(target, body, method)
    except Refused as refused:
        await keep(visit, fields.get("street_code") or parts["office"], refused)
        return await show_period(visit, parts["period"], refused.status)
    street = street_of(visit)
    place = f"/marks/{parts['period']}" + (f"?street_code={street}" if street else "")
    return visit.go(place, done="evaluate")


DESK = Desk("/marks", Message("Marks of departments"), READERS)
ROUTES = [
    page("/marks", show, READERS),
    page("/marks/{period}", show_named, READERS),
    page("/marks/{period}/{office}", mark, HANDLERS, methods=["POST"]),
    page("/marks/{period}/{office}/appeal", appeal, HANDLERS, methods=["POST"]),
    page("/marks/{period}/{office}/decision", decide, {Role.DISTRICT}, methods=["POST"]),
]
