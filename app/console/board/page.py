"""The table of a period, and one office of it."""

from asyncio import gather
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.access.roles import ANYONE, HANDLERS, Role
from app.console.api import Forwarded, Refused, path
from app.console.board import drawing
from app.console.board.periods import LEAGUES, RATES, Shown, choose
from app.console.visit import Visit, page

VERIFIERS = frozenset({Role.EVALUATOR, Role.AUDITOR})
SEALERS = frozenset({Role.EVALUATOR})
EXPORTERS = frozenset({Role.ANALYST, Role.EVALUATOR, Role.AUDITOR, Role.SUPERVISOR})
TRIERS = frozenset({Role.ANALYST, Role.EVALUATOR, Role.AUDITOR})
OPENERS = frozenset({*VERIFIERS, Role.SUPERVISOR, Role.DISTRICT}) | HANDLERS
ROWS = 200
COUNTS = ("numerator", "denominator", "excluded")

Ranking = Mapping[str, Any]


async def ranking(visit: Visit, period: str, shown: Shown) -> Ranking:
    got: Ranking = await visit.api.get(path("/v1/rankings/{}", period), **shown.query)
    return got


async def over_time(visit: Visit, shown: Shown) -> dict[str, Ranking]:
    """The rankings of the twelve periods up to this one, by name."""
    names = shown.twelve
    rankings = await gather(*(ranking(visit, name, shown) for name in names))
    return dict(zip(names, rankings, strict=True))


def lines(rankings: Iterable[Ranking], codes: Sequence[str]) -> dict[str, Any]:
    """The composites of each office, drawn."""
    by_period = [
        {row["office_code"]: row["composite"] for row in each["rows"]} for each in rankings
    ]
    composites = {code: [period.get(code) for period in by_period] for code in codes}
    return {
        code: drawing.line(values, "、".join("—" if v is None else f"{v:.2f}" for v in values))
        for code, values in composites.items()
    }


async def seal_of(visit: Visit, shown: Shown) -> Any:
    if shown.state != "sealed":
        return None
    return await visit.api.get(path("/v1/rankings/{}/seal", shown.period))


async def show(visit: Visit) -> Response:
    return await show_table(visit)


async def show_table(visit: Visit, status: int = 200, **outcome: Any) -> Response:
    """The table, with what came of an act on it."""
    shown = await choose(visit)
    if shown is None:
        return visit.page("board/empty.html")
    rankings, seal = await gather(over_time(visit, shown), seal_of(visit, shown))
    table = rankings[shown.period]
    codes = [row["office_code"] for row in table["rows"]]
    role = visit.caller.role
    return visit.page(
        "board/table.html",
        status,
        shown=shown,
        spans=spans(shown.period),
        table=table,
        sparks=lines(rankings.values(), codes),
        seal=seal,
        leagues=LEAGUES,
        rates=RATES,
        districts=districts(visit),
        opens=opens(visit),
        may={"verify": role in VERIFIERS, "seal": role in SEALERS, "try": role in TRIERS}
        | {"export": role in EXPORTERS},
        **{"verdict": None, "problem": None, **outcome},
    )


def opens(visit: Visit) -> Callable[[str], bool]:
    """Whether the tickets of an office's row are open to who looks: all to the city's controllers,
    a district's to it, an office's to itself."""
    caller, offices = visit.caller, visit.city.offices

    def is_open(code: str) -> bool:
        owner = offices[code].district_code if caller.role is Role.DISTRICT else code
        return caller.role in OPENERS and caller.office_code in (None, owner)

    return is_open


def districts(visit: Visit) -> list[Any]:
    offices = visit.city.offices.values()
    return sorted(
        (office for office in offices if office.kind == "district_centre"),
        key=lambda office: office.code,
    )


async def act(visit: Visit) -> Response:
    """Seal the period, or verify its seal; the table says what came of it."""
    name, period = visit.request.path_params["act"], visit.fields.get("period", "")
    try:
        answer = await visit.api.post(
            path("/v1/rankings/{}/{}", period, name), {}, once=visit.fields.get("once", "")
        )
    except Refused as refused:
        return await show_table(visit, refused.status, problem=refused.problem)
    return await show_table(visit, verdict=answer if name == "verify" else None)


async def office(visit: Visit) -> Response:
    """One office: the sum that made its place, each rate with its interval, and its months."""
    shown = await choose(visit)
    if shown is None:
        return visit.page("board/empty.html")
    code = visit.request.path_params["code"]
    row, rankings = await gather(
        visit.api.get(path("/v1/rankings/{}/offices/{}", shown.period, code), league=shown.league),
        over_time(visit, shown),
    )
    months = [
        (name, next((each for each in table["rows"] if each["office_code"] == code), None))
        for name, table in rankings.items()
    ]
    bars = {
        rate: drawing.interval(
            row["intervals"][rate]["low"],
            row[rate]["percent"],
            row["intervals"][rate]["high"],
            f"{row['intervals'][rate]['low']}–{row['intervals'][rate]['high']} %",
        )
        for rate in RATES
    }
    return visit.page(
        "board/office.html",
        shown=shown,
        row=row,
        months=months,
        bars=bars,
        rates=RATES,
        opens=opens(visit),
    )


async def tickets(visit: Visit) -> Response:
    """The tickets behind a number, as far as the role may open them."""
    shown = await choose(visit)
    if shown is None:
        return visit.page("board/empty.html")
    code = visit.request.path_params["code"]
    rate, counts = visit.query.get("rate", "response"), visit.query.get("counts", "denominator")
    listed: Any = {"items": [], "next": None}
    problem, status = None, 200
    try:
        listed = await visit.api.get(
            path("/v1/rankings/{}/offices/{}/tickets", shown.period, code),
            rate=rate,
            counts=counts,
            league=shown.league,
            limit=ROWS,
            cursor=visit.query.get("cursor"),
        )
    except Refused as refused:
        problem, status = refused.problem, refused.status
    name = visit.city.offices[code].name if code in visit.city.offices else code
    return visit.page(
        "board/tickets.html",
        status,
        shown=shown,
        code=code,
        name=name,
        rate=rate,
        counts=counts,
        all_counts=COUNTS,
        listed=listed,
        problem=problem,
        rates=RATES,
    )


async def download(visit: Visit) -> Any:
    """The table as a file, named by the API: `format` is xlsx, csv or json."""
    target = path("/v1/rankings/{}", visit.request.path_params["period"])
    return Forwarded(visit.api, visit.request, target)


async def facts(visit: Visit) -> Any:
    """Every assessment behind a period: `format` is csv, ndjson or parquet."""
    target = path("/v1/rankings/{}/facts", visit.request.path_params["period"])
    return Forwarded(visit.api, visit.request, target)


BULLETINS = {
    "day": "/v1/bulletins/{}",
    "month": "/v1/rankings/{}/bulletin",
    "quarter": "/v1/bulletins/quarters/{}",
    "year": "/v1/bulletins/years/{}",
}


async def bulletin(visit: Visit) -> Any:
    """The bulletin of a day, a month, a quarter or a year as a page of its own."""
    parts = visit.request.path_params
    template = BULLETINS.get(parts["kind"])
    if template is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Forwarded(visit.api, visit.request, path(template, parts["name"]), "format=html")


def spans(period: str) -> tuple[str, str]:
    """The quarter and the year in which a period lies: `2026-Q4`, `2026`."""
    year, month = period.split("-")
    return f"{year}-Q{(int(month) + 2) // 3}", year


async def adjustments(visit: Visit) -> Response:
    """What was recorded of sealed periods while this one ran."""
    shown = await choose(visit)
    if shown is None:
        return visit.page("board/empty.html")
    recorded = await visit.api.get(path("/v1/rankings/{}/adjustments", shown.period))
    return visit.page("board/adjustments.html", shown=shown, recorded=recorded)


ROUTES = [
    page("/board", show),
    page("/board/offices/{code}", office),
    page("/board/offices/{code}/tickets", tickets),
    page("/board/adjustments", adjustments),
    page("/board/files/{period}", download),
    page("/board/files/{period}/facts", facts, EXPORTERS),
    page("/board/bulletins/{kind}/{name}", bulletin),
    page("/board/{act:str}", act, VERIFIERS | SEALERS, ["POST"]),
]
ROLES = ANYONE - {Role.HANDLER, Role.CALLBACK, Role.OPERATOR}
