"""Periods and rankings as they cross the wire, and the canonical bytes that their hash is taken of.

The canonical form of a ranking is compact JSON in UTF-8: members in the order of these classes, no
spaces, percentages and composites with two decimals (`100.00`), exact numbers as fractions in
lowest terms ("20/3"). `content_hash` is the SHA-256 of that form without itself and `sealed`.
"""

from collections.abc import Set
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Literal

import msgspec
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, WithJsonSchema

from app.callbacks.answers import ExclusionCode
from app.kit.quantities import Share
from app.kit.wire import At, Form, OfficeCode, Told, View
from app.period import Period, State
from app.policy_keys import Class, Weights
from app.rankings.leagues import League
from app.rankings.ranking import Grade
from app.rankings.rates import Rate, Standing, two_decimals
from app.rankings.table import Line
from app.rankings.trial import Trial
from app.tickets.schemas import Paging

CENT = Decimal("0.01")

Percent = Annotated[
    Decimal,
    AfterValidator(lambda percent: percent.quantize(CENT)),
    WithJsonSchema({"type": "number", "examples": [87.5]}),
]
"""With two decimals, also when it was read back from JSON."""
TicketNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,40}$")]
Why = Literal["late", "changed", "missing"]
Exact = Annotated[str, WithJsonSchema({"type": "string", "examples": ["20/3"]})]

ENCODER = msgspec.json.Encoder(decimal_format="number")


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


class LeagueQuery(Form):
    league: League = League.STREETS


class RankingQuery(LeagueQuery):
    district_code: OfficeCode | None = None
    format: Format = Format.JSON
    as_of: Told | None = None
    """The record as it stood at a past instant."""


class OfficeQuery(Form):
    league: League | None = None
    as_of: Told | None = None


class Stream(StrEnum):
    NDJSON = "ndjson"
    CSV = "csv"


class FactsQuery(Form):
    format: Stream = Stream.NDJSON
    as_of: Told | None = None


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


class RateView(View):
    percent: Percent | None
    numerator: Exact
    denominator: int


class IntervalView(View):
    """Where the true percentage lies with 95 % confidence, after Wilson; None without answers."""

    low: Percent | None
    high: Percent | None


class IntervalsView(View):
    response: IntervalView
    resolution: IntervalView
    satisfaction: IntervalView


class RowView(View):
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


class OfficeRowView(RowView):
    explained: str


class WeightsView(View):
    response: Exact
    resolution: Exact
    satisfaction: Exact


class RankingView(View):
    period: str
    league: League
    sealed: bool
    policy: str
    weights: WeightsView
    content_hash: str = ""
    rows: list[RowView]

    def canonical(self) -> bytes:
        return ENCODER.encode(self.model_dump(include=CANONICAL))

    def hashed(self) -> "RankingView":
        content_hash = f"sha256:{sha256(self.canonical()).hexdigest()}"
        return self.model_copy(update={"content_hash": content_hash})


CANONICAL = {"period", "league", "policy", "weights", "rows"}


class SealView(View):
    """`content_hash` is of the streets' ranking; `seal_hash` of all the rest, chained."""

    period: str
    sealed_at: At
    sealed_by: str
    policy: str
    policy_sha256: str
    content_hash: str
    rankings: dict[str, str]
    counts: dict[str, int]
    facts_digest: str
    former: str | None
    former_hash: str | None
    seal_hash: str


class NamedTicket(View):
    number: str
    why: Why


class DifferenceView(View):
    """`field` is a row's (`resolution.numerator`), or `facts`, or what of the seal is broken."""

    league: League | None
    office_code: str | None
    field: str
    sealed: Any
    now: Any
    tickets: list[NamedTicket]


class VerifyView(View):
    same: bool
    content_hash: str
    recomputed_hash: str
    differences: list[DifferenceView]


class AdjustmentView(View):
    """What was recorded after a seal: shown beside the period it was recorded in."""

    period: str
    number: str
    office_code: str
    why: Literal["assessed", "excluded", "corrected"]
    recorded_at: At


class AdjustedView(DifferenceView):
    period: str


class AdjustmentsView(View):
    items: list[AdjustmentView]
    differences: list[AdjustedView]


class BulletinQuery(Form):
    format: Format = Format.JSON


class PlaceView(View):
    """A street in a bulletin, with the figures it is there for."""

    office_code: str
    office_name: str
    district_code: str | None
    rank: int | None
    previous_rank: int | None
    gained: int | None
    composite: Percent | None
    volume: int
    excluded: int
    excluded_share: Percent | None
    on_hold: int
    overdue: int


class ClassView(View):
    name: Class
    streets: list[PlaceView]


class BulletinView(View):
    """The month for its meeting (RULEBOOK D.13.7): the classes, and what must be spoken of."""

    period: str
    sealed: bool
    policy: str
    content_hash: str
    ranked: int
    not_ranked: int
    classes: list[ClassView]
    excluded: list[PlaceView]
    excluded_too_often: list[str]
    """Streets whose share of exclusions is beyond `exclude.rate_alert`."""
    on_hold: list[PlaceView]
    overdue: list[PlaceView]
    rose: list[PlaceView]
    fell: list[PlaceView]


class TopView(View):
    """A street by its requests of the day, with its rates from the period's start to then."""

    place: int
    office_code: str
    office_name: str
    district_code: str | None
    requests: int
    response: RateView
    resolution: RateView
    satisfaction: RateView
    composite: Percent | None


class DayView(View):
    date: date
    period: str
    policy: str
    content_hash: str
    """Of the streets' ranking from the period's start to the end of the day."""
    requests: int
    top: list[TopView]


class NewWhatIf(Form):
    """What is tried instead of the policy's values; what is absent stays official.

    `exclude`: tickets left out beside the excluded ones; `lift`: grounds on which nothing is.
    """

    weights: Weights | None = None
    partly: Share | None = None
    basic: Share | None = None
    min_reached: Annotated[int, Field(ge=0, strict=True)] | None = None
    exclude: Annotated[list[TicketNumber], Field(max_length=10_000)] = []
    lift: list[ExclusionCode] = []

    def trial(self) -> Trial:
        return Trial(
            weights=self.weights,
            partly=self.partly,
            basic=self.basic,
            min_reached=self.min_reached,
            lifted=frozenset(self.lift),
            left_out=frozenset(self.exclude),
        )


class WhatIfView(RankingView):
    what_if: Literal[True] = True


class MovedView(View):
    """One office's gain or loss: the places and composites, and which rates and counts moved."""

    office_code: str
    office_name: str
    rank: int | None
    rank_then: int | None
    gained: int | None
    composite: Percent | None
    composite_then: Percent | None
    composite_gained: Exact | None
    why: list[str]


class CompareView(View):
    what_if: Literal[True] = True
    period: str
    league: League
    content_hash: str
    content_hash_then: str
    rows: list[MovedView]


def as_json(view: BaseModel) -> bytes:
    return ENCODER.encode(view.model_dump())


def shown_rate(rate: Rate) -> RateView:
    return RateView(
        percent=two_decimals(rate.percent),
        numerator=str(rate.numerator),
        denominator=rate.denominator,
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


def shown(line: Line) -> RowView:
    found, office = line.score, line.office
    return RowView(
        office_code=office.code,
        office_name=office.name,
        district_code=office.district_code,
        status=found.standing,
        rank=line.rank,
        previous_rank=line.previous_rank,
        assessed=found.counts.assessed,
        response=shown_rate(found.response),
        resolution=shown_rate(found.resolution),
        satisfaction=shown_rate(found.satisfaction),
        composite=two_decimals(found.composite),
        composite_exact=None if found.composite is None else str(found.composite),
        volume=line.volume,
        per_10k=two_decimals(line.per_10k),
        excluded=found.counts.excluded,
        not_assessed=found.counts.not_assessed,
        on_hold=line.on_hold,
        overdue=found.counts.late,
        classes=line.classes,
        primary_class=next(iter(line.classes), None),
        grade=line.grade,
        group=line.group,
        group_rank=line.group_rank,
        intervals=IntervalsView(
            response=shown_interval(found.response),
            resolution=shown_interval(found.resolution),
            satisfaction=shown_interval(found.satisfaction),
        ),
    )


def shown_period(period: Period, sealed: Set[str], now: datetime) -> PeriodView:
    return PeriodView(
        name=period.name,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        state=State.SEALED if period.name in sealed else period.state(now),
    )
