"""Beijing's calendar: days, months, and working days with 调休 (weekends worked, weekdays off).

A year not yet in the library chinesecalendar (the State Council publishes each year's holidays in
the November before) is refused, never guessed: see `NoWorkingCalendar`.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta, timezone
from fractions import Fraction

import chinese_calendar

from app.kit.errors import Unavailable

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""UTC+8 and no daylight saving, whatever the year (RULEBOOK D.6.3)."""

KNOWN_YEARS = frozenset(day.year for day in chinese_calendar.holidays)
ONE_DAY = timedelta(days=1)


class NoWorkingCalendar(Unavailable):
    title = "The working calendar of that year is not known yet"


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
        raise NoWorkingCalendar(
            f"no holidays are known for {day.year}; update the package chinesecalendar",
            year=day.year,
        )
    return bool(chinese_calendar.is_workday(day))


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
