"""An inbox, an office's or a desk's of the city: tickets, whistles' summonses and evaluations in
one list, alarms in front."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from starlette.responses import Response

from app.access.roles import ADDRESSED, HANDLERS, Role
from app.console import hands
from app.console.desks import Desk
from app.console.pages import instant
from app.console.visit import Visit, page
from app.kit.messages import Message
from app.kit.workdays import day_of
from app.offices.directory import STREET_KINDS, OfficeEntry

LAST = "9999"
ROWS = 200
"""On a page."""
GROUPS = {
    "alarm": Message("Alarms"),
    "late": Message("Overdue"),
    "today": Message("Due today"),
    "later": Message("Due later"),
}
"""In the order of the page."""
DISPATCH, DECISIONS, TICKETS = "dispatch", "decisions", "tickets"
RULED = frozenset(
    {"review", "objection", "consulting", "extension", "hold", "exclusion", "dispute"}
)
RULERS_OF_ALARMS = frozenset({Role.DISTRICT, Role.SUPERVISOR})
"""For whom an alarm rings because somebody's word is awaited, be it their own."""
DANGER = "possible-danger"
"""An alarm for whoever is to talk with the citizen."""

Row = Mapping[str, Any]


class Group(NamedTuple):
    code: str
    title: Message
    rows: list[Row]


def is_street(office: OfficeEntry | None) -> bool:
    return office is not None and office.kind in STREET_KINDS


def is_department(office: OfficeEntry | None) -> bool:
    return not is_street(office)


LIMITS = {"dispatched": "acknowledge_due_at", "acknowledged": "contact_due_at"}
"""Of a lead office's next step, by the ticket's status."""


def step_until(row: Row) -> str | None:
    """Until when the next step is to be taken: a signature and a first contact have limits of their
    own, before the whole is due."""
    own = LIMITS.get(row["status"]) if row["kind"] == "lead" else None
    limit = row[own] if own else None
    due: str | None = row["waits_until"]
    return min(limit, due) if limit and due else due


def group_of(row: Row, now: datetime) -> str:
    until = instant(step_until(row))
    if row["alarms"]:
        return "alarm"
    if until is not None and until < now:
        return "late"
    is_today = until is not None and day_of(until) <= day_of(now)
    return "today" if is_today else "later"


def grouped(rows: Iterable[Row], now: datetime) -> Iterator[Group]:
    """The rows by how pressing they are, in each group by their next step's limit."""
    rows = list(rows)
    for code, title in GROUPS.items():
        members = [row for row in rows if group_of(row, now) == code]
        members.sort(key=lambda row: step_until(row) or LAST)
        if members:
            yield Group(code, title, members)


OF_DESKS = {"alarm": GROUPS["alarm"], "waiting": Message("Waiting")}


def of_desk(rows: Iterable[Row]) -> Iterator[Group]:
    """What waits for a desk of the city: alarms first, and in each part the most urgent first and
    then the oldest, as the API lists them."""
    rows = list(rows)
    for code, title in OF_DESKS.items():
        members = [row for row in rows if bool(row["alarms"]) is (code == "alarm")]
        if members:
            yield Group(code, title, members)


async def show(visit: Visit) -> Response:
    """The list; its rows alone where only those are asked for."""
    return await listed(visit, "inbox/rows.html" if visit.is_part else "inbox/page.html")


async def show_day(visit: Visit) -> Response:
    """The same on paper, to be taken along."""
    return await listed(visit, "inbox/day.html")


async def listed(visit: Visit, template: str) -> Response:
    asked = {"limit": ROWS, "cursor": visit.query.get("cursor")}
    inbox = await visit.api.get("/v1/inbox", **asked)
    rows = inbox["items"]
    groups = list(grouped(rows, visit.clock()) if visit.office else of_desk(rows))
    places = {
        row["number"]: place_of(row, visit.caller.role) for row in inbox["items"] if "number" in row
    }
    shared = [number for number, place in places.items() if place != TICKETS]
    return visit.page(
        template,
        groups=groups,
        inbox=inbox,
        live=True,
        step_until=step_until,
        places=places,
        dispatches=DISPATCH in places.values(),
        holders=await hands.holders(visit, shared) if shared else {},
    )


def place_of(row: Row, role: Role) -> str:
    """The page on which a ticket's row is worked: in one person's hand, or the ticket's own."""
    if row["kind"] == "dispatch":
        return DISPATCH
    is_awaited = row["kind"] == "alarm" and row["because"] != DANGER
    is_ruled = row["kind"] in RULED or (is_awaited and role in RULERS_OF_ALARMS)
    return DECISIONS if is_ruled else TICKETS


DESKS = (
    Desk("/inbox", Message("Street's tasks"), HANDLERS, is_street),
    Desk("/inbox", Message("Department's tasks"), HANDLERS, is_department),
    Desk("/inbox", Message("To be dispatched"), frozenset({Role.DISPATCHER})),
    Desk("/inbox", Message("Tasks"), ADDRESSED - HANDLERS - {Role.DISPATCHER}),
)
ROUTES = [
    page("/inbox", show, ADDRESSED),
    page("/inbox/day", show_day, ADDRESSED),
]
