"""What routing must know of Beijing: districts, streets and townships, their names and places."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

VERSION_LENGTH = 12


class StreetKind(StrEnum):
    STREET = "street"
    TOWNSHIP = "township"


class NameKind(StrEnum):
    """How a name came to a street or township; only `official` names exactly one office a day."""

    OFFICIAL = "official"  # 望京街道
    STATISTICAL = "statistical"  # 南磨房地区: the 地区办事处 that is the same office as 南磨房乡
    ALIAS = "alias"  # 广外街道: short forms, written by hand
    FORMER = "former"  # 卢沟桥街道 for 六里桥街道: what it was called until `active_to`
    VARIANT = "variant"  # 龙湾屯（地区）镇: a form met in lists
    OFFICE = "office"  # 望京街道办事处, 南磨房乡人民政府
    TRUNCATED = "truncated"  # 望京街
    STEM = "stem"  # 望京: weak, for places of neighbours carry it too


class PlaceKind(StrEnum):
    COMMUNITY = "community"
    VILLAGE = "village"


def in_force(active_from: date | None, active_to: date | None, on: date) -> bool:
    """Whether a dated thing holds on a day: from its first day, up to but without `active_to`."""
    return (active_from is None or active_from <= on) and (active_to is None or on < active_to)


@dataclass(frozen=True, slots=True)
class District:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Street:
    """A 街道, 镇 or 乡: the office that answers for everything in its area."""

    code: str
    district_code: str
    name: str
    kind: StreetKind
    population: int | None = None
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """One way to say a street or township, on the days on which it means that one."""

    street_code: str
    text: str
    kind: NameKind
    active_from: date | None = None
    active_to: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A community (居委会) or village (村委会): a place of the gazetteer, not an office.

    `street_code` is empty for the ten in development zones, which no street answers for.
    """

    code: str
    street_code: str
    name: str
    kind: PlaceKind


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Each tuple in order of code, under a version that is a hash of the content.

    Of the places, those that a street answers for.
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
    """The same facts give the same version, in whatever order they come."""
    parts = (
        tuple(sorted(districts, key=lambda one: one.code)),
        tuple(sorted(streets, key=lambda one: one.code)),
        tuple(sorted(names, key=lambda one: (one.street_code, one.kind, one.text))),
        tuple(sorted((one for one in places if one.street_code), key=lambda one: one.code)),
    )
    return Gazetteer(sha256(repr(parts).encode()).hexdigest()[:VERSION_LENGTH], *parts)
