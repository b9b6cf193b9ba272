"""The wall: today's requests, what is open and late, who has most, what was sent by itself."""

from asyncio import gather
from typing import Any

from starlette.responses import Response

from app.access.roles import ANYONE, Role
from app.console import gauges
from app.console.api import Refused
from app.console.visit import Visit, page
from app.kit.workdays import day_of

ROLES = ANYONE - {Role.HANDLER}
TOP = 10
OPEN, OVERDUE = "jiesu_tickets_open", "jiesu_tickets_overdue"
UNDISPATCHED, UNPLACED = "jiesu_tickets_undispatched", "jiesu_tickets_unplaced"
CALLBACKS, OLDEST_L1 = "jiesu_callbacks_due", "jiesu_oldest_l1_seconds"
LEVELS = ("L1", "L2", "L3", "L4")


async def show(visit: Visit) -> Response:
    """The page; its figures alone where only those are asked for."""
    today = day_of(visit.clock())
    figures, day, own = await gather(
        gauges.read(visit), of_day(visit, today.isoformat()), of_district(visit)
    )
    period = day["period"] if day else None
    routing = await visit.api.get(f"/v1/statistics/{period}/routing") if period else None
    return visit.page(
        "wall/figures.html" if visit.is_part else "wall/page.html",
        figures={
            name: {level: int(figures[metric].get(level, 0)) for level in LEVELS}
            for name, metric in (("open", OPEN), ("overdue", OVERDUE))
        },
        counts={
            "undispatched": int(sum(figures[UNDISPATCHED].values())),
            "unplaced": int(sum(figures[UNPLACED].values())),
            "callbacks": int(figures[CALLBACKS].get("", 0)),
            "oldest": int(figures[OLDEST_L1].get("", 0)) // 60,
        },
        day=day,
        top=(day["top"] if day else [])[:TOP],
        share=routing["total"]["automatic_share"]["percent"] if routing else None,
        own=own,
    )


async def of_day(visit: Visit, date: str) -> Any:
    """The day's bulletin; None before the city's first period."""
    try:
        return await visit.api.get(f"/v1/bulletins/{date}", format="json")
    except Refused:
        return None


async def of_district(visit: Visit) -> Any:
    """What is open in a district, and late, up to a thousand each; None for who has none."""
    if visit.caller.role is not Role.DISTRICT:
        return None
    asked = {"status": "open", "count": "capped", "limit": 1}
    open_ones, late = await gather(
        visit.api.get("/v1/tickets", **asked),
        visit.api.get("/v1/tickets", **asked, overdue="true"),
    )
    return {"open": open_ones, "overdue": late}


ROUTES = [page("/wall", show, ROLES)]
