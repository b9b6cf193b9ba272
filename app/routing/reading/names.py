"""Names to be found in a text: districts, streets and townships, communities, villages.

One Aho-Corasick automaton finds them all in a single pass. Names are dated: a `Lexicon` holds the
names of a day.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import ahocorasick
from msgspec import Struct

from app.kit.workdays import in_force
from app.routing.given import STRONG_NAMES, VILLAGE, Gazetteer, Place
from app.routing.reading.text import read

CITY = ("北京市", "北京", "京")
COMMITTEE = re.compile(r"(社区)?(居民|村民|家属)?(委员会|居委会|村委会)$")
SHORTEST = 2
SHORTEST_COMMUNITY = 3
VILLAGE_WORD = "村"


class Kind(StrEnum):
    """The kind of a find."""

    CITY = "city"
    ELSEWHERE = "elsewhere"
    DISTRICT = "district"
    SHORT_DISTRICT = "short_district"  # 朝阳, without 区: a district only at the head of an address
    STREET = "street"
    COMMUNITY = "community"
    VILLAGE = "village"
    STEM = "stem"
    LANDMARK = "landmark"


def kinds(*these: Kind) -> int:
    """A set of kinds as bits: tested many times for every text."""
    return sum(1 << BITS[kind] for kind in these)


BITS = {kind: bit for bit, kind in enumerate(Kind)}
PLACES = kinds(Kind.COMMUNITY, Kind.VILLAGE)
LANDMARKS = kinds(Kind.LANDMARK)
STEMS = kinds(Kind.STEM)
HEADS = kinds(Kind.CITY, Kind.SHORT_DISTRICT)
"""Counted only at the head of an address, or right behind another of these."""


STATION = "站"
METRO = "metro"


class Landmark(NamedTuple):
    """A station, hospital, park … that callers name; astride several streets it has them all."""

    name: str
    kind: str
    street_codes: tuple[str, ...]


class FormerDistrict(NamedTuple):
    """A district or county that was joined or renamed; `code` is today's."""

    name: str
    code: str


class Meaning(Struct, frozen=True, gc=False):
    """The meaning of a name. `code` is an office's or a district's; a place has its own too."""

    kind: Kind
    code: str
    name: str
    place_code: str | None = None


class Find(Struct, frozen=True, gc=False):
    """A name in a reading, at `text[start:end]`, with everything it may mean."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]
    kinds: int
    """The kinds of its meanings, as bits."""


def short_name(place: Place) -> str:
    """望京西园三区社区居委会 → 望京西园三区; 海字口村村委会 → 海字口村."""
    return COMMITTEE.sub("", place.name)


def place_forms(place: Place) -> Iterator[str]:
    """The ways in which people write a community or village."""
    short = short_name(place)
    yield short
    yield short + "社区"
    if place.kind == VILLAGE:
        yield short.removesuffix(VILLAGE_WORD) + VILLAGE_WORD
    if short.endswith(VILLAGE_WORD) and len(short) > SHORTEST + 1:
        yield short[:-1]


def landmark_forms(landmark: Landmark) -> Iterator[str]:
    """五道口站, 五道口地铁站, 地铁五道口站, 地铁五道口."""
    yield landmark.name
    if landmark.kind == METRO:
        stem = landmark.name.removesuffix(STATION)
        yield from (f"{stem}地铁站", f"地铁{stem}站", f"地铁{stem}")


def landmark_meanings(landmarks: Iterable[Landmark]) -> Iterator[tuple[str, Meaning]]:
    for landmark in landmarks:
        for form in landmark_forms(landmark):
            for code in landmark.street_codes:
                yield form, Meaning(Kind.LANDMARK, code, landmark.name)


def meanings(
    gazetteer: Gazetteer,
    on: date,
    elsewhere: Iterable[str] = (),
    former: Iterable[FormerDistrict] = (),
    landmarks: Iterable[Landmark] = (),
) -> Iterator[tuple[str, Meaning]]:
    """Every name in force on a day, as written, with its meaning."""
    yield from ((name, Meaning(Kind.ELSEWHERE, "", name)) for name in elsewhere)
    yield from ((name, Meaning(Kind.CITY, "", name)) for name in CITY)
    for former_name, code in former:
        yield former_name, Meaning(Kind.DISTRICT, code, former_name)
    for district in gazetteer.districts:
        yield district.name, Meaning(Kind.DISTRICT, district.code, district.name)
        yield district.name[:-1], Meaning(Kind.SHORT_DISTRICT, district.code, district.name)
    for name in gazetteer.names:
        if in_force(name.active_from, name.active_to, on):
            kind = Kind.STREET if name.kind in STRONG_NAMES else Kind.STEM
            yield name.text, Meaning(kind, name.street_code, name.text)
    yield from place_meanings(gazetteer.places)
    yield from landmark_meanings(landmarks)


def place_meanings(places: Iterable[Place]) -> Iterator[tuple[str, Meaning]]:
    for place in places:
        kind = Kind(place.kind)
        for form in place_forms(place):
            yield form, Meaning(kind, place.street_code, short_name(place), place.code)


def change_days(gazetteer: Gazetteer) -> list[date]:
    """The days on which some name begins or ends, in order."""
    days = {day for name in gazetteer.names for day in (name.active_from, name.active_to)}
    return sorted(day for day in days if day)


class Lexicon:
    """All names of one day, found in one pass."""

    def __init__(self, named: Iterable[tuple[str, Meaning]]) -> None:
        known: dict[str, dict[Meaning, None]] = {}
        for text, meaning in named:
            form = read(text).text
            least = SHORTEST_COMMUNITY if meaning.kind is Kind.COMMUNITY else SHORTEST
            if len(form) >= least or meaning.kind is Kind.CITY:
                known.setdefault(form, {})[meaning] = None
        self.automaton = ahocorasick.Automaton()
        for form, meant in known.items():
            of = kinds(*{meaning.kind for meaning in meant})
            self.automaton.add_word(form, (len(form), tuple(meant), of))
        self.automaton.make_automaton()

    def find(self, text: str) -> list[Find]:
        """The names in a reading's text in order, none inside a longer one (RULEBOOK D.5.3)."""
        kept: list[Find] = []
        before = -1
        for last, (length, meant, of) in self.automaton.iter(text):
            if last != before:  # of one end, the longest comes first
                before, end = last, last + 1
                start = end - length
                while kept and kept[-1].start >= start:
                    kept.pop()
                kept.append(Find(start, end, meant, of))
        return kept
