"""Likeness of a place to the names of each street's places: for places that no list holds.

Two names are alike by the beginning they share (`马家堡东里`, `马家堡西里`) and by the cosine of
their `grams`, each weighted by its rarity (IDF). An `Index` holds names with their streets, takes
new ones at any time, and gives the likeness of a place to each street with a similar name. It is
read while it grows: a name's own data are in place before its grams point to it.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from operator import add, truediv
from typing import Self

from msgspec import Struct

BEGIN = "^"
HEAD = 2
LONGEST_HEAD = 8
LONGEST_NAME = 24
COMMON = 24
"""A gram in more than so many names of an index (东里, 小区) leads to none of them: it is left to
profile.py, and a full memory answers as fast as an empty one."""

TRAITS = ("head", "cosine")
"""The numbers of a street here, in the ranker's order."""

GAZETTEER, LEARNED = range(2)
SOURCES = 2
"""A name is the gazetteer's or was learned: each street has a `slot` for either, its position
doubled and the source added."""


class Likeness(Struct, gc=False):
    """The likeness of a place to the similar names of each slot. Most names share a pair somewhere
    and no beginning: they have a cosine and no head."""

    likest: dict[int, tuple[float, int]] = {}  # the cosine with its likest name, and that name
    heads: dict[int, int] = {}  # the most characters that a name of it shares from the beginning


def grams(name: str) -> list[str]:
    """The first character, marked; pairs and threes. A name too long for a place counts by its
    beginning."""
    name = name[:LONGEST_NAME]
    pairs = list(map(add, name, name[1:]))
    return [BEGIN + name[:1], *pairs, *map(add, pairs, name[2:])]


@dataclass(frozen=True, slots=True)
class Rarity:
    """IDF over the gazetteer's names, squared: a rare gram weighs much, a common one nothing."""

    weights: Mapping[str, float]
    unknown: float

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        known: Counter[str] = Counter()
        total = 1
        for name in names:
            known.update(set(grams(name)))
            total += 1
        weights = {gram: math.log(total / (count + 1)) ** 2 for gram, count in known.items()}
        return cls(weights, math.log(total) ** 2)

    def size(self, name_grams: Iterable[str]) -> float:
        """The length of a name's vector."""
        weigh, unknown = self.weights.get, self.unknown
        return math.sqrt(sum(weigh(gram, unknown) for gram in name_grams)) or 1.0


NOTHING = Likeness()


class Index:
    """Names of places, each with its slot."""

    def __init__(self, rarity: Rarity) -> None:
        self.rarity = rarity
        self.names: list[str] = []
        self.slots: list[int] = []
        self.sizes: list[float] = []
        self.postings: dict[str, list[int]] = {}

    def add(self, name: str, street: int, source: int = GAZETTEER) -> int:
        """Take a street's name in; `drop` takes it out again by the number returned."""
        name_id = len(self.names)
        name_grams = dict.fromkeys(grams(name))  # in order: a sum is the same in every process
        self.names.append(name)
        self.slots.append(street * SOURCES + source)
        self.sizes.append(self.rarity.size(name_grams))
        for gram in name_grams:
            self.postings.setdefault(gram, []).append(name_id)
        return name_id

    def drop(self, name_id: int) -> None:
        """Take a name out."""
        for gram in set(grams(self.names[name_id])):
            posting = self.postings[gram]
            posting.remove(name_id)
            if not posting:
                del self.postings[gram]

    def liken(self, place: str, place_grams: Collection[str]) -> Likeness:
        """The likeness of a place to the names; `place_grams` are its grams, each once.

        In the place's vector a gram in no name here counts as unknown, and a gram in more than
        COMMON names as nothing.
        """
        postings, weigh, unknown = self.postings, self.rarity.weights.get, self.rarity.unknown
        held = [*filter(postings.__contains__, place_grams)]
        size = unknown * (len(place_grams) - len(held))
        near: dict[int, float] = {}
        so_far = near.get
        for gram in held:
            posting = postings.get(gram, ())
            if len(posting) <= COMMON:
                weight = weigh(gram, unknown)
                size += weight
                for name_id in (*posting,):  # as they are now: others may come and go
                    near[name_id] = so_far(name_id, 0.0) + weight
        if not near:
            return NOTHING
        length = math.sqrt(size) or 1.0
        likest = {slot: (share / length, name_id) for slot, share, name_id in self._rising(near)}
        return Likeness(likest, self._heads(place, near))

    def _rising(self, near: Mapping[int, float]) -> list[tuple[int, float, int]]:
        """Slot by slot, the likest name last."""
        slots = map(self.slots.__getitem__, near)
        shares = map(truediv, near.values(), map(self.sizes.__getitem__, near))
        return sorted(zip(slots, shares, near, strict=True))

    def _heads(self, place: str, near: Collection[int]) -> dict[int, int]:
        """For each slot with a name that begins as the place does, the characters shared from the
        beginning. If few names have that first gram, only they are compared."""
        begins = place[:HEAD]
        alike = self.postings.get(begins, ()) if len(begins) == HEAD else near
        heads: dict[int, int] = {}
        for name_id in (*alike,) if len(alike) <= COMMON else near:
            name = self.names[name_id]
            if name.startswith(begins):
                slot = self.slots[name_id]
                heads[slot] = max(heads.get(slot, 0), common(place, name))
        return heads


def common(name: str, other: str) -> int:
    """The number of characters that two names with the same HEAD share, at most LONGEST_HEAD."""
    most = min(len(name), len(other), LONGEST_HEAD)
    shared = min(HEAD, most)
    while shared < most and name[shared] == other[shared]:
        shared += 1
    return shared
