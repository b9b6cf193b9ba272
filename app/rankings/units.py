"""Merged tickets: whose and of which period a group is, and what it counts (RULEBOOK D.11)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.callbacks.outcome import Kind, Outcome
from app.period import Period
from app.policy_keys import Assess, Scoring
from app.rankings.rates import NOTHING, Counts, admitted, count_group


@dataclass(frozen=True, slots=True)
class Member:
    """An assessed ticket of a group. `owner` is whom it counts for: an office or an industry."""

    owner: str
    group: str
    number: str
    assessed_at: datetime
    kind: Kind
    outcome: Outcome
    excluded: bool = False


def count_members(members: Iterable[Member], period: Period) -> dict[str, Counts]:
    """What the groups add to each owner's counts in a period.

    `members` are all members of every group that has one in the period: a group belongs as a whole
    where its member assessed last does (of equal instants the highest number). Who is excluded or
    not admitted leaves the group first.
    """
    found: dict[str, Counts] = defaultdict(lambda: NOTHING)
    policy, everyone = period.policy, tuple(members)
    for unit in units(everyone, period):
        last = last_of(unit)
        if last.assessed_at in period:
            found[last.owner] += unit_counts(unit, policy.score)
    for member in everyone:
        gone = left_out(member, policy.assess)
        if member.assessed_at in period and gone != NOTHING:
            found[member.owner] += gone
    return found


def last_of(unit: Iterable[Member]) -> Member:
    """Whose office and period the whole group has: the member assessed last."""
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
    found: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if left_out(member, period.policy.assess) == NOTHING:
            found[member.group if together else member.number].append(member)
    yield from found.values()
