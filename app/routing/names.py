"""The names that a text is searched for: districts, streets and townships, communities, villages.

One Aho-Corasick automaton finds them all in a single pass. Names are dated: `Lexicon` is built for the
names in force on a day.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import ahocorasick

from app.offices.gazetteer import Gazetteer, NameKind, Place, in_force
from app.routing.text import read

CITY = ("北京市", "北京", "首都北京")
COMMITTEE = re.compile(r"(社区)?(居民|村民|家属)?(委员会|居委会|村委会)$")
SHORTEST_STEM = 2
SHORTEST_PLACE = 3


class Kind(StrEnum):
    """What a find is; the order is that of strength where two finds cover the same characters."""

    CITY = "city"
    OUTSIDE = "outside"
    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    VILLAGE = "village"
    STEM = "stem"


STRONG_NAMES = {
    NameKind.OFFICIAL,
    NameKind.STATISTICAL,
    NameKind.ALIAS,
    NameKind.FORMER,
    NameKind.VARIANT,
    NameKind.OFFICE,
}
"""Names that mean the office and nothing else; a stem or a truncated name may be a road's or a place's."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for: one office, or a district."""

    kind: Kind
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Find:
    """A name in a reading, at `text[start:end]`, with everything it may mean."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


def short_name(place: Place) -> str:
    """望京西园三区社区居委会 → 望京西园三区; 海字口村村委会 → 海字口村."""
    return COMMITTEE.sub("", place.name)


def place_forms(place: Place) -> Iterator[str]:
    """The ways in which people write a community or village."""
    short = short_name(place)
    yield short
    yield short + "社区"
    if short.endswith("村") and len(short) > SHORTEST_STEM + 1:
        yield short[:-1]


def meanings(gazetteer: Gazetteer, on: date) -> Iterator[tuple[str, Meaning]]:
    """Every name in force on a day, as written, with what it means."""
    for district in gazetteer.districts:
        yield district.name, Meaning(Kind.DISTRICT, district.code, district.name)
    for name in gazetteer.names:
        if in_force(name.active_from, name.active_to, on):
            kind = Kind.STREET if name.kind in STRONG_NAMES else Kind.STEM
            yield name.text, Meaning(kind, name.street_code, name.text)
    for place in gazetteer.places:
        for form in place_forms(place):
            yield form, Meaning(Kind(place.kind.value), place.street_code, place.name)


class Lexicon:
    """All names of one day, found in one pass."""

    def __init__(self, named: Iterable[tuple[str, Meaning]]) -> None:
        self.automaton = ahocorasick.Automaton()
        self.known: dict[str, dict[Meaning, None]] = {}
        for text, meaning in named:
            form = read(text).text
            least = SHORTEST_PLACE if meaning.kind is Kind.COMMUNITY else SHORTEST_STEM
            if len(form) >= least:
                self.known.setdefault(form, {})[meaning] = None
        for form, found in self.known.items():
            self.automaton.add_word(form, (len(form), tuple(found)))
        self.automaton.make_automaton()

    def find(self, text: str) -> list[Find]:
        """The names in a reading's text in order, none inside a longer one (RULEBOOK D.5.3)."""
        finds = [
            Find(last + 1 - length, last + 1, found)
            for last, (length, found) in self.automaton.iter(text)
        ]
        finds.sort(key=lambda find: (find.start, -find.end))
        kept: list[Find] = []
        for find in finds:
            if not kept or find.end > kept[-1].end:
                kept.append(find)
        return kept
