"""What a street is warned of before it blows: each warning by a table (D.14.1, H1)."""

from datetime import date

import pytest

from app.duties.duty_list import DutyList
from app.duties.load import Known, read_duties
from app.duties.warnings import Called, Matter, WarningCode, warnings
from app.offices.catalogue import Catalogue, NoSuchCategory
from app.offices.directory import OfficeEntry
from app.offices.files import read_city
from app.policy.whistles import WhistleKind
from tests.aids.given import WANGJING

TODAY = date(2026, 10, 20)
POLICE, FIRE, MARKET = "110105-police", "110105-fire", "110105-market"
ENFORCERS, HOUSING = "110105-urban-enforcement", "110105-housing"

City = tuple[DutyList, Catalogue, OfficeEntry]


@pytest.fixture(scope="module")
def city() -> City:
    data = read_city()
    offices = {office.code: office for office in data.offices}
    return read_duties(Known.of(data.catalogue, offices)), data.catalogue, offices[WANGJING]


CASES: list[tuple[str, WhistleKind, str | None, set[str], set[str], list[str]]] = [
    ("two departments and no category", "key_work", None, {POLICE, FIRE}, set(), []),
    ("rubbish is the street's own", "appeal", "0601", {HOUSING, FIRE}, set(), ["own_duty"]),
    ("also below its category", "appeal", "060101", {HOUSING, FIRE}, set(), ["own_duty"]),
    ("illegal building needs others", "key_work", "040101", {HOUSING, FIRE}, set(), []),
    ("stalls need others", "beyond_duty", "060401", {POLICE, FIRE}, set(), []),
    (
        "powers in stalls came down",
        "enforcement",
        "060401",
        {ENFORCERS, POLICE},
        set(),
        ["power_held"],
    ),
    ("a posted member would do", "appeal", None, {POLICE}, {POLICE, FIRE}, ["posted_member"]),
    ("another one's member would not", "appeal", None, {POLICE}, {FIRE}, []),
    ("two departments, both posted", "appeal", None, {POLICE, FIRE}, {POLICE, FIRE}, []),
    (
        "the catalogue names another",
        "appeal",
        "0103",
        {POLICE, FIRE},
        set(),
        ["other_department"],
    ),
    ("the catalogue's one is called", "appeal", "0103", {POLICE, MARKET}, set(), []),
    ("enforcement by one", "enforcement", None, {POLICE}, set(), ["few_departments"]),
    (
        "all of one department",
        "enforcement",
        "060401",
        {ENFORCERS},
        {ENFORCERS},
        ["power_held", "posted_member", "few_departments"],
    ),
    ("an emergency is never doubted", "emergency", "0601", {HOUSING}, {HOUSING}, []),
    ("but told whom it misses", "emergency", "0103", {FIRE}, {FIRE}, ["other_department"]),
]


@pytest.mark.parametrize(
    ("kind", "category", "summoned", "posted", "codes"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_a_whistle_is_warned_of(
    city: City,
    kind: WhistleKind,
    category: str | None,
    summoned: set[str],
    posted: set[str],
    codes: list[str],
) -> None:
    duties, catalogue, street = city
    matter, called = Matter(kind, street, category), Called(summoned, posted)

    given = warnings(duties, catalogue, matter, called, TODAY)

    assert [warning.code.value for warning in given] == codes


def test_a_warning_names_its_duty_its_office_and_its_source(city: City) -> None:
    duties, catalogue, street = city
    matter, called = Matter("enforcement", street, "0604"), Called({ENFORCERS, POLICE})

    [warning] = warnings(duties, catalogue, matter, called, TODAY)

    assert (warning.code, warning.office_code) == (WarningCode.POWER_HELD, ENFORCERS)
    assert warning.subject == "urban-enforcement"
    assert warning.basis is not None
    assert "SOURCES S4" in warning.basis


def test_before_the_powers_came_down_the_department_was_the_right_one(city: City) -> None:
    duties, catalogue, street = city
    matter, called = Matter("enforcement", street, "0604"), Called({FIRE, POLICE})

    before, after = (
        [warning.code for warning in warnings(duties, catalogue, matter, called, on)]
        for on in (date(2020, 6, 30), date(2020, 7, 1))
    )

    assert before == [WarningCode.OTHER_DEPARTMENT]
    assert after == []


def test_an_unknown_category_is_refused(city: City) -> None:
    duties, catalogue, street = city
    with pytest.raises(NoSuchCategory):
        warnings(duties, catalogue, Matter("appeal", street, "9999"), Called(set()), TODAY)
