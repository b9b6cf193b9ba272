"""Scores → places, ties and all; the four classes (RULEBOOK D.13.5, D.13.6)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from heapq import nlargest
from itertools import groupby
from typing import Literal

from msgspec import Struct

from app.policy.keys import Class, Classes, Publish, Rank
from app.rankings.rates import Exact, Score

Grade = Literal["excellent", "good", "fair", "poor"]
GRADES: tuple[Grade, ...] = ("excellent", "good", "fair", "poor")
"""优秀, 良好, 一般, 较差."""

Key = tuple[Exact, ...]
FINE = 10**15
Places = Mapping[str, int]


def merit(score: Score, rank: Rank) -> Key | None:
    """The order of a ranked office, greater is better: exact composite, then tie-breakers."""
    if score.composite is None:
        return None
    return (score.composite, *(BREAKERS[name](score) for name in rank.tiebreak))


BREAKERS: Mapping[str, Callable[[Score], Fraction]] = {
    "resolution": lambda score: score.resolution.percent or Fraction(0),
    "satisfaction": lambda score: score.satisfaction.percent or Fraction(0),
    "response": lambda score: score.response.percent or Fraction(0),
    "fewer_overdue": lambda score: Fraction(-score.counts.late),
}


def places(scores: Mapping[str, Score], rank: Rank) -> dict[str, int]:
    """The place of each ranked office by its code; equal ones share it (1-2-2-4)."""
    merits = {code: merit(score, rank) for code, score in scores.items()}
    return competition({code: key for code, key in merits.items() if key is not None})


def competition(keys: Mapping[str, Key]) -> dict[str, int]:
    """A place is one more than the number of better ones."""
    order = sorted(((sortable(key), code) for code, key in keys.items()), reverse=True)
    ranks: dict[str, int] = {}
    for _, equals in groupby(order, key=lambda pair: pair[0]):
        ranks |= dict.fromkeys((code for _, code in equals), len(ranks) + 1)
    return ranks


def again(ranks: Places) -> dict[str, int]:
    """The places that are left when only these are ranked."""
    return competition({code: (Fraction(-rank),) for code, rank in ranks.items()})


def sortable(key: Key) -> tuple[tuple[int, Exact], ...]:
    return tuple(map(fine, key))


def fine(value: Exact) -> tuple[int, Exact]:
    """The same order, with a whole number before the fraction: those are compared much faster, and
    where they are equal the exact values decide."""
    return value.numerator * FINE // value.denominator, value


def in_order(codes: Iterable[str], ranks: Places) -> list[str]:
    """By place, then by code; unranked offices come last."""
    last = len(ranks) + 1
    return sorted(codes, key=lambda code: (ranks.get(code, last), code))


class Form(Struct, frozen=True, gc=False):
    """The figures behind a street's classes; None where it was not ranked."""

    assessed: int = 0
    composite: Fraction | None = None
    rank: int | None = None
    former_composite: Fraction | None = None
    former_rank: int | None = None
    volume: int = 0
    per_10k: Fraction | None = None


def classes(forms: Mapping[str, Form], rules: Classes) -> dict[str, tuple[Class, ...]]:
    """The classes of each street, the preceding one first; an empty tuple is 无.

    Streets with fewer cases than `class.min_assessed` can only be `govern`: the others are
    compared without them. Ties at a border are all included; a street that is both advanced and
    rectify is neither.
    """
    compared = {code: f for code, f in forms.items() if f.assessed >= rules.min_assessed}
    composites = {code: f.composite for code, f in compared.items() if f.composite is not None}
    k = min(rules.size, int(len(composites) * rules.share))
    best = first(compared, k)
    worst = top({code: -composite for code, composite in composites.items()}, k)
    members: dict[Class, set[str]] = {
        "advanced": best - worst,
        "rectify": worst - best,
        "govern": top(burdens(forms, rules), k),
        "improved": top(improvements(compared, rules), k),
    }
    return {
        code: tuple(name for name in rules.precedence if code in members[name]) for code in forms
    }


def first(forms: Mapping[str, Form], k: int) -> set[str]:
    """The streets with a place up to k among these alone."""
    return top({code: -form.rank for code, form in forms.items() if form.rank is not None}, k)


def top(values: Mapping[str, Exact], k: int) -> set[str]:
    """Those among the k greatest, ties at the border included."""
    order = {code: fine(value) for code, value in values.items()}
    best = nlargest(k, order.values())
    return {code for code, value in order.items() if best and value >= best[-1]}


def burdens(forms: Mapping[str, Form], rules: Classes) -> dict[str, Exact]:
    """How much each street has to bear, where it has anything to bear."""
    by_volume = rules.governance_by == "volume"
    values = {code: f.volume if by_volume else f.per_10k for code, f in forms.items()}
    return {code: burden for code, burden in values.items() if burden}


def improvements(forms: Mapping[str, Form], rules: Classes) -> dict[str, Exact]:
    """By how much each street did better than in the period before, where it did."""
    gain = gained if rules.progress_by == "score" else climbed
    gains = {code: gain(form) for code, form in forms.items()}
    return {code: better for code, better in gains.items() if better}


def gained(form: Form) -> Exact:
    """0 where it is not better."""
    now, before = form.composite, form.former_composite
    return now - before if now is not None and before is not None and now > before else 0


def climbed(form: Form) -> Exact:
    if form.rank is None or form.former_rank is None:
        return 0
    return max(form.former_rank - form.rank, 0)


def grade(composite: Fraction | None, publish: Publish) -> Grade | None:
    """The band of an exact composite, where bands are published (D.13.6)."""
    if composite is None or not publish.grades:
        return None
    exact = fine(composite)
    reached = (n for n, threshold in enumerate(publish.thresholds) if exact >= fine(threshold))
    return GRADES[next(reached, len(publish.thresholds))]


def quartiles(volumes: Mapping[str, int]) -> dict[str, str]:
    """Streets by how much they have to bear, the greatest quarter first; equal ones together."""
    placed = competition({code: (Fraction(volume),) for code, volume in volumes.items()})
    return {
        code: f"q{min(4 * (place - 1) // len(placed) + 1, 4)}" for code, place in placed.items()
    }


def group_places(
    scores: Mapping[str, Score], groups: Mapping[str, str], rank: Rank
) -> dict[str, int]:
    """Each group ranked by itself (D.13.4 `league.groups`)."""
    grouped: dict[str, dict[str, Score]] = defaultdict(dict)
    for code in scores.keys() & groups.keys():
        grouped[groups[code]][code] = scores[code]
    ranks: dict[str, int] = {}
    for members in grouped.values():
        ranks |= places(members, rank)
    return ranks
