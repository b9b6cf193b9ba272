"""Numbers that speak for streets → how probable each is: a learned sum, made true by a table.

For a street with the numbers x (traits.COLUMNS, each less its mean and over its spread) the sum is
`x · straight + max(x · bent + turn, 0) · hands`; the probabilities are the softmax over the
ground's streets; `calibration` says how often the best street was right at such a probability. All
of it was learned by scripts/learn_routing.py and lies in data/routing/ranker.json.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from app.routing.grounds import AT, COLUMNS
from app.routing.profile import MARKS_BESIDE, Floats
from app.routing.text import LONGEST_PLACE
from app.routing.traits import Sheet

MOST_RANKED = 5
MOST_MARKS = LONGEST_PLACE + MARKS_BESIDE
LEAST = 1 / 8_000
"""A street whose chance against the best one is smaller is not told."""

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
        odds, streets = self.odds(sheet.numbers), sheet.streets
        first, *behind = sorted(range(len(odds)), key=odds.__getitem__, reverse=True)[:MOST_RANKED]
        most, total = odds[first], sum(odds)
        said = chance(self.calibrations[sheet.whole_city], most / total)
        least, second = most * LEAST, odds[behind[0]] if behind else 0.0
        if second <= least:
            return ((streets[first], said),)
        others = total - most
        true = max(said, second / (others + second))
        left = (1.0 - true) / others
        told = [(streets[at], odds[at] * left) for at in behind if odds[at] > least]
        return ((streets[first], true), *told)

    def odds(self, numbers: Floats) -> list[float]:
        """For each street how probable it is against the others. The sums are rounded to single
        precision: what their last bits are depends on the processor, and streets that are alike
        must tie."""
        parts = self.weights[:, : len(numbers)].dot(numbers)
        sums = self.hands.dot(np.maximum(parts, ZERO, out=parts)).astype(np.float32)
        odds: list[float] = np.exp(sums, dtype=float).tolist()
        return odds


def calibration(sides: Sequence[Sequence[float]]) -> Calibration:
    """Before the first and behind the last it goes on as it is there."""
    said, true = sides
    return (0.0, *said, 1.0), (true[0], *true, true[-1])


def chance(table: Calibration, said: float) -> float:
    """How often the best street was right where the softmax gave it `said`."""
    saids, trues = table
    above = bisect_left(saids, said)
    low, high = saids[above - 1], saids[above]
    part = (said - low) / (high - low)
    return trues[above - 1] + part * (trues[above] - trues[above - 1])
