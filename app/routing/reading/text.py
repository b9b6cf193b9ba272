"""Reads an address as a person does: one way of writing, and the old position of each character.

Names of the gazetteer and texts of callers go through the same `read`, so that 三区, ３区 and
3区 meet, 朝陽區 meets 朝阳区, and no space or tag divides a name. A `Reading` knows the position of
each of its characters in the caller's own text, where finds are shown.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cache

from msgspec import Struct

from app.kit.writing import plain_table

LONGEST = 10_000
"""Characters of a text that are read; an address never needs more."""

LONGEST_PLACE = 40
"""No place has a longer name: such a text is a story, or one word a thousand times."""

BREAK = "|"
"""Stands where a clause ends: no name runs across it."""

JOIN = "/"
"""Stands where a list goes on or a bracket opens or closes: the same clause still."""

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "幺": 1,
    "两": 2,
}
TENS = {"十": 10, "百": 100}


class Edit(Struct, frozen=True, gc=False):
    """`old_start:old_end` of the original became `start:end`; behind it all is shifted."""

    start: int
    end: int
    old_start: int
    old_end: int


class Reading(Struct, frozen=True, gc=False):
    """`text` as it is compared, and the edits, in order, that made it from the original."""

    text: str
    edits: tuple[Edit, ...] = ()
    starts: tuple[int, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The position of `text[start:end]` in the caller's text."""
        if not self.edits:
            return start, end
        return self._before(start)[0], self._before(end - 1)[1]

    def _before(self, at: int) -> tuple[int, int]:
        """The position of the character at `at` in the caller's text."""
        last = bisect_right(self.starts, at) - 1
        if last < 0:
            return at, at + 1
        edit = self.edits[last]
        if at < edit.end:
            return edit.old_start, edit.old_end
        return at - edit.end + edit.old_end, at + 1 - edit.end + edit.old_end


SIGNS = {ord("邨"): "村", ord("—"): "-", ord("–"): "-", ord("～"): "~"}


def value(numeral: str) -> str:
    """三 → 3, 十八 → 18, 一百零八 → 108, 一二三 → 123."""
    if not any(character in TENS for character in numeral):
        return "".join(str(DIGITS[character]) for character in numeral)
    total = pending = 0
    for character in numeral:
        if character in TENS:
            total += max(pending, 1) * TENS[character]
            pending = 0
        else:
            pending = DIGITS[character]
    return str(total + pending)


CHANGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "area": (r"\(地区\)", lambda _: "地区"),
    "noise": (
        r"<[^<>]{0,200}>|&[a-zA-Z#0-9]{1,8};"
        r"|[\s\u200b-\u200f\u2060\ufeff\x00-\x1f·・'\"“”‘’]+",
        lambda _: "",
    ),
    "numeral": (
        "[零〇幺一二三四五六七八九十][零〇幺一二三四五六七八九十百]*|两(?=[号层区期楼栋院单])",
        value,
    ),
    "join": (r"[、()/]+(?![^\w\-~#])", lambda _: JOIN),
    "break": (r"[^\w\-~#]+", lambda _: BREAK),
}
"""Changes by name, in order of precedence: a pattern, and the text in its place."""

BEGINNINGS = r"零〇幺两一二三四五六七八九十\W"
"""Every change begins with one of these: the search passes over most characters."""

KINDS_OF_CHANGE = "|".join(f"(?P<{name}>{pattern})" for name, (pattern, _) in CHANGES.items())
CHANGED = re.compile(f"(?=[{BEGINNINGS}])(?:{KINDS_OF_CHANGE})")


@cache
def translation() -> tuple[re.Pattern[str], dict[int, str]]:
    """A pattern that finds a character to be changed (most texts have none), and the table."""
    table = plain_table() | SIGNS
    foreign = re.escape("".join(map(chr, table)))
    return re.compile(f"[{foreign}{BEGINNINGS}]"), table


def read(text: str) -> Reading:
    """The text as it is compared: simplified, half-width, upper case, Arabic numerals, no spaces.

    Refuses nothing; at most LONGEST characters are read.
    """
    plain = text[:LONGEST]
    foreign, table = translation()
    if not foreign.search(plain):
        return Reading(plain)
    plain = plain.translate(table)
    pieces: list[str] = []
    edits: list[Edit] = []
    done = length = 0
    for change in CHANGED.finditer(plain):
        start, end = change.span()
        new = CHANGES[change.lastgroup or "break"][1](change.group())
        pieces += plain[done:start], new
        length += start - done
        edits.append(Edit(length, length + len(new), start, end))
        length += len(new)
        done = end
    pieces.append(plain[done:])
    return Reading("".join(pieces), tuple(edits), tuple([edit.start for edit in edits]))
