"""The rules of a roster, by tables: a person once, seats, edges of shifts, days of a month."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest

from app.duties.centres import CentreModel, ForceKind
from app.duties.load import Known, read_centres
from app.forces.roster import (
    NotPostedHere,
    Person,
    SameTwice,
    Shift,
    ShiftsOverlap,
    ShiftUnfit,
    TwiceInRoster,
    belongs,
    check_home,
    check_new,
    check_shifts,
    month_days,
    on_duty,
    seating,
)
from app.kit.workdays import midnight
from app.offices.directory import OfficeEntry
from app.offices.files import read_city
from tests.aids.given import WANGJING

NINE = datetime(2026, 10, 20, 1, 0, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
POLICE, FIRE, MARKET = "110105-police", "110105-fire", "110105-market"
HOUR = timedelta(hours=1)

Offices = dict[str, OfficeEntry]


@pytest.fixture(scope="module")
def offices() -> Offices:
    return {office.code: office for office in read_city().offices}


@pytest.fixture(scope="module")
def models(offices: Offices) -> dict[str, CentreModel]:
    return read_centres(Known.of(read_city().catalogue, offices))


def person(
    office: str = POLICE,
    name: str = "王伟",
    phone: str = "13800000001",
    kind: str = "posted",
    seat: str | None = None,
    id: int | None = None,
) -> Person:
    return Person(office, name, phone, ForceKind(kind), seat, id)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (person(), True),
        (person(name="李娜"), True),
        (person(office=FIRE, name="李娜"), True),
        (person(phone="13800000002"), True),
        (person(office=FIRE, phone="13800000002"), False),
        (person(name="李娜", phone="13800000002"), False),
    ],
)
def test_one_telephone_is_one_person_and_one_name_in_one_office(other: Person, same: bool) -> None:
    assert person().is_same(other) is same
    assert other.is_same(person()) is same
    with pytest.raises(SameTwice) if same else nullcontext():
        check_new([], [person(), other])
    with pytest.raises(TwiceInRoster) if same else nullcontext():
        check_new([person(id=7)], [other])


@pytest.mark.parametrize(
    ("home", "kind", "fits"),
    [
        (POLICE, "posted", True),
        (POLICE, "on_call", True),
        (POLICE, "core", False),
        (WANGJING, "core", True),
        (WANGJING, "posted", False),
        ("110102-police", "posted", False),
        ("city-police", "on_call", True),
        ("ent-gas", "on_call", True),
        ("110105", "posted", False),
        ("110105001", "posted", False),
        ("city-centre", "posted", False),
    ],
)
def test_people_come_from_the_streets_own_offices(
    offices: Offices, home: str, kind: str, fits: bool
) -> None:
    with nullcontext() if fits else pytest.raises(NotPostedHere):
        check_home(offices[WANGJING], offices[home], ForceKind(kind), "/members/0")


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("1+5+N", ["公安", "消防", "交通", "工商", "食药"]),
        ("1+4+N", ["公安", "消防", "交通", "市场监管"]),
        ("1+3+N", ["城管中队", "市场监督管理所", "派驻警力"]),
    ],
)
def test_the_models_have_as_many_posted_seats_as_they_are_called_by(
    models: dict[str, CentreModel], model: str, names: list[str]
) -> None:
    seats = models[model].seats

    assert [seat.name for seat in seats if seat.kind is ForceKind.POSTED] == names
    assert len([seat for seat in seats if seat.kind is ForceKind.CORE]) == 1


def test_seats_are_filled_by_name_then_where_people_lack(
    offices: Offices, models: dict[str, CentreModel]
) -> None:
    people = [
        person(MARKET, "甲", "1", id=1),
        person(MARKET, "乙", "2", seat="1+5+N-commerce", id=2),
        person(MARKET, "丙", "3", id=3),
        person("110105-traffic-police", "丁", "4", id=4),
        person("110105-water", "戊", "5", kind="on_call", id=5),
        person(WANGJING, "己", "6", kind="core", id=6),
    ]

    seated = seating(models["1+5+N"], offices[WANGJING], people)

    ids = {code: [p.id for p in sitting] for code, sitting in seated.items() if sitting}
    assert ids == {
        "1+5+N-team": [6],
        "1+5+N-transport": [4],
        "1+5+N-commerce": [2, 3],
        "1+5+N-food": [1],
    }


@pytest.mark.parametrize(
    ("at", "present"),
    [
        (NINE - MICROSECOND, set()),
        (NINE, {1}),
        (NINE + HOUR - MICROSECOND, {1}),
        (NINE + HOUR, {2}),
        (NINE + 2 * HOUR, set()),
    ],
)
def test_a_shift_begins_with_its_first_instant_and_ends_before_its_last(
    at: datetime, present: set[int]
) -> None:
    shifts = [Shift(1, NINE, NINE + HOUR), Shift(2, NINE + HOUR, NINE + 2 * HOUR)]

    assert on_duty(shifts, at) == present


@pytest.mark.parametrize(
    ("shifts", "refusal"),
    [
        ([Shift(1, NINE, NINE + HOUR), Shift(1, NINE + HOUR, NINE + 2 * HOUR)], None),
        ([Shift(1, NINE, NINE + HOUR), Shift(2, NINE, NINE + HOUR)], None),
        ([Shift(1, NINE, NINE + 72 * HOUR)], None),
        ([Shift(1, NINE, NINE + 72 * HOUR + MICROSECOND)], ShiftUnfit),
        ([Shift(1, NINE, NINE)], ShiftUnfit),
        ([Shift(1, NINE - 2 * HOUR, NINE)], ShiftUnfit),
        ([Shift(1, NINE - HOUR, NINE + MICROSECOND)], None),
        (
            [Shift(1, NINE, NINE + HOUR), Shift(1, NINE + HOUR - MICROSECOND, NINE + 2 * HOUR)],
            ShiftsOverlap,
        ),
    ],
)
def test_a_shift_is_refused(shifts: list[Shift], refusal: type[Exception] | None) -> None:
    with pytest.raises(refusal) if refusal else nullcontext():
        check_shifts(shifts, NINE)


def test_a_month_has_its_days_and_who_was_there_on_any_of_them() -> None:
    assert month_days("2026-02") == (date(2026, 2, 1), date(2026, 3, 1))
    first, after = month_days("2026-12")
    assert after == date(2027, 1, 1)
    begins, ends = midnight(first), midnight(after)

    assert belongs(begins - HOUR, None, first, after)
    assert belongs(ends - MICROSECOND, None, first, after)
    assert not belongs(ends, None, first, after)
    assert not belongs(begins - HOUR, begins, first, after)
    assert belongs(begins - HOUR, begins + MICROSECOND, first, after)
