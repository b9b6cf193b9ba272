"""Which assessment period an instant falls in (RULEBOOK D.13.1).

A period is named by its last month and begins on the policy's `period.start_day` in Beijing: with
day 19, "2024-05" is [2024-04-19 00:00, 2024-05-19 00:00) +08:00. Each period takes the policy in
force at its start, which says when it ends; the next one begins there. So the periods cover all
time without gap or overlap even where a new policy moves the day: the one in between is longer or
shorter.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.kit.errors import Invalid, NotFound
from app.kit.messages import Message, worded
from app.kit.workdays import day_of, midnight
from app.policy.documents import Policies, Policy

NAME = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
FIRST_YEAR, LAST_YEAR = 1900, 9998

Month = int
"""A month as the count of months since year 0, so that neighbours differ by one."""


class MalformedPeriod(Invalid):
    title = "A period is named like 2026-10"


class NoSuchPeriod(NotFound):
    title = "There is no such period"


@worded
class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open [starts_at, ends_at), both UTC; `policy` was the one in force at its start."""

    name: str
    starts_at: datetime
    ends_at: datetime
    policy: Policy
    periods: "Periods" = field(repr=False, compare=False)
    """All that there are."""

    def __contains__(self, instant: datetime) -> bool:
        return self.starts_at <= instant < self.ends_at

    def state(self, now: datetime) -> State:
        """Open until its end, then closed; whether it is sealed is for the seals to say."""
        return State.OPEN if now < self.ends_at else State.CLOSED


class Periods:
    """The periods under a set of policies."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        first, *later = policies.documents
        self._since: list[tuple[Month, Policy]] = [(FIRST_YEAR * 12, first)]
        for policy in later:
            self._take_over(policy)
        self._made: dict[Month, Period] = {}

    def _take_over(self, policy: Policy) -> None:
        """From the first period that starts with it or after it, a policy rules the periods."""
        month = self._month_at(policy.effective_from)
        if self._start(month) < policy.effective_from:
            month += 1
        self._since = [*(s for s in self._since if s[0] < month), (month, policy)]

    def _policy(self, month: Month) -> Policy:
        return self._since[max(bisect_right(self._since, month, key=lambda s: s[0]) - 1, 0)][1]

    def _end(self, month: Month) -> datetime:
        return midnight(boundary(month, self._policy(month).period.start_day))

    def _start(self, month: Month) -> datetime:
        return self._end(month - 1)

    def _month_at(self, instant: datetime) -> Month:
        day = day_of(instant)
        month = month_of(day.year, day.month) - 1
        while self._end(month) <= instant:
            month += 1
        return month

    def _period(self, month: Month) -> Period:
        period = self._made.get(month)
        if period is None:
            period = self._made[month] = Period(
                name=f"{month // 12:04}-{month % 12 + 1:02}",
                starts_at=self._start(month),
                ends_at=self._end(month),
                policy=self._policy(month),
                periods=self,
            )
        return period

    def of(self, instant: datetime) -> Period:
        """The one period that an instant falls in."""
        return self._period(self._month_at(instant))

    def named(self, name: str) -> Period:
        """Refuses a malformed name (MalformedPeriod) and one beyond the calendar (NoSuchPeriod)."""
        match = NAME.fullmatch(name)
        if match is None:
            raise MalformedPeriod(
                Message("{name!r} is not a year and a month like 2026-10", name=name)
            )
        year, month = int(match[1]), int(match[2])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise NoSuchPeriod(Message("there is no period {name}", name=name))
        return self._period(month_of(year, month))

    def previous(self, period: Period) -> Period:
        return self._period(parsed(period.name) - 1)

    def next(self, period: Period) -> Period:
        return self._period(parsed(period.name) + 1)

    def between(self, first: datetime, last: datetime) -> Iterator[Period]:
        """Every period from the one of `first` to the one of `last`, oldest first."""
        return map(self._period, range(self._month_at(first), self._month_at(last) + 1))


def month_of(year: int, month: int) -> Month:
    return year * 12 + month - 1


def parsed(name: str) -> Month:
    return month_of(int(name[:4]), int(name[5:]))


def boundary(month: Month, start_day: int) -> date:
    """The first day after the period named by a month: day 1 is the calendar month itself."""
    after = month + 1 if start_day == 1 else month
    return date(after // 12, after % 12 + 1, start_day)
