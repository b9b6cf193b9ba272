"""The keys of whistles, of how departments are evaluated and of signals (RULEBOOK D.14 to D.17)."""

from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, model_validator

from app.kit.messages import Message
from app.kit.quantities import (
    Count,
    Factor,
    Limit,
    MonthDay,
    Plain,
    Positive,
    Share,
    Span,
    Workdays,
)
from app.policy.keys import Level, Part

WhistleKind = Literal["enforcement", "emergency", "key_work", "beyond_duty", "appeal"]

Percentile = Annotated[int, Field(ge=0, le=100, strict=True)]

HUNDRED = 100


class Arrival(Part):
    """The limit to arrive by kind; one limit alone is that of every kind."""

    enforcement: Limit | None = None
    emergency: Limit | None = None
    key_work: Limit | None = None
    beyond_duty: Limit | None = None
    appeal: Limit | None = None
    others: Limit

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, value: Any) -> Any:
        return {"others": value} if isinstance(value, str) else value

    def __getitem__(self, kind: str) -> timedelta:
        own: timedelta | None = getattr(self, kind)
        return own or self.others


class Urgent(Part):
    accept: Limit
    arrive: Arrival


class Planned(Urgent):
    finish: Limit


Blower = Literal["chief", "handler", "patrol"]
"""Of the street: its chief, any of its people, or whoever of them reports a patrol's find."""


class Blowers(Part):
    W1: frozenset[Blower]
    W2: frozenset[Blower]
    W3: frozenset[Blower]


class SignInCode(Part):
    lasts: Limit


class EscalateAbsent(Part):
    W1: Span
    W2: Span
    W3: Span


class ObjectionDecide(Part):
    W2: Limit
    W3: Limit


class FalseWhistle(Part):
    rule_days: Positive
    appeal_days: Positive
    max: Positive
    rate: Share


class Whistle(Part):
    kinds: frozenset[WhistleKind]
    blowers: Blowers
    conductor: Literal["street", "district"]
    W1: Urgent
    W2: Planned
    W3: Planned
    confirm: Limit
    enforcement_immediate: Limit
    earliest_meeting: Span
    geo_m: Count
    code: SignInCode
    max_returns: Positive
    escalate_absent: EscalateAbsent
    objection_share: Share
    objection_decide: ObjectionDecide
    peer_agree: Limit
    rate_outlier: tuple[Percentile, Percentile]
    false: FalseWhistle


class RecordItems(Part):
    """Points of a whistle's record: four from the record, two from the chief."""

    arrive: Count
    stay: Count
    feedback: Count
    settled: Count
    effect: Count
    attitude: Count


class MarkItems(Part):
    """Points of a street's mark of a department in a period."""

    response: Count
    effect: Count
    cooperation: Count
    lawfulness: Count


class Evaluation(Part):
    weight: Annotated[Fraction, Field(ge=Fraction(3, 10), le=1), Plain]
    period: Literal["quarter", "month", "year"]
    deadline: Span
    objective: Count
    subjective: Count
    record: Annotated[RecordItems, Field(validation_alias=AliasChoices("record", "items"))]
    """The first documents call it `items`."""
    marks: MarkItems
    late_arrival: Count
    late_factor: Factor
    text_below: Count
    min: Positive
    mean: Literal["per_street"]
    submit: Workdays
    appeal: Limit

    @model_validator(mode="after")
    def _points_add_up(self) -> Self:
        items = self.record
        if self.objective != items.arrive + items.stay + items.feedback + items.settled:
            raise ValueError(Message("arrive, stay, feedback and settled do not sum to objective"))
        if self.subjective != items.effect + items.attitude:
            raise ValueError(Message("effect and attitude do not sum to subjective"))
        if self.objective + self.subjective != HUNDRED:
            raise ValueError(
                Message("objective and subjective do not sum to {total}", total=HUNDRED)
            )
        if self.objective == 0:
            raise ValueError(
                Message("objective is nothing, and stands alone where the chief marks nothing")
            )
        if self.late_arrival > items.arrive:
            raise ValueError(Message("late_arrival is more than arrive"))
        return self

    @model_validator(mode="after")
    def _marks_add_up(self) -> Self:
        if sum(getattr(self.marks, name) for name in MarkItems.model_fields) != HUNDRED:
            raise ValueError(Message("the marks do not sum to {total}", total=HUNDRED))
        return self


class Cluster(Part):
    requests: Positive
    callers: Positive
    radius_m: Count
    within: Limit


class Spike(Part):
    requests: Positive
    within: Limit
    deviations: Factor
    weeks: Positive


class TicketsWithin(Part):
    tickets: Positive
    within: Limit


class ObjectionsWithin(Part):
    objections: Positive
    within: Limit


class Season(Part):
    lead: Limit
    starts: dict[str, MonthDay | Literal["spring_festival"]]
    ends: dict[str, MonthDay]


class Storm(Part):
    factor: Factor
    raise_to: Level


class Topic(Part):
    top: Positive


class Govern(Part):
    periods: Positive


class TimesMedian(Part):
    factor: Factor


class Signals(Part):
    every: Limit
    every_urgent: Limit
    cluster: Cluster
    spike: Spike
    rebound: TicketsWithin
    repeat_caller: TicketsWithin
    no_whistle: TicketsWithin
    loop: ObjectionsWithin
    season: Season
    storm: Storm
    topic: Topic
    govern: Govern
    withdraw_abuse: TimesMedian
