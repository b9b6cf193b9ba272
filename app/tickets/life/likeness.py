"""Whether two requests are about one thing: the same matter, and the same place (D.11).

The rules only; where the two are found is `duplicates`.
"""

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.policy.keys import Merge

METRES_PER_DEGREE = 111_320.0
"""Of latitude; a degree of longitude is shorter by the cosine of the latitude."""

MOBILE_DIGITS = 11


class Matching(StrEnum):
    CATEGORY = "category"
    TEXT = "text"


class Placing(StrEnum):
    ADDRESS = "address"
    DISTANCE = "distance"


class Likeness(NamedTuple):
    """By what two requests are alike."""

    matter: Matching
    place: Placing


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a request tells it from others. `place` is its route's."""

    place: str
    words: str
    category: str | None = None
    praise: bool = False
    district_code: str | None = None
    street_code: str | None = None
    lon: float | None = None
    lat: float | None = None


def alike(one: Matter, other: Matter, rule: Merge) -> Likeness | None:
    """By what the two are one matter at one place, or None; a praise never is a complaint."""
    place = same_place(one, other, rule.radius_m)
    if place is None or one.praise is not other.praise:
        return None
    if one.category is not None and one.category == other.category:
        return Likeness(Matching.CATEGORY, place)
    near = similarity(one.words, other.words) >= rule.similarity
    return Likeness(Matching.TEXT, place) if near else None


def same_place(one: Matter, other: Matter, radius_m: int) -> Placing | None:
    """The same estate or house of one street, as far as that is known, or within the radius."""
    agreed = agree(one.street_code, other.street_code) and agree(
        one.district_code, other.district_code
    )
    if one.place and one.place == other.place and agreed:
        return Placing.ADDRESS
    apart = metres(one, other)
    return Placing.DISTANCE if apart is not None and apart <= radius_m else None


def agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def metres(one: Matter, other: Matter) -> float | None:
    """As the crow flies, within a city; None where one of them has no coordinates."""
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    north = (one.lat - other.lat) * METRES_PER_DEGREE
    middle = math.radians((one.lat + other.lat) / 2)
    east = (one.lon - other.lon) * METRES_PER_DEGREE * math.cos(middle)
    return math.hypot(north, east)


def similarity(one: str, other: str) -> float:
    """The share of pairs of characters that two texts have in common (Dice): from 0 to 1."""
    mine, theirs = pairs(one), pairs(other)
    total = mine.total() + theirs.total()
    return 2 * (mine & theirs).total() / total if total else float(one == other)


def pairs(text: str) -> Counter[str]:
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
    return Counter(plain[i : i + 2] for i in range(len(plain) - 1))


def phone_key(phone: str | None) -> str | None:
    """One way of writing a number: its digits, without China's own prefix before a mobile's."""
    digits = re.sub(r"\D", "", phone or "").removeprefix("00")
    if digits.startswith("86") and len(digits) == MOBILE_DIGITS + 2:
        digits = digits[2:]
    return digits or None
