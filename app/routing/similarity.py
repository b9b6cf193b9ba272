"""How like the names of a street's places a place is: for places that no list holds.

Two names are alike by the beginning they share (`马家堡东里`, `马家堡西里`), by the rare pairs of
characters they share, and by the cosine of their 2- to 4-grams, each weighted by its rarity (IDF). An
`Index` holds names with the street each belongs to, takes new ones at any time, and tells for every
street how near its nearest name comes. It is read while it grows: a name's own data are in place
before its grams point to it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray

GRAMS = (2, 3, 4)
HEAD = 2
LONGEST_HEAD = 8
LONGEST_NAME = 24
DOUBT = 0.5
"""Half a name is taken to lie elsewhere: one witness says 2 in 3, nine say 18 in 19."""

Floats = NDArray[np.float64]
Rarity = Callable[[str], float]


class Trait(IntEnum):
    """What an Index tells of each street: the columns of `Index.liken`."""

    HEAD = 0  # characters shared from the beginning, with the likest name
    WHOLE_HEAD = auto()  # the share of that name they make up
    COSINE = auto()
    SECOND_COSINE = auto()  # that of the street's second name
    PAIRS = auto()  # weight of the shared pairs of characters, of all pairs of the place
    HEAD_SHARE = (
        auto()
    )  # share of the names with the longest known beginning that are this street's
    PART_SHARE = auto()  # the same for the longest known parts, wherever they stand
    PART = auto()  # and how long these parts are


def grams(name: str) -> list[str]:
    return [name[i : i + n] for n in GRAMS for i in range(len(name) - n + 1)]


def rarity(names: Iterable[str]) -> Rarity:
    """IDF over the gazetteer's names: what few of them hold tells much."""
    known: Counter[str] = Counter()
    total = 1
    for name in names:
        known.update(set(grams(name)))
        total += 1
    weights = {gram: math.log(total / (count + 1)) for gram, count in known.items()}
    unknown = math.log(total)
    return lambda gram: weights.get(gram, unknown)


class Posting:
    """The names that hold one gram, with the weight it has in each."""

    __slots__ = ("_ids", "_weights", "ids", "weights")

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.weights: list[float] = []
        self._ids: NDArray[np.intp] | None = None
        self._weights: Floats | None = None

    def add(self, name_id: int, weight: float) -> None:
        self.ids.append(name_id)
        self.weights.append(weight)
        self._ids = self._weights = None

    def arrays(self) -> tuple[NDArray[np.intp], Floats]:
        ids, weights = self._ids, self._weights
        if ids is None or weights is None:
            weights = self._weights = np.array(self.weights)
            ids = self._ids = np.array(self.ids[: len(weights)], dtype=np.intp)
        return ids, weights


class Index:
    """Names of the places of `width` streets, told apart by their position."""

    def __init__(self, width: int, weigh: Rarity) -> None:
        self.width = width
        self.weigh = weigh
        self.names: list[str] = []
        self.street = np.zeros(64, dtype=np.intp)
        self.norm = np.ones(64)
        self.postings: defaultdict[str, Posting] = defaultdict(Posting)
        self.heads: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, name: str, street: int) -> int:
        """Take a name in; the number by which it can be taken out again."""
        weights = {gram: self.weigh(gram) * n for gram, n in Counter(grams(name)).items()}
        name_id = len(self.names)
        if name_id == len(self.street):
            self.street = np.concatenate([self.street, np.zeros_like(self.street)])
            self.norm = np.concatenate([self.norm, np.ones_like(self.norm)])
        self.names.append(name)
        self.street[name_id] = street
        self.norm[name_id] = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        for gram, weight in weights.items():
            self.postings[gram].add(name_id, weight)
        self.heads[name[:HEAD]].append(name_id)
        return name_id

    def drop(self, name_id: int) -> None:
        """The name counts no more: its street becomes one that nobody asks for."""
        self.street[name_id] = self.width

    def liken(self, place: str) -> Floats:
        """A row of Traits for each street."""
        traits = np.zeros((self.width + 1, len(Trait)))
        place = place[:LONGEST_NAME]
        if self.names and len(place) >= HEAD:
            self._heads(place, traits)
            self._grams(place, traits)
        return traits[: self.width]

    def _heads(self, place: str, traits: Floats) -> None:
        longest, witnesses = 0, []
        for name_id in self.heads.get(place[:HEAD], ()):
            name = self.names[name_id]
            street = int(self.street[name_id])
            shared = common(place, name)
            row = traits[street]
            row[Trait.HEAD] = max(row[Trait.HEAD], shared)
            row[Trait.WHOLE_HEAD] = max(row[Trait.WHOLE_HEAD], shared / len(name))
            if shared > longest:
                longest, witnesses = shared, []
            if shared == longest:
                witnesses.append(street)
        for street, count in Counter(witnesses).items():
            traits[street, Trait.HEAD_SHARE] = count / (len(witnesses) + DOUBT)

    def _grams(self, place: str, traits: Floats) -> None:
        mine = Counter(grams(place))
        found = [(gram, self.postings[gram].arrays()) for gram in mine if gram in self.postings]
        if not found:
            return
        weights = [self.weigh(gram) * mine[gram] for gram, _ in found]
        ids = np.concatenate([posting[0] for _, posting in found])
        lengths = [len(posting[0]) for _, posting in found]
        theirs = np.concatenate([posting[1] for _, posting in found])
        dots = np.bincount(ids, theirs * np.repeat(weights, lengths))
        near = dots.nonzero()[0]
        size = math.sqrt(sum((self.weigh(gram) * n) ** 2 for gram, n in mine.items()))
        self._cosines(near, dots[near] / (self.norm[near] * (size or 1.0)), traits)
        self._pairs(mine, found, traits)
        self._parts(found, traits)

    def _cosines(self, near: NDArray[np.intp], cosines: Floats, traits: Floats) -> None:
        streets = self.street[near]
        order = cosines.argsort(kind="stable")
        best = np.zeros(len(traits))
        best_id = np.full(len(traits), -1)
        best[streets[order]] = cosines[order]
        best_id[streets[order]] = order
        traits[:, Trait.COSINE] = best
        others = order[best_id[streets[order]] != order]
        traits[streets[others], Trait.SECOND_COSINE] = cosines[others]

    def _pairs(
        self,
        mine: Counter[str],
        found: Sequence[tuple[str, tuple[NDArray[np.intp], Floats]]],
        traits: Floats,
    ) -> None:
        pairs = [(self.weigh(gram), ids) for gram, (ids, _) in found if len(gram) == HEAD]
        if not pairs:
            return
        ids = np.concatenate([part for _, part in pairs])
        weights = np.repeat([weight for weight, _ in pairs], [len(part) for _, part in pairs])
        shared = np.bincount(ids, weights)
        near = shared.nonzero()[0]
        total = sum(self.weigh(gram) for gram in mine if len(gram) == HEAD)
        order = shared[near].argsort(kind="stable")
        traits[self.street[near[order]], Trait.PAIRS] = shared[near[order]] / (total or 1.0)

    def _parts(
        self, found: Sequence[tuple[str, tuple[NDArray[np.intp], Floats]]], traits: Floats
    ) -> None:
        longest = max(len(gram) for gram, _ in found)
        parts = [ids for gram, (ids, _) in found if len(gram) == longest]
        streets = self.street[np.concatenate(parts)]
        weights = np.concatenate([np.full(len(ids), 1 / (len(ids) + DOUBT)) for ids in parts])
        shares = np.bincount(streets, weights, minlength=len(traits))
        traits[:, Trait.PART_SHARE] = shares / shares.sum()
        traits[shares > 0, Trait.PART] = longest


def common(one: str, other: str) -> int:
    """How many characters two names share from their beginning, at most LONGEST_HEAD."""
    shared = 0
    for a, b in zip(one[:LONGEST_HEAD], other, strict=False):
        if a != b:
            break
        shared += 1
    return shared
