"""How like the names of a street's places a place is: for places that no list holds.

Two names are alike by the beginning they share (`马家堡东里`, `马家堡西里`), by the longest part
they share, and by the cosine of their 1- to 4-grams, each weighted by its rarity (IDF). An `Index`
holds names with the street each belongs to, takes new ones at any time, and tells for every street
how near its nearest name comes. It is read while it grows: a name's own data are in place before
its grams point to it.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Self

import numpy as np
from numpy.typing import NDArray

GRAMS = (1, 2, 3, 4)
HEAD = 2
LONGEST_HEAD = 8
LONGEST_NAME = 24
DOUBT = 0.5
"""Half a name is taken to lie elsewhere: one witness says 2 in 3, nine say 18 in 19."""

Floats = NDArray[np.float64]
Ids = NDArray[np.intp]


class Trait(IntEnum):
    """What an Index tells of each street: the columns of `Index.liken`."""

    HEAD = 0  # characters shared from the beginning, with the likest name
    WHOLE_HEAD = auto()  # the share of that name they make up
    HEAD_SHARE = (
        auto()
    )  # share of the names with the longest known beginning that are this street's
    COSINE = auto()  # with the likest name
    PART_SHARE = auto()  # HEAD_SHARE for the longest known parts, wherever they stand
    PART = auto()  # and how long these parts are


HEADS = Trait.COSINE.value
"""The traits of beginnings stand first."""


def grams(name: str) -> list[str]:
    return [name[i : i + n] for n in GRAMS for i in range(len(name) - n + 1)]


@dataclass(frozen=True, slots=True)
class Rarity:
    """IDF over the gazetteer's names: what few of them hold tells much, what none holds most."""

    weights: Mapping[str, float]
    unknown: float

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        known: Counter[str] = Counter()
        total = 1
        for name in names:
            known.update(set(grams(name)))
            total += 1
        weights = {gram: math.log(total / (count + 1)) for gram, count in known.items()}
        return cls(weights, math.log(total))


class Posting:
    """The names that hold one gram, and what it adds to their likeness to a place that has it.

    Kept as lists, which grow, and as arrays of the same length, made again when read after growth.
    """

    __slots__ = ("_arrays", "ids", "weights")

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.weights: list[float] = []
        self._arrays: tuple[Ids, Floats] | None = None

    def add(self, name_id: int, weight: float) -> None:
        self.ids.append(name_id)
        self.weights.append(weight)
        self._arrays = None

    def remove(self, name_id: int) -> None:
        at = self.ids.index(name_id)
        del self.ids[at], self.weights[at]
        self._arrays = None

    def arrays(self) -> tuple[Ids, Floats]:
        arrays = self._arrays
        if arrays is None:
            weights = np.array(self.weights)
            arrays = self._arrays = np.array(self.ids[: len(weights)], dtype=np.intp), weights
        return arrays


class Index:
    """Names of the places of `width` streets, told apart by their position."""

    def __init__(self, width: int, rarity: Rarity) -> None:
        self.width = width
        self.weights = rarity.weights
        self.unknown = rarity.unknown
        self.names: list[str] = []
        self.streets: list[int] = []
        self.street = np.zeros(64, dtype=np.intp)  # the same, as an array with room to grow
        self.postings: dict[str, Posting] = {}
        self.heads: defaultdict[str, list[int]] = defaultdict(list)

    def add(self, name: str, street: int) -> int:
        """Take a name in; the number by which it can be taken out again."""
        counts = Counter(grams(name))
        weights = {gram: self.weights.get(gram, self.unknown) * n for gram, n in counts.items()}
        name_id = len(self.names)
        if name_id == len(self.street):
            self.street = np.concatenate([self.street, np.zeros_like(self.street)])
        self.names.append(name)
        self.streets.append(street)
        self.street[name_id] = street
        size = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        for gram, weight in weights.items():
            rarity = self.weights.get(gram, self.unknown)
            self.postings.setdefault(gram, Posting()).add(name_id, weight * rarity / size)
        self.heads[name[:HEAD]].append(name_id)
        return name_id

    def drop(self, name_id: int) -> None:
        """Take a name out."""
        name = self.names[name_id]
        self.heads[name[:HEAD]].remove(name_id)
        for gram in set(grams(name)):
            posting = self.postings[gram]
            posting.remove(name_id)
            if not posting.ids:
                del self.postings[gram]

    def liken(self, place: str) -> Floats:
        """A row of Traits for each street."""
        traits = np.zeros((self.width, len(Trait)))
        place = place[:LONGEST_NAME]
        if self.names and len(place) >= HEAD:
            self._heads(place, traits)
            self._grams(place, traits)
        return traits

    def likest(self, place: str, streets: Collection[int]) -> str:
        """Among the names of some streets, the one that shares the longest beginning."""
        names = (
            self.names[name_id]
            for name_id in self.heads.get(place[:HEAD], ())
            if self.streets[name_id] in streets
        )
        return max(names, key=lambda name: common(place, name), default="")

    def _heads(self, place: str, traits: Floats) -> None:
        longest = 0
        witnesses: list[int] = []
        best: dict[int, tuple[int, float]] = {}
        for name_id in self.heads.get(place[:HEAD], ()):
            name, street = self.names[name_id], self.streets[name_id]
            shared = common(place, name)
            most, whole = best.get(street, (0, 0.0))
            best[street] = max(most, shared), max(whole, shared / len(name))
            if shared > longest:
                longest, witnesses = shared, []
            if shared == longest:
                witnesses.append(street)
        for street, (most, whole) in best.items():
            share = witnesses.count(street) / (len(witnesses) + DOUBT)
            traits[street, :HEADS] = most, whole, share

    def _grams(self, place: str, traits: Floats) -> None:
        """Grams from the shortest to the longest, so that the longest found stand last."""
        found: list[Posting] = []
        size = 0.0
        last = longest = 0
        for gram in dict.fromkeys(grams(place)):
            weight = self.weights.get(gram, self.unknown)
            size += weight * weight
            posting = self.postings.get(gram)
            if posting is not None:
                if len(gram) > longest:
                    last, longest = len(found), len(gram)
                found.append(posting)
        if found:
            self._cosines(found, math.sqrt(size) or 1.0, traits)
            self._parts(found[last:], longest, traits)

    def _cosines(self, found: Sequence[Posting], size: float, traits: Floats) -> None:
        arrays = [posting.arrays() for posting in found]
        ids = np.concatenate([ids for ids, _ in arrays])
        products = np.concatenate([products for _, products in arrays])
        cosines: Floats = np.bincount(ids, products) / size
        best = np.zeros(len(traits))
        np.maximum.at(best, self.street[: len(cosines)], cosines)
        traits[:, Trait.COSINE] = best

    def _parts(self, parts: Sequence[Posting], longest: int, traits: Floats) -> None:
        """`parts`: for each of the longest grams found, the names that hold it."""
        shares: dict[int, float] = {}
        total = 0.0
        for posting in parts:
            witness = 1 / (len(posting.ids) + DOUBT)
            for name_id in posting.ids:
                street = self.streets[name_id]
                shares[street] = shares.get(street, 0.0) + witness
                total += witness
        streets = list(shares)
        traits[streets, Trait.PART_SHARE] = [share / total for share in shares.values()]
        traits[streets, Trait.PART] = longest


def common(one: str, other: str) -> int:
    """How many characters two names share from their beginning, at most LONGEST_HEAD."""
    shared = 0
    for a, b in zip(one[:LONGEST_HEAD], other, strict=False):
        if a != b:
            break
        shared += 1
    return shared
