"""A place on a ground → for each street a row of numbers, for and against it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from app.routing.memory import Key, Memory, leader
from app.routing.reading.spots import BUILT, Spot
from app.routing.weighing.grounds import AT, CHARACTERS, LENGTH, ONES, Flags, Ground
from app.routing.weighing.profile import Floats
from app.routing.weighing.similarity import SOURCES, Likeness, grams

BUILDING = re.compile("楼|单元|栋|座")
NUMBER_NEAR, NUMBER_BETWEEN = AT["number_near"], AT["number_between"]
STEM_BEGINS, STEM_WITHIN = AT["stem_begins"], AT["stem_within"]
NUMBER_SCALE = 20
MOST_LIKELY = 24
ALIKE = 1_000.0
"""More than the weights of characters ever add up to."""

NOTHING_NEAR = (0.0, -1)

Ids = NDArray[np.intp]


class Sheet(Struct, gc=False):
    """The numbers of some streets: `numbers` has the lines of `Ground.sheet`.

    `streets` are their codes; `alike` is their likeness to the place of this `name`; with `inside`
    a building, floor or unit is told behind it.
    """

    streets: Sequence[str]
    numbers: Floats
    alike: Likeness
    whole_city: bool
    name: str
    inside: bool

    @property
    def begins_with_stem(self) -> bool:
        """Whether some street's short name begins the place: 天坛东里."""
        return bool(self.numbers[STEM_BEGINS].any())

    def matrix(self) -> Floats:
        """For each street all COLUMNS, for scripts/learn_routing.py: in single precision, which is
        fine enough."""
        lines = self.numbers.astype(np.float32, order="C")
        columns = lines[:ONES].astype(np.float64)
        columns[AT["length"]] = lines[LENGTH]
        columns[AT["characters"]] = lines[CHARACTERS:].sum(axis=0)
        return columns.T.copy()


def describe(ground: Ground, memory: Memory, spot: Spot, tail: str) -> Sheet:
    """The sheet of a place: all streets of a district, or the city's streets worth ranking; `tail`
    is the text behind the place."""
    name, width = spot.name, ground.width
    place_grams = dict.fromkeys(grams(name))
    alike = ground.index.liken(name, place_grams, ground.part)
    cells = ground.sheet(name, flags_of(spot, tail))
    numbers = np.frombuffer(cells).reshape(-1, width)
    write_alike(alike, memoryview(cells).cast("d"), width)
    if not ground.stems.keys().isdisjoint(place_grams):
        write_stems(ground.stems, name, place_grams, numbers)
    if spot.road and spot.number is not None:
        write_numbers(sorted(known_numbers(ground, memory, spot)), spot.number, numbers)
    inside = BUILT.search(tail) is not None
    if not ground.whole_city:
        return Sheet(ground.codes, numbers, alike, False, name, inside)
    worth = numbers[CHARACTERS:].sum(axis=0, dtype=np.float32)
    kept = likeliest(alike, worth)
    return Sheet(
        [ground.codes[at] for at in kept.tolist()],
        numbers.take(kept, axis=1),
        alike,
        True,
        name,
        inside,
    )


def flags_of(spot: Spot, tail: str) -> Flags:
    village = "村" in spot.name
    return spot.road, village, not village and BUILDING.search(tail) is not None


def likeliest(alike: Likeness, worth: Floats) -> Ids:
    """The city's streets worth ranking: by the likest name, then by the weights of the place's
    characters, which are their first `worth`; of equals the last come first."""
    for slot, (cosine, _) in alike.likest.items():
        at = slot // SOURCES
        worth[at] = max(worth[at], ALIKE + cosine)
    most = min(MOST_LIKELY, len(worth))
    likely: Ids = (worth >= np.partition(worth, -most)[-most]).nonzero()[0]
    return likely[worth[likely].argsort(kind="stable")[: -most - 1 : -1]]


def write_alike(alike: Likeness, cells: "memoryview[float]", width: int) -> None:
    """The TRAITS of each street that has a name like the place, of whatever source."""
    for slot, shared in alike.heads.items():
        at = slot // SOURCES
        cells[at] = max(cells[at], shared)
    for slot, (cosine, _) in alike.likest.items():
        at = width + slot // SOURCES
        cells[at] = max(cells[at], cosine)


def likest(ground: Ground, alike: Likeness, street_code: str) -> str:
    """The name of a street that is most like the place, if any is."""
    first = ground.position[street_code] * SOURCES
    near = max(alike.likest.get(slot, NOTHING_NEAR) for slot in (first, first + 1))
    return ground.index.names[near[1]] if near[0] else ""


def write_stems(
    stems: Mapping[str, list[int]], place: str, place_grams: Collection[str], numbers: Floats
) -> None:
    """The streets' own names in the place: 望京 at the beginning, or anywhere."""
    for gram in place_grams:
        for at in stems.get(gram, ()):
            numbers[STEM_WITHIN, at] = len(gram)
            if place.startswith(gram):
                numbers[STEM_BEGINS, at] = 1.0


def write_numbers(known: Iterable[tuple[int, int]], number: int, numbers: Floats) -> None:
    """Known numbers of the road: each street's nearest, and the street on both sides."""
    below = above = None
    for other, at in known:
        near = 1 / (1 + abs(other - number) / NUMBER_SCALE)
        numbers[NUMBER_NEAR, at] = max(numbers[NUMBER_NEAR, at], near)
        if other <= number:
            below = at
        if other >= number and above is None:
            above = at
    if below is not None and below == above:
        numbers[NUMBER_BETWEEN, below] = 1.0


def known_numbers(ground: Ground, memory: Memory, spot: Spot) -> list[tuple[int, int]]:
    """Numbers of the road with the street of each, from communities' names and from memory."""
    known = list(ground.roads.get(spot.name, ()))
    for district in ground.districts:
        for key in memory.on_road(district, spot.name):
            if key.number is not None and (past := memory.past(key)):
                known.append((key.number, ground.position[leader(past)[0]]))
    return known


def key_of(spot: Spot, district_code: str) -> Key:
    """The place's key in memory."""
    return Key(district_code, spot.name, spot.number if spot.road else None)
