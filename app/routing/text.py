"""Reads an address as a person does: one way of writing, and where each character stood before.

Names of the gazetteer and texts of callers go through the same `read`, so that 三区, ３区 and 3区 meet,
朝陽區 meets 朝阳区, and no space, tag or bracket stands between what belongs together. `Reading` keeps
for every character the place it came from: all that is found is shown in the caller's own text.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

LONGEST = 10_000
"""Characters of a text that are read; an address never needs more."""

BREAK = "|"
"""Stands where a sentence, a clause or a bracket ends: no name runs across it."""

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
TENS = {"十": 10, "百": 100}

_NUMERAL = re.compile("[零〇一二三四五六七八九十][零〇一二三四五六七八九十百]*")
_NOISE = re.compile(
    r"<[^<>]{0,200}>|&[a-zA-Z#0-9]{1,8};|[\s\u200b-\u200f\u2060\ufeff\x00-\x1f·・'\"“”‘’]+"
)
_BREAKS = re.compile(r"[^\w\-~#]+")
_AREA_BRACKETS = re.compile(r"\(地区\)")


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` as it is compared; character i of it came from `original[starts[i]:ends[i]]`."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stood in what the caller wrote."""
        return self.starts[start], self.ends[end - 1]


@cache
def _plain() -> dict[int, str]:
    """Full-width to half-width, traditional to simplified: one character for one."""
    simplify = opencc.OpenCC("t2s").convert
    han = [chr(code) for code in range(0x3400, 0xA000)]
    table = {
        ord(old): new
        for old, new in zip(han, simplify("\n".join(han)).split("\n"), strict=True)
        if old != new and len(new) == 1
    }
    for code in (*range(0x2460, 0x2474), *range(0xFF01, 0xFF5F), *range(0xF900, 0xFB00)):
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1:
            table[code] = folded
    return table | {ord("邨"): "村", ord("—"): "-", ord("–"): "-", ord("－"): "-", ord("～"): "~"}


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


@cache
def _shifts() -> re.Pattern[str]:
    """Whatever does not stand in the text as it is compared."""
    patterns = (_AREA_BRACKETS, _NOISE, _NUMERAL, _BREAKS)
    return re.compile("|".join(f"({pattern.pattern})" for pattern in patterns))


def _replace(found: re.Match[str]) -> str:
    if found.lastindex == 1:
        return "地区"
    if found.lastindex == 2:
        return ""
    return value(found.group()) if found.lastindex == 3 else BREAK


def read(text: str) -> Reading:
    """The text as it is compared: simplified, half-width, upper case, Arabic numerals, no spaces.

    Never refuses anything; at most LONGEST characters are read.
    """
    plain = text[:LONGEST].translate(_plain())
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for found in _shifts().finditer(plain):
        start, end = found.span()
        new = _replace(found)
        pieces += plain[done:start], new
        starts += [*range(done, start), *([start] * len(new))]
        ends += [*range(done + 1, start + 1), *([end] * len(new))]
        done = end
    pieces.append(plain[done:])
    starts += range(done, len(plain))
    ends += range(done + 1, len(plain) + 1)
    return Reading("".join(pieces), tuple(starts), tuple(ends))
