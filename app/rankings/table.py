"""A league's table: its rows in order, with the places before, the load, and the classes beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from msgspec import Struct

from app.offices.directory import OfficeEntry
from app.period import Period
from app.policy.keys import Class
from app.rankings.leagues import League, Roster, works
from app.rankings.ranks import (
    Form,
    Grade,
    classes,
    grade,
    group_places,
    in_order,
    places,
    quartiles,
)
from app.rankings.rates import NOTHING, Counts, Score, score

RESIDENTS = 10_000


@dataclass(frozen=True, slots=True)
class Standings:
    """A league in a period: the scores of all rows, the places of the ranked ones."""

    scores: Mapping[str, Score]
    places: Mapping[str, int]

    def former(self) -> "Former":
        return Former({code: score.composite for code, score in self.scores.items()}, self.places)


@dataclass(frozen=True, slots=True)
class Former:
    """The former period's composites and places."""

    composites: Mapping[str, Fraction | None]
    places: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Load:
    """By row: requests accepted in the period, and tickets on hold now."""

    volumes: Mapping[str, int]
    on_hold: Mapping[str, int]


class Line(Struct, frozen=True, gc=False):
    office: OfficeEntry
    score: Score
    rank: int | None
    previous_rank: int | None
    volume: int
    per_10k: Fraction | None
    on_hold: int
    classes: tuple[Class, ...]
    grade: Grade | None = None
    group: str | None = None
    group_rank: int | None = None


def standings(
    counts: Mapping[str, Counts],
    roster: Roster,
    period: Period,
    earlier: Standings | None = None,
) -> Standings:
    """Every office that works in the period has a row, and every other office with counts. A score
    of earlier standings stays while its counts do."""
    weights = period.policy.score.weights_for(roster.league)
    known, min_reached = earlier.scores if earlier else {}, period.policy.rank.min_reached
    nothing = score(NOTHING, weights, min_reached)

    def scored(code: str) -> Score:
        of_office, before = counts.get(code), known.get(code)
        if of_office is None:
            return nothing
        if before and before.counts == of_office:
            return before
        return score(of_office, weights, min_reached)

    scores = {
        code: scored(code)
        for code, office in roster.offices.items()
        if code in counts or works(office, period)
    }
    return Standings(scores, places(scores, period.policy.rank))


def table(
    now: Standings, before: Former, load: Load, roster: Roster, period: Period
) -> tuple[Line, ...]:
    """The rows by place, then by code; the four classes are the streets' alone (D.13.6)."""
    forms = {code: form(code, now, before, load, roster.offices[code]) for code in now.scores}
    named = classes(forms, period.policy.classes) if roster.league is League.STREETS else {}
    groups = grouped(forms, roster, period)
    within = group_places(now.scores, groups, period.policy.rank)
    return tuple(
        Line(
            office=roster.offices[code],
            score=now.scores[code],
            rank=forms[code].rank,
            previous_rank=forms[code].former_rank,
            volume=forms[code].volume,
            per_10k=forms[code].per_10k,
            on_hold=load.on_hold.get(code, 0),
            classes=named.get(code, ()),
            grade=grade(now.scores[code].composite, period.policy.publish),
            group=groups.get(code),
            group_rank=within.get(code),
        )
        for code in in_order(forms, now.places)
    )


def grouped(forms: Mapping[str, Form], roster: Roster, period: Period) -> Mapping[str, str]:
    """The group in which each row is ranked besides: departments in their line (部门+行业), streets
    where the policy has groups (分档)."""
    if roster.league is League.DISTRICT_DEPARTMENTS:
        lines = {code: roster.offices[code].line for code in forms}
        return {code: line for code, line in lines.items() if line}
    by = period.policy.league.groups
    if by == "none" or roster.league is not League.STREETS:
        return {}
    if by == "volume":
        return quartiles({code: form.volume for code, form in forms.items()})
    return {code: roster.offices[code].kind.value for code in forms}


def form(code: str, now: Standings, before: Former, load: Load, office: OfficeEntry) -> Form:
    volume = load.volumes.get(code, 0)
    return Form(
        assessed=now.scores[code].counts.assessed,
        composite=now.scores[code].composite,
        rank=now.places.get(code),
        former_composite=before.composites.get(code),
        former_rank=before.places.get(code),
        volume=volume,
        per_10k=Fraction(RESIDENTS * volume, office.population) if office.population else None,
    )
