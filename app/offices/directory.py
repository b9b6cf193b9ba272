"""Offices that a ticket can go to: streets, centres, departments, enterprises."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kit.messages import worded
from app.kit.workdays import in_force
from app.offices.gazetteer import District, Street, StreetKind

CITY_CENTRE = "city-centre"


@worded
class OfficeKind(StrEnum):
    """承办单位, RULEBOOK D.1."""

    CITY_CENTRE = "city_centre"
    DISTRICT_CENTRE = "district_centre"
    STREET = "street"
    TOWNSHIP = "township"
    DISTRICT_DEPT = "district_dept"
    CITY_DEPT = "city_dept"
    BRANCH = "branch"
    ENTERPRISE = "enterprise"
    CENTRAL = "central"


STREET_KINDS = frozenset({OfficeKind.STREET, OfficeKind.TOWNSHIP})


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    """An office. A district's centre has the district's own code, a street its division code."""

    code: str
    name: str
    kind: OfficeKind
    district_code: str | None = None
    parent_code: str | None = None
    aliases: tuple[str, ...] = ()
    population: int | None = None
    active_from: date | None = None
    active_to: date | None = None
    line: str | None = None
    """Its kind of department across the districts (部门+行业): `market`."""

    def active(self, on: date) -> bool:
        return in_force(self.active_from, self.active_to, on)


def street_of(entry: OfficeEntry) -> Street:
    """A street or township as the gazetteer knows it."""
    return Street(
        code=entry.code,
        district_code=entry.district_code or "",
        name=entry.name,
        kind=StreetKind(entry.kind),
        population=entry.population,
        active_from=entry.active_from,
        active_to=entry.active_to,
    )


@dataclass(frozen=True, slots=True)
class Department:
    """A kind of department; every district has one.

    In `name` and `aliases`, `{district}` stands for 朝阳区 and `{short}` for 朝阳.
    """

    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    active_from: date | None = None
    active_to: date | None = None


def centre(district: District) -> OfficeEntry:
    """A district's centre for 接诉即办: it forwards and supervises."""
    return OfficeEntry(
        code=district.code,
        name=f"{district.name}接诉即办中心",
        kind=OfficeKind.DISTRICT_CENTRE,
        district_code=district.code,
        parent_code=CITY_CENTRE,
    )


def departments(kinds: Iterable[Department], district: District) -> Iterator[OfficeEntry]:
    """A district's department of each kind: `110105-market`."""
    names = {"district": district.name, "short": district.name.removesuffix("区")}
    for department in kinds:
        yield OfficeEntry(
            code=f"{district.code}-{department.kind}",
            name=department.name.format_map(names),
            kind=OfficeKind.DISTRICT_DEPT,
            district_code=district.code,
            parent_code=district.code,
            aliases=tuple(alias.format_map(names) for alias in department.aliases),
            active_from=department.active_from,
            active_to=department.active_to,
            line=department.kind,
        )


def street_office(street: Street) -> OfficeEntry:
    return OfficeEntry(
        code=street.code,
        name=street.name,
        kind=OfficeKind(street.kind),
        district_code=street.district_code,
        parent_code=street.district_code,
        population=street.population,
        active_from=street.active_from,
        active_to=street.active_to,
    )


def compile_directory(
    districts: Iterable[District],
    streets: Iterable[Street],
    kinds: Iterable[Department],
    city: Iterable[OfficeEntry],
) -> tuple[OfficeEntry, ...]:
    """The whole city's offices, in order of code."""
    offices = [*city, *(street_office(street) for street in streets)]
    every_kind = tuple(kinds)
    for district in districts:
        offices += [centre(district), *departments(every_kind, district)]
    return tuple(sorted(offices, key=lambda office: office.code))
