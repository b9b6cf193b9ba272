"""Which offices stand on a street's form, by a table (RULEBOOK D.15)."""

from datetime import date

import pytest

from app.evaluations.roster import on_form
from app.offices.directory import OfficeEntry, OfficeKind

K = OfficeKind
STREET = OfficeEntry("s-1", "街道", K.STREET, district_code="d-1", parent_code="d-1")
OTHER = OfficeEntry("s-2", "邻街道", K.STREET, district_code="d-1", parent_code="d-1")
DAY = date(2026, 12, 18)


def office(kind: OfficeKind, district: str | None, parent: str | None = None) -> OfficeEntry:
    return OfficeEntry("o", "单位", kind, district_code=district, parent_code=parent)


@pytest.mark.parametrize(
    ("known", "dealt", "stands"),
    [
        (office(K.DISTRICT_DEPT, "d-1", "d-1"), False, True),
        (office(K.DISTRICT_DEPT, "d-2", "d-2"), False, False),
        (office(K.DISTRICT_DEPT, "d-2", "d-2"), True, False),
        (office(K.BRANCH, "d-1", "s-1"), False, True),  # a station 站所 of the street
        (office(K.BRANCH, "d-1", "o-1"), False, True),  # of a department, for its whole district
        (office(K.BRANCH, "d-1", "s-2"), False, False),
        (office(K.BRANCH, "d-1", "s-2"), True, True),
        (office(K.CITY_DEPT, None), False, False),
        (office(K.CITY_DEPT, None), True, True),
        (office(K.ENTERPRISE, None), False, False),
        (office(K.ENTERPRISE, None), True, True),
        (office(K.CENTRAL, None), True, False),
    ],
)
def test_who_stands_on_a_streets_form(known: OfficeEntry, dealt: bool, stands: bool) -> None:
    offices = {each.code: each for each in (STREET, OTHER, known)}

    rows = on_form(STREET, offices, {known.code} if dealt else set(), DAY)

    assert [row.code for row in rows] == ([known.code] if stands else [])
