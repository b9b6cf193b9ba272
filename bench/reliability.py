"""Whether a confidence is true, and how many answers can be sent, over several orders of a file.

A band of confidence is true within WITHIN where the mean of its confidences differs from the share
that was right by no more. Few places tell little: of a router whose confidence is true some bands
are off as well, by chance alone. How many tells what a count of them is worth.
"""

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from app.routing.decision import DecisionKind
from bench.routing import Answer

BOUNDS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.01)
FEWEST = 200
"""Different addresses in a band that counts."""
WITHIN = 0.02
WANTED = 0.97


class Outcome(NamedTuple):
    """What of an answer is measured; `sendable` where at most doubt speaks against a dispatch."""

    address: str
    place: str
    confidence: float
    right: bool
    sendable: bool

    @classmethod
    def of(cls, answer: Answer) -> "Outcome":
        decision = answer.decision
        is_doubt = decision.explained is not None and decision.explained.code == "doubt"
        return cls(
            answer.row["address_text"],
            decision.place,
            decision.confidence,
            answer.right,
            decision.decision is DecisionKind.DISPATCH or is_doubt,
        )


@dataclass(frozen=True)
class Band:
    low: float
    high: float
    outcomes: Sequence[Outcome]

    @cached_property
    def confidence(self) -> float:
        return statistics.fmean(outcome.confidence for outcome in self.outcomes)

    @cached_property
    def right(self) -> float:
        return statistics.fmean(outcome.right for outcome in self.outcomes)

    @property
    def addresses(self) -> int:
        return len({outcome.address for outcome in self.outcomes})

    @cached_property
    def error(self) -> float:
        """The standard error of what is off, for places are drawn by chance, and all answers about
        a place are right or wrong together."""
        of_place: defaultdict[str, float] = defaultdict(float)
        for outcome in self.outcomes:
            of_place[outcome.place] += outcome.right - outcome.confidence - self.off
        return math.hypot(*of_place.values()) / len(self.outcomes)

    @property
    def off(self) -> float:
        return self.right - self.confidence

    @property
    def counts(self) -> bool:
        return self.addresses >= FEWEST

    @property
    def is_off(self) -> bool:
        return abs(self.off) > WITHIN

    @property
    def off_by_chance(self) -> float:
        """How likely a true confidence is seen to be off."""
        return math.erfc(WITHIN / self.error / math.sqrt(2))

    def __str__(self) -> str:
        truth = f"{self.confidence:.3f}/{self.right:.3f} ±{self.error:.3f} ({self.addresses})"
        off = f" off by {self.off / self.error:+.1f} errors" if self.counts and self.is_off else ""
        return f"{self.low:.2f}-{min(self.high, 1):.2f}  {truth}{off}"


def bands(outcomes: Sequence[Outcome]) -> list[Band]:
    """The bands of confidence that have outcomes."""
    every = (
        Band(low, high, [outcome for outcome in outcomes if low <= outcome.confidence < high])
        for low, high in pairwise(BOUNDS)
    )
    return [band for band in every if band.outcomes]


def surest(outcomes: Sequence[Outcome]) -> list[float]:
    """The share right of the surest, the two surest and so on, of those that can be sent."""
    sendable = [outcome for outcome in outcomes if outcome.sendable]
    sendable.sort(key=lambda outcome: outcome.confidence, reverse=True)
    right = accumulate(outcome.right for outcome in sendable)
    return [number / rank for rank, number in enumerate(right, 1)]


def largest_part(outcomes: Sequence[Outcome]) -> float:
    """The largest part of all that can be sent with as many right as is WANTED."""
    enough = [rank for rank, right in enumerate(surest(outcomes), 1) if right >= WANTED]
    return max(enough, default=0) / len(outcomes)


def right_of(outcomes: Sequence[Outcome], part: float) -> float:
    """The share right where so large a part of all is sent; NaN where less can be."""
    curve = surest(outcomes)
    rank = round(part * len(outcomes))
    return curve[rank - 1] if rank <= len(curve) else math.nan
