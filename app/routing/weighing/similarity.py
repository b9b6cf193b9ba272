"""Likeness of a place to the names of each street's places: for places that no list holds.

Two names are alike by the beginning they share (`马家堡东里`, `马家堡西里`) and by the cosine of
their `grams`, each weighted by its rarity (IDF). An `Index` holds names with their streets, takes
new ones at any time, and gives the likeness of a place to each street with a similar name. It is
read while it grows: a name's own data are in place before its grams point to it.
"""

import math
import sys
from array import array
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import add, truediv
from typing import NamedTuple, Self

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
        of_names = [set(grams(name)) for name in names]
        known, total = Counter(chain.from_iterable(of_names)), len(of_names) + 1
        weights = {gram: math.log(total / (count + 1)) ** 2 for gram, count in known.items()}
        return cls(weights, math.log(total) ** 2)

    def size(self, name_grams: Iterable[str]) -> float:
        """The length of a name's vector."""
        weigh, unknown = self.weights.get, self.unknown
        return math.sqrt(sum(weigh(gram, unknown) for gram in name_grams)) or 1.0


NOTHING = Likeness()

Posting = int | list[int] | dict[int, list[int]]
"""The names with a gram: one by its number alone, as most are; a few; or, where they are more than
COMMON, each district's by themselves."""


class Part(NamedTuple):
    """A district, or the whole city (no `district`): the slots of its streets, and its number."""

    low: int
    high: int
    district: int | None = None


CITY = Part(0, sys.maxsize)
EVERYBODY = (0,) * (COMMON + 1)
"""More names than any is looked for among."""
RESTING = 1_000
"""A number that was free so long is given again: who read it meanwhile has done."""


class Index:
    """The city's names of places, each with its slot. `districts`: the number of each street's."""

    def __init__(self, rarity: Rarity, districts: Sequence[int]) -> None:
        self.rarity = rarity
        self.districts = districts
        self.names: list[str] = []
        self.slots = array("I")
        self.sizes = array("d")
        self.postings: dict[str, Posting] = {}
        self.free: deque[int] = deque()

    def add(self, name: str, street: int, source: int = GAZETTEER) -> int:
        """Take a street's name in; `drop` takes it out again by the number returned."""
        name_grams = dict.fromkeys(grams(name))  # in order: a sum is the same in every process
        slot, size = street * SOURCES + source, self.rarity.size(name_grams)
        name_id = self._number(name, slot, size)
        for gram in name_grams:
            posting = self.postings.get(gram)
            if posting is None:
                self.postings[gram] = name_id
            elif isinstance(posting, int):
                self.postings[gram] = [posting, name_id]
            elif isinstance(posting, dict):
                posting.setdefault(self.districts[street], []).append(name_id)
            else:
                posting.append(name_id)
                if len(posting) > COMMON:
                    self.postings[gram] = self._parted(posting)
        return name_id

    def drop(self, name_id: int) -> None:
        """Take a name out."""
        district = self.districts[self.slots[name_id] // SOURCES]
        for gram in set(grams(self.names[name_id])):
            posting = self.postings[gram]
            if isinstance(posting, int):
                del self.postings[gram]
                continue
            of_part = posting[district] if isinstance(posting, dict) else posting
            of_part.remove(name_id)
            left = sum(map(len, posting.values())) if isinstance(posting, dict) else len(posting)
            if left <= COMMON:
                self._few(gram, posting)
        self.free.append(name_id)

    def learned(self, name: str, part: Part) -> dict[int, int]:
        """The streets of a part that have learned a name, each with the name's number."""
        fewest: Sequence[int] = ()
        for gram in grams(name):
            holders = self.held(gram, part)
            if not holders:
                return {}
            fewest = min(fewest or holders, holders, key=len)
        return {
            (slot - part.low) // SOURCES: name_id
            for name_id in fewest
            if self.names[name_id] == name and (slot := self.slots[name_id]) % SOURCES == LEARNED
        }

    def held(self, gram: str, part: Part) -> Sequence[int]:
        """The names of a part with this gram."""
        posting = self.postings.get(gram, ())
        if isinstance(posting, dict):
            return EVERYBODY if part.district is None else posting.get(part.district, ())
        some = (posting,) if isinstance(posting, int) else posting
        if part.district is None:
            return some
        low, high, slots = part.low, part.high, self.slots
        return [name_id for name_id in some if low <= slots[name_id] < high]

    def _number(self, name: str, slot: int, size: float) -> int:
        if len(self.free) > RESTING:
            name_id = self.free.popleft()
            self.names[name_id], self.slots[name_id], self.sizes[name_id] = name, slot, size
            return name_id
        self.names.append(name)
        self.slots.append(slot)
        self.sizes.append(size)
        return len(self.names) - 1

    def _parted(self, posting: Iterable[int]) -> dict[int, list[int]]:
        parts: dict[int, list[int]] = {}
        for name_id in posting:
            district = self.districts[self.slots[name_id] // SOURCES]
            parts.setdefault(district, []).append(name_id)
        return parts

    def _few(self, gram: str, posting: list[int] | dict[int, list[int]]) -> None:
        """A gram that few names have after one is gone."""
        parts = posting.values() if isinstance(posting, dict) else [posting]
        left = [name_id for part in parts for name_id in part]
        self.postings[gram] = left if len(left) > 1 else left[0]

    def liken(self, place: str, place_grams: Iterable[str], part: Part = CITY) -> Likeness:
        """The likeness of a place to the names of a part; `place_grams` are its grams, each once.

        In the place's vector a gram in no name there counts as unknown, and a gram in more than
        COMMON names as nothing.
        """
        weigh, unknown, held = self.rarity.weights.get, self.rarity.unknown, self.held
        strange = size = 0.0
        near: dict[int, float] = {}
        so_far = near.get
        for gram in place_grams:
            holders = held(gram, part)
            if not holders:
                strange += unknown
            elif len(holders) <= COMMON:
                weight = weigh(gram, unknown)
                size += weight
                for name_id in (*holders,):  # as they are now: others may come and go
                    near[name_id] = so_far(name_id, 0.0) + weight
        if not near:
            return NOTHING
        length = math.sqrt(strange + size) or 1.0
        likest = {
            slot - part.low: (share / length, name_id)
            for slot, share, _, name_id in self._rising(near)
        }
        return Likeness(likest, self._heads(place, near, part))

    def _rising(self, near: Mapping[int, float]) -> list[tuple[int, float, str, int]]:
        """Slot by slot, the likest name last; of equals by their characters, so that it is the
        same name in every process."""
        slots = map(self.slots.__getitem__, near)
        shares = map(truediv, near.values(), map(self.sizes.__getitem__, near))
        return sorted(zip(slots, shares, map(self.names.__getitem__, near), near, strict=True))

    def _heads(self, place: str, near: Collection[int], part: Part) -> dict[int, int]:
        """For each slot with a name that begins as the place does, the characters shared from the
        beginning. If few names have that first gram, only they are compared."""
        begins = place[:HEAD]
        alike = self.held(begins, part) if len(begins) == HEAD else near
        heads: dict[int, int] = {}
        for name_id in (*alike,) if len(alike) <= COMMON else near:
            name = self.names[name_id]
            if name.startswith(begins):
                slot = self.slots[name_id] - part.low
                heads[slot] = max(heads.get(slot, 0), common(place, name))
        return heads


def common(name: str, other: str) -> int:
    """The number of characters that two names with the same HEAD share, at most LONGEST_HEAD."""
    most = min(len(name), len(other), LONGEST_HEAD)
    shared = min(HEAD, most)
    while shared < most and name[shared] == other[shared]:
        shared += 1
    return shared
