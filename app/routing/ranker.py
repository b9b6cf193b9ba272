"""Numbers that speak for streets → how probable each is: a learned sum, made true by a table.

For a street with the numbers x (traits.COLUMNS, each less its mean and over its spread) the sum is
`x · straight + max(x · bent + turn, 0) · hands`; the probabilities are the softmax over the
ground's streets; `calibration` says how often the best street was right at such a probability. All
of it was learned by scripts/learn_routing.py and lies in data/routing/ranker.json.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Self

import numpy as np

from app.routing.grounds import AT, COLUMNS
from app.routing.profile import MARKS_BESIDE, Floats
from app.routing.text import LONGEST_PLACE
from app.routing.traits import Sheet

MOST_RANKED = 8
MOST_MARKS = LONGEST_PLACE + MARKS_BESIDE
FARTHEST = 9.0
"""A street whose sum is farther behind the best has a chance of 1 in 8,000 against it."""

ZERO = np.zeros(())

Calibration = tuple[tuple[float, ...], tuple[float, ...]]
"""Shares as the softmax gives them, rising, and how often such a street was right."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """For the lines of a sheet the learned weights over the spreads; that of ones has what the
    means and turns come to. What is straight stands among what is bent as x = max(x, 0) − max(−x,
    0)."""

    weights: Floats
    hands: Floats
    calibrations: tuple[Calibration, Calibration]
    """Within a district, and over the whole city."""
    version: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """From the document that the script writes; its columns must be the ones computed here."""
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
        """The most probable streets, best first; the best one's share is calibrated, and the
        others have what it leaves."""
        sums, streets = self.sums(sheet.numbers), sheet.streets
        rising = sorted(range(len(streets) - 1, -1, -1), key=sums.__getitem__)
        risen = [*map(sums.__getitem__, rising)]
        most = risen[-1]
        odds = [exp(one - most) for one in risen[bisect_right(risen, most - FARTHEST) :]]
        total = sum(odds)
        said = chance(self.calibrations[sheet.whole_city], 1.0 / total)
        first = streets[rising[-1]]
        if len(odds) == 1:
            return ((first, said),)
        second = odds[-2]
        true = max(said, second / (total - 1.0 + second))
        left = (1.0 - true) / (total - 1.0)
        behind = zip(rising[-2 : -MOST_RANKED - 1 : -1], odds[-2::-1], strict=False)
        return ((first, true), *[(streets[at], odd * left) for at, odd in behind])

    def sums(self, numbers: Floats) -> list[float]:
        """For each street what speaks for it, against the others. In single precision: what the
        last bits of a sum are depends on the processor, and streets that are alike must tie."""
        parts = self.weights[:, : len(numbers)].dot(numbers)
        sums = self.hands.dot(np.maximum(parts, ZERO, out=parts))
        told: list[float] = sums.astype(np.float32).tolist()
        return told


def calibration(sides: Sequence[Sequence[float]]) -> Calibration:
    said, true = sides
    return tuple(said), tuple(true)


def chance(table: Calibration, said: float) -> float:
    """How often the best street was right where the softmax gave it `said`."""
    saids, trues = table
    above = bisect_left(saids, said)
    if above in (0, len(saids)):
        return trues[min(above, len(trues) - 1)]
    low, high = saids[above - 1], saids[above]
    part = (said - low) / (high - low)
    return trues[above - 1] + part * (trues[above] - trues[above - 1])
