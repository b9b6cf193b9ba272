"""Whatever reads a caller's text reads four times as much in about four times the time."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import pairwise, permutations
from time import process_time
from typing import Any

import pytest

import app
from app.kit.web.sheets import sheet
from app.routing.reading import spots
from app.routing.weighing import grounds
from app.tickets import personal, telephones
from app.tickets.life.likeness import similarity
from tests.aids import shipped
from tests.routing.test_routing import route

PARSING = importlib.import_module("re._parser")
"""Python's own reading of a pattern, which has no public name."""
FACTOR = 4
MOST = 8
"""Linear is 4, quadratic 16."""
TRIES = 5
LEAST_SECONDS = 0.11e-9
"""For each pair of characters. What takes less takes no time to speak of; a quadratic reading
takes much more, of 2,000 characters as of 6,000."""
MOST_SECONDS = 0.004
LENGTH = 500
SKIPPED = ("app.simulate", "app.worker", "app.commands", "app.serve", "app.__main__")
OURS = {id(grounds.NUMBERED): "of the gazetteer's names only"}
LETTERS = 12

Read = Callable[[str], object]


def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern that a module of ours has made, by its name."""
    names = (info.name for info in pkgutil.walk_packages(app.__path__, "app."))
    modules = [importlib.import_module(name) for name in names if not name.startswith(SKIPPED)]
    made = {
        id(value): (f"{module.__name__}.{name}", value)
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
    }
    return dict(pair for key, pair in made.items() if key not in OURS)


PATTERNS = patterns()


INSIDE: dict[str, Callable[[Any], Iterable[Any]]] = {
    "IN": lambda value: [value],
    "BRANCH": lambda value: value[1],
    "SUBPATTERN": lambda value: [value[3]],
    "ATOMIC_GROUP": lambda value: [value],
    **dict.fromkeys(("ASSERT", "ASSERT_NOT"), lambda value: [value[1]]),
    **dict.fromkeys(("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"), lambda value: [value[2]]),
}
"""The parts of a part of a pattern."""


def characters(parts: Iterable[Any]) -> Iterator[str]:
    """Those that a parsed pattern speaks of, and some that it excludes."""
    for kind, value in parts:
        match str(kind):
            case "LITERAL" | "NOT_LITERAL":
                yield chr(value)
            case "RANGE":
                yield from map(chr, value)
            case "CATEGORY":
                yield from " 1a-"
            case other:
                for inner in INSIDE[other](value) if other in INSIDE else ():
                    yield from characters(inner)


def words_of(pattern: re.Pattern[str]) -> Iterator[str]:
    """One and two characters of its classes, over and over, with ends that it does not want."""
    letters = list(dict.fromkeys(characters(PARSING.parse(pattern.pattern, pattern.flags))))
    some = [*letters[: LETTERS // 2], *letters[-LETTERS // 2 :], "的"]
    yield from dict.fromkeys(some)
    yield from ("".join(pair) for pair in permutations(dict.fromkeys(some), 2))


def seconds(read: Read, text: str) -> float:
    began = process_time()
    read(text)
    return process_time() - began


def is_linear(read: Read, word: str, end: str, length: int = LENGTH) -> bool:
    """By the best of some tries: others are at work on this machine."""
    short = (word * length)[:length] + end
    long = (word * length * FACTOR)[: length * FACTOR] + end
    least = min(LEAST_SECONDS * len(long) ** 2, MOST_SECONDS)
    for _ in range(TRIES):
        took = seconds(read, long)
        if took < least or took < MOST * seconds(read, short):
            return True
    return False


def all_finds(pattern: re.Pattern[str], text: str) -> None:
    for _ in pattern.finditer(text):
        pass


READERS: dict[int, Read] = {
    id(sheet.FORMULA): sheet.FORMULA.match,
    id(spots.UNIT): lambda text: spots.first_unit(text, 0, len(text)),
    id(spots.BARE_NUMBER): lambda text: spots.bare_number(text, 0, len(text)),
}
"""Patterns that are only used in a certain way."""


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_reads_in_linear_time(name: str) -> None:
    pattern = PATTERNS[name]
    read = READERS.get(id(pattern), partial(all_finds, pattern))

    slow = [
        (word, end)
        for word in words_of(pattern)
        for end in ("", "的", "X")
        if not is_linear(read, word, end)
    ]

    assert slow == []


def test_the_patterns_and_their_characters_are_all_there() -> None:
    assert {"app.routing.reading.spots.UNIT", "app.routing.reading.text.CHANGED"} <= set(PATTERNS)
    assert {"9", "甲", "甲9"} <= set(words_of(spots.UNIT))


PIECES = [
    *"望京路号1一十、，(但#-A &<百",
    "望京街道",
    "望京",
    "那边的",
    "朝阳区",
    "煤气",
    "没有着火",
    "已修好",
    "投诉",
    "我家",
    "附近",
    "&a;",
    "<b>",
]
FUNCTIONS: dict[str, Read] = {
    "route": route,
    "emergencies": lambda text: shipped.emergencies().suggest(text),
    "suggest": lambda text: shipped.suggester().suggest(text),
    "second ear": shipped.suggester().second_ear.doubt,
    "similarity": lambda text: similarity(text, text[::-1]),
    "telephone": telephones.read,
    "personal data": lambda text: personal.hide(text, "望京路号"),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_reader_of_texts_takes_linear_time(name: str) -> None:
    """Up to the 10,000 characters that are read of an address."""
    slow = [
        piece
        for piece in [*PIECES, *("".join(pair) for pair in pairwise(PIECES))]
        if not is_linear(FUNCTIONS[name], piece, "的", 2_500)
    ]

    assert slow == []
