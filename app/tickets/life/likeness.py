"""Likeness: two requests are about the same matter at the same place (D.11).

The rules only; `intake/duplicates` searches for the requests.
"""

import math
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Protocol

from app.policy.keys import Merge

METRES_PER_DEGREE = 111_320.0
"""Of latitude; a degree of longitude is shorter by the cosine of the latitude."""

MOST_COMPARED = 2_000
"""Characters; a page of proposals compares thousands of texts of up to 20,000."""


TITLES_ALIKE = 0.5
"""Of two matters that their texts alone pair: what everybody says around them is left out."""

GROUP_DIGITS = 2
KIND_DIGITS = 4
"""Of a category's code: its group of twenty, and its kind in the group."""


class Matching(StrEnum):
    CATEGORY = "category"
    TEXT = "text"
    CALLER = "caller"


class Placing(StrEnum):
    ADDRESS = "address"
    DISTANCE = "distance"


class Likeness(NamedTuple):
    """The two signs of likeness: of the matter, and of the place."""

    matter: Matching
    place: Placing


@dataclass(frozen=True)
class Matter:
    """A request as it is compared with others. `place` is its route's."""

    place: str
    words: str
    category: str | None = None
    praise: bool = False
    district_code: str | None = None
    street_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    secret: bool = False

    @property
    def title(self) -> str:
        return self.words.partition("\n")[0]

    @cached_property
    def pairs(self) -> Counter[str]:
        """Made once, however many others it is compared with."""
        return pairs(self.words)


def alike(first: Matter, second: Matter, rule: Merge) -> Likeness | None:
    """The likeness of two requests, or None."""
    place = same_place(first, second, rule.radius_m)
    if place is None or are_apart(first, second):
        return None
    if first.category == second.category and names_a_kind(first.category):
        return Likeness(Matching.CATEGORY, place)
    common = share(first.pairs, second.pairs, first.words == second.words)
    return Likeness(Matching.TEXT, place) if common >= rule.similarity else None


def proposed(first: Matter, second: Matter, rule: Merge) -> Likeness | None:
    """The likeness of two citizens' requests that a dispatcher is asked about: never of two groups
    of categories, nor of texts that differ in their titles (an escalator, a broadband line)."""
    likeness = alike(first, second, rule)
    if likeness is None or likeness.matter is Matching.CATEGORY:
        return likeness
    unlike = similarity(first.title, second.title) < TITLES_ALIKE
    return None if unlike or differ(first, second, GROUP_DIGITS) else likeness


def repeated(first: Matter, second: Matter, rule: Merge) -> Likeness | None:
    """The likeness of one person's two requests: at one place they may be one matter in other
    words, unless two kinds of category say that they are not."""
    likeness = alike(first, second, rule)
    place = same_place(first, second, rule.radius_m)
    if likeness or place is None or are_apart(first, second):
        return likeness
    return None if differ(first, second, KIND_DIGITS) else Likeness(Matching.CALLER, place)


def are_apart(first: Matter, second: Matter) -> bool:
    """A praise is never like a complaint, nor a secret request like an open one (D.16)."""
    return first.praise is not second.praise or first.secret is not second.secret


def names_a_kind(category: str | None) -> bool:
    """A group alone holds a lift and a heap of rubbish."""
    return category is not None and len(category) >= KIND_DIGITS


def differ(first: Matter, second: Matter, digits: int) -> bool:
    """Whether both have a category, and these differ in their first digits."""
    if first.category is None or second.category is None:
        return False
    length = min(digits, len(first.category), len(second.category))
    return first.category[:length] != second.category[:length]


def same_place(first: Matter, second: Matter, radius_m: int) -> Placing | None:
    """The same estate or house of one street, as far as that is known, or within the radius; two
    districts are two places."""
    if not agree(first.district_code, second.district_code):
        return None
    one_street = agree(first.street_code, second.street_code)
    if first.place and first.place == second.place and one_street:
        return Placing.ADDRESS
    apart = metres(first, second)
    return Placing.DISTANCE if apart is not None and apart <= radius_m else None


def agree(first: str | None, second: str | None) -> bool:
    return first is None or second is None or first == second


class Located(Protocol):
    """Degrees of WGS-84, both or none."""

    @property
    def lon(self) -> float | None: ...

    @property
    def lat(self) -> float | None: ...


def metres(first: Located, second: Located) -> float | None:
    """The distance as the crow flies, within a city; None if one has no coordinates."""
    if first.lon is None or first.lat is None or second.lon is None or second.lat is None:
        return None
    north = (first.lat - second.lat) * METRES_PER_DEGREE
    middle = math.radians((first.lat + second.lat) / 2)
    east = (first.lon - second.lon) * METRES_PER_DEGREE * math.cos(middle)
    return math.hypot(north, east)


def similarity(first: str, second: str) -> float:
    """The share of pairs of characters that two texts have in common (Dice): from 0 to 1."""
    return share(pairs(first), pairs(second), first == second)


def share(mine: Counter[str], theirs: Counter[str], equal: bool) -> float:
    """`equal` decides where there is no pair."""
    total = mine.total() + theirs.total()
    return 2 * (mine & theirs).total() / total if total else float(equal)


def pairs(text: str) -> Counter[str]:
    """Of the text's beginning, which says what is the matter."""
    plain = unicodedata.normalize("NFKC", text[:MOST_COMPARED]).casefold()
    compared = "".join(filter(str.isalnum, plain))
    return Counter(compared[i : i + 2] for i in range(len(compared) - 1))
