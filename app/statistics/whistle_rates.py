"""吹哨率 and false whistles: how often streets blow, compared exactly (RULEBOOK D.14.7).

Flags are for a person to look at; nothing is scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

PER = 1_000
HUNDRED = 100


class Outlier(StrEnum):
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the streets' rates: the median, and the bounds outside which one is an outlier."""

    median: Fraction | None
    low: Fraction | None
    high: Fraction | None

    def outlier(self, rate: Fraction | None) -> Outlier | None:
        if rate is None or self.low is None or self.high is None:
            return None
        if rate < self.low:
            return Outlier.LOW
        return Outlier.HIGH if rate > self.high else None


def rate(whistles: int, dispatched: int) -> Fraction | None:
    """Whistles for each 1,000 dispatched requests; None where nothing was dispatched."""
    return Fraction(PER * whistles, dispatched) if dispatched else None


def spread(rates: Sequence[Fraction], percentiles: tuple[int, int]) -> Spread:
    """By nearest rank; the median of an even number lies between the two in the middle."""
    if not rates:
        return Spread(None, None, None)
    ordered = sorted(rates)
    low, high = (nearest(ordered, percentile) for percentile in percentiles)
    middle = ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]
    return Spread(middle / 2, low, high)


def nearest(ordered: Sequence[Fraction], percentile: int) -> Fraction:
    """The smallest rate with at least so many percent of all at or below it."""
    rank = -(-percentile * len(ordered) // HUNDRED)
    return ordered[max(rank, 1) - 1]
