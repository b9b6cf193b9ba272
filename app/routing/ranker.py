"""Numbers for and against streets → probabilities: a learned sum, calibrated by a table.

For a street with the numbers x (traits.COLUMNS, each less its mean and over its spread) the sum is
`x · straight + max(x · bent + turn, 0) · hands`; the probabilities are the softmax over the
ground's streets; `calibration` gives for such a probability the share of cases in which the best
street was right. scripts/learn_routing.py learned all of it; it lies in data/routing/ranker.json.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from app.routing.grounds import AT, COLUMNS
from app.routing.profile import MARKS_BESIDE, Floats
from app.routing.reading.text import LONGEST_PLACE
from app.routing.traits import Sheet

MOST_RANKED = 5
MOST_MARKS = LONGEST_PLACE + MARKS_BESIDE
LEAST = 1 / 8_000
"""A street with a smaller chance against the best one is left out."""

ZERO = np.zeros(())

Calibration = tuple[tuple[float, ...], tuple[float, ...]]
"""Shares as the softmax gives them, rising, and for each the rate of right streets."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """The learned weights for the lines of a sheet, divided by the spreads. The line of ones has
    the sum of means and turns. The straight part is written as two bent ones: x = max(x, 0) −
    max(−x, 0)."""

    weights: Floats
    hands: Floats
    calibrations: tuple[Calibration, Calibration]
    """Within a district, and over the whole city."""
    version: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """From the script's document; its columns must be the COLUMNS."""
        if tuple(document["columns"]) != COLUMNS:
            raise ValueError("the learned numbers are for other columns: learn them again")
        bent, straight = np.array(document["bent"]), np.array(document["straight"])
        weights = np.column_stack([bent, straight, -straight])
        weights /= np.array(document["spread"])[:, None]
        base = np.append(document["turn"], [0.0, 0.0]) - np.array(document["mean"]) @ weights
        of_name = [AT["length"], *[AT["characters"]] * MOST_MARKS]
        return cls(
            weights=np.vstack([weights, base, weights[of_name]]).T,
            hands=np.append(document["hands"], [1.0, -1.0]),
            calibrations=(
                calibration(document["calibration_district"]),
                calibration(document["calibration_city"]),
            ),
            version=document["version"],
        )

    def rank(self, sheet: Sheet) -> tuple[tuple[str, float], ...]:
        """The most probable streets, best first. The best one's share is calibrated; the others
        divide the rest."""
        odds, streets = self.odds(sheet.numbers), sheet.streets
        first, *behind = sorted(range(len(odds)), key=odds.__getitem__, reverse=True)[:MOST_RANKED]
        most, total = odds[first], sum(odds)
        sure = chance(self.calibrations[sheet.whole_city], most / total)
        least, second = most * LEAST, odds[behind[0]] if behind else 0.0
        if second <= least:
            return ((streets[first], sure),)
        others = total - most
        true = max(sure, second / (others + second))
        left = (1.0 - true) / others
        rest = [(streets[at], odds[at] * left) for at in behind if odds[at] > least]
        return ((streets[first], true), *rest)

    def odds(self, numbers: Floats) -> list[float]:
        """Each street's odds against the others. The sums are rounded to single precision: their
        last bits depend on the processor, and equal streets must tie."""
        parts = self.weights[:, : len(numbers)].dot(numbers)
        sums = self.hands.dot(np.maximum(parts, ZERO, out=parts)).astype(np.float32)
        odds: list[float] = np.exp(sums, dtype=float).tolist()
        return odds


def calibration(sides: Sequence[Sequence[float]]) -> Calibration:
    """Before the first and behind the last it goes on as it is there."""
    shares, rates = sides
    return (0.0, *shares, 1.0), (rates[0], *rates, rates[-1])


def chance(table: Calibration, share: float) -> float:
    """The rate of right streets where the softmax gave the best one this `share`."""
    shares, rates = table
    above = bisect_left(shares, share)
    low, high = shares[above - 1], shares[above]
    part = (share - low) / (high - low)
    return rates[above - 1] + part * (rates[above] - rates[above - 1])
