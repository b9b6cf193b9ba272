"""How often a street with such evidence was right: small trees, learned by the script.

A tree asks of a number whether it is above a border, and ends in a leaf with a value; the values of
all trees together are the logarithm of the odds. Every node of a tree is asked at once: an answer
"above" rules out the leaves on its left, and the first leaf left over is the tree's.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

LEAVES = 8
NODES = LEAVES - 1
EVERY_LEAF = (1 << LEAVES) - 1
FIRST = np.array([(mask & -mask).bit_length() - 1 for mask in range(EVERY_LEAF + 1)])
"""The first leaf of a set of leaves; the empty set never occurs."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The nodes of all trees, NODES for each; `enough` is the least chance with which the places
    it was learned from were right often enough (RULEBOOK D.5 R3)."""

    features: NDArray[np.intp]
    borders: NDArray[np.float64]
    masks: NDArray[np.uint8]
    values: NDArray[np.float64]
    starts: NDArray[np.intp]
    enough: float

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        values = np.array(document["values"], dtype=float)
        return cls(
            features=np.array(document["features"], dtype=np.intp),
            borders=np.array(document["borders"], dtype=float),
            masks=np.array(document["masks"], dtype=np.uint8),
            values=values,
            starts=np.arange(0, len(values), LEAVES),
            enough=document["enough"],
        )

    def chance(self, numbers: Sequence[float]) -> float:
        """The chance that the street with these numbers (evidence.NUMBERS) is the right one."""
        above = np.array(numbers).take(self.features) > self.borders
        left = np.where(above, self.masks, EVERY_LEAF).reshape(-1, NODES)
        leaves = self.starts + FIRST.take(np.bitwise_and.reduce(left, axis=1))
        return 1.0 / (1.0 + math.exp(-float(self.values.take(leaves).sum())))
