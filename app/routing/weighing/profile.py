"""The characters in the names of each street's places: they speak for a place with a new name.

A village's 庄 and 峪, a terrace's 里, a new estate's 苑 stand where their like stand. A character's
weight for a street is the logarithm of `(held + PRIOR · share) / (all + PRIOR) / share`, less the
mean over the streets: `held` and `all` are the street's and all streets' names with the character,
`share` is the street's share of all names.
"""

from collections.abc import Iterable
from threading import Lock

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

PRIOR = 10.0
ROOM = 256
END = "$"
"""Marks the last characters: 里 at the end of a name has another weight than 里 within."""

MARKS_BESIDE = 2
"""Marks of a name beside its characters."""


def lines(table: Floats) -> list[bytes]:
    """Of each row the line of a sheet: a number for each street, in double precision."""
    return [row.tobytes() for row in table.astype(np.float64)]


def marks(name: str) -> list[str]:
    return [*name, END + name[-1:], END + name[-2:]]


class Profile:
    """For each character the number of its names in each street, by position. Its weights are drawn
    at the first use after a change."""

    def __init__(self, names: Floats) -> None:
        """`names`: the number of names of each street in the gazetteer, counted elsewhere."""
        self.names = names
        self.rows: dict[str, int] = {}
        self.counts = np.zeros((ROOM, len(names)), dtype=np.float32)
        self.drawn: dict[str, bytes] = {}
        self.stale: set[str] = set()
        self.drawing = Lock()

    def fill(self, names: Iterable[tuple[str, int]]) -> None:
        """Count many names in, each with its street."""
        rows = self.rows
        cells = [
            (rows.setdefault(mark, len(rows)), at)
            for name, at in names
            for mark in set(marks(name))
        ]
        self._make_room()
        np.add.at(self.counts, tuple(np.array(cells, dtype=np.intp).reshape(-1, 2).T), 1)
        self.stale.update(rows)

    def add(self, name: str, at: int, times: int = 1) -> None:
        """Count a name of a street in; with -1, out again."""
        for mark in set(marks(name)):
            row = self._row(mark)
            self.counts[row, at] += times
            self.stale.add(mark)

    def tell(self, name: str) -> list[bytes]:
        """The weights of each of a name's characters, as lines of a sheet; a character in no name
        here has none."""
        if self.stale:
            self._draw()
        return [*filter(None, map(self.drawn.get, marks(name)))]

    def _draw(self) -> None:
        with self.drawing:
            stale = list(self.stale)
            self.stale.difference_update(stale)
            held = self.counts[[self.rows[mark] for mark in stale]]
            all_held = held.sum(axis=1, keepdims=True)
            share = (self.names + 1.0) / (self.names + 1.0).sum()
            weights = np.log((held + PRIOR * share) / ((all_held + PRIOR) * share))
            weights -= weights.mean(axis=1, keepdims=True)
            self.drawn.update(zip(stale, lines(weights), strict=True))

    def _row(self, mark: str) -> int:
        row = self.rows.setdefault(mark, len(self.rows))
        self._make_room()
        return row

    def _make_room(self) -> None:
        while len(self.rows) > len(self.counts):
            with self.drawing:
                self.counts = np.concatenate([self.counts, np.zeros_like(self.counts)])
