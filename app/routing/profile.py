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
END = "$"
"""Marks the last characters: 里 at the end of a name says other things than 里 within."""

MARKS_BESIDE = 2
"""Marks of a name beside its characters."""


def lines(table: Floats) -> list[bytes]:
    """Of each row the line of a sheet: a number for each street, in double precision."""
    return [row.tobytes() for row in table.astype(np.float64)]


def marks(name: str) -> list[str]:
    return [*name, END + name[-1:], END + name[-2:]]


class Profile:
    """For each street, by its position, how many of its names hold a character; what that says is
    drawn when first asked for after a change."""

    def __init__(self, names: Floats) -> None:
        """`names`: how many each street has in the gazetteer, counted elsewhere."""
        self.names = names
        self.rows: dict[str, int] = {}
        self.counts = np.zeros((ROOM, len(names)), dtype=np.float32)
        self.said: dict[str, bytes] = {}
        self.stale: set[str] = set()
        self.drawing = Lock()

    def add(self, name: str, at: int, times: int = 1) -> None:
        """Count a name of a street in; with -1, out again."""
        for mark in set(marks(name)):
            row = self._row(mark)
            self.counts[row, at] += times
            self.stale.add(mark)

    def tell(self, name: str) -> list[bytes]:
        """What each of a name's characters says for the streets, as lines of a sheet; those that no
        name here holds say nothing."""
        if self.stale:
            self._draw()
        return [*filter(None, map(self.said.get, marks(name)))]

    def _draw(self) -> None:
        with self.drawing:
            stale = list(self.stale)
            self.stale.difference_update(stale)
            held = self.counts[[self.rows[mark] for mark in stale]]
            all_held = held.sum(axis=1, keepdims=True)
            share = (self.names + 1.0) / (self.names + 1.0).sum()
            said = np.log((held + PRIOR * share) / ((all_held + PRIOR) * share))
            said -= said.mean(axis=1, keepdims=True)
            self.said.update(zip(stale, lines(said), strict=True))

    def _row(self, mark: str) -> int:
        row = self.rows.setdefault(mark, len(self.rows))
        if row == len(self.counts):
            with self.drawing:
                self.counts = np.concatenate([self.counts, np.zeros_like(self.counts)])
        return row
