"""Registers for who rules: what is asked and unanswered, on hold, to be excluded, and raised."""

from asyncio import gather
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from starlette.responses import Response

from app.access.roles import Role
from app.console.api import Refused
from app.console.case.forms import EXCLUSIONS, HOLD_REASONS, LEVELS
from app.console.decisions.kinds import Json, waits_for
from app.console.desks import Desk
from app.console.pages import instant
from app.console.visit import Visit, page
from app.kit.messages import Message
from app.kit.workdays import day_of
from app.offices.directory import OfficeEntry, OfficeKind

RULING = frozenset({Role.DISTRICT, Role.SUPERVISOR})
READERS = RULING | {Role.EVALUATOR, Role.AUDITOR, Role.PANEL}
PAGE = 100
MOST_PAGES = 10
"""What a filter of the console's own leaves is looked for in so many pages of the API at once."""
ROWS = 50
ALL = "all"
TIERS = ("district", "city", "central")
"""Above the street, the lowest first."""


class Tab(NamedTuple):
    path: str
    name: Message
    roles: frozenset[Role]


TABS = (
    Tab("/registers/exclusions", Message("Exclusions"), READERS - {Role.PANEL}),
    Tab("/registers/asked", Message("Asked and unanswered"), RULING),
    Tab("/registers/holds", Message("On hold"), READERS),
    Tab("/registers/whistles", Message("Whistles raised"), RULING),
)


class Listed(NamedTuple):
    """Rows of a register; `next` goes on after `looked` rows of the API, `problem` is a filter's
    that the API refused."""

    rows: list[Json]
    next: str | None
    looked: int
    problem: Json | None = None


Rows = Callable[[Json], Iterable[Json]]
"""The lines of a register that a row of the API gives: none where a filter leaves it out."""


async def read(visit: Visit, address: str, asked: Mapping[str, Any], rows_of: Rows) -> Listed:
    """The lines from the cursor on, until there are enough or the API has no more."""
    rows: list[Json] = []
    cursor, looked = visit.query.get("cursor"), 0
    for _ in range(MOST_PAGES):
        try:
            answer = await visit.api.get(address, **asked, limit=PAGE, cursor=cursor)
        except Refused as refused:
            return Listed([], None, 0, refused.problem)
        looked += len(answer["items"])
        rows += [line for row in answer["items"] for line in rows_of(row)]
        cursor = answer["next"]
        if len(rows) >= ROWS or not cursor:
            break
    return Listed(rows, cursor, looked)


def chosen(visit: Visit, *names: str) -> dict[str, str]:
    """The filters of the query; a district reads its own lines until it asks for all."""
    asked = visit.offices.coded({name: visit.query.get(name, "").strip() for name in names})
    if "district_code" in asked and not asked["district_code"] and visit.caller.office_code:
        asked["district_code"] = visit.caller.office_code
    return {name: text for name, text in asked.items() if text and text != ALL}


def has(row: Json, filters: Mapping[str, str], *names: str) -> bool:
    """Whether a row has the value of each filter that is set."""
    return all(row[name] == filters[name] for name in names if name in filters)


def shown(visit: Visit, template: str, listed: Listed, filters: Json, **more: Any) -> Response:
    tabs = [tab for tab in TABS if visit.caller.role in tab.roles]
    status = 422 if listed.problem else 200
    kept = {name: text for name, text in visit.query.items() if name not in ("cursor", "done")}
    return visit.page(
        f"decisions/{template}.html",
        status,
        listed=listed,
        filters=filters,
        kept=kept,
        tabs=tabs,
        districts=districts(visit),
        **more,
    )


def districts(visit: Visit) -> list[OfficeEntry]:
    today = day_of(visit.clock())
    offices = visit.city.offices.values()
    return [
        each for each in offices if each.kind is OfficeKind.DISTRICT_CENTRE and each.active(today)
    ]


async def show_first(visit: Visit) -> Response:
    return visit.go(next(tab.path for tab in TABS if visit.caller.role in tab.roles))


async def show_holds(visit: Visit) -> Response:
    """By the day of their review; where a filter is set, of those that have it."""
    filters = chosen(visit, "office_code", "district_code", "reason_code", "level")
    asked = {name: filters.get(name) for name in ("office_code", "district_code")}

    def rows_of(hold: Json) -> Iterable[Json]:
        return [hold] if has(hold, filters, "reason_code", "level") else []

    listed = await read(visit, "/v1/holds", asked, rows_of)
    return shown(visit, "holds", listed, filters, reasons=HOLD_REASONS, levels=LEVELS)


async def show_exclusions(visit: Visit) -> Response:
    """Those that wait for somebody's word, oldest first, ours marked."""
    filters = chosen(visit, "district_code", "office_code", "code", "whose")

    def rows_of(exclusion: Json) -> Iterable[Json]:
        is_ours = waits_for(visit.caller, exclusion)
        fits = has(exclusion, filters, "district_code", "office_code", "code")
        is_wanted = is_ours or "whose" not in filters
        return [{**exclusion, "ours": is_ours}] if fits and is_wanted else []

    listed = await read(visit, "/v1/exclusions", {}, rows_of)
    return shown(visit, "exclusions", listed, filters, codes=EXCLUSIONS)


async def show_asked(visit: Visit) -> Response:
    """Supervisions and advices without an answer, of open tickets, by the tickets' due time."""
    filters = chosen(visit, "office_code", "kind", "late")
    now = visit.clock()

    def rows_of(ticket: Json) -> Iterable[Json]:
        for asked in ticket["asked"]:
            is_late = (instant(asked["answer_due_at"]) or now) < now
            fits = has(asked, filters, "kind") and (is_late or "late" not in filters)
            if fits and not asked["answered_at"]:
                yield {**asked, "ticket": ticket}

    query = {"status": "open", "sort": "due", "office_code": filters.get("office_code")}
    listed = await read(visit, "/v1/tickets", query, rows_of)
    return shown(visit, "asked", listed, filters)


async def show_whistles(visit: Visit) -> Response:
    """Open whistles, those first that were raised the highest; and 知情不报 of a district."""
    filters = chosen(visit, "district_code", "level", "tier")

    def rows_of(whistle: Json) -> Iterable[Json]:
        wanted = [filters["tier"]] if "tier" in filters else TIERS
        return [whistle] if whistle["tier"] in wanted else []

    asked = {name: filters.get(name) for name in ("district_code", "level")}
    listed, missing = await gather(
        read(visit, "/v1/whistles", {**asked, "status": "open"}, rows_of),
        missing_of(visit, filters.get("district_code")),
    )
    listed.rows.sort(key=lambda whistle: TIERS[::-1].index(whistle["tier"]))
    return shown(visit, "whistles", listed, filters, missing=missing, tiers=TIERS)


async def missing_of(visit: Visit, district_code: str | None) -> list[Json]:
    """Matters for which a street of the district did not whistle; a district must be named."""
    if not district_code:
        return []
    try:
        answer = await visit.api.get("/v1/whistles/missing", district_code=district_code)
    except Refused as refused:
        if refused.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return []
        raise
    return list(answer["items"])


DESK = Desk("/registers", Message("Registers"), READERS)
ROUTES = [
    page("/registers", show_first, READERS),
    page("/registers/exclusions", show_exclusions, READERS - {Role.PANEL}),
    page("/registers/asked", show_asked, RULING),
    page("/registers/holds", show_holds, READERS),
    page("/registers/whistles", show_whistles, RULING),
]
