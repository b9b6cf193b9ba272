"""Periods and rankings as they cross the wire, and the canonical bytes that their hash is taken of.

The canonical form of a ranking is compact JSON in UTF-8: members in the order of these classes, no
spaces, percentages and composites with two decimals (`100.00`), exact numbers as fractions in
lowest terms ("20/3"). `content_hash` is the SHA-256 of that form without itself and `sealed`.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Annotated

import msgspec
from pydantic import BaseModel, WithJsonSchema

from app.kit.wire import At, Form, OfficeCode, View
from app.period import Period, State
from app.policy_keys import Class, Weights
from app.rankings.leagues import League
from app.rankings.rates import Rate, Standing, two_decimals
from app.rankings.table import Line

Percent = Annotated[Decimal, WithJsonSchema({"type": "number", "examples": [87.5]})]
Exact = Annotated[str, WithJsonSchema({"type": "string", "examples": ["20/3"]})]

ENCODER = msgspec.json.Encoder(decimal_format="number")


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"


class RankingQuery(Form):
    league: League = League.STREETS
    district_code: OfficeCode | None = None
    format: Format = Format.JSON


class OfficeQuery(Form):
    league: League | None = None


class PeriodView(View):
    name: str
    starts_at: At
    ends_at: At
    state: State


class RateView(View):
    percent: Percent | None
    numerator: Exact
    denominator: int


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
        return ENCODER.encode(self.model_dump(exclude={"content_hash", "sealed"}))

    def hashed(self) -> "RankingView":
        content_hash = f"sha256:{sha256(self.canonical()).hexdigest()}"
        return self.model_copy(update={"content_hash": content_hash})


def as_json(view: BaseModel) -> bytes:
    return ENCODER.encode(view.model_dump())


def shown_rate(rate: Rate) -> RateView:
    return RateView(
        percent=two_decimals(rate.percent),
        numerator=str(rate.numerator),
        denominator=rate.denominator,
    )


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
    )


def shown_period(period: Period, now: datetime) -> PeriodView:
    return PeriodView(
        name=period.name,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        state=period.state(now),
    )
