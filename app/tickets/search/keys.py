"""Keys by which tickets are searched: numbers made of their words, their facts and their time.

Of Chinese writing each pair of neighbouring characters is a key, which is their two codes; a run of
letters or digits is one word and one key, by a hash, as is a fact (a type, a channel, a place). A
key only finds candidates: who searches compares the texts and columns themselves.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, pairwise
from string import ascii_lowercase, ascii_uppercase
from typing import NamedTuple
from zlib import crc32

WORD = re.compile(r"[^\W_]+")
RUN = re.compile("[0-9a-z]+|[^0-9a-z]+")
"""Of a word."""
LATIN = re.compile("[0-9a-z]")
ANY_LATIN = "[0-9a-z０-９Ａ-Ｚａ-ｚ]"
"""Also in a text that is not plain."""
SMALL = str.maketrans(ascii_uppercase, ascii_lowercase)

SIGN = 1 << 31
RUNS, RUN_BITS = 0xE000_0000, (1 << 28) - 1
FACTS, FACT_BITS = 0xF000_0000, (1 << 27) - 1
"""Codes of the private use area, which no text's letters have."""
PLANE = 0xFFFF
REMOTE, REMOTE_BITS = 0xD800, (1 << 11) - 1
"""For the rare characters beyond the first plane: codes of surrogates, which stand for none."""

SHORT_END, LONG_END = 4, 7
"""Digits at the end of a ticket's number that are a key."""

REMEMBERED = 2_000
"""Facts: offices, categories and the last minutes come again and again."""

MINUTE = timedelta(minutes=1)
SPANS = (4, 64, 1_024, 16_384, 262_144)
"""In minutes, each a key of its ticket: from a storm's page to half a year."""
MOST_SPANS = 16
EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def plain(text: str) -> str:
    """In one way of writing: full-width as half-width, small letters."""
    return unicodedata.normalize("NFKC", text).translate(SMALL)


def words(text: str) -> list[str]:
    return WORD.findall(plain(text))


def of_text(text: str) -> Iterator[int]:
    """Every pair and every run of a text; of a single character of Chinese there is none."""
    return chain.from_iterable(map(of_run, runs(text)))


def runs(text: str) -> Iterator[str]:
    return chain.from_iterable(RUN.findall(word) for word in words(text))


def of_run(run: str) -> Iterator[int]:
    if LATIN.match(run):
        return iter([signed(RUNS | crc32(run.encode()) & RUN_BITS)])
    return (signed(first << 16 | second) for first, second in pairwise(map(code, run)))


def code(character: str) -> int:
    point = ord(character)
    return point if point <= PLANE else REMOTE | point & REMOTE_BITS


def signed(key: int) -> int:
    """As PostgreSQL keeps four bytes."""
    return key - 2 * SIGN if key >= SIGN else key


@lru_cache(REMEMBERED)
def fact(name: str, value: object) -> int:
    return signed(FACTS | crc32(f"{name} {value}".encode()) & FACT_BITS)


OPEN = fact("open", True)
"""Of a ticket that has not ended."""
LATE = fact("late", True)
"""Of a ticket whose result came late, or was forced for want of one."""
ENDS = {
    status: fact("ended", status)
    for status in ("merged", "not_accepted", "transferred", "void", "withdrawn")
}
"""Of a ticket that ended in an unusual way: most are closed or answered, which leads nowhere."""


def of_category(code: str) -> Iterator[int]:
    """Of each level down to it."""
    return (fact("category", code[:length]) for length in range(2, len(code) + 1, 2))


def of_number(number: str) -> Iterator[int]:
    return (fact("end", number[-digits:]) for digits in (SHORT_END, LONG_END))


def of_end(digits: str) -> int:
    """Of the last digits of a number, at least SHORT_END."""
    return fact("end", digits[-(LONG_END if len(digits) >= LONG_END else SHORT_END) :])


def of_time(at: datetime) -> Iterator[int]:
    minute = (at - EPOCH) // MINUTE
    return (span_key(span, minute // span) for span in SPANS)


def span_key(span: int, place: int) -> int:
    return fact(f"minutes {span}", place)


class Window(NamedTuple):
    """The tickets of neighbouring spans, which are all from an instant on: a ticket has the key of
    one of them."""

    spans: list[int]
    since: datetime


def window(until: datetime, minutes: int) -> Window:
    """What came in so many minutes before an instant, and a little more: in the shortest spans of
    which few are enough, or in the longest."""
    span = next((span for span in SPANS if minutes < MOST_SPANS * span), SPANS[-1])
    last, number = (until - EPOCH) // MINUTE // span, -(-minutes // span)
    places = range(last - number, last + 1)
    return Window([span_key(span, place) for place in places], EPOCH + places[0] * span * MINUTE)


def pattern(word: str) -> str:
    """A regular expression of PostgreSQL for a word in a text of small letters, plain or not:
    letters and digits at its ends are whole runs."""
    before = f"(?<!{ANY_LATIN})" if LATIN.match(word[0]) else ""
    after = f"(?!{ANY_LATIN})" if LATIN.match(word[-1]) else ""
    return f"{before}{word}{after}"
