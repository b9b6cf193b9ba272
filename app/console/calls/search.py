"""The search for tickets: by words, number, telephone, office and state."""

from typing import Any

from starlette.responses import Response

from app.access.roles import ANYONE, Role
from app.console.api import Refused
from app.console.visit import Visit, page

SEARCHERS = ANYONE - {Role.ANALYST, Role.ADMIN}
BY_PHONE = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.CALLBACK, Role.SUPERVISOR})
FILTERS = ("q", "number", "phone", "status", "urgency", "office_code", "sort", "cursor")
STATUSES = (
    "received",
    "need_info",
    "to_dispatch",
    "dispatched",
    "acknowledged",
    "in_progress",
    "objected",
    "consulting",
    "replied",
    "awaiting_callback",
    "rework",
    "on_hold",
    "closed",
    "answered",
    "transferred",
    "not_accepted",
    "merged",
    "withdrawn",
    "void",
)
SHOWN = 30


async def show(visit: Visit) -> Response:
    """The tickets that match; without a filter none is looked for."""
    asked = {
        name: visit.query[name].strip() for name in FILTERS if visit.query.get(name, "").strip()
    }
    shown: dict[str, Any] = {"items": [], "next": None}
    problem, status = None, 200
    if asked:
        try:
            shown = await visit.api.get("/v1/tickets", **asked, limit=SHOWN, count="capped")
        except Refused as refused:
            problem, status = refused.problem, refused.status
    return visit.page(
        "calls/search.html",
        status,
        asked=asked,
        shown=shown,
        problem=problem,
        statuses=STATUSES,
        by_phone=visit.caller.role in BY_PHONE,
    )


ROUTES = [page("/search", show, SEARCHERS)]
