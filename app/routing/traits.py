"""A place on a ground → a row of numbers for each street: what names tell for and against it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from app.routing.grounds import AT, Flags, Ground, numbers_of, street_of
from app.routing.memory import Key, Memory, leader
from app.routing.places import Spot
from app.routing.profile import Floats
from app.routing.similarity import TRAITS, Likeness, grams

BUILDING = re.compile("楼|单元|栋|座")
NUMBER_NEAR, NUMBER_BETWEEN = AT["number_near"], AT["number_between"]
STEM_BEGINS, STEM_WITHIN = AT["stem_begins"], AT["stem_within"]
CHARACTERS, LENGTH = AT["characters"], AT["length"]
HEAD, WHOLE_HEAD, HEAD_SHARE, COSINE, PART_SHARE, PART, SAME = range(len(TRAITS))
NUMBER_SCALE = 20
MOST_LIKELY = 24
ALIKE = 1_000.0
"""More than characters ever say for a street."""

Ids = NDArray[np.intp]


class Sheet(Struct, gc=False):
    """What speaks for each of some streets: `numbers` has a row for each, of COLUMNS and a one.

    `streets` are their positions on the ground; `alike` is what the ground's index found.
    """

    streets: Sequence[int]
    numbers: Floats
    alike: Likeness
    whole_city: bool

    def matrix(self) -> Floats:
        """All COLUMNS, as the numbers are learned from."""
        return self.numbers[:, :-1].astype(np.float64)


def describe(ground: Ground, memory: Memory, spot: Spot, tail: str) -> Sheet:
    """The place on its ground: of a district all streets, of the whole city those worth ranking;
    `tail` is the text behind the place."""
    name = spot.name
    found = dict.fromkeys(grams(name))
    alike = ground.index.liken(name, found)
    numbers = ground.blank(flags_of(spot, tail))
    numbers[:, LENGTH] = len(name)
    numbers[:, CHARACTERS] = ground.profile.tell(name)
    write_alike(alike, numbers.reshape(-1).data)
    if not ground.stems.keys().isdisjoint(found):
        write_stems(ground.stems, name, found, numbers)
    if spot.road and spot.number is not None:
        write_numbers(sorted(known_numbers(ground, memory, spot)), spot.number, numbers)
    if not ground.whole_city:
        return Sheet(range(ground.width), numbers, alike, False)
    kept = likeliest(alike, numbers[:, CHARACTERS])
    return Sheet(kept.tolist(), numbers[kept], alike, True)


def flags_of(spot: Spot, tail: str) -> Flags:
    village = "村" in spot.name
    return spot.road, village, not village and BUILDING.search(tail) is not None


def likeliest(alike: Likeness, characters: Floats) -> Ids:
    """Of the whole city, the streets worth ranking: those with the likest names, and then those
    whose names are made of such characters."""
    worth = characters.copy()
    for number, cosine in alike.cosines.items():
        at = street_of(number)
        worth[at] = max(worth[at], ALIKE + cosine)
    order: Ids = worth.argsort(kind="stable")[-MOST_LIKELY:]
    order.sort()
    return order


def write_alike(alike: Likeness, cells: memoryview) -> None:
    """The traits of each street that has a name like the place, from where its number says."""
    for street, cosine in alike.cosines.items():
        cells[street + COSINE] = cosine
    for street, head in alike.heads.items():
        cells[street + HEAD] = head.head
        cells[street + WHOLE_HEAD] = head.whole_head
        cells[street + HEAD_SHARE] = head.head_share
        cells[street + SAME] = head.same
    for street, share in alike.parts.items():
        cells[street + PART_SHARE] = share
        cells[street + PART] = alike.part


def likest(ground: Ground, alike: Likeness, at: int) -> str:
    """The name of a street that is most like the place, if any is."""
    own = [number for number in numbers_of(at) if number in alike.cosines]
    return ground.index.names[alike.likest[max(own, key=alike.cosines.__getitem__)]] if own else ""


def write_stems(
    stems: Mapping[str, list[int]], place: str, found: Collection[str], numbers: Floats
) -> None:
    """What the streets' own names say: 望京 at the beginning, or anywhere."""
    for gram in found:
        for at in stems.get(gram, ()):
            numbers[at, STEM_WITHIN] = len(gram)
            if place.startswith(gram):
                numbers[at, STEM_BEGINS] = 1.0


def write_numbers(known: Iterable[tuple[int, int]], number: int, numbers: Floats) -> None:
    """Known numbers of the road: how near each street's nearest is, and whose lie on both sides."""
    below = above = None
    for other, at in known:
        near = 1 / (1 + abs(other - number) / NUMBER_SCALE)
        numbers[at, NUMBER_NEAR] = max(numbers[at, NUMBER_NEAR], near)
        if other <= number:
            below = at
        if other >= number and above is None:
            above = at
    if below is not None and below == above:
        numbers[below, NUMBER_BETWEEN] = 1.0


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
