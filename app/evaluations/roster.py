"""Who is marked by a street, and in which line a department is ranked (RULEBOOK D.15)."""

from collections.abc import Collection, Mapping
from datetime import date

from app.offices.directory import STREET_KINDS, OfficeEntry, OfficeKind

OF_DISTRICT = (OfficeKind.DISTRICT_DEPT, OfficeKind.BRANCH)
"""Marked by every street that they serve."""

BY_DEALINGS = (OfficeKind.CITY_DEPT, OfficeKind.ENTERPRISE)
"""Marked by the streets that dealt with them."""

KINDS = (*OF_DISTRICT, *BY_DEALINGS)

Offices = Mapping[str, OfficeEntry]


def line_of(office: OfficeEntry) -> str:
    """A district's department stands beside its like in the other districts, any other office
    among those of its kind."""
    return office.line or office.kind.value


def on_form(
    street: OfficeEntry, offices: Offices, dealt: Collection[str], day: date
) -> list[OfficeEntry]:
    """The departments of its district and the branches that serve it, as of the term's last day;
    those others of its district, and departments of the city and enterprises, that it `dealt` with;
    by kind, then by code."""
    known = [office for office in offices.values() if office.kind in KINDS]
    own = [
        office
        for office in known
        if (office.code in dealt and within(office, street))
        or (serves(office, street, offices) and office.active(day))
    ]
    return sorted(own, key=lambda office: (KINDS.index(office.kind), office.code))


def within(office: OfficeEntry, street: OfficeEntry) -> bool:
    """A department of another district is marked by that one's streets alone."""
    return office.kind in BY_DEALINGS or office.district_code == street.district_code


def serves(office: OfficeEntry, street: OfficeEntry, offices: Offices) -> bool:
    """A branch under a street serves that one, any other one its whole district."""
    if office.kind not in OF_DISTRICT or not within(office, street):
        return False
    parent = offices.get(office.parent_code or "")
    return parent is None or parent.kind not in STREET_KINDS or parent.code == street.code


def ranked(offices: Offices, marked: Collection[str], day: date) -> list[OfficeEntry]:
    """Every department and branch of that day, and whoever was marked, by line and code."""
    known = [
        office
        for office in offices.values()
        if office.kind in KINDS
        and (office.code in marked or (office.kind in OF_DISTRICT and office.active(day)))
    ]
    return sorted(known, key=lambda office: (line_of(office), office.code))
