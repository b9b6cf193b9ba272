"""Numbers that speak for streets → how probable each is: a learned sum, made true by a table.

For a street with the numbers x (traits.COLUMNS, each less its mean and over its spread) the sum is
`x · straight + tanh(x · bent + turn) · hands`; the probabilities are the softmax over the ground's
streets; `calibration` says how often the best street was right at such a probability. All of it was
learned by scripts/learn_routing.py and lies in data/routing/ranker.json.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Self

import numpy as np

from app.routing.similarity import Floats
from app.routing.traits import COLUMNS, OF_PLACE, PER_STREET, Sheet

MOST_RANKED = 8
WHOLE_CITY = OF_PLACE.index("whole_city")

Calibration = tuple[tuple[float, ...], tuple[float, ...]]
"""Shares as the softmax gives them, rising, and how often such a street was right."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """The learned weights, drawn together so that no column has to be laid out twice.

    A street's sum is linear in its own numbers, in the best street's (what it is behind by) and in
    the place's; `own`, `best` and `place` are those parts of the weights, over the spreads.
    """

    own: Floats
    best: Floats
    place: Floats
    base: Floats
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
        weights = np.column_stack([bent, straight]) / np.array(document["spread"])[:, None]
        base = np.append(document["turn"], 0.0) - np.array(document["mean"]) @ weights
        behind, place = len(PER_STREET), 2 * len(PER_STREET)
        return cls(
            own=weights[:behind] + weights[behind:place],
            best=weights[behind:place],
            place=weights[place:],
            base=base,
            hands=np.array(document["hands"]),
            calibrations=(
                calibration(document["calibration_district"]),
                calibration(document["calibration_city"]),
            ),
            version=document["version"],
        )

    def rank(self, sheet: Sheet) -> list[tuple[int, float]]:
        """The most probable streets by their row, best first; the best one's share is calibrated,
        and the others have what it leaves."""
        common = self.base + sheet.of_place @ self.place - np.maximum.reduce(sheet.own) @ self.best
        parts = sheet.own @ self.own + common
        sums: list[float] = (np.tanh(parts[:, :-1]) @ self.hands + parts[:, -1]).tolist()
        most = max(sums)
        odds = [exp(one - most) for one in sums]
        order = sorted(range(len(odds)), key=odds.__getitem__, reverse=True)[:MOST_RANKED]
        total = sum(odds)
        whole_city = bool(sheet.of_place[WHOLE_CITY])
        true = chance(self.calibrations[whole_city], 1.0 / total)
        left = (1.0 - true) / (total - 1.0) if total > 1.0 else 0.0
        return [(order[0], true), *((at, odds[at] * left) for at in order[1:])]


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
