"""Terms: the quarters, months or years at whose end streets mark departments (RULEBOOK D.15).

A term is made of assessment periods. It takes the policy in force at its start, which says how long
it is (`eval.period`); where a new policy changes that within a year, the terms still cover the year
without gap or overlap, and the first one under the new policy may be shorter.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.kit.workdays import day_of
from app.period import NoSuchPeriod, Period, Periods, State
from app.policy.documents import Policies, Policy

NAME = re.compile(r"([0-9]{4})(?:-(?:Q[1-4]|0[1-9]|1[0-2]))?")
MONTHS = 12
TICK = datetime.resolution
LENGTH = {"month": 1, "quarter": 3, "year": MONTHS}


class MalformedTerm(Invalid):
    title = "An evaluation's period is named like 2026-Q4, 2026-10 or 2026"


@dataclass(frozen=True, slots=True)
class Term:
    """Half-open [starts_at, ends_at), both UTC."""

    name: str
    starts_at: datetime
    ends_at: datetime
    policy: Policy
    policies: Policies
    """All that there are."""

    @property
    def deadline_at(self) -> datetime:
        """The last instant at which a street may mark."""
        return self.ends_at + self.policy.evaluation.deadline

    @property
    def appeal_until(self) -> datetime:
        return self.deadline_at + self.policy.evaluation.appeal

    @property
    def decide_until(self) -> datetime:
        """The district has as long for its decision as a department for its appeal."""
        return self.appeal_until + self.policy.evaluation.appeal

    def over(self, now: datetime) -> bool:
        """Whether what stands counts."""
        return now > self.deadline_at

    def state(self, now: datetime) -> State:
        return State.OPEN if now <= self.deadline_at else State.CLOSED


@dataclass(frozen=True, slots=True)
class Span:
    """What a name stands for: a term, or a year with its terms."""

    name: str
    terms: tuple[Term, ...]

    @property
    def is_term(self) -> bool:
        return self.terms[0].name == self.name


def named(name: str, periods: Periods, now: datetime) -> Span:
    """Refuses MalformedTerm, and NoSuchPeriod where none of that name is or has begun."""
    match = NAME.fullmatch(name)
    if match is None:
        raise MalformedTerm(
            Message("{name!r} is neither like 2026-Q4 nor like 2026-10 nor like 2026", name=name)
        )
    whole = tuple(of_year(match[1], periods))
    terms = tuple(term for term in whole if name in (term.name, match[1]))
    begun = tuple(term for term in terms if term.starts_at <= now)
    if not begun:
        raise NoSuchPeriod(
            Message(
                "there is no period {name} of evaluations yet, or not of that length", name=name
            )
        )
    return Span(name, begun)


def term(name: str, periods: Periods, now: datetime) -> Term:
    """Refuses MalformedTerm and NoSuchPeriod, also for a year that has several terms."""
    span = named(name, periods, now)
    if not span.is_term:
        raise NoSuchPeriod(
            Message("{name} is evaluated as {terms}", name=name, terms=[t.name for t in span.terms])
        )
    return span.terms[0]


def of_year(year: str, periods: Periods) -> Iterator[Term]:
    """The terms of a year, in order."""
    months = [periods.named(f"{year}-{month:02}") for month in range(1, MONTHS + 1)]
    first = 0
    while first < MONTHS:
        kind = months[first].policy.evaluation.period
        length = LENGTH[kind]
        end = (first // length + 1) * length
        yield made(name_of(year, kind, end), months[first:end])
        first = end


def name_of(year: str, kind: str, last_month: int) -> str:
    names = {
        "month": f"{year}-{last_month:02}",
        "quarter": f"{year}-Q{last_month // LENGTH['quarter']}",
        "year": year,
    }
    return names[kind]


def made(name: str, months: Sequence[Period]) -> Term:
    first, last = months[0], months[-1]
    return Term(name, first.starts_at, last.ends_at, first.policy, first.periods.policies)


def at(instant: datetime, periods: Periods) -> Term:
    """The term in which an instant lies."""
    year = periods.of(instant).name.partition("-")[0]
    return next(t for t in of_year(year, periods) if t.starts_at <= instant < t.ends_at)


def last_day(term: Term) -> date:
    return day_of(term.ends_at - TICK)
