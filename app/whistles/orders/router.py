"""The order of a whistle 哨令 over HTTP: a page to be printed."""

from typing import Any

from fastapi import APIRouter, Response
from starlette.responses import HTMLResponse

from app.city import City
from app.kit.errors import Conflict
from app.kit.messages import Message
from app.kit.web.etag import OF_CALLER
from app.kit.web.inert import INERT
from app.kit.web.route import Route
from app.tickets import personal
from app.whistles.campaigns import record
from app.whistles.http import Looking, Seen
from app.whistles.orders import pages
from app.whistles.orders.pages import Command, Commander
from app.whistles.views import view

router = APIRouter(prefix="/v1/whistles", tags=["whistles"], route_class=Route)


class NotBlown(Conflict):
    title = "A draft orders nobody"


@router.get("/{number}/order", response_class=HTMLResponse)
def print_order(looking: Looking, whistle: Seen) -> Response:
    """哨令: number, matter, place, time, who must come with what power, under whose command."""
    if whistle.blown_at is None:
        raise NotBlown(Message("{number} has not been blown", number=whistle.number))
    [shown] = view.masked(looking, [whistle])
    kinds = {
        summons.office_code: office.kind
        for summons in shown.summonses
        if (office := looking.city.offices.get(summons.office_code))
    }
    command = command_of(looking, whistle.number) if whistle.campaign_at else None
    body = pages.page(shown, kinds, command, looking.now)
    return HTMLResponse(body, headers={**INERT, **OF_CALLER})


def command_of(looking: Looking, number: str) -> Command | None:
    """None once the names were erased."""
    organised = record.read(looking.session, number).organised
    if organised is None or not organised.words:
        return None
    words = personal.hide_all(dict(organised.words["command"]))
    head, *members = [
        commander(looking.city, person) for person in (words["head"], *words["members"])
    ]
    return Command(head, members)


def commander(city: City, person: dict[str, Any]) -> Commander:
    return Commander(person["name"], view.brief(city, person["office_code"]).name, person["duty"])
