"""The console as an application of its own below /console, beside the API that it asks."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from app.access.roles import Role
from app.console import hands, lists, refusals, sign_in
from app.console.acts import ROUTES as ACTS
from app.console.admin import pages as admin
from app.console.api import Refused, make_client
from app.console.board import charts, trial
from app.console.board import page as board
from app.console.callback import page as callback
from app.console.calls import batch, search
from app.console.calls import page as calls
from app.console.case import page as case
from app.console.decisions import page as decisions
from app.console.decisions import registers
from app.console.desks import Desk
from app.console.dispatch import page as dispatch
from app.console.inbox import page as inbox
from app.console.marking import page as marking
from app.console.marking import performance, units
from app.console.oversight import page as oversight
from app.console.pages import STATIC
from app.console.roster import page as roster
from app.console.safety import Safe
from app.console.visit import PREFIX, Visit, page
from app.console.wall import page as wall
from app.console.welcome import page as welcome
from app.console.whistles import acts as whistle_acts
from app.console.whistles import campaign
from app.console.whistles import new as new_whistle
from app.console.whistles import page as whistles
from app.kit.errors import Refusal
from app.kit.messages import Message

RENEWED_AFTER_SECONDS = 300.0
MOST_REMEMBERED = 10_000

DESKS: tuple[Desk, ...] = (
    Desk("/call", Message("A call"), calls.OPERATOR),
    Desk("/callbacks", Message("Callbacks"), callback.CALLERS),
    *inbox.DESKS,
    Desk("/callbacks", Message("Callbacks"), callback.DESK - callback.CALLERS),
    registers.DESK,
    whistles.DESK,
    marking.DESK,
    performance.DESK,
    roster.DESK,
    Desk("/merges", Message("Merges"), frozenset({Role.DISPATCHER})),
    Desk("/search", Message("Search"), search.SEARCHERS),
    batch.DESK,
    Desk("/board", Message("Ranking"), board.ROLES),
    Desk("/wall", Message("Wall"), wall.ROLES),
    oversight.DESK,
    *admin.DESKS,
)
"""In the order of the bar."""


@dataclass(slots=True)
class Renewals:
    """When this process last renewed each session."""

    at: dict[str, float] = field(default_factory=dict)

    def is_due(self, token: str) -> bool:
        now = time.monotonic()
        if now - self.at.get(token, -RENEWED_AFTER_SECONDS) < RENEWED_AFTER_SECONDS:
            return False
        if len(self.at) >= MOST_REMEMBERED:
            self.at.clear()
        self.at[token] = now
        return True


class Cached(StaticFiles):
    """Our own files: an address carries its content's mark, so that it is kept for a year."""

    def file_response(self, *given: Any, **named: Any) -> Response:
        response = super().file_response(*given, **named)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


async def begin(visit: Visit) -> Response:
    """To the desk at which this person works; an administrator of an empty city is welcomed."""
    if visit.caller.role in welcome.ADMIN and await welcome.is_empty(visit):
        return visit.go("/welcome")
    return visit.go(visit.desks[0].path) if visit.desks else visit.page("no_desk.html")


def make_console(api: FastAPI) -> Starlette:
    """The console of an API; it is mounted at PREFIX."""
    settings = api.state.settings
    console = Starlette(
        routes=[
            page("/", begin),
            *sign_in.ROUTES,
            *lists.ROUTES,
            *calls.ROUTES,
            *search.ROUTES,
            *batch.ROUTES,
            *inbox.ROUTES,
            *units.ROUTES,
            *marking.ROUTES,
            *performance.ROUTES,
            *roster.ROUTES,
            *oversight.ROUTES,
            *new_whistle.ROUTES,
            *whistles.ROUTES,
            *campaign.ROUTES,
            *whistle_acts.ROUTES,
            *hands.ROUTES,
            *dispatch.ROUTES,
            *decisions.ROUTES,
            *registers.ROUTES,
            *callback.ROUTES,
            *wall.ROUTES,
            *welcome.ROUTES,
            *trial.ROUTES,
            *charts.ROUTES,
            *board.ROUTES,
            *case.ROUTES,
            *ACTS,
            *admin.ROUTES,
            Mount("/static", Cached(directory=STATIC)),
        ],
        middleware=[Middleware(Safe, most_file_bytes=max(settings.most_bytes.values()))],
        exception_handlers=HANDLERS,
    )
    console.state.api = api
    console.state.secret = settings.secret_key
    console.state.client = make_client(api)
    console.state.desks = DESKS
    console.state.renewals = Renewals()
    console.state.simulation = None
    return console


Handler = Callable[[Request, Any], Awaitable[Response]]
HANDLERS: dict[Any, Handler] = {
    Refusal: refusals.on_refusal,
    Refused: refusals.on_refused,
    HTTPException: refusals.on_http,
    Exception: refusals.on_fault,
}


async def home(request: Request) -> Response:
    """The address alone, as a person types it."""
    return RedirectResponse(f"{PREFIX}/")


def routes(api: FastAPI) -> list[Route | Mount]:
    return [
        Route("/", home),
        Route(PREFIX, home),
        Mount(PREFIX, make_console(api)),
    ]
