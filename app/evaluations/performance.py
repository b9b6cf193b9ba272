"""Marks → a department's evaluation, performance and place in its line (RULEBOOK D.15)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.kit.decimals import mean
from app.kit.messages import worded
from app.policy.whistles import Evaluation
from app.rankings.ranks import competition


@worded
class PerformanceStatus(StrEnum):
    RANKED = "ranked"
    INSUFFICIENT = "insufficient"
    """Too few streets marked it, or the rest of its performance was not entered."""


@dataclass(frozen=True, slots=True)
class Performance:
    """`evaluation` is E(d), `other` the rest of the performance; each of 100."""

    streets: frozenset[str] = frozenset()
    """Those that marked it."""
    evaluation: Fraction | None = None
    other: Fraction | None = None
    value: Fraction | None = None
    vetoes: int = 0

    @property
    def status(self) -> PerformanceStatus:
        ranked = self.value is not None
        return PerformanceStatus.RANKED if ranked else PerformanceStatus.INSUFFICIENT


def performance(
    marks: Mapping[str, Fraction], other: Fraction | None, rules: Evaluation, vetoes: int = 0
) -> Performance:
    """Of the marks by street: each street counts once. With fewer than `eval.min` streets the
    performance is None, never the rest alone."""
    evaluation = mean(marks.values())
    value = None
    if evaluation is not None and other is not None and len(marks) >= rules.min:
        value = (1 - rules.weight) * other + rules.weight * evaluation
    return Performance(frozenset(marks), evaluation, other, value, vetoes)


def year(terms: Iterable[Performance]) -> Performance:
    """The mean of a year's terms: of those in which the department is ranked. In none: the mean of
    its evaluations is shown, and the performance is None."""
    every = list(terms)
    ranked = [term for term in every if term.value is not None]
    counted = ranked or every
    return Performance(
        streets=frozenset().union(*(term.streets for term in counted)),
        evaluation=mean(t.evaluation for t in counted if t.evaluation is not None),
        other=mean(t.other for t in counted if t.other is not None),
        value=mean(t.value for t in ranked if t.value is not None),
        vetoes=sum(term.vetoes for term in every),
    )


def places(performances: Mapping[str, Performance], lines: Mapping[str, str]) -> dict[str, int]:
    """The place of each ranked department in its line; equal ones share it (1-2-2-4)."""
    ranks: dict[str, int] = {}
    for line in set(lines.values()):
        ranks |= competition(values(performances, in_line(lines, line)))
    return ranks


def in_line(lines: Mapping[str, str], line: str) -> set[str]:
    return {code for code, own in lines.items() if own == line}


def values(
    performances: Mapping[str, Performance], codes: Collection[str]
) -> dict[str, tuple[Fraction]]:
    return {
        code: (known.value,)
        for code, known in performances.items()
        if code in codes and known.value is not None
    }
