"""Figures over time as charts, each with its table: volume, rates, kinds, and 七有五性."""

from asyncio import gather
from collections import Counter
from typing import Any

from starlette.responses import JSONResponse, Response

from app.console.api import path
from app.console.board.page import ROLES
from app.console.board.periods import RATES, Shown, choose
from app.console.visit import Visit, page
from app.kit.messages import Message, language, word_of

KINDS_SHOWN = 12
UNSORTED = Message("Without a category")


async def figures(visit: Visit, shown: Shown) -> dict[str, Any]:
    """Of twelve periods the volume and the rates, of this one the kinds and the goals."""
    totals, kinds, goals = await gather(
        gather(
            *(
                visit.api.get(path("/v1/statistics/{}", name), by="district")
                for name in shown.twelve
            )
        ),
        visit.api.get(path("/v1/statistics/{}", shown.period), by="category"),
        visit.api.get(path("/v1/statistics/{}/goals", shown.period)),
    )
    return {
        "months": shown.twelve,
        "volume": [each["total"]["received"] for each in totals],
        "rates": {rate: [each["total"][rate]["percent"] for each in totals] for rate in RATES},
        "kinds": top_kinds(kinds["rows"], visit.words(UNSORTED)),
        "goals": by_goal(goals["rows"]),
    }


def top_kinds(rows: list[Any], unsorted: str) -> list[tuple[str, int]]:
    """The kinds with most requests, by name."""
    named = [(row["name"] or row["code"] or unsorted, row["received"] or 0) for row in rows]
    return sorted(named, key=lambda each: -each[1])[:KINDS_SHOWN]


def by_goal(rows: list[Any]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["goal"]] += row["received"] or 0
    return [(word_of("Goal", goal, language.get()), count) for goal, count in counts.most_common()]


async def show(visit: Visit) -> Response:
    shown = await choose(visit)
    if shown is None:
        return visit.page("board/empty.html")
    return visit.page(
        "board/charts.html", shown=shown, figures=await figures(visit, shown), rates=RATES
    )


async def series(visit: Visit) -> Response:
    """The same as JSON, for the drawing; the words of the rates in the reader's language."""
    shown = await choose(visit)
    if shown is None:
        return JSONResponse({})
    drawn = await figures(visit, shown)
    rates = {visit.words(RATES[rate]): values for rate, values in drawn["rates"].items()}
    return JSONResponse({**drawn, "rates": rates})


ROUTES = [page("/board/charts", show, ROLES), page("/board/series", series, ROLES)]
