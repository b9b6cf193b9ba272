"""Counts → three rates → composite, in exact fractions (RULEBOOK D.10, D.11, D.13.3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import sqrt

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.callbacks.outcome import Kind, Outcome
from app.kit.decimals import rounded
from app.kit.messages import worded
from app.policy.keys import Assess, Scoring, Weights
from app.tickets.life.lifecycle import Channel

NET = frozenset({Channel.WECHAT, Channel.APP, Channel.WEB, Channel.WEIBO})
"""The channels that `assess.sources` calls `net`."""

Exact = int | Fraction
"""Never a float; a whole number where it is one, for those add up much faster."""


@worded
class Standing(StrEnum):
    RANKED = "ranked"
    INSUFFICIENT = "insufficient"
    NO_SAMPLE = "no_sample"


@dataclass(frozen=True, slots=True)
class Counts:
    """Sums over units of account: |A|, |A_S|, |A_M| of D.13.3 and the exact sums over them.

    Beside them the tickets left out: on request (D.10 X1-X6), and by themselves.
    """

    assessed: int = 0
    reached: int = 0
    responded: int = 0
    resolution_answers: int = 0
    resolved: Exact = 0
    satisfaction_answers: int = 0
    satisfied: Exact = 0
    late: int = 0
    excluded: int = 0
    not_assessed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in SUMS))

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) - getattr(other, name) for name in SUMS))


SUMS = tuple(field.name for field in fields(Counts))
NOTHING = Counts()


def pooled(counts: Iterable[Counts]) -> Counts:
    """A roll-up: sums of numerators and of denominators, never a mean of rates."""
    return sum(counts, NOTHING)


def admitted(kind: Kind, assess: Assess) -> bool:
    """Whether such a ticket is assessed at all, before anyone asks to exclude it (D.10)."""
    source = "net" if kind.channel in NET else kind.channel
    return (
        kind.type in assess.types
        and source in assess.sources
        and (assess.anonymous or not kind.anonymous)
    )


def responded(outcome: Outcome) -> bool:
    """In time, unless the citizen says that nobody called; else the record alone decides."""
    return outcome.contact_ok and outcome.contacted is not Contacted.NO


def count(outcome: Outcome, score: Scoring) -> Counts:
    """The counts of one ticket. A verified case stands in A_S, never in A_M (RULEBOOK D.9.1)."""
    reached, verified = outcome.reach is Reach.REACHED, outcome.reach is Reach.VERIFIED
    resolution = verified or (reached and outcome.resolved is not Resolved.NO_ANSWER)
    satisfaction = reached and outcome.satisfied is not Satisfied.NO_ANSWER
    return Counts(
        assessed=1,
        reached=int(reached),
        responded=int(responded(outcome)),
        resolution_answers=int(resolution),
        resolved=resolution_value(outcome.resolved, score) if resolution else 0,
        satisfaction_answers=int(satisfaction),
        satisfied=satisfaction_value(outcome.satisfied, score) if satisfaction else 0,
        late=int(outcome.late),
    )


def resolution_value(answer: Resolved | None, score: Scoring) -> Exact:
    partly = whole(score.partly)
    values: dict[Resolved | None, Exact] = {Resolved.RESOLVED: 1, Resolved.PARTLY: partly}
    return values.get(answer, 0)


def satisfaction_value(answer: Satisfied | None, score: Scoring) -> Exact:
    values: dict[Satisfied | None, Exact] = {
        Satisfied.VERY: 1,
        Satisfied.SATISFIED: 1,
        Satisfied.BASIC: whole(score.basic),
    }
    return values.get(answer, 0)


def whole(value: Fraction) -> Exact:
    return value.numerator if value.denominator == 1 else value


def count_group(members: Sequence[tuple[Kind, Outcome]], score: Scoring) -> Counts:
    """Merged tickets as one unit of account (D.11 `group_once`).

    It responded if every member with a phone was contacted; it is resolved and satisfied as the
    mean of the members who answered.
    """
    parts = [count(outcome, score) for _, outcome in members]
    total = pooled(parts)
    with_phone = [responded(outcome) for kind, outcome in members if not kind.anonymous]
    return Counts(
        assessed=1,
        reached=min(total.reached, 1),
        responded=int(all(with_phone or map(responded, (outcome for _, outcome in members)))),
        resolution_answers=min(total.resolution_answers, 1),
        resolved=Fraction(total.resolved, max(total.resolution_answers, 1)),
        satisfaction_answers=min(total.satisfaction_answers, 1),
        satisfied=Fraction(total.satisfied, max(total.satisfaction_answers, 1)),
        late=min(total.late, 1),
    )


Z = 1.959963984540054
"""Between -Z and Z lie 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Rate:
    numerator: Exact
    denominator: int

    @property
    def ratio(self) -> tuple[int, int]:
        """The percentage as one whole number over another, not yet in lowest terms."""
        return 100 * self.numerator.numerator, self.numerator.denominator * self.denominator

    @property
    def percent(self) -> Fraction | None:
        """From 0 to 100; None without anything to divide by, which is neither 0 nor 100."""
        return Fraction(*self.ratio) if self.denominator else None

    @property
    def shown(self) -> Decimal | None:
        return rounded(*self.ratio) if self.denominator else None

    def interval(self) -> tuple[Decimal | None, Decimal | None]:
        """Wilson's 95 % interval of the percentage, for showing: few answers leave it wide.

        An estimate, and so reckoned in floats; nothing is ever compared by it.
        """
        if not self.denominator:
            return None, None
        n, successes = self.denominator, self.numerator.numerator / self.numerator.denominator
        spread = Z * sqrt(successes * (n - successes) / n + Z * Z / 4)
        middle, scale = successes + Z * Z / 2, 100 / (n + Z * Z)
        low, high = max((middle - spread) * scale, 0.0), min((middle + spread) * scale, 100.0)
        return Decimal(f"{low:.2f}"), Decimal(f"{high:.2f}")


@dataclass(frozen=True, slots=True)
class Score:
    """An office's three rates and their composite, which is None unless the office is ranked."""

    counts: Counts
    standing: Standing
    response: Rate
    resolution: Rate
    satisfaction: Rate
    composite: Fraction | None


def score(counts: Counts, weights: Weights, min_reached: int) -> Score:
    """The composite C = w·R + w·S + w·M over the exact rates."""
    response = Rate(counts.responded, counts.assessed)
    resolution = Rate(counts.resolved, counts.resolution_answers)
    satisfaction = Rate(counts.satisfied, counts.satisfaction_answers)
    standing = standing_of(counts, min_reached)
    weighed = (
        (weights.response, response),
        (weights.resolution, resolution),
        (weights.satisfaction, satisfaction),
    )
    return Score(
        counts=counts,
        standing=standing,
        response=response,
        resolution=resolution,
        satisfaction=satisfaction,
        composite=composite(weighed) if standing is Standing.RANKED else None,
    )


def composite(weighed: Iterable[tuple[Decimal, Rate]]) -> Fraction:
    """The weighted sum, in whole numbers up to its end: only there is it put in lowest terms."""
    above, below = 0, 1
    for weight, rate in weighed:
        (factor, scale), (percent, whole) = weight.as_integer_ratio(), rate.ratio
        above, below = above * scale * whole + factor * percent * below, below * scale * whole
    return Fraction(above, below)


def standing_of(counts: Counts, min_reached: int) -> Standing:
    if not counts.assessed:
        return Standing.NO_SAMPLE
    if not counts.resolution_answers or not counts.satisfaction_answers:
        return Standing.INSUFFICIENT
    return Standing.RANKED if counts.reached >= min_reached else Standing.INSUFFICIENT
