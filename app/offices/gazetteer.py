"""The gazetteer of Beijing: districts, streets and townships, their names and places."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from operator import attrgetter

VERSION_LENGTH = 12


class StreetKind(StrEnum):
    STREET = "street"
    TOWNSHIP = "township"


class NameKind(StrEnum):
    """The origin of a street's or township's name; on a day only an `official` name is unique."""

    OFFICIAL = "official"  # 望京街道
    STATISTICAL = "statistical"  # 南磨房地区: the 地区办事处 that is the same office as 南磨房乡
    ALIAS = "alias"  # 广外街道: short forms, written by hand
    FORMER = "former"  # 卢沟桥街道 for 六里桥街道: its name until `active_to`
    VARIANT = "variant"  # 龙湾屯（地区）镇: a form met in lists
    OFFICE = "office"  # 望京街道办事处, 南磨房乡人民政府
    TRUNCATED = "truncated"  # 望京街
    STEM = "stem"  # 望京: weak, for places of neighbours carry it too


class PlaceKind(StrEnum):
    COMMUNITY = "community"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class District:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Street:
    """A 街道, 镇 or 乡: the office responsible for everything in its area."""

    code: str
    district_code: str
    name: str
    kind: StreetKind
    population: int | None = None
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a street or township, with the days on which it means that street."""

    street_code: str
    text: str
    kind: NameKind
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A community (居委会) or village (村委会): a place of the gazetteer, not an office.

    `street_code` is empty for ten places in development zones: they have no street.
    """

    code: str
    street_code: str
    name: str
    kind: PlaceKind


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Each tuple in order of code; `version` is a hash of the content.

    `places` are the places with a street.
    """

    version: str
    districts: tuple[District, ...]
    streets: tuple[Street, ...]
    names: tuple[Name, ...]
    places: tuple[Place, ...]


def compile_gazetteer(
    districts: Iterable[District],
    streets: Iterable[Street],
    names: Iterable[Name],
    places: Iterable[Place],
) -> Gazetteer:
    """The same facts in any order give the same version."""
    by_code = attrgetter("code")
    parts = (
        tuple(sorted(districts, key=by_code)),
        tuple(sorted(streets, key=by_code)),
        tuple(sorted(names, key=lambda name: (name.street_code, name.kind, name.text))),
        tuple(sorted((place for place in places if place.street_code), key=by_code)),
    )
    return Gazetteer(sha256(repr(parts).encode()).hexdigest()[:VERSION_LENGTH], *parts)
