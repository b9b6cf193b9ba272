"""Where a whistle should have been blown 知情不报 (`NO_WHISTLE`, RULEBOOK D.14.7).

So many assessed tickets of one matter at one place stayed unresolved in so many days, a department
has a duty in it, and the street called nobody. It is a signal to the district, and never a score.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.policy.whistles import TicketsWithin


class Spot(NamedTuple):
    """A matter at a place: a street, a category, the place's key."""

    street_code: str
    category: str
    place: str


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A ticket whose citizen said that nothing was resolved."""

    ticket_number: str
    spot: Spot
    assessed_at: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """A whistle that was not blown; `tickets` are in order of their assessment."""

    spot: Spot
    office_codes: tuple[str, ...]
    tickets: tuple[Unresolved, ...]


def missing(
    cases: Iterable[Unresolved],
    whistled: Collection[Spot],
    duties: Mapping[Spot, Sequence[str]],
    rule: TicketsWithin,
    now: datetime,
) -> tuple[Missing, ...]:
    """The whistles that were not blown, the most tickets first, then by spot.

    `whistled` are the spots for which one was, `duties` the offices with a duty at each spot. A
    ticket counts up to, with, the last instant of `within` after its assessment.
    """
    spots: dict[Spot, dict[str, Unresolved]] = defaultdict(dict)
    for case in recent(cases, rule, now):
        spots[case.spot][case.ticket_number] = case
    signals = [
        Missing(spot, tuple(duties[spot]), in_order(tickets.values()))
        for spot, tickets in spots.items()
        if len(tickets) >= rule.tickets and spot not in whistled and duties.get(spot)
    ]
    return tuple(sorted(signals, key=lambda signal: (-len(signal.tickets), signal.spot)))


def recent(cases: Iterable[Unresolved], rule: TicketsWithin, now: datetime) -> Iterator[Unresolved]:
    earliest = now - rule.within
    return (case for case in cases if earliest <= case.assessed_at <= now)


def in_order(tickets: Iterable[Unresolved]) -> tuple[Unresolved, ...]:
    return tuple(sorted(tickets, key=lambda case: (case.assessed_at, case.ticket_number)))
