"""Merged tickets: the owner, the period and the counts of a group (RULEBOOK D.11)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.callbacks.outcome import Kind, Outcome
from app.period import Period
from app.policy.keys import Assess, Scoring
from app.rankings.rates import NOTHING, Counts, admitted, count_group


@dataclass(frozen=True, slots=True)
class Member:
    """An assessed ticket of a group. `owner` is whom it counts for: an office or an industry."""

    owner: str
    group: str
    number: str
    assessed_at: datetime
    recorded_at: datetime
    kind: Kind
    outcome: Outcome
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """A sealed period; rows recorded by `at` are in its numbers."""

    period: Period
    at: datetime


def count_members(
    members: Iterable[Member], period: Period, closed: Sequence[Closed] = ()
) -> dict[str, Counts]:
    """The counts that groups add to each owner in a period.

    `members` are all members of every group with a member in the period; `closed` are the sealed
    periods in the order of their seals. Excluded and not admitted members leave the group first.
    """
    sums: dict[str, Counts] = defaultdict(lambda: NOTHING)
    policy, everyone = period.policy, tuple(members)
    for unit in units(everyone, period):
        if counts_in(unit, period, closed):
            sums[last_of(unit).owner] += unit_counts(unit, policy.score)
    for member in everyone:
        gone = left_out(member, policy.assess)
        if member.assessed_at in period and gone != NOTHING:
            sums[member.owner] += gone
    return sums


def counts_in(unit: Sequence[Member], period: Period, closed: Iterable[Closed]) -> bool:
    """A group counts in one period (D.21.1), as a whole: where a seal has counted it already, else
    where its member assessed last belongs (of equal instants the highest number)."""
    for sealed in closed:
        known = [member for member in unit if member.recorded_at <= sealed.at]
        if known and last_of(known).assessed_at in sealed.period:
            return sealed.period.name == period.name
    return last_of(unit).assessed_at in period


def last_of(unit: Iterable[Member]) -> Member:
    """Whose office the whole group has: the member assessed last."""
    return max(unit, key=lambda member: (member.assessed_at, member.number))


def unit_counts(unit: Iterable[Member], score: Scoring) -> Counts:
    return count_group([(member.kind, member.outcome) for member in unit], score)


def left_out(member: Member, assess: Assess) -> Counts:
    if member.excluded:
        return Counts(excluded=1)
    return NOTHING if admitted(member.kind, assess) else Counts(not_assessed=1)


def units(members: Iterable[Member], period: Period) -> Iterator[list[Member]]:
    """The units of account: whole groups, or every ticket for itself where the policy says so."""
    together = period.policy.merge.count == "group_once"
    by_unit: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if left_out(member, period.policy.assess) == NOTHING:
            by_unit[member.group if together else member.number].append(member)
    yield from by_unit.values()
