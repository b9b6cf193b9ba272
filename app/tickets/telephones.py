"""Telephone numbers: one form for every way of writing one.

A mobile is `13800000000`, a line `010-65123456` (Beijing's, where no area is named), a foreign
number `+13125550100`; an extension follows after a dash. Other numbers (`12345`, `400…`) are their
digits.
"""

import re
import unicodedata
from typing import NamedTuple

BEIJING = "010"
SHORTEST_KEY = 7
"""A shorter number is a service's: it names no citizen."""

DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣ー－_"), "-")
EXTENSION = re.compile(r"(?:转|轉|分机|分機|内线|ext\.?|extension|x|#|,|;|\*)", re.IGNORECASE)
WRITTEN = re.compile(r"[0-9+() .-]+(?:~[0-9 -]{1,10})?")
ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
HOME = re.compile(r"(?:\+|00)?86(?=[0-9]{9})")
USUAL = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
MOBILE = re.compile(r"0?(1[3-9][0-9]{9})")
LINE = re.compile(r"(010|02[0-9]|0[3-9][0-9]{2})([2-9][0-9]{6,7})")
SERVICE = re.compile(r"[48]00[0-9]{7}")
LOCAL = re.compile(r"[2-9][0-9]{7}")
SHAPES = re.compile(rf"{USUAL.pattern}|0[0-9]{{2,3}}-[2-9][0-9]{{6,7}}|[48]00[0-9]{{7}}|\+[0-9]+")
LONGEST_EXTENSION = 6
UNSEEN = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
"""Characters without a width, which come along when a number is copied from a list of contacts."""
LINK = "tel:"


class Telephone(NamedTuple):
    """A number in its one form, without its extension."""

    number: str
    extension: str | None = None

    @property
    def text(self) -> str:
        return f"{self.number}-{self.extension}" if self.extension else self.number

    @property
    def is_dialable(self) -> bool:
        """Whether it has the shape of a number that somebody answers: not of a service's, and not
        one with a digit too few or too many."""
        return SHAPES.fullmatch(self.number) is not None

    @property
    def key(self) -> str | None:
        """By which a citizen is found again; None for a number that is nobody's own."""
        if USUAL.fullmatch(self.number):
            return self.number
        digits = self.number.replace("-", "")
        short = len(digits.lstrip("+")) < SHORTEST_KEY
        return None if short or len(set(digits.lstrip("+"))) == 1 else digits


def read(text: str) -> Telephone | None:
    """The number in a text, or None: the text is no telephone number."""
    if USUAL.fullmatch(text):
        return Telephone(text)
    plain = unicodedata.normalize("NFKC", text.translate(DASHES).translate(UNSEEN))
    plain = plain.strip().removeprefix(LINK)
    plain = EXTENSION.sub("~", re.sub(r"\s+", " ", plain)).strip()
    if not WRITTEN.fullmatch(plain) or not re.search("[0-9]{3}", re.sub("[^0-9]", "", plain)):
        return None
    written, _, extension = plain.partition("~")
    first, *others = re.findall(r"\+?[0-9]+", written)
    parts = [first, *(part.removeprefix("+") for part in others)]
    if extension:
        return with_extension([*parts, digits([extension])])
    return whole(parts) or with_extension(parts) or Telephone(digits(parts))


def whole(parts: list[str]) -> Telephone | None:
    number = formed("".join(parts))
    return Telephone(number) if number else None


def with_extension(parts: list[str]) -> Telephone | None:
    """The last group of digits is an extension, where the others are a number without it."""
    *number, extension = parts
    if not number or not 0 < len(extension) <= LONGEST_EXTENSION:
        return None
    form = formed("".join(number))
    return Telephone(form, extension) if form else None


def digits(parts: list[str]) -> str:
    return re.sub("[^0-9]", "", "".join(parts))


def formed(written: str) -> str | None:
    """The one form of a number that is known by its shape."""
    at_home = HOME.match(written)
    if at_home:
        return domestic(written[at_home.end() :], named=True)
    if abroad := ABROAD.fullmatch(written):
        return "+" + abroad[1]
    return domestic(written, named=False)


def domestic(number: str, named: bool) -> str | None:
    """`named`: the country stood before it, so that the area's zero may be missing."""
    if mobile := MOBILE.fullmatch(number):
        return mobile[1]
    if SERVICE.fullmatch(number):
        return number
    if LOCAL.fullmatch(number):
        return f"{BEIJING}-{number}"
    missing_zero = named or re.fullmatch(r"10[2-9][0-9]{7}", number)
    line = LINE.fullmatch(number) or (missing_zero and LINE.fullmatch("0" + number))
    return f"{line[1]}-{line[2]}" if line else None
