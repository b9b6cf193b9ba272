"""Leagues (RULEBOOK D.13.4): their rows, and the tickets of each row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from app.kit.messages import worded
from app.kit.workdays import day_of
from app.offices.directory import STREET_KINDS, OfficeEntry, OfficeKind
from app.period import Period

T = TypeVar("T")


@worded
class League(StrEnum):
    STREETS = "streets"
    DISTRICTS = "districts"
    CITY_DEPARTMENTS = "city_departments"
    DISTRICT_DEPARTMENTS = "district_departments"
    INDUSTRIES = "industries"
    ENTERPRISES = "enterprises"


@dataclass(frozen=True, slots=True)
class Plan:
    """The kinds of office in a league, and the columns that give a ticket's row.

    `assessed_by` is a column of the assessment. Of the ticket, `led_by` gives the row of its office
    and `located_by` the row of its place.
    """

    kinds: frozenset[OfficeKind]
    assessed_by: str = "office_code"
    led_by: str = "office_code"
    located_by: str = "office_code"


PLANS: Mapping[League, Plan] = {
    League.STREETS: Plan(STREET_KINDS, located_by="street_code"),
    League.DISTRICTS: Plan(frozenset({OfficeKind.DISTRICT_CENTRE}), located_by="district_code"),
    League.CITY_DEPARTMENTS: Plan(frozenset({OfficeKind.CITY_DEPT})),
    League.DISTRICT_DEPARTMENTS: Plan(frozenset({OfficeKind.DISTRICT_DEPT, OfficeKind.BRANCH})),
    League.INDUSTRIES: Plan(
        frozenset({OfficeKind.CITY_DEPT}), "industry_office", "category", "category"
    ),
    League.ENTERPRISES: Plan(frozenset({OfficeKind.ENTERPRISE})),
}
"""A district's row has its centre's code; an industry's, that of the office that answers for it."""

POOLED = STREET_KINDS | {OfficeKind.DISTRICT_DEPT}
"""Whose tickets make up a district's."""


@dataclass(frozen=True, slots=True)
class Registry:
    """The parts of the city's registry behind rankings, by code."""

    offices: Mapping[str, OfficeEntry]
    categories: Mapping[str, str]
    """The office that answers for each category's industry."""
    districts: Mapping[str, str]
    """Their names."""

    __hash__ = object.__hash__  # what was made of one is looked up by itself


Rows = Mapping[str, str]
"""The row that an office, a place or a category counts in."""


@dataclass(frozen=True, slots=True)
class Roster:
    """The offices that may have a row, and for each column of the plan whose row a value means."""

    league: League
    plan: Plan
    offices: Mapping[str, OfficeEntry]
    rows: Mapping[str, Rows]


@lru_cache(maxsize=32)
def roster(league: League, registry: Registry) -> Roster:
    """Everyone of the league, whenever they work or worked; of a registry looked up once."""
    plan, everyone = PLANS[league], registry.offices.values()
    members = {office.code: office for office in everyone if office.kind in plan.kinds}
    industry = registry.categories
    if league is League.INDUSTRIES:
        members = {code: members[code] for code in members.keys() & set(industry.values())}
    if league is League.DISTRICTS:
        members = {c: replace(office, name=registry.districts[c]) for c, office in members.items()}
    itself = {code: code for code in members}
    pooled = {o.code: o.district_code for o in everyone if o.kind in POOLED and o.district_code}
    rows: dict[str, Rows] = dict.fromkeys((plan.assessed_by, plan.located_by), itself)
    rows |= {"office_code": pooled} if league is League.DISTRICTS else {}
    return Roster(league, plan, members, rows | {"category": industry})


def rolled_up(values: Mapping[str, T], rows: Rows, add: Callable[[T, T], T]) -> dict[str, T]:
    """Sums by row, never means; values of no row of the league are left out."""
    pools: dict[str, T] = {}
    for code, value in values.items():
        row = rows.get(code)
        if row is not None:
            pools[row] = add(pools[row], value) if row in pools else value
    return pools


def works(office: OfficeEntry, period: Period) -> bool:
    """Whether it works on any day of the period."""
    begins = office.active_from is None or office.active_from < day_of(period.ends_at)
    ended = office.active_to is not None and office.active_to <= day_of(period.starts_at)
    return begins and not ended
