"""How like the names of a street's places a place is: for places that no list holds.

Two names are alike by the beginning they share (`马家堡东里`, `马家堡西里`), by the longest part
they share, and by the cosine of their `grams`, each weighted by its rarity (IDF). An `Index`
holds names with the street each belongs to, takes new ones at any time, and tells of every street
that has a name like a place how near it comes. It is read while it grows: a name's own data are in
place before its grams point to it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import add
from typing import Self

BEGIN = "^"
HEAD = 2
LONGEST_HEAD = 8
LONGEST_NAME = 24
COMMON = 24
"""A gram that more names of an index have (东里, 小区) leads to none of them: they are left to
profile.py, and a full memory is asked as fast as an empty one."""

DOUBT = 0.5
"""Half a name is taken to lie elsewhere: one witness says 2 in 3, nine say 18 in 19."""


@dataclass(slots=True)
class Alike:
    """How a street's names are like a place."""

    head: float = 0.0  # characters shared from the beginning, with the likest name
    whole_head: float = 0.0  # the share of that name they make up
    head_share: float = 0.0  # of the names with the longest known beginning, this street's
    cosine: float = 0.0  # with the likest name
    part_share: float = 0.0  # head_share for the longest known parts, wherever they stand
    part: float = 0.0  # and how long these parts are
    same: float = 0.0  # 1 where one of its names is the place's
    name: str = ""  # the likest by cosine

    def begin(self, shared: int, length: int, same: bool) -> None:
        """A name of some length shares its beginning with the place, or is the same."""
        self.same = max(self.same, same)
        self.head = max(self.head, shared)
        self.whole_head = max(self.whole_head, shared / length)

    @property
    def traits(self) -> tuple[float, ...]:
        return (
            self.head,
            self.whole_head,
            self.head_share,
            self.cosine,
            self.part_share,
            self.part,
            self.same,
        )


TRAITS = tuple(one.name for one in fields(Alike) if one.type is float)


def grams(name: str) -> list[str]:
    """The first character, marked; pairs, also those one apart (新华南路 is like 新南路); threes
    and fours. A name that no place can have counts by its beginning."""
    name = name[:LONGEST_NAME]
    third = name[2:]
    pairs = list(map(add, name, name[1:]))
    threes = list(map(add, pairs, third))
    fours = map(add, threes, name[3:])
    return [BEGIN + name[:1], *map(add, name, third), *pairs, *threes, *fours]


@dataclass(frozen=True, slots=True)
class Rarity:
    """IDF over the gazetteer's names, squared: what few of them hold tells much, what most hold
    nothing."""

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


Lead = tuple[str, float, Sequence[int]]
"""A gram, its weight, and the names that have it."""


class Index:
    """Names of places, each with the number of its street."""

    def __init__(self, rarity: Rarity) -> None:
        self.rarity = rarity
        self.names: list[str] = []
        self.streets: list[int] = []
        self.sizes: list[float] = []
        self.postings: dict[str, list[int]] = {}

    def add(self, name: str, street: int) -> int:
        """Take a name in; the number by which it can be taken out again."""
        name_id = len(self.names)
        found = dict.fromkeys(grams(name))  # in order: a sum is the same in every process
        self.names.append(name)
        self.streets.append(street)
        self.sizes.append(self.rarity.size(found))
        for gram in found:
            self.postings.setdefault(gram, []).append(name_id)
        return name_id

    def drop(self, name_id: int) -> None:
        """Take a name out."""
        for gram in set(grams(self.names[name_id])):
            posting = self.postings[gram]
            posting.remove(name_id)
            if not posting:
                del self.postings[gram]

    def liken(self, place: str, found: Iterable[str]) -> dict[int, Alike]:
        """The streets that have a name like the place, by their numbers; `found` are its grams."""
        followed, size = self._follow(found)
        alike: dict[int, Alike] = {}
        if followed:
            near = nearest(followed)
            self._cosines(near, size, alike)
            self._heads(place, begun(place, followed) or near, alike)
            self._parts(followed, alike)
        return alike

    def _follow(self, place_grams: Iterable[str]) -> tuple[list[Lead], float]:
        """The grams that lead to names; and the length of the place's vector, in which what no
        name here holds counts as unknown, and what leads nowhere for nothing."""
        known, weigh, unknown = self.postings.get, self.rarity.weights.get, self.rarity.unknown
        followed: list[Lead] = []
        size = 0.0
        for gram in place_grams:
            posting = known(gram, [])
            if len(posting) > COMMON:
                continue
            weight = weigh(gram, unknown) if posting else unknown
            size += weight
            if names := (*posting,):  # as they are now: others may come and go
                followed.append((gram, weight, names))
        return followed, math.sqrt(size) or 1.0

    def _cosines(self, near: Mapping[int, float], size: float, alike: dict[int, Alike]) -> None:
        sizes, streets = self.sizes, self.streets
        for name_id, weight in near.items():
            cosine = weight / (size * sizes[name_id])
            street = streets[name_id]
            one = alike.get(street)
            if one is None:
                one = alike[street] = Alike()
            if cosine >= one.cosine:
                one.cosine = cosine
                one.name = self.names[name_id]

    def _heads(self, place: str, near: Iterable[int], alike: Mapping[int, Alike]) -> None:
        longest = 0
        witnesses: list[int] = []
        names, head = self.names, place[:HEAD]
        for name_id in [one for one in near if names[one].startswith(head)]:
            name, street = names[name_id], self.streets[name_id]
            shared = common(place, name)
            alike[street].begin(shared, len(name), name == place)
            if shared > longest:
                longest, witnesses = shared, []
            if shared == longest:
                witnesses.append(street)
        for street in witnesses:
            alike[street].head_share += 1 / (len(witnesses) + DOUBT)

    def _parts(self, followed: Iterable[Lead], alike: Mapping[int, Alike]) -> None:
        longest = max([len(gram) for gram, _, _ in followed])
        parts = [posting for gram, _, posting in followed if len(gram) == longest]
        total = sum([len(posting) / (len(posting) + DOUBT) for posting in parts])
        for posting in parts:
            witness = 1 / (len(posting) + DOUBT) / total
            for name_id in posting:
                one = alike[self.streets[name_id]]
                one.part_share += witness
                one.part = longest


def begun(place: str, followed: Iterable[Lead]) -> Sequence[int]:
    """The names that hold the place's first two characters, if these lead to any."""
    head = place[:HEAD]
    return next((posting for gram, _, posting in followed if gram == head), ())


def nearest(followed: Iterable[Lead]) -> dict[int, float]:
    """The names that share a gram, with the weight of all that they share."""
    near: dict[int, float] = {}
    so_far = near.get
    for _, weight, posting in followed:
        for name_id in posting:
            near[name_id] = so_far(name_id, 0.0) + weight
    return near


def common(one: str, other: str) -> int:
    """How many characters two names share from their beginning, at most LONGEST_HEAD."""
    most = min(len(one), len(other), LONGEST_HEAD)
    shared = 0
    while shared < most and one[shared] == other[shared]:
        shared += 1
    return shared
