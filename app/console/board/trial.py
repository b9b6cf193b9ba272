"""The ranking tried with other values, and two periods beside each other."""

from asyncio import gather
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from app.console.api import Refused, path
from app.console.board.page import ROLES, TRIERS, ranking
from app.console.board.periods import RATES, choose
from app.console.visit import Visit, page
from app.kit.messages import Message

WEIGHTS = {"response": "0.30", "resolution": "0.35", "satisfaction": "0.35"}
OTHERS: Mapping[str, Message] = {
    "partly": Message("Worth of “partly resolved”"),
    "basic": Message("Worth of “basically satisfied”"),
    "min_reached": Message("Least number of citizens reached"),
}


def body(asked: Mapping[str, str]) -> dict[str, Any]:
    """The values that were asked for; what was left empty stays official."""
    weights = {rate: asked[rate].strip() for rate in RATES if asked.get(rate, "").strip()}
    made: dict[str, Any] = {"weights": weights} if weights else {}
    for name in ("partly", "basic"):
        if asked.get(name, "").strip():
            made[name] = asked[name].strip()
    least = asked.get("min_reached", "").strip()
    if least:
        made["min_reached"] = int(least) if least.isdecimal() else least
    return made


async def show(visit: Visit) -> Response:
    """The official values, or who gains and who loses by others."""
    shown = await choose(visit)
    if shown is None:
        return visit.page("board/empty.html")
    values, problem, rows, status = body(visit.query), None, None, 200
    official = await ranking(visit, shown.period, shown)
    if values:
        try:
            answer = await visit.api.send(
                "POST",
                path("/v1/rankings/{}/compare", shown.period),
                json=values,
                params={"league": shown.league},
            )
            rows = moved(answer.json()["rows"])
        except Refused as refused:
            problem, status = refused.problem, refused.status
    return visit.page(
        "board/trial.html",
        status,
        shown=shown,
        asked=visit.query,
        weights=official["weights"],
        others=OTHERS,
        rates=RATES,
        rows=rows,
        problem=problem,
    )


def moved(rows: list[Any]) -> list[Any]:
    """Who gains most first, who loses most last; who keeps his place in between."""
    return sorted(rows, key=lambda row: -(row["gained"] or 0))


async def compare(visit: Visit) -> Response:
    """Two periods beside each other, by the place in the later one."""
    shown = await choose(visit)
    if shown is None:
        return visit.page("board/empty.html")
    names = [each["name"] for each in shown.periods]
    before = names[max(names.index(shown.period) - 1, 0)]
    other = visit.query.get("with", before)
    other = other if other in names else before
    now, then = await gather(ranking(visit, shown.period, shown), ranking(visit, other, shown))
    former = {row["office_code"]: row for row in then["rows"]}
    pairs = [(row, former.get(row["office_code"])) for row in now["rows"]]
    return visit.page("board/compare.html", shown=shown, other=other, pairs=pairs, rates=RATES)


ROUTES = [
    page("/board/trial", show, TRIERS),
    page("/board/compare", compare, ROLES),
]
