"""How like the names of a street's places a place is: for places that no list holds.

Two names are alike by the beginning they share (`马家堡东里`, `马家堡西里`), by the longest part
they share, and by the cosine of their `grams`, each weighted by its rarity (IDF). An `Index`
holds names with the street each belongs to, takes new ones at any time, and tells of every street
that has a name like a place how near it comes. It is read while it grows: a name's own data are in
place before its grams point to it.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import add
from typing import Self

from msgspec import Struct

BEGIN = "^"
HEAD = 2
LONGEST_HEAD = 8
LONGEST_NAME = 24
COMMON = 24
"""A gram that more names of an index have (东里, 小区) leads to none of them: they are left to
profile.py, and a full memory is asked as fast as an empty one."""

DOUBT = 0.5
"""Half a name is taken to lie elsewhere: one witness says 2 in 3, nine say 18 in 19."""


class Head(Struct, gc=False):
    """How a street's names begin as the place does."""

    head: int = 0  # characters shared from the beginning, with the likest name
    whole_head: float = 0.0  # the share of that name they make up
    head_share: float = 0.0  # of the names with the longest known beginning, this street's
    same: bool = False  # one of its names is the place's

    def meet(self, shared: int, length: int, same: bool) -> None:
        """A name of some length shares its beginning with the place, or is the same."""
        self.head = max(self.head, shared)
        self.whole_head = max(self.whole_head, shared / length)
        self.same = self.same or same


TRAITS = ("head", "whole_head", "head_share", "cosine", "part_share", "part", "same")
"""What is told of a street, in the order in which the ranker has it."""


class Likeness(Struct, gc=False):
    """How names are like a place: what is told of each street that has such, by its number. Most
    have nothing but a pair somewhere, so that they have a cosine and no more."""

    cosines: dict[int, float] = {}  # with the street's likest name
    likest: dict[int, int] = {}  # that name
    heads: dict[int, Head] = {}
    parts: dict[int, float] = {}  # the street's share of those with the longest known parts
    part: int = 0  # and how long these parts are


def grams(name: str) -> list[str]:
    """The first character, marked; pairs, also those one apart (新华南路 is like 新南路); threes
    and fours: none is shorter than those before it. A name that no place can have counts by its
    beginning."""
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


NOTHING = Likeness()


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

    def liken(self, place: str, found: Collection[str]) -> Likeness:
        """How the names are like the place; `found` are its grams, each once.

        In the place's vector what no name here has counts as unknown, and what leads nowhere for
        nothing.
        """
        postings = self.postings
        weigh, unknown = self.rarity.weights.get, self.rarity.unknown
        held = [*filter(postings.__contains__, found)]
        size = unknown * (len(found) - len(held))
        followed: dict[str, Sequence[int]] = {}
        near: dict[int, float] = {}
        so_far = near.get
        for gram in held:
            posting = postings.get(gram, ())
            names = (*posting,) if len(posting) <= COMMON else ()
            if names:  # as they are now: others may come and go
                weight = weigh(gram, unknown)
                size += weight
                followed[gram] = names
                for name_id in names:
                    near[name_id] = so_far(name_id, 0.0) + weight
        if not near:
            return NOTHING
        heads = self._heads(place, self._begun(place[:HEAD], followed, near))
        cosines, likest = self._cosines(near, math.sqrt(size) or 1.0)
        return Likeness(cosines, likest, heads, *self._parts(followed))

    def _cosines(
        self, near: Mapping[int, float], size: float
    ) -> tuple[dict[int, float], dict[int, int]]:
        """Of each street that with its likest name; and that name."""
        sizes, streets = self.sizes, self.streets
        cosines: dict[int, float] = {}
        likest: dict[int, int] = {}
        so_far = cosines.get
        for name_id, weight in near.items():
            cosine = weight / (size * sizes[name_id])
            street = streets[name_id]
            if cosine >= so_far(street, 0.0):
                cosines[street] = cosine
                likest[street] = name_id
        return cosines, likest

    def _begun(
        self, head: str, followed: Mapping[str, Sequence[int]], near: Iterable[int]
    ) -> Iterable[int]:
        """Names among which are all that begin like this: few, if the head is a gram that leads."""
        if head in followed:
            return followed[head]
        return near if len(head) < HEAD or head in self.postings else ()

    def _heads(self, place: str, near: Iterable[int]) -> dict[int, Head]:
        heads: dict[int, Head] = {}
        longest = 0
        witnesses: list[int] = []
        names, begins = self.names, place[:HEAD]
        for name_id in near:
            name = names[name_id]
            if name.startswith(begins):
                street = self.streets[name_id]
                shared = common(place, name)
                heads.setdefault(street, Head()).meet(shared, len(name), name == place)
                if shared > longest:
                    longest, witnesses = shared, []
                if shared == longest:
                    witnesses.append(street)
        for street in witnesses:
            heads[street].head_share += 1 / (len(witnesses) + DOUBT)
        return heads

    def _parts(self, followed: dict[str, Sequence[int]]) -> tuple[dict[int, float], int]:
        """Of each street its share of the longest grams that lead to names; and how long they
        are."""
        longest = len(next(reversed(followed)))
        longest_parts = [posting for gram, posting in followed.items() if len(gram) == longest]
        total = sum([len(posting) / (len(posting) + DOUBT) for posting in longest_parts])
        parts: dict[int, float] = {}
        so_far = parts.get
        for posting in longest_parts:
            witness = 1 / (len(posting) + DOUBT) / total
            for name_id in posting:
                street = self.streets[name_id]
                parts[street] = so_far(street, 0.0) + witness
        return parts, longest


def common(one: str, other: str) -> int:
    """How many characters two names share that have a HEAD in common, at most LONGEST_HEAD."""
    most = min(len(one), len(other), LONGEST_HEAD)
    shared = min(HEAD, most)
    while shared < most and one[shared] == other[shared]:
        shared += 1
    return shared
