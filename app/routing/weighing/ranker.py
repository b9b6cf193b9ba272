"""Numbers for and against streets → probabilities: a learned sum, and a judge of the best one.

For a street with the numbers x (traits.COLUMNS, each less its mean and over its spread) the sum is
`x · straight + max(x · bent + turn, 0) · hands`; the shares are the softmax over the ground's
streets. How far ahead the best street is does not tell how often it is right: that the judge says,
by the `evidence` (one judge within a district, one for the whole city). scripts/learn_routing.py
learned all of it; it lies in data/routing/ranker.json.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from app.kit.messages import Message
from app.routing.reading.text import LONGEST_PLACE
from app.routing.weighing.evidence import NUMBERS, evidence
from app.routing.weighing.grounds import AT, COLUMNS, Ground
from app.routing.weighing.judge import Judge
from app.routing.weighing.profile import MARKS_BESIDE, Floats
from app.routing.weighing.traits import Sheet

MOST_RANKED = 5
MOST_MARKS = LONGEST_PLACE + MARKS_BESIDE
LEAST = 1 / 8_000
"""A street with a smaller chance against the best one is left out."""

ZERO = np.zeros(())


@dataclass(frozen=True, slots=True)
class Ranker:
    """The learned weights for the lines of a sheet, divided by the spreads. The line of ones has
    the sum of means and turns. The straight part is written as two bent ones: x = max(x, 0) −
    max(−x, 0)."""

    weights: Floats
    hands: Floats
    judges: tuple[Judge, Judge]
    """Within a district, and over the whole city."""
    version: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """From the script's document; its columns must be the COLUMNS."""
        if (*document["columns"], *document["numbers"]) != (*COLUMNS, *NUMBERS):
            raise ValueError(Message("the learned numbers are for other columns: learn them again"))
        bent, straight = np.array(document["bent"]), np.array(document["straight"])
        weights = np.column_stack([bent, straight, -straight])
        weights /= np.array(document["spread"])[:, None]
        base = np.append(document["turn"], [0.0, 0.0]) - np.array(document["mean"]) @ weights
        of_name = [AT["length"], *[AT["characters"]] * MOST_MARKS]
        return cls(
            weights=np.vstack([weights, base, weights[of_name]]).T,
            hands=np.append(document["hands"], [1.0, -1.0]),
            judges=(Judge.of(document["judge_district"]), Judge.of(document["judge_city"])),
            version=document["version"],
        )

    def rank(self, ground: Ground, sheet: Sheet) -> tuple[tuple[str, float], ...]:
        """The most probable streets, best first. The best one's chance is the judge's; the others
        divide the rest, and none has more than the best: what is over is no street's of these."""
        odds, streets = self.odds(sheet.numbers), sheet.streets
        order = sorted(range(len(odds)), key=odds.__getitem__, reverse=True)[:MOST_RANKED]
        total = sum(odds)
        ranked = [(at, odds[at] / total) for at in order]
        sure = self.judges[sheet.whole_city].chance(evidence(ground, sheet, ranked))
        (first, most), *behind = ranked
        if not behind or behind[0][1] <= most * LEAST:
            return ((streets[first], sure),)
        left = (1.0 - sure) / (1.0 - most)
        rest = [
            (streets[at], min(share * left, sure)) for at, share in behind if share > most * LEAST
        ]
        return ((streets[first], sure), *rest)

    def odds(self, numbers: Floats) -> list[float]:
        """Each street's odds against the others. The sums are rounded to single precision: their
        last bits depend on the processor, and equal streets must tie."""
        parts = self.weights[:, : len(numbers)].dot(numbers)
        sums = self.hands.dot(np.maximum(parts, ZERO, out=parts)).astype(np.float32)
        odds: list[float] = np.exp(sums, dtype=float).tolist()
        return odds
