"""How often a street with such evidence was right: small trees, learned by the script.

A tree asks of a number whether it is above a border, and ends in a leaf with a value; the values of
all trees together are the logarithm of the odds. Every node of a tree is asked at once: an answer
"above" rules out the leaves on its left, and the first leaf that none rules out is the tree's.

The more a memory holds, the more the trees overstate what lies between doubtful and sure: by so
much the odds are bent.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

LEAVES = 8
NODES = LEAVES - 1
EVERY_LEAF = (1 << LEAVES) - 1
FIRST = np.array([(~out & -~out).bit_length() - 1 for out in range(EVERY_LEAF + 1)])
"""The first leaf that is not in a set of leaves; the set of all never occurs."""
FLAT = (0.3, 0.7)
FEW = math.log1p(300)
KNOTS = tuple(
    math.log(chance / (1 - chance))
    for chance in (0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.93, 0.97, 0.99)
)
"""Where it is told how far the odds are bent; between them in proportion."""
UNBENT = (0.0,) * len(KNOTS)
MANY = math.log1p(500)
"""With so many cases confirmed, in the district or in the city, the odds are bent wholly; with
fewer in proportion to their logarithm."""
MEMORY = -1
"""The last of the numbers: how many cases are confirmed on the ground, as a logarithm."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The nodes of all trees: the first of each, then the second of each, NODES for each tree, with
    the leaves that it rules out; `enough` is the least chance with which the places
    it was learned from were right often enough (RULEBOOK D.5 R3)."""

    features: NDArray[np.intp]
    borders: NDArray[np.float64]
    ruled_out: NDArray[np.uint8]
    values: NDArray[np.float64]
    starts: NDArray[np.intp]
    enough: float
    level: float | None
    """Instead of every chance within FLAT, where a city has confirmed FEW cases at most: the share
    that was right, as the trees cannot tell these apart."""
    bend: Sequence[float]
    """How far the odds are bent at each of the KNOTS."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        values = np.array(document["values"], dtype=float)
        return cls(
            features=by_node(document["features"], np.intp),
            borders=by_node(document["borders"], float),
            ruled_out=EVERY_LEAF - by_node(document["masks"], np.uint8),
            values=values,
            starts=np.arange(0, len(values), LEAVES),
            enough=document["enough"],
            level=document.get("level"),
            bend=document.get("bend", UNBENT),
        )

    def chance(self, numbers: Sequence[float]) -> float:
        """The chance that the street with these numbers (evidence.NUMBERS) is the right one."""
        above = np.array(numbers).take(self.features) > self.borders
        out = np.bitwise_or.reduce((above * self.ruled_out).reshape(NODES, -1))
        leaves = self.starts + FIRST.take(out)
        odds = float(self.values.take(leaves).sum())
        odds += min(numbers[MEMORY] / MANY, 1.0) * bent_by(self.bend, odds)
        chance = 1.0 / (1.0 + math.exp(-odds))
        if self.level is not None and is_flat(chance) and numbers[MEMORY] <= FEW:
            return self.level
        return chance


def bent_by(bend: Sequence[float], odds: float) -> float:
    """How far odds are bent by a whole memory."""
    after = bisect_right(KNOTS, odds)
    if after == 0 or after == len(KNOTS):
        return bend[min(after, len(KNOTS) - 1)]
    low, high = KNOTS[after - 1 : after + 1]
    part = (odds - low) / (high - low)
    return bend[after - 1] * (1.0 - part) + bend[after] * part


def is_flat(chance: float) -> bool:
    return FLAT[0] <= chance < FLAT[1]


def by_node(of_trees: Sequence[float], kind: DTypeLike) -> NDArray[Any]:
    """A document's list, NODES for each tree, as the Judge has it."""
    return np.array(of_trees, dtype=kind).reshape(-1, NODES).T.ravel()
