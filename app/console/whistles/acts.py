"""Acts on a whistle, on a summons, and on a department's record: each a form, sent once."""

from http import HTTPStatus

from starlette.responses import Response

from app.console.acts import keep
from app.console.api import Refused, path
from app.console.forms import Json
from app.console.forms import body as filled
from app.console.visit import Visit, page
from app.console.whistles import forms
from app.console.whistles.page import show_whistle


async def act(visit: Visit) -> Response:
    name, number = visit.request.path_params["act"], visit.request.path_params["number"]
    body = forms.whistle_body(name, visit.fields)
    return await sent(visit, name, path("/v1/whistles/{}/{}", number, name), body)


async def act_on_summons(visit: Visit) -> Response:
    parts = visit.request.path_params
    number, office, name = parts["number"], parts["office"], parts["act"]
    if name in forms.OF_RECORD:
        target = path("/v1/whistles/{}/evaluations/{}", number, office) + forms.RECORD_PATHS[name]
        body = filled(forms.OF_RECORD[name], visit.fields)
    else:
        target = path("/v1/whistles/{}/summonses/{}/{}", number, office, name)
        body = forms.summons_body(name, visit.fields)
    return await sent(visit, f"{office} {name}", target, body)


async def sent(visit: Visit, name: str, target: str, body: Json) -> Response:
    """Refused, the whistle's page is shown with the form as it was."""
    number = visit.request.path_params["number"]
    try:
        await visit.act(target, body)
    except Refused as refused:
        await keep(visit, name, refused, path("/v1/whistles/{}/events", number))
        return await show_whistle(visit, number, refused.status)
    return visit.go(f"/whistles/{number}", done=name.rpartition(" ")[2])


async def show_code(visit: Visit) -> Response:
    """A one-time code for whoever comes; it is shown once."""
    number = visit.request.path_params["number"]
    code = await visit.api.post(path("/v1/whistles/{}/codes", number), {})
    return await show_whistle(visit, number, HTTPStatus.OK, code)


ROUTES = [
    page("/whistles/{number}/codes", show_code, methods=["POST"]),
    page("/whistles/{number}/{act}", act, methods=["POST"]),
    page("/whistles/{number}/{office}/{act}", act_on_summons, methods=["POST"]),
]
