"""Which period an instant falls in."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.workdays import BEIJING
from app.period import MalformedPeriod, NoSuchPeriod, Periods, State
from app.policy.documents import Policies

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()
INSTANTS = st.datetimes(
    datetime.fromisoformat("2019-01-01"),
    datetime.fromisoformat("2035-01-01"),
    timezones=st.just(BEIJING),
)
START_DAYS = st.integers(1, 28)


def periods(*days: tuple[str, int]) -> Periods:
    """The periods where each day begins a policy with that `period.start_day`."""
    return Periods(
        Policies.read(
            {
                f"from-{day}": DOCUMENT.replace("2019-01-01", day).replace(
                    "start_day = 19", f"start_day = {start_day}"
                )
                for day, start_day in days
            }
        )
    )


BEIJINGS = periods(("2019-01-01", 19))


def at(text: str) -> datetime:
    """A day or a time in Beijing."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("instant", "name"),
    [
        ("2024-05-18 23:59:59.999999", "2024-05"),
        ("2024-05-19 00:00:00", "2024-06"),
        ("2024-04-19 00:00:00", "2024-05"),
        ("2024-04-18 23:59:59.999999", "2024-04"),
        ("2024-12-19 00:00:00", "2025-01"),
        ("2024-12-31 23:59:59", "2025-01"),
        ("2024-01-01 00:00:00", "2024-01"),
    ],
)
def test_a_period_is_named_by_its_last_month(instant: str, name: str) -> None:
    assert BEIJINGS.of(at(instant)).name == name


def test_a_period_is_half_open() -> None:
    may = BEIJINGS.named("2024-05")

    assert (may.starts_at, may.ends_at) == (at("2024-04-19"), at("2024-05-19"))
    assert may.starts_at in may
    assert may.ends_at not in may
    assert may.ends_at - timedelta(microseconds=1) in may


def test_day_one_is_the_calendar_month() -> None:
    may = periods(("2019-01-01", 1)).named("2024-05")

    assert (may.starts_at, may.ends_at) == (at("2024-05-01"), at("2024-06-01"))


def test_a_period_is_open_until_it_ends() -> None:
    may = BEIJINGS.named("2024-05")

    assert may.state(may.ends_at - timedelta(microseconds=1)) is State.OPEN
    assert may.state(may.ends_at) is State.CLOSED


@pytest.mark.parametrize(
    "name",
    ["2024-5", "2024-13", "2024-00", "24-05", "2024-05 ", "2024/05", "", "２０２４-05", "\x00"],
)
def test_a_malformed_name_is_refused(name: str) -> None:
    with pytest.raises(MalformedPeriod):
        BEIJINGS.named(name)


@pytest.mark.parametrize("name", ["0000-01", "0001-01", "9999-12"])
def test_what_lies_beyond_the_calendar_is_no_period(name: str) -> None:
    with pytest.raises(NoSuchPeriod):
        BEIJINGS.named(name)


def test_a_period_keeps_the_policy_of_its_start_and_the_next_begins_where_it_ends() -> None:
    changing = periods(("2019-01-01", 19), ("2024-05-25", 1))

    june, july, august = (changing.named(f"2024-{month:02}") for month in (6, 7, 8))

    assert [june.ends_at, july.ends_at] == [at("2024-06-19"), at("2024-08-01")]
    assert [july.starts_at, august.starts_at] == [june.ends_at, july.ends_at]
    assert [p.policy.name for p in (june, july)] == ["from-2019-01-01", "from-2024-05-25"]


def test_a_policy_that_begins_with_a_period_holds_for_it() -> None:
    changing = periods(("2019-01-01", 19), ("2024-05-19", 19))

    assert changing.named("2024-06").policy.name == "from-2024-05-19"
    assert changing.named("2024-05").policy.name == "from-2019-01-01"


@given(INSTANTS, st.dates(date(2020, 1, 1), date(2030, 1, 1)), *[START_DAYS] * 2)
def test_every_instant_lies_in_one_period(
    instant: datetime, changed: date, before: int, after: int
) -> None:
    changing = periods(("2019-01-01", before), (f"{changed:%Y-%m-%d}", after))

    period = changing.of(instant)

    assert instant in period
    assert changing.named(period.name) == period
    assert changing.next(changing.previous(period)) == period
    assert changing.previous(period).ends_at == period.starts_at
    assert changing.next(period).starts_at == period.ends_at
    assert instant not in changing.next(period)


def test_periods_between_two_instants_are_contiguous() -> None:
    names = [p.name for p in BEIJINGS.between(at("2025-11-20"), at("2026-02-18"))]

    assert names == ["2025-12", "2026-01", "2026-02"]
