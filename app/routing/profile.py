"""Of what characters the names of each street's places are made: for places like no other.

A village's 庄 and 峪, a terrace's 里, a new estate's 苑 stand where their like stand. A character
says for a street the logarithm of how much more of the names that hold it are the street's than of
all names: `(held + PRIOR · share) / (all + PRIOR) / share`, less the mean over the streets.
"""

from threading import Lock

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

PRIOR = 10.0
ROOM = 256
UNKNOWN = ""
END = "$"
"""Marks the last characters: 里 at the end of a name says other things than 里 within."""


def marks(name: str) -> list[str]:
    return [*name, END + name[-1:], END + name[-2:]]


class Profile:
    """For each street, by its position, how many of its names hold a character; what that says is
    drawn when first asked for after a change."""

    def __init__(self, names: Floats) -> None:
        """`names`: how many each street has in the gazetteer, counted elsewhere."""
        self.names = names
        self.rows = {UNKNOWN: 0}
        self.counts = np.zeros((ROOM, len(names)), dtype=np.float32)
        self.said = np.zeros_like(self.counts)
        self.stale: set[int] = set()
        self.drawing = Lock()

    def add(self, name: str, at: int, times: int = 1) -> None:
        """Count a name of a street in; with -1, out again."""
        for mark in set(marks(name)):
            row = self._row(mark)
            self.counts[row, at] += times
            self.stale.add(row)

    def tell(self, name: str) -> Floats:
        """What a name's characters say for each street."""
        if self.stale:
            self._draw()
        row_of = self.rows.get
        rows = [row_of(mark, 0) for mark in marks(name)]
        said: Floats = np.add.reduce(self.said.take(rows, axis=0))
        return said

    def _draw(self) -> None:
        with self.drawing:
            rows = list(self.stale)
            self.stale.difference_update(rows)
            held = self.counts[rows]
            all_held = held.sum(axis=1, keepdims=True)
            share = (self.names + 1.0) / (self.names + 1.0).sum()
            said = np.log((held + PRIOR * share) / ((all_held + PRIOR) * share))
            self.said[rows] = said - said.mean(axis=1, keepdims=True)

    def _row(self, mark: str) -> int:
        row = self.rows.setdefault(mark, len(self.rows))
        if row == len(self.counts):
            with self.drawing:
                self.counts = np.concatenate([self.counts, np.zeros_like(self.counts)])
                self.said = np.concatenate([self.said, np.zeros_like(self.said)])
        return row
