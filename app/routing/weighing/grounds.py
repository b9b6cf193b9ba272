"""The ground a place may lie on: the streets of a district, or of the city, and their names."""

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import NamedTuple, TypeAlias

import numpy as np

from app.routing.given import STEM, TOWNSHIP, VILLAGE, Gazetteer, Name, Street
from app.routing.memory import Key, Memory
from app.routing.reading.names import short_name
from app.routing.reading.text import LONGEST_PLACE, read
from app.routing.weighing.profile import Floats, Profile, lines
from app.routing.weighing.similarity import (
    CITY,
    HEAD,
    LEARNED,
    LONGEST_HEAD,
    SOURCES,
    TRAITS,
    Index,
    Part,
    Rarity,
)

GENERAL = ("生活区", "社区")
SHORTEST = 2
DISTRICT_DIGITS = 6
CITY_WIDE = ""

STANDING = ("memory_volume", "places", "township")
"""The same for every place asked about: a street's share of cases and of places, and its kind."""

FLAGS = ("road", "village", "building")
"""The kind of a place."""

OF_NAME = ("number_near", "number_between", "stem_begins", "stem_within", "characters")
PER_STREET = (*TRAITS, *STANDING, *OF_NAME)
"""The numbers that speak for a street or against it."""

OF_PLACE = (*FLAGS, "whole_city", "memory", "length")
"""The same for all streets: numbers of the place itself."""

COLUMNS = (*PER_STREET, *OF_PLACE)
AT = {name: at for at, name in enumerate(COLUMNS)}
ONES, LENGTH, CHARACTERS = range(len(COLUMNS), len(COLUMNS) + 3)
"""Lines of a sheet below the COLUMNS: ones, the length of the place's name, then a line for each of
its characters."""
STANDING_AT = AT[STANDING[0]]

NUMBERED = re.compile("(.+?(?:路|街|胡同|巷|条|里))([0-9]+)号")


def essence(name: str) -> str:
    """A place's name as it is compared, without a general word for a community."""
    form = read(name).text
    for word in GENERAL:
        if form.endswith(word) and len(form) > len(word) + 1:
            return form.removesuffix(word)
    return form


class OlderPlace(NamedTuple):
    """A community or village that was renamed or joined, with today's street, and the day of the
    newest list that has its name."""

    name: str
    kind: str
    street_code: str
    last_seen: date


class Standing(NamedTuple):
    """A place's name, as it is compared, on a street's ground; an older one counts as a name, not
    as a place."""

    street_code: str
    name: str
    is_village: bool
    is_today: bool = True


Flags: TypeAlias = tuple[bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Names:
    """The city's names of places, for all grounds."""

    index: Index
    beginnings: Mapping[str, int]
    """In how many streets of the city a name begins so: 阳光 and 时代 are anybody's."""
    villages: Set[int]
    """Names that are villages', by their number in the index."""


class Ground:
    """Streets of a district or of the city, each by its position.

    A `sheet` has a line for each of the COLUMNS, then the lines of a name; a line has a number for
    each street. The numbers that hold for every name are filled in; `traits` writes the others.
    """

    def __init__(self, streets: Sequence[Street], names: "Names", part: Part) -> None:
        self.codes = tuple(street.code for street in streets)
        self.position = {code: at for at, code in enumerate(self.codes)}
        self.width = len(self.codes)
        self.index, self.beginnings, self.villages = names.index, names.beginnings, names.villages
        self.part = part
        """Of the index, which is the city's."""
        self.village_counts = np.zeros(self.width)
        self.village_shares: list[float] = []
        """Of each street's places, the part that are villages."""
        self.districts = {code[:DISTRICT_DIGITS] for code in self.codes}
        self.whole_city = len(self.districts) > 1
        self.stems: dict[str, list[int]] = {}
        self.townships = np.array([street.kind == TOWNSHIP for street in streets], float)
        self.sizes = np.zeros(self.width)
        self.volumes = np.zeros(self.width)
        self.roads: dict[str, list[tuple[int, int]]] = {}
        self.profile = Profile(self.sizes)
        self.lengths = lines(np.repeat(np.arange(LONGEST_PLACE + 1)[:, None], self.width, axis=1))
        self._blanks: dict[Flags, bytes] = {}

    def fill(self, places: Iterable[Standing], names: Iterable[Name]) -> None:
        """Take in this ground's places, and of the gazetteer's names those on it."""
        own = [(place, self.position[place.street_code]) for place in places]
        for place, at in own:
            self.add_place(at, place)
        self.profile.fill((place.name, at) for place, at in own if len(place.name) >= SHORTEST)
        self.village_shares = (self.village_counts / np.maximum(self.sizes, 1.0)).tolist()
        for name in names:
            if name.kind == STEM and name.street_code in self.position:
                stem = read(name.text).text
                self.stems.setdefault(stem, []).append(self.position[name.street_code])

    def sheet(self, name: str, flags: Flags) -> bytearray:
        """A sheet to be filled in for a place with this name and these FLAGS."""
        blank = self._blanks.get(flags) or self._draw(flags)
        return bytearray().join([blank, self.lengths[len(name)], *self.profile.tell(name)])

    def _draw(self, flags: Flags) -> bytes:
        table = np.zeros((ONES + 1, self.width))
        standing = (log_share(self.volumes), log_share(self.sizes), self.townships)
        table[STANDING_AT : STANDING_AT + len(standing)] = standing
        of_place = (*flags, self.whole_city, math.log1p(self.volumes.sum()), 0.0, 1.0)
        table[len(PER_STREET) :] = np.array(of_place)[:, None]
        blank = self._blanks[flags] = b"".join(lines(table))
        return blank

    def add_place(self, at: int, place: Standing) -> None:
        if place.is_today:
            self.sizes[at] += 1
            self.village_counts[at] += place.is_village
        numbered = NUMBERED.match(place.name)
        if numbered and place.is_today:  # a community named after a house: 太平路24号
            self.roads.setdefault(numbered[1], []).append((int(numbered[2]), at))

    def learn(self, name: str, changed: Mapping[str, int]) -> None:
        """Take in which streets have a learned name now (1), and which no more (-1)."""
        for code, times in changed.items():
            self.profile.add(name, self.position[code], times)

    def count(self, volumes: Mapping[str, int]) -> None:
        """Take in how many cases these streets have."""
        for code, volume in volumes.items():
            self.volumes[self.position[code]] = volume
        self._blanks = {}


def learn(grounds: Mapping[str, Ground], memory: Memory, changed: Iterable[Key]) -> None:
    """Take in the memory's cases of these names, over all their house numbers."""
    districts = set()
    for key in changed:
        learn_name(grounds[CITY_WIDE], grounds[key.district_code], memory, key)
        districts.add(key.district_code)
    for district_code in districts:
        district = grounds[district_code]
        volumes = {code: memory.volumes[code] for code in district.codes}
        for ground in (grounds[CITY_WIDE], district):
            ground.count(volumes)


def learn_name(city: Ground, district: Ground, memory: Memory, key: Key) -> None:
    index, part = district.index, district.part
    known = index.learned(key.name, part)
    streets = {code for same in memory.same_name(key) for code in memory.past(same)}
    now = {district.position[code] for code in streets}
    for at in sorted(now - known.keys()):
        index.add(key.name, part.low // SOURCES + at, LEARNED)
    for at in known.keys() - now:
        index.drop(known[at])
    changed = {district.codes[at]: 1 if at in now else -1 for at in now ^ known.keys()}
    for ground in (city, district):
        ground.learn(key.name, changed)


def lay(gazetteer: Gazetteer, older: Iterable[OlderPlace] = ()) -> dict[str, Ground]:
    """A ground for each district by its code, and the city's under the empty code."""
    streets = sorted(gazetteer.streets, key=attrgetter("code"))
    known = {street.code for street in streets}
    places = [
        Standing(place.street_code, essence(short_name(place)), place.kind == VILLAGE)
        for place in gazetteer.places
        if place.street_code in known
    ]
    districts = [district.code for district in gazetteer.districts]
    of_street = [districts.index(street.code[:DISTRICT_DIGITS]) for street in streets]
    index = Index(Rarity.of(place.name for place in places), of_street)
    begin = beginnings_of(places)
    places += [
        Standing(place.street_code, essence(place.name), place.kind == VILLAGE, False)
        for place in older
        if place.street_code in known
    ]
    names = Names(index, begin, add_names(index, streets, places))
    grounds = {CITY_WIDE: Ground(streets, names, CITY)}
    for number, code in enumerate(districts):
        own = within(streets, code)
        first = bisect_left(streets, code, key=attrgetter("code"))
        part = Part(first * SOURCES, (first + len(own)) * SOURCES, number)
        grounds[code] = Ground(own, names, part)
    on: dict[str, list[Standing]] = {code: [] for code in districts}
    for place in places:
        on[place.street_code[:DISTRICT_DIGITS]].append(place)
    on[CITY_WIDE] = places
    for code, ground in grounds.items():
        ground.fill(on[code], gazetteer.names)
    return grounds


def add_names(
    index: Index, streets: Sequence[Street], places: Iterable[Standing]
) -> frozenset[int]:
    """Take in the places' names; the numbers of those that are villages'."""
    position = {street.code: at for at, street in enumerate(streets)}
    villages = set()
    for place in places:
        if len(place.name) >= SHORTEST:
            name_id = index.add(place.name, position[place.street_code])
            if place.is_village:
                villages.add(name_id)
    return frozenset(villages)


def beginnings_of(places: Iterable[Standing]) -> Mapping[str, int]:
    """For each beginning of a name in how many streets names begin so."""
    begin = {
        (place.name[:length], place.street_code)
        for place in places
        for length in range(HEAD, min(len(place.name), LONGEST_HEAD) + 1)
    }
    return Counter(beginning for beginning, _ in begin)


def within(streets: Iterable[Street], district_code: str) -> list[Street]:
    return [street for street in streets if street.code.startswith(district_code)]


def log_share(counts: Floats) -> Floats:
    """How each count stands to the mean, as a logarithm; nothing known gives zeros."""
    share: Floats = np.log((counts + 1) / (counts.mean() + 1))
    return share
