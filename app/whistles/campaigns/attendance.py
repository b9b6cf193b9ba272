"""Attendance of a campaign: which office was there on which day (RULEBOOK D.14.4)."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.kit.workdays import day_of


@dataclass(frozen=True, slots=True)
class Visit:
    """`left_at` is None of people who did not say when they went."""

    office_code: str
    came_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Summoned:
    """An office, and the time for which its summons lives."""

    office_code: str
    required: bool
    from_at: datetime
    to_at: datetime | None


def days_there(visits: Iterable[Visit]) -> dict[str, set[date]]:
    """The days in Beijing on which each office was there; a night counts for both of its days."""
    there: dict[str, set[date]] = {}
    for visit in visits:
        first, last = day_of(visit.came_at), day_of(visit.left_at or visit.came_at)
        span = range((last - first).days + 1)
        there.setdefault(visit.office_code, set()).update(first + timedelta(days=n) for n in span)
    return there


def expected(summonses: Iterable[Summoned], day: date) -> list[str]:
    """The required offices whose summons lives on a day, in order of codes."""
    return sorted(
        each.office_code
        for each in summonses
        if each.required
        and day_of(each.from_at) <= day
        and (each.to_at is None or day <= day_of(each.to_at))
    )


def span(first: date, logged: Iterable[date], last: date) -> list[date]:
    """The days of a campaign: each until its last one that is over, logged or not; and those that
    were logged since."""
    over = range((last - first).days + 1)
    return sorted({*logged, *(first + timedelta(days=n) for n in over)})


def missing(offices: Iterable[str], there: dict[str, set[date]], day: date) -> list[str]:
    none: Set[date] = frozenset()
    return [code for code in offices if day not in there.get(code, none)]
