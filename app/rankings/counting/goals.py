"""七有五性: the cases of each street by the goals that their categories serve (RULEBOOK D.17).

A category may serve several goals, so they overlap. A row is told apart by its street and by the
goals of its category together, of which there are some thirty, and counts for each of them.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import func, select

from app.callbacks.models import Assessment
from app.kit.ready import Ready
from app.offices.catalogue import Catalogue, Goal
from app.rankings.counting import as_of, assessments, volumes
from app.rankings.counting.days import Count, Numbers, Part, Parts, Values, put
from app.rankings.counting.record import AS_OF, Record
from app.rankings.rates import NOTHING, Counts
from app.tickets.models import NOT_TAKEN, Ticket

T = TypeVar("T")

GOALS = "goals"
"""By this name days are kept."""
STREET_DIGITS = 9
"""Of a street's code; a department's has another length."""

Key = tuple[str, Goal]
Together = Mapping[str, str]
"""By category the goals that it serves, joined."""


def together(catalogue: Catalogue) -> Together:
    entries = sorted(catalogue.categories.items())
    return {code: "+".join(sorted(entry.goals)) for code, entry in entries if entry.goals}


def assessed(record: Record, catalogue: Catalogue) -> Mapping[Key, Counts]:
    """The counts of a period by street and goal, merged groups included."""
    served = together(catalogue)
    kept = assessments.counted(record, assessed_by(record, served))
    sums = defaultdict(lambda: NOTHING, assessments.read(record, kept))
    for owner, change in assessments.changes(record, of_fact(served)):
        for each in goals_of(owner):
            sums[each] += change
    return by_key(sums)


def received(record: Record, catalogue: Catalogue) -> Mapping[Key, int]:
    """How many requests of a period lie in each street, by goal."""
    numbers = assessments.counted(record, received_by(record, together(catalogue)))
    return {key: number for key, (number,) in by_key(numbers).items()}


def assessed_by(record: Record, served: Together) -> Count:
    """How assessments are counted that are in no merged group."""
    policy = record.period.policy
    kinds, tallies = assessments.admitted_kinds(policy.assess), assessments.tallies(policy.score)
    by = of_fact(served)
    return Count(
        at=Assessment.assessed_at,
        by=GOALS,
        rule=(kinds, tallies, served),
        numbers=lambda parts, values: spread(assessments.added(record, by, parts, values)),
    )


def received_by(record: Record, served: Together) -> Count:
    types = tuple(sorted(record.period.policy.assess.types))
    return Count(
        at=Ticket.received_at,
        by=GOALS,
        rule=([*types], sorted(map(str, NOT_TAKEN)), served),
        numbers=partial(requests, record, served),
    )


def requests(record: Record, served: Together, parts: Parts, values: Values) -> Numbers:
    street = as_of.at(AS_OF if record.as_of else None, "street_code")
    types = tuple(sorted(record.period.policy.assess.types))
    where = (volumes.of_types(types), *volumes.accepted_given(record))
    given = {**record.values, **values}
    numbers: Numbers = {}
    for part in parts:
        query = of_street_and_category(street, part, where)
        for code, category, number in query.rows(record.session.connection(), **given):
            put(numbers, {f"{code} {served.get(category or '', '')}": [number]})
    return spread(numbers)


@lru_cache(maxsize=16)
def of_street_and_category(
    street: sa.ColumnElement[str], part: Part, where: tuple[Part, ...]
) -> Ready:
    query = select(street, Ticket.category, func.count()).where(street.is_not(None), part, *where)
    return Ready(query.group_by(street, Ticket.category))


def of_fact(served: Together) -> str:
    """An assessment's street and the goals of its category; empty of no street's."""
    goals = json.dumps(served, ensure_ascii=False)
    return (
        f"CASE WHEN length(office_code) = {STREET_DIGITS}"
        f" THEN office_code || ' ' || coalesce('{goals}'::jsonb ->> category, '') ELSE '' END"
    )


def spread(numbers: Numbers) -> Numbers:
    """Of each goal by itself."""
    sums: Numbers = {}
    for owner, more in numbers.items():
        put(sums, dict.fromkeys(goals_of(owner), more))
    return sums


def goals_of(owner: str) -> Iterator[str]:
    code, _, goals = owner.partition(" ")
    for goal in filter(None, goals.split("+")):
        yield f"{code} {goal}"


def by_key(sums: Mapping[str, T]) -> dict[Key, T]:
    keys = ((owner, owner.partition(" ")) for owner in sums)
    return {(code, Goal(goal)): sums[owner] for owner, (code, _, goal) in keys}
