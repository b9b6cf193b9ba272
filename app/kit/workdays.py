"""Beijing's calendar: days, months, and working days with 调休 (weekends worked, weekdays off).

A year that the library chinesecalendar does not know yet (the State Council publishes each year's
holidays in the November before) has its weekends only: nobody who calls is refused for it, a
warning is logged, and `jiesu_calendar_years_missing` says so from November on.
"""

import calendar
import logging
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction
from functools import cache

import chinese_calendar

logger = logging.getLogger(__name__)

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""UTC+8 and no daylight saving, whatever the year (RULEBOOK D.6.3)."""

KNOWN_YEARS = frozenset(day.year for day in chinese_calendar.holidays)
ONE_DAY = timedelta(days=1)
SATURDAY = 5
NOVEMBER = 11


def in_force(active_from: date | None, active_to: date | None, on: date) -> bool:
    """Whether a name or office is in force on a day: from `active_from` to before `active_to`."""
    return (active_from is None or active_from <= on) and (active_to is None or on < active_to)


def day_of(instant: datetime) -> date:
    """The day in Beijing on which an instant falls."""
    return instant.astimezone(BEIJING).date()


def clock_of(instant: datetime) -> time:
    """The time of day in Beijing at an instant."""
    return instant.astimezone(BEIJING).time()


def midnight(day: date) -> datetime:
    """The instant (UTC) at which a day begins in Beijing."""
    return datetime.combine(day, time.min, BEIJING).astimezone(UTC)


def is_workday(day: date) -> bool:
    """Whether offices work that day: 调休 weekends yes, holidays on weekdays no."""
    if day.year not in KNOWN_YEARS:
        warn(day.year)
        return day.weekday() < SATURDAY
    return is_workday_of_known_year(day)


@cache
def is_workday_of_known_year(day: date) -> bool:
    """The library looks through all its holidays whenever it is asked."""
    return bool(chinese_calendar.is_workday(day))


@cache
def warn(year: int) -> None:
    """Once for each year and process."""
    logger.warning(
        "no holidays are known for that year, its weekends are taken; update chinesecalendar",
        extra={"year": year},
    )


def years_missing(now: datetime) -> int:
    """How many years are unknown of the present one and, from November on, of the next."""
    day = day_of(now)
    missing = {day.year, day.year + (day.month >= NOVEMBER)} - KNOWN_YEARS
    for year in missing:
        warn(year)
    return len(missing)


def next_workday(day: date) -> date:
    """The first working day after a day."""
    day += ONE_DAY
    while not is_workday(day):
        day += ONE_DAY
    return day


def into_worktime(instant: datetime) -> datetime:
    """The instant itself on a working day, else the beginning of the next one."""
    day = day_of(instant)
    return instant.astimezone(UTC) if is_workday(day) else midnight(next_workday(day))


def add_workdays(instant: datetime, days: int) -> datetime:
    """The same time of day, so many working days later; days off do not count at all.

    An instant on a day off counts from the beginning of the next working day, so that a later start
    is never due earlier: Saturday noon and one working day is Tuesday 00:00.
    """
    start = into_worktime(instant)
    day = first = day_of(start)
    for _ in range(days):
        day = next_workday(day)
    return start + (day - first)


def times(span: timedelta, factor: Fraction) -> timedelta:
    """The span times the factor, exactly; a fraction of a microsecond is dropped."""
    return span * factor.numerator // factor.denominator


def add_months(instant: datetime, months: int) -> datetime:
    """The same day of a later month and time of day in Beijing, or that month's last day."""
    local = instant.astimezone(BEIJING)
    years, month0 = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month0 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)
