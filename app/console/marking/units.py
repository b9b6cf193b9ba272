"""Inside the street: the chief marks its communities and sections."""

from typing import Any

from starlette.responses import Response

from app.access.roles import HANDLERS, Role
from app.console import forms as engine
from app.console.acts import keep
from app.console.api import Refused, path
from app.console.forms import Field, Json
from app.console.marking import forms
from app.console.marking.page import READERS, street_of
from app.console.visit import Visit, page


def fields(visit: Visit) -> tuple[Field, ...]:
    return tuple(forms.unit_fields(visit.city.policies.at(visit.clock()).evaluation.marks))


async def show(visit: Visit) -> Response:
    return await show_units(visit)


async def show_units(visit: Visit, status: int = 200) -> Response:
    """Communities and sections, each ranked among its like."""
    period = visit.request.path_params["period"]
    target = path("/v1/evaluations/{}/units", period)
    units = await visit.api.get(target, street_code=street_of(visit))
    asked = (*fields(visit), *forms.SECTION, *forms.KEPT)
    return visit.page(
        "marking/units.html",
        status,
        period=period,
        units=units,
        fields=fields(visit),
        form=forms,
        closed=await closed_sections(visit, {row["code"] for row in units["rows"]}),
        errors=engine.errors(asked, visit.draft.problem) if visit.draft else {},
        may_mark=visit.caller.role is Role.CHIEF,
    )


async def closed_sections(visit: Visit, shown: set[str]) -> list[Any]:
    """Those that are not in the period's form."""
    units = await visit.api.get("/v1/units", street_code=street_of(visit))
    return [unit for unit in units if unit["closed_at"] and unit["code"] not in shown]


async def mark(visit: Visit) -> Response:
    parts = visit.request.path_params
    target = path("/v1/evaluations/{}/units/{}", parts["period"], parts["unit"])
    return await sent(visit, parts["unit"], target, forms.mark_body(fields(visit), visit.fields))


async def add_section(visit: Visit) -> Response:
    """A section of the street, by a short name of the chief's own."""
    target = path("/v1/units/{}", visit.fields.get("code", "").strip() or "-")
    return await sent(visit, "section", target, {"name": visit.fields.get("name", "")})


async def keep_section(visit: Visit) -> Response:
    """Named otherwise, closed, or opened again."""
    code = visit.request.path_params["unit"]
    target = path("/v1/units/{}", code)
    return await sent(visit, f"keep {code}", target, engine.body(forms.KEPT, visit.fields))


async def sent(visit: Visit, form: str, target: str, body: Json) -> Response:
    """Refused, the page is shown with the form as it was."""
    try:
        await visit.act(target, body, "PUT")
    except Refused as refused:
        await keep(visit, form, refused)
        return await show_units(visit, refused.status)
    return visit.go(f"/marks/{visit.request.path_params['period']}/units", done="evaluate")


ROUTES = [
    page("/marks/{period}/units", show, READERS),
    page("/marks/{period}/units", add_section, HANDLERS, methods=["POST"]),
    page("/marks/{period}/units/{unit}", mark, HANDLERS, methods=["POST"]),
    page("/marks/{period}/units/{unit}/keep", keep_section, HANDLERS, methods=["POST"]),
]
