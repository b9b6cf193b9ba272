"""Personal data in free text: telephone and id numbers in any writing, and the citizen's own name.

A number is hidden whole, its separators stay, so that nothing else moves. Rather too much is hidden
than too little: whatever has seven digits in a row and is no date counts as a number.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

TITLES = (
    "先生",
    "女士",
    "小姐",
    "太太",
    "师傅",
    "同志",
    "老师",
    "阿姨",
    "大爷",
    "大妈",
    "某某",
    "某",
)
"""张先生 may be 张三: a surname with a title names no other person."""

COMPOUND = frozenset(
    (
        *("欧阳", "司马", "上官", "诸葛", "司徒", "东方", "夏侯", "皇甫"),
        *("尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "端木", "百里"),
        *("呼延", "南宫", "独孤"),
    )
)
"""Surnames of two characters."""

HIDDEN = "*"
CODES = frozenset({"office_code"})
SHORTEST_NAME = 2


class Kind(StrEnum):
    TELEPHONE = "telephone"
    ID_NUMBER = "id_number"
    NUMBER = "number"
    NAME = "name"


class Find(NamedTuple):
    """Personal data at `text[start:end]`."""

    start: int
    end: int
    kind: Kind


SPOKEN = dict(zip("零〇○一二三四五六七八九", "000123456789", strict=True)) | dict(
    zip("幺壹贰叁肆伍陆柒捌玖Oo", "112345678900", strict=True)
)
SEPARATORS = "-_.·•/\\()+*~|杠转"
COMMAS = "，,、;；"


MATHEMATICAL = range(0x1D7CE, 0x1D800)
"""Digits in the scripts of mathematics; all other digits lie in the first plane."""


def written() -> Iterator[tuple[int, str]]:
    """Each character as the patterns read it: a digit, a blank, a comma, X; all others stay."""
    for code in (*range(0x10000), *MATHEMATICAL):
        digit = unicodedata.digit(chr(code), None)
        if digit is not None:
            yield code, str(digit)
        elif unicodedata.category(chr(code)) in ("Pd", "Zs", "Mn", "Me", "Cf"):
            yield code, " "
    yield from ((ord(character), digit) for character, digit in SPOKEN.items())
    yield from ((ord(character), " ") for character in SEPARATORS + "（）．－／\t\n")
    yield from ((ord(character), ",") for character in COMMAS)
    yield from ((ord(character), "X") for character in "xＸｘ")


PLAIN = dict(written())

ID = r"[1-9](?: {0,2}[0-9]){16} {0,2}[0-9X](?![0-9])"
MOBILE = r"(?:(?:00)?86[ ,]{0,3})?1[ ,]{0,3}[3-9](?:[ ,]{0,3}[0-9]){9}"
LINE = r"0[0-9]{2,3} {0,3}[2-9](?: {0,2}[0-9]){6,7}(?: {1,3}[0-9]{1,6})?"
DATE = r"(?<![0-9])(?:19|20)[0-9]{2} ?(?:0?[1-9]|1[0-2]) ?(?:0?[1-9]|[12][0-9]|3[01])(?![0-9])"
LONG = r"[0-9](?: {0,3}[0-9]){11,}X?"
LOCAL = r"(?<![0-9])[2-9][0-9]{3} {0,3}[0-9]{4}(?![0-9])"
SINGLE = r"(?<![0-9])[0-9](?: {1,3}[0-9](?![0-9])){6,}"
ROW = r"[0-9]{7,}X?"
NUMBERS = re.compile(
    f"(?P<id_number>{ID})|(?P<telephone>{MOBILE}|{LINE})|(?P<date>{DATE})|(?P<long>{LONG})"
    f"|(?P<local>{LOCAL})|(?P<row>{SINGLE}|{ROW})"
)
"""What comes first is tried first: a card number is no telephone number with something behind."""

KINDS = {
    "id_number": Kind.ID_NUMBER,
    "telephone": Kind.TELEPHONE,
    "local": Kind.TELEPHONE,
    "long": Kind.NUMBER,
    "row": Kind.NUMBER,
}
"""Of the groups of NUMBERS; a date is nobody's own."""


def finds(text: str, *names: str | None) -> list[Find]:
    """What must not be told of a citizen in a text, in order; `names` are his own."""
    named = (find for name in names if name for find in mentions(text, name))
    return sorted([*numbers(text), *named])


def numbers(text: str) -> Iterator[Find]:
    for match in NUMBERS.finditer(text.translate(PLAIN)):
        kind = KINDS.get(match.lastgroup or "")
        if kind:
            yield Find(match.start(), match.end(), kind)


def mentions(text: str, name: str) -> Iterator[Find]:
    pattern = pattern_of(name)
    if pattern:
        for match in pattern.finditer(text):
            yield Find(match.start(), match.end(), Kind.NAME)


@lru_cache(maxsize=1_000)
def pattern_of(name: str) -> re.Pattern[str] | None:
    """The name, and the surname with a title; blanks may stand between the characters."""
    letters = [re.escape(letter) for letter in name if not letter.isspace()]
    ways = [r"\s{0,3}".join(letters)] if len(letters) >= SHORTEST_NAME else []
    if not name.isascii():
        surname = name[:2] if name[:2] in COMPOUND else name[:1]
        ways += [re.escape(surname + title) for title in TITLES]
    return re.compile("|".join(ways), re.IGNORECASE) if ways else None


def hide(text: str, *names: str | None) -> str:
    """The text as it may be shown to an office that is not to know who asks."""
    letters = list(text)
    for start, end, _ in finds(text, *names):
        for place in range(start, end):
            if letters[place].isalnum():
                letters[place] = HIDDEN
    return "".join(letters)


def hide_all(value: Any, *names: str | None) -> Any:
    """The same in every text of a JSON value; an office's code has nine digits, and stays."""
    if isinstance(value, str):
        return hide(value, *names)
    if isinstance(value, dict):
        return {
            key: inner if key in CODES else hide_all(inner, *names) for key, inner in value.items()
        }
    return [hide_all(inner, *names) for inner in value] if isinstance(value, list) else value
