"""A place on a ground → a row of numbers for each street: what names tell for and against it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.routing.grounds import STANDING, Ground
from app.routing.memory import Key, Memory, leader
from app.routing.places import Spot
from app.routing.similarity import Floats, Trait

BUILDING = re.compile("楼|单元|栋|座")
FLAGS = ("township_of_village", "township_of_building", "township_of_road")
FOUND = ("number_near", "number_between", "stem_begins", "stem_within")
PER_STREET = (
    *(f"gazetteer_{trait.name.lower()}" for trait in Trait),
    *(f"memory_{trait.name.lower()}" for trait in Trait),
    *STANDING,
    *FLAGS,
    *FOUND,
)
OF_PLACE = ("length", "road", "village", "building", "whole_city", "memory")
COLUMNS = (*PER_STREET, *(f"{name}_behind" for name in PER_STREET), *OF_PLACE)
"""Each street's numbers, each less the best street's, and what is so for the place as a whole."""

OWN = {name: at for at, name in enumerate(PER_STREET)}
STANDING_AT = 2 * len(Trait)
FLAGS_AT = STANDING_AT + len(STANDING)
NUMBER_SCALE = 20
STEM_LENGTHS = (2, 3, 4)
MOST_LIKELY = 24


@dataclass(frozen=True, slots=True)
class Sheet:
    """What speaks for each street: `own` has a row for each and the columns PER_STREET."""

    own: Floats
    of_place: Floats

    def matrix(self) -> Floats:
        """All COLUMNS, as the numbers are learned from."""
        behind = self.own - self.own.max(axis=0)
        place = np.broadcast_to(self.of_place, (len(self.own), len(OF_PLACE)))
        return np.concatenate([self.own, behind, place], axis=1)

    def rows(self, kept: NDArray[np.intp]) -> "Sheet":
        return Sheet(self.own[kept], self.of_place)

    def known_at_all(self) -> bool:
        """Whether any name shares two characters with the place."""
        columns = [OWN["gazetteer_part"], OWN["memory_part"]]
        return bool(self.own[:, columns].max() > 1)


def describe(ground: Ground, memory: Memory, spot: Spot, tail: str) -> Sheet:
    """The place on its ground; `tail` is the text behind the place."""
    village = "村" in spot.name
    building = not village and BUILDING.search(tail) is not None
    own = np.zeros((ground.width, len(PER_STREET)))
    own[:, :STANDING_AT] = ground.index.liken(spot.name).reshape(ground.width, STANDING_AT)
    own[:, STANDING_AT:FLAGS_AT] = ground.standing
    for at, so in enumerate((village, building, spot.road), FLAGS_AT):
        if so:
            own[:, at] = ground.townships
    write_stems(ground.stems, spot.name, own)
    if spot.road and spot.number is not None:
        write_numbers(sorted(known_numbers(ground, memory, spot)), spot.number, own)
    facts = (len(spot.name), spot.road, village, building, ground.whole_city, ground.experience)
    return Sheet(own, np.array(facts, dtype=float))


def write_stems(stems: Mapping[str, list[int]], place: str, own: Floats) -> None:
    """What the streets' own names say: 望京 at the beginning, or anywhere."""
    for length in STEM_LENGTHS:
        for start in range(len(place) - length + 1):
            for at in stems.get(place[start : start + length], ()):
                own[at, OWN["stem_within"]] = length
                own[at, OWN["stem_begins"]] = max(own[at, OWN["stem_begins"]], start == 0)


def write_numbers(known: Iterable[tuple[int, int]], number: int, own: Floats) -> None:
    """Known numbers of the road: how near each street's nearest is, and whose lie on both sides."""
    below = above = None
    for other, at in known:
        near = 1 / (1 + abs(other - number) / NUMBER_SCALE)
        own[at, OWN["number_near"]] = max(own[at, OWN["number_near"]], near)
        if other <= number:
            below = at
        if other >= number and above is None:
            above = at
    if below is not None and below == above:
        own[below, OWN["number_between"]] = 1.0


def known_numbers(ground: Ground, memory: Memory, spot: Spot) -> list[tuple[int, int]]:
    """Numbers of the road with the street of each, from communities' names and from memory."""
    found = list(ground.roads.get(spot.name, ()))
    for district in ground.districts & memory.districts.get(spot.name, set()):
        for number, key in memory.on_road(district, spot.name).items():
            found.append((number, ground.position[leader(memory.past(key))[0]]))
    return found


def key_of(spot: Spot, district_code: str) -> Key:
    """How the place is remembered."""
    return Key(district_code, spot.name, spot.number if spot.road else None)


def likeliest(sheet: Sheet) -> NDArray[np.intp]:
    """The streets worth ranking: all of a district, and of the whole city those most alike."""
    if len(sheet.own) <= 2 * MOST_LIKELY:
        return np.arange(len(sheet.own))
    columns = [OWN["gazetteer_cosine"], OWN["memory_cosine"]]
    alike = sheet.own[:, columns].max(axis=1)
    return np.sort(np.argsort(-alike, kind="stable")[:MOST_LIKELY])
