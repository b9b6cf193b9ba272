"""Periods and rankings over the wire, and the canonical bytes under their hash.

A ranking's rows are plain dataclasses: an answer has hundreds of them, made from our own numbers,
and msgspec reads and writes them. Pydantic checks the callers' input.

The canonical form of a ranking is compact JSON in UTF-8: members in the order of these classes, no
spaces, percentages and composites with two decimals (`100.00`), exact numbers as fractions in
lowest terms ("20/3"). `content_hash` is the SHA-256 of that form without itself and `sealed`.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Self

import msgspec
from pydantic import AfterValidator, BaseModel, WithJsonSchema

from app.kit.decimals import two_decimals
from app.kit.messages import worded
from app.kit.web.wire import At, Form, OfficeCode, Told, View
from app.period import Period, State
from app.policy.keys import Class, Weights
from app.rankings.leagues import League
from app.rankings.ranks import Grade
from app.rankings.rates import Counts, Rate, Standing
from app.rankings.table import Line
from app.tickets.views.lists import Paging

CENT = Decimal("0.01")
RATES = ("response", "resolution", "satisfaction")

Percent = Annotated[
    Decimal,
    AfterValidator(lambda percent: percent.quantize(CENT)),
    WithJsonSchema({"type": "number", "examples": [87.5]}),
]
"""With two decimals, also when it was read back from JSON."""
Exact = Annotated[str, WithJsonSchema({"type": "string", "examples": ["20/3"]})]

ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=BaseModel.model_dump)


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class LeagueQuery(Form):
    league: League = League.STREETS


class RankingQuery(LeagueQuery):
    district_code: OfficeCode | None = None
    line: OfficeCode | None = None
    """Of `district_departments`: one kind of department across the districts, ranked in itself."""
    format: Format = Format.JSON
    as_of: Told | None = None
    """The record as it stood at a past instant."""


class OfficeQuery(Form):
    league: League | None = None
    as_of: Told | None = None


class Stream(StrEnum):
    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"


class FactsQuery(Form):
    format: Stream = Stream.NDJSON
    as_of: Told | None = None


@worded
class RateName(StrEnum):
    RESPONSE = "response"
    RESOLUTION = "resolution"
    SATISFACTION = "satisfaction"


class Part(StrEnum):
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    EXCLUDED = "excluded"


class CountedQuery(Paging):
    rate: RateName
    counts: Part
    league: League | None = None
    as_of: Told | None = None


class CountedView(View):
    """`value`: what the ticket adds to the count, an exact fraction."""

    number: str
    assessed_at: At
    value: Exact
    reason: str


class PeriodView(View):
    name: str
    starts_at: At
    ends_at: At
    state: State


@dataclass(slots=True, kw_only=True)
class RateView:
    percent: Percent | None
    numerator: Exact
    denominator: int


@dataclass(slots=True, kw_only=True)
class ResultsView:
    """The three rates of some `tickets`, those that were assessed."""

    tickets: int
    response: RateView
    resolution: RateView
    satisfaction: RateView


@dataclass(slots=True, kw_only=True)
class IntervalView:
    """Where the true percentage lies with 95 % confidence, after Wilson; None without answers."""

    low: Percent | None
    high: Percent | None


@dataclass(slots=True, kw_only=True)
class IntervalsView:
    response: IntervalView
    resolution: IntervalView
    satisfaction: IntervalView


@dataclass(slots=True, kw_only=True)
class RowView:
    office_code: str
    office_name: str
    district_code: str | None
    status: Standing
    rank: int | None
    previous_rank: int | None
    assessed: int
    response: RateView
    resolution: RateView
    satisfaction: RateView
    composite: Percent | None
    composite_exact: Exact | None
    volume: int
    per_10k: Percent | None
    excluded: int
    not_assessed: int
    on_hold: int
    overdue: int
    classes: tuple[Class, ...]
    primary_class: Class | None
    grade: Grade | None
    group: str | None
    group_rank: int | None
    intervals: IntervalsView


@dataclass(slots=True, kw_only=True)
class OfficeRowView(RowView):
    explained: str


@dataclass(slots=True, kw_only=True)
class WeightsView:
    response: Exact
    resolution: Exact
    satisfaction: Exact


@dataclass(slots=True, kw_only=True)
class RankingView:
    period: str
    league: League
    sealed: bool
    policy: str
    weights: WeightsView
    content_hash: str = ""
    rows: list[RowView]

    def canonical(self) -> bytes:
        return ENCODER.encode({name: getattr(self, name) for name in CANONICAL})

    def hashed(self) -> Self:
        return replace(self, content_hash=f"sha256:{sha256(self.canonical()).hexdigest()}")


CANONICAL = ("period", "league", "policy", "weights", "rows")


def spliced(heading: RankingView, rows: Iterable[bytes]) -> bytes:
    """A hashed ranking as JSON, of rows that are JSON already."""
    parts = members(heading) | {"rows": msgspec.Raw(b"[" + b",".join(rows) + b"]")}
    canonical = ENCODER.encode({name: parts[name] for name in CANONICAL})
    parts["content_hash"] = f"sha256:{sha256(canonical).hexdigest()}"
    return ENCODER.encode(parts)


def members(view: RankingView | RowView | WeightsView) -> dict[str, Any]:
    """A view's members by name, as they are."""
    return {member.name: getattr(view, member.name) for member in fields(view)}


def as_json(view: object) -> bytes:
    return ENCODER.encode(view)


def shown_rate(rate: Rate) -> RateView:
    return RateView(
        percent=rate.shown,
        numerator=str(rate.numerator),
        denominator=rate.denominator,
    )


def shown_results(counts: Counts) -> ResultsView:
    return ResultsView(
        tickets=counts.assessed,
        response=shown_rate(Rate(counts.responded, counts.assessed)),
        resolution=shown_rate(Rate(counts.resolved, counts.resolution_answers)),
        satisfaction=shown_rate(Rate(counts.satisfied, counts.satisfaction_answers)),
    )


def shown_interval(rate: Rate) -> IntervalView:
    low, high = rate.interval()
    return IntervalView(low=low, high=high)


def shown_weights(weights: Weights) -> WeightsView:
    return WeightsView(
        response=f"{weights.response:f}",
        resolution=f"{weights.resolution:f}",
        satisfaction=f"{weights.satisfaction:f}",
    )


def shown_row(line: Line) -> RowView:
    score, office = line.score, line.office
    return RowView(
        office_code=office.code,
        office_name=office.name,
        district_code=office.district_code,
        status=score.standing,
        rank=line.rank,
        previous_rank=line.previous_rank,
        assessed=score.counts.assessed,
        response=shown_rate(score.response),
        resolution=shown_rate(score.resolution),
        satisfaction=shown_rate(score.satisfaction),
        composite=two_decimals(score.composite),
        composite_exact=None if score.composite is None else str(score.composite),
        volume=line.volume,
        per_10k=two_decimals(line.per_10k),
        excluded=score.counts.excluded,
        not_assessed=score.counts.not_assessed,
        on_hold=line.on_hold,
        overdue=score.counts.late,
        classes=line.classes,
        primary_class=next(iter(line.classes), None),
        grade=line.grade,
        group=line.group,
        group_rank=line.group_rank,
        intervals=IntervalsView(
            response=shown_interval(score.response),
            resolution=shown_interval(score.resolution),
            satisfaction=shown_interval(score.satisfaction),
        ),
    )


def shown_period(period: Period, sealed: Set[str], now: datetime) -> PeriodView:
    return PeriodView(
        name=period.name,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        state=State.SEALED if period.name in sealed else period.state(now),
    )
