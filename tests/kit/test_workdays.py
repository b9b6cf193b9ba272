"""Beijing's days, working days with 调休, and months."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.workdays import (
    BEIJING,
    ONE_DAY,
    add_months,
    add_workdays,
    clock_of,
    day_of,
    is_workday,
    midnight,
    warn,
    years_missing,
)

KNOWN = st.datetimes(
    datetime.fromisoformat("2019-01-01"),
    datetime.fromisoformat("2025-06-30"),
    timezones=st.just(BEIJING),
)
DAYS = st.integers(0, 30)


def at(text: str) -> datetime:
    """A time in Beijing."""
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("day", "worked", "why"),
    [
        (date(2026, 10, 9), True, "an ordinary Friday"),
        (date(2026, 10, 11), False, "an ordinary Sunday"),
        (date(2026, 10, 1), False, "国庆 on a Thursday"),
        (date(2026, 10, 10), True, "a Saturday worked for 国庆 (调休)"),
        (date(2024, 2, 4), True, "a Sunday worked for 春节 (调休)"),
        (date(2024, 2, 12), False, "春节 on a Monday"),
    ],
)
def test_working_days_follow_the_state_councils_calendar(day: date, worked: bool, why: str) -> None:
    assert is_workday(day) is worked, why


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-10-12 09:30", 1, "2026-10-13 09:30"),
        ("2026-10-16 09:30", 1, "2026-10-19 09:30"),
        ("2026-10-17 12:00", 1, "2026-10-20 00:00"),
        ("2026-09-30 15:00", 1, "2026-10-08 15:00"),
        ("2026-10-09 15:00", 1, "2026-10-10 15:00"),
        ("2024-02-09 15:00", 3, "2024-02-20 15:00"),
        ("2026-10-12 09:30", 0, "2026-10-12 09:30"),
    ],
    ids=[
        "Monday to Tuesday",
        "Friday to Monday",
        "Saturday noon counts from Monday 00:00",
        "over 国庆",
        "into a Saturday that is worked",
        "three days over 春节",
        "no day at all",
    ],
)
def test_days_off_do_not_count(start: str, days: int, end: str) -> None:
    assert add_workdays(at(start), days) == at(end)


@pytest.mark.parametrize(("day", "works"), [(2, True), (3, False), (4, False), (5, True)])
def test_a_year_without_a_published_calendar_has_its_weekends(
    day: int, works: bool, caplog: pytest.LogCaptureFixture
) -> None:
    warn.cache_clear()
    assert is_workday(date(2099, 1, day)) is works
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize(
    ("now", "missing"),
    [("2026-10-31 23:59", 0), ("2026-11-01 00:00", 1), ("2025-12-31 12:00", 0), ("2099-11-01", 2)],
)
def test_from_november_on_the_next_years_calendar_is_missed(now: str, missing: int) -> None:
    assert years_missing(datetime.fromisoformat(now).replace(tzinfo=BEIJING)) == missing


@given(KNOWN, KNOWN, DAYS)
def test_who_starts_later_is_never_due_earlier(start: datetime, other: datetime, days: int) -> None:
    first, second = sorted((start, other))

    assert add_workdays(first, days) <= add_workdays(second, days)


@given(KNOWN, DAYS, DAYS)
def test_working_days_add_up(start: datetime, some: int, more: int) -> None:
    assert add_workdays(add_workdays(start, some), more) == add_workdays(start, some + more)


def worktime(start: datetime, end: datetime) -> timedelta:
    """The part of [start, end) on working days of 24 hours."""
    total, day = timedelta(0), day_of(start)
    while midnight(day) < end:
        if is_workday(day):
            total += max(
                min(end, midnight(day + ONE_DAY)) - max(start, midnight(day)), timedelta(0)
            )
        day += ONE_DAY
    return total


@given(KNOWN, DAYS)
def test_so_many_working_days_hold_so_much_worktime(start: datetime, days: int) -> None:
    assert worktime(start, add_workdays(start, days)) == timedelta(days=days)


@given(KNOWN, st.tuples(*[st.timedeltas(timedelta(0), timedelta(days=40))] * 2))
def test_worktime_adds_up_and_never_exceeds_time(
    start: datetime, spans: tuple[timedelta, timedelta]
) -> None:
    middle = start + spans[0]
    end = middle + spans[1]

    assert worktime(start, middle) + worktime(middle, end) == worktime(start, end)
    assert timedelta(0) <= worktime(start, end) <= end - start


def test_a_day_begins_at_midnight_in_beijing() -> None:
    assert midnight(date(2026, 10, 19)) == datetime(2026, 10, 18, 16, tzinfo=UTC)
    assert day_of(datetime(2026, 10, 18, 16, tzinfo=UTC)) == date(2026, 10, 19)
    assert day_of(datetime(2026, 10, 18, 15, 59, 59, 999999, UTC)) == date(2026, 10, 18)
    assert f"{clock_of(datetime(2026, 10, 18, 16, 5, tzinfo=UTC)):%H:%M}" == "00:05"


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-10-19 08:00", 6, "2027-04-19 08:00"),
        ("2026-08-31 08:00", 6, "2027-02-28 08:00"),
        ("2026-12-31 23:59", 1, "2027-01-31 23:59"),
        ("2024-02-29 00:00", 60, "2029-02-28 00:00"),
    ],
)
def test_months_keep_the_day_or_take_the_last(start: str, months: int, end: str) -> None:
    assert add_months(at(start), months) == at(end)
