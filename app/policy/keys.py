"""The keys of a policy document, group by group, with their values (RULEBOOK D.19).

The document itself (`data/policy/`) has the meaning and the source of each key. A value of the
rules that this version does not carry out is refused like an unknown one.
"""

from fractions import Fraction
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.kit.messages import Message
from app.kit.quantities import (
    Count,
    Factor,
    Flag,
    Limit,
    Months,
    Percent,
    Positive,
    Score,
    Share,
    Span,
    Weight,
    Window,
)

Level = Literal["L1", "L2", "L3", "L4"]
Class = Literal["rectify", "govern", "advanced", "improved"]
T = TypeVar("T")


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PerLevel(Part, Generic[T]):
    """One value for each urgency: `limits["L3"]`."""

    L1: T
    L2: T
    L3: T
    L4: T

    def __getitem__(self, level: str) -> T:
        value: T = getattr(self, level)
        return value


class Auth(Part):
    four_eyes: Flag


class Assess(Part):
    types: frozenset[Literal["consult", "help", "complaint", "report", "suggest"]]
    sources: frozenset[Literal["phone", "net", "media", "opinion", "p110", "superior", "patrol"]]
    anonymous: Flag


class Volume(Part):
    by: Literal["location", "lead"]


class Limits(Part):
    acknowledge: Limit
    contact: Limit
    result: Limit


class Clock(Part):
    zone: Literal["Asia/Shanghai"]
    calendar: Literal["natural", "working"]
    day_mode: Literal["exact", "end_of_day"]
    pause: tuple[()]


class Contact(Part):
    attempts: Positive
    gap: PerLevel[Span]


class Overdue(Part):
    chief: Span
    district: Span
    supervisor: Span


class Warn(Part):
    before_due: PerLevel[tuple[Limit, ...]]
    share_of_limit: PerLevel[tuple[Share, ...]]
    overdue: Overdue


class Alarm(Part):
    hand_on: Limit
    review: PerLevel[Limit]
    relay: PerLevel[Limit]
    uncalled: Limit
    factor: Annotated[Factor, Field(gt=1)]


class RouteMemory(Part):
    confirm: Positive


class Route(Part):
    accept: Score
    margin: Score
    border_m: Count
    manual_limit: Limit
    manual_limit_l1: Annotated[Limit, Field(alias="manual_limit_L1")]
    district_limit: Limit
    district_limit_l1: Annotated[Limit, Field(alias="district_limit_L1")]
    info_wait: Limit
    memory: RouteMemory


class Objection(Part):
    window: PerLevel[Limit]
    decide: PerLevel[Limit]
    silence_factor: Factor
    per_office: Positive
    max_upheld: Positive
    consult_limit: Limit
    problem_transfers: Positive
    problem_reworks: Positive


class Extension(Part):
    max: Count
    max_factor: Factor
    levels: frozenset[Level]
    district_max: Span


class Reply(Part):
    review: Literal["district", "none"]
    auto_pass: Limit
    max_returns: Count
    require_whistle_closed: Flag


class Callback(Part):
    sample: Annotated[Share, Field(gt=0)]
    attempts: Positive
    gap: Span
    window: Window
    within: Limit
    start: PerLevel[Limit]
    verify: Limit
    force_grace: Span
    dispute: Limit


class Rework(Part):
    max: Count


class Repeat(Part):
    days: Positive


class Urge(Part):
    count: Positive
    within: Limit


class Malicious(Part):
    expires: Limit


class Ticket(Part):
    content: Positive
    """Characters of its content, with all that was added."""
    events: Positive
    """From so many on no note, text or contact is recorded that moves nothing."""


class Merge(Part):
    members: Positive
    """Tickets in a group, beside its parent."""
    days: Positive
    radius_m: Count
    similarity: Score
    count: Literal["group_once", "each"]


class Exclude(Part):
    request_days: Positive
    review_days: Positive
    rate_alert: Share


class Hold(Part):
    max_review: Months
    max_renew: Count


class Weights(Part):
    """The weight of each rate in the composite: exact decimals with a sum of exactly 1."""

    response: Weight
    resolution: Weight
    satisfaction: Weight

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = sum(map(Fraction, (self.response, self.resolution, self.satisfaction)))
        if total != 1:
            raise ValueError(Message("the weights sum to {total}, not to 1", total=total))
        return self


class WeightsByLeague(Part):
    streets: Weights | None = None
    districts: Weights | None = None
    city_departments: Weights | None = None
    district_departments: Weights | None = None
    industries: Weights | None = None
    enterprises: Weights | None = None


class Scoring(Part):
    weights: Weights
    weights_by_league: WeightsByLeague
    partly: Share
    basic: Share
    which_callback: Literal["first"]

    def weights_for(self, league: str) -> Weights:
        own: Weights | None = getattr(self.weights_by_league, league)
        return own or self.weights


class PeriodRule(Part):
    start_day: Annotated[int, Field(ge=1, le=28, strict=True)]
    attribute: Literal["callback"]
    freeze_days: Annotated[int, Field(ge=1, strict=True)]
    """At least one: changes under way at the end of the period have then arrived."""


class Rank(Part):
    min_reached: Count
    tiebreak: tuple[Literal["resolution", "satisfaction", "response", "fewer_overdue"], ...]
    rollup: Literal["pooled"]


class League(Part):
    groups: Literal["none", "kind", "volume"]


class Classes(Part):
    size: Count
    min_assessed: Count
    share: Share
    governance_by: Literal["volume", "per_10k"]
    progress_by: Literal["score", "rank"]
    precedence: tuple[Class, Class, Class, Class]

    @model_validator(mode="after")
    def _each_class_once(self) -> Self:
        if len(set(self.precedence)) != len(self.precedence):
            raise ValueError(Message("precedence names a class twice"))
        return self


class Publish(Part):
    grades: Flag
    thresholds: tuple[Percent, Percent, Percent]
    daily_top: Count

    @model_validator(mode="after")
    def _thresholds_fall(self) -> Self:
        if not self.thresholds[0] > self.thresholds[1] > self.thresholds[2]:
            raise ValueError(Message("thresholds do not fall"))
        return self


class Privacy(Part):
    retention: Months
    min_cell: Count
