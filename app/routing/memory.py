"""Memory of confirmed dispatches: for a place its streets, with number and days of their cases.

A `Key` stops at compound, village, or road and number: no building, unit, room or person is in it.
The same lessons in the same order give the same memory, so that an old decision can be made again.
It holds at most MOST_PLACES; the place without a case for longest goes.
A place's past is never changed, but replaced: who reads it meanwhile reads one state of it.
"""

import sys
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

MOST_PLACES = 200_000
CLEAR = 2
"""A past is clear when its street has this many times the cases of all others together."""


class Lesson(StrEnum):
    CONFIRM = "confirm"  # worked without an upheld objection, corrected by a person, or imported
    WITHDRAW = "withdraw"  # an objection was upheld: the confirmed street was wrong
    FORGET = "forget"  # the place is taken out, whatever it taught


class Key(NamedTuple):
    """A place as it is remembered; `number` is a house's on a road."""

    district_code: str
    name: str
    number: int | None = None

    def __str__(self) -> str:
        return self.name if self.number is None else f"{self.name}{self.number}号"


class Tally(Struct, frozen=True, gc=False):
    """Confirmed cases of one place in one street."""

    count: int
    first_on: date
    last_on: date

    def more(self, on: date) -> "Tally":
        return Tally(self.count + 1, min(self.first_on, on), max(self.last_on, on))

    def fewer(self) -> "Tally":
        return Tally(self.count - 1, self.first_on, self.last_on)


Past = Mapping[str, Tally]
"""Street code → tally."""
Packed = tuple[tuple[str, Tally], ...]
"""A past as it is kept, in half of a mapping's room."""


class Memory:
    def __init__(self, most: int = MOST_PLACES) -> None:
        self.most = most
        self.places: OrderedDict[Key, Packed] = OrderedDict()
        self.volumes: Counter[str] = Counter()
        self.districts: Counter[str] = Counter()
        """How many places each has."""
        self.numbers: dict[Key, tuple[int, ...]] = {}
        """The known numbers of a road."""
        self.once: dict[date, Tally] = {}
        """The tally of a single case of each day: most places share one."""

    def learn(self, lesson: Lesson, key: Key, street_code: str, on: date) -> set[Key]:
        """Learn a lesson; the places changed by it: this one, and a place that it pushes out."""
        if lesson is Lesson.CONFIRM:
            return self._confirm(key, street_code, on)
        if lesson is Lesson.WITHDRAW:
            return self._withdraw(key, street_code)
        return self._drop(key)

    def past(self, key: Key) -> Past:
        """The place's past as it is now; empty where another has just forgotten it."""
        return dict(self.places.get(key, ()))

    def keys_named(self, name: str, number: int | None) -> list[Key]:
        """The places of that name in any district."""
        keys = (Key(district, name, number) for district in sorted(self.districts.copy()))
        return [key for key in keys if key in self.places]

    def on_road(self, district_code: str, name: str) -> Iterator[Key]:
        """The known places of a road, by their numbers."""
        road = Key(district_code, name)
        return (road._replace(number=number) for number in self.numbers.get(road, ()))

    def _confirm(self, key: Key, street_code: str, on: date) -> set[Key]:
        past = self.past(key)
        if not past:
            key = self._enter(key)
        once = self.once.setdefault(on, Tally(1, on, on))
        tally = past[street_code].more(on) if street_code in past else once
        street_code = sys.intern(street_code)
        self.places[key] = (*({**past, street_code: tally}).items(),)
        self.volumes[street_code] += 1
        self.places.move_to_end(key)
        pushed_out = next(iter(self.places)) if len(self.places) > self.most else None
        return {key} | (self._drop(pushed_out) if pushed_out else set())

    def _withdraw(self, key: Key, street_code: str) -> set[Key]:
        past = self.past(key)
        if street_code not in past:
            return set()
        left = past[street_code].fewer()
        others = {code: tally for code, tally in past.items() if code != street_code}
        if not left.count and not others:
            return self._drop(key)
        self.volumes[street_code] -= 1
        self.places[key] = (*({**others, street_code: left} if left.count else others).items(),)
        return {key}

    def _drop(self, key: Key) -> set[Key]:
        past = dict(self.places.pop(key, ()))
        if not past:
            return set()
        self.volumes.subtract({code: tally.count for code, tally in past.items()})
        self.districts[key.district_code] -= 1
        if key.number is not None:
            road = key._replace(number=None)
            self.numbers[road] = tuple(n for n in self.numbers[road] if n != key.number)
            if not self.numbers[road]:
                del self.numbers[road]
        return {key}

    def _enter(self, key: Key) -> Key:
        """Take in a new place; its key, which shares its district's code with the others."""
        key = key._replace(district_code=sys.intern(key.district_code))
        self.districts[key.district_code] += 1
        if key.number is not None:
            road = key._replace(number=None)
            self.numbers[road] = (*self.numbers.get(road, ()), key.number)
        return key

    def same_name(self, key: Key) -> list[Key]:
        """The place without a number, and every known number, of one name in one district."""
        whole = key._replace(number=None)
        numbered = self.on_road(key.district_code, key.name)
        return [*([whole] if whole in self.places else []), *numbered]


def leader(past: Past) -> tuple[str, int, int]:
    """The street with most cases (of equals, the latest), its count, and the count of all."""
    best = max(past, key=lambda code: (past[code].count, past[code].last_on, code))
    return best, past[best].count, sum(tally.count for tally in past.values())


def is_clear(past: Past) -> bool:
    """A single case is enough where none contradicts; one contrary case of three flips no place."""
    _, most, total = leader(past)
    return most >= CLEAR * (total - most)
