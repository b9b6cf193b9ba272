"""Departments' performance recounted from RULEBOOK D.15 alone, without the product's code.

A term here is plain data: whistles, what each street said of each department, and the rest of each
department's performance. Times are minutes; numbers are exact.
"""

from dataclasses import dataclass, field
from fractions import Fraction

Exact = Fraction | None


@dataclass
class Call:
    """A department called by a whistle."""

    limit: int
    arrived: int | None
    left_early: bool
    left_at: int | None
    fed_back: int | None
    plan: int | None
    """None: W1."""
    effect: Exact = None
    attitude: Exact = None
    set_aside: bool = False
    withdrawn: bool = False


@dataclass
class Whistle:
    street: str
    false: bool
    returned: int
    calls: dict[str, Call]


@dataclass
class Saying:
    """A street's word: its mark, "confirm" or "none"; an approved appeal has set it aside."""

    word: Fraction | str
    set_aside: bool = False


@dataclass
class Season:
    whistles: list[Whistle] = field(default_factory=list)
    sayings: dict[tuple[str, str], Saying] = field(default_factory=dict)
    others: dict[str, Fraction] = field(default_factory=dict)
    lines: dict[str, str] = field(default_factory=dict)


def points(whistle: Whistle, call: Call) -> Fraction:
    """A record of 100 points, every chief's time being over."""
    came = call.arrived is not None
    arrive = 0
    if call.arrived is not None:
        arrive = 25 if call.arrived <= call.limit else 10 if call.arrived <= 2 * call.limit else 0
    stay = 15 if came and not call.left_early else 0
    last = call.left_at if call.plan is None else call.plan
    fed_back = call.fed_back is not None and (last is None or call.fed_back <= last)
    objective = Fraction(arrive + stay + (10 if fed_back else 0) + (0 if whistle.returned else 20))
    if call.effect is None or call.attitude is None or call.set_aside:
        return objective * Fraction(100, 70)
    return objective + call.effect + call.attitude


def mark(season: Season, street: str, department: str) -> Exact:
    """What stands once the deadline is over; None: no dealings."""
    totals = [
        points(whistle, call)
        for whistle in season.whistles
        if whistle.street == street and not whistle.false
        for code, call in whistle.calls.items()
        if code == department and not call.withdrawn
    ]
    proposed = sum(totals, Fraction(0)) / len(totals) if totals else None
    saying = season.sayings.get((street, department))
    if saying and not saying.set_aside and isinstance(saying.word, Fraction):
        return saying.word
    return proposed


def evaluations(season: Season) -> dict[str, list[Fraction]]:
    """Of each department the marks of the streets, each street once."""
    streets = {w.street for w in season.whistles} | {street for street, _ in season.sayings}
    return {
        department: [
            value
            for street in sorted(streets)
            if (value := mark(season, street, department)) is not None
        ]
        for department in season.lines
    }


def performances(season: Season) -> dict[str, tuple[Exact, Exact]]:
    """E and performance of each department."""
    result: dict[str, tuple[Exact, Exact]] = {}
    for department, marks in evaluations(season).items():
        mean = sum(marks, Fraction(0)) / len(marks) if marks else None
        other = season.others.get(department)
        whole = None
        if mean is not None and other is not None and len(marks) >= 3:
            whole = other * Fraction(2, 3) + mean * Fraction(1, 3)
        result[department] = (mean, whole)
    return result


def ranks(season: Season) -> dict[str, int]:
    """Of each department that has a performance, one more than the number of better ones of its
    line."""
    known = {code: whole for code, (_, whole) in performances(season).items() if whole is not None}
    return {
        code: 1 + sum(season.lines[o] == season.lines[code] and known[o] > mine for o in known)
        for code, mine in known.items()
    }
