"""Figures over time as charts, each with its table: volume, rates, kinds, and 七有五性."""

import json
from asyncio import gather
from collections import Counter
from fractions import Fraction
from typing import Any

from starlette.responses import Response

from app.console.api import path
from app.console.board.page import ROLES, over_time
from app.console.board.periods import LEAGUES, RATES, Shown, choose
from app.console.visit import Visit, page
from app.kit.decimals import two_decimals
from app.kit.messages import Message, language, word_of

KINDS_SHOWN = 12
UNSORTED = Message("Without a category")


async def figures(visit: Visit, shown: Shown) -> dict[str, Any]:
    """Of the league in twelve periods the volume and the rates; of the city in this one the kinds
    and the goals. Rankings are kept by the day, work by category is counted anew."""
    rankings, kinds, goals = await gather(
        over_time(visit, shown),
        visit.api.get(path("/v1/statistics/{}", shown.period), by="category"),
        visit.api.get(path("/v1/statistics/{}/goals", shown.period)),
    )
    tables = [each["rows"] for each in rankings.values()]
    return {
        "months": shown.twelve,
        "volume": [sum(row["volume"] for row in rows) for rows in tables],
        "rates": {rate: [pooled(rows, rate) for rows in tables] for rate in RATES},
        "kinds": top_kinds(kinds["rows"], visit.words(UNSORTED)),
        "goals": by_goal(goals["rows"]),
    }


def pooled(rows: list[Any], rate: str) -> float | None:
    """The percentage of all offices together: sums, never a mean of rates."""
    cases = sum(row[rate]["denominator"] for row in rows)
    good = sum((Fraction(row[rate]["numerator"]) for row in rows), Fraction(0))
    share = two_decimals(100 * good / cases if cases else None)
    return None if share is None else float(share)


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
    made = await figures(visit, shown)
    named = {visit.words(RATES[rate]): values for rate, values in made["rates"].items()}
    return visit.page(
        "board/charts.html",
        shown=shown,
        leagues=LEAGUES,
        figures=made,
        drawn=json.dumps({**made, "rates": named}, ensure_ascii=False),
        rates=RATES,
    )


ROUTES = [page("/board/charts", show, ROLES)]
