"""The pages of oversight: searches by telephone, exports, and the memory of routing."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.responses import Response

from app.access.roles import Role
from app.console.acts import keep
from app.console.api import Refused
from app.console.desks import Desk
from app.console.visit import Visit, page
from app.kit.messages import Message

WATCHERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
AUDITORS = frozenset({Role.AUDITOR})
TEACHERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
MEMORY = "/v1/routing/memory"


class Tab(NamedTuple):
    path: str
    name: Message
    roles: frozenset[Role]


TABS = (
    Tab("/oversight/telephones", Message("Searches by telephone"), WATCHERS),
    Tab("/oversight/exports", Message("Exports"), AUDITORS),
    Tab("/oversight/memory", Message("Learned places"), TEACHERS),
)


def shown(visit: Visit, template: str, status: int = 200, **more: Any) -> Response:
    tabs = [tab for tab in TABS if visit.caller.role in tab.roles]
    return visit.page(f"oversight/{template}.html", status, tabs=tabs, **more)


async def begin(visit: Visit) -> Response:
    return visit.go(next(tab.path for tab in TABS if visit.caller.role in tab.roles))


async def telephones(visit: Visit) -> Response:
    """Who searched tickets by a telephone, the latest first; one number has one mark."""
    searches = await visit.api.get("/v1/telephone-searches", cursor=visit.query.get("cursor"))
    return shown(visit, "telephones", searches=searches)


async def exports(visit: Visit) -> Response:
    """Who took a whole list out of the service, the latest first."""
    taken = await visit.api.get("/v1/exports", cursor=visit.query.get("cursor"))
    return shown(visit, "exports", page=taken, labels={})


async def memory(visit: Visit) -> Response:
    return await show_memory(visit, {"text": visit.query.get("text", "").strip()})


async def show_memory(visit: Visit, asked: Mapping[str, str], status: int = 200) -> Response:
    """What confirmed dispatches have taught of the place that a text names."""
    remembered, problem = None, None
    if any(asked.values()):
        try:
            remembered = await visit.api.get(MEMORY, **asked)
        except Refused as refused:
            problem, status = refused.problem, refused.status
    return shown(visit, "memory", status, asked=asked, remembered=remembered, problem=problem)


async def forget(visit: Visit) -> Response:
    """Forgets the place of the text, or what one ticket has taught."""
    fields = visit.fields
    asked = {name: fields.get(name, "").strip() for name in ("text", "ticket_number")}
    try:
        await visit.api.send("DELETE", MEMORY, params={k: v for k, v in asked.items() if v})
    except Refused as refused:
        await keep(visit, "forget", refused)
        return await show_memory(visit, {"text": asked["text"]}, refused.status)
    return visit.go("/oversight/memory?was=forgotten")


DESK = Desk("/oversight", Message("Oversight"), WATCHERS | TEACHERS)
ROUTES = [
    page("/oversight", begin, WATCHERS | TEACHERS),
    page("/oversight/telephones", telephones, WATCHERS),
    page("/oversight/exports", exports, AUDITORS),
    page("/oversight/memory", memory, TEACHERS),
    page("/oversight/memory/forget", forget, TEACHERS, ["POST"]),
]
