"""Marks and performance by tables and properties (RULEBOOK D.15, D.21-17)."""

from collections.abc import Mapping
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluations.marks import MarkStatus, Opinion, Word, standing
from app.evaluations.performance import (
    Performance,
    PerformanceStatus,
    performance,
    places,
    year,
)
from app.policy.whistles import Evaluation
from tests.aids.cases import fractions
from tests.policies import beijing

RULES: Evaluation = beijing().evaluation
OPEN, MARKED = MarkStatus.OPEN, MarkStatus.MARKED
NONE, DEFAULTED = MarkStatus.NO_DEALINGS, MarkStatus.DEFAULTED
ITEMS = {"response": Fraction(20), "effect": Fraction(30), "cooperation": Fraction(18)}
MARK = Opinion(Word.ITEMS, {**ITEMS, "lawfulness": Fraction(13)})
CONFIRMED, SILENT = Opinion(Word.CONFIRM), Opinion(Word.NO_DEALINGS)
ASIDE = Opinion(Word.ITEMS, MARK.items, veto=True, set_aside=True)


@pytest.mark.parametrize(
    ("opinion", "proposed", "over", "status", "mark"),
    [
        (None, None, False, OPEN, None),
        (None, 95, False, OPEN, None),
        (None, None, True, NONE, None),
        (None, 95, True, DEFAULTED, 95),
        (MARK, None, False, MARKED, 81),
        (MARK, 95, True, MARKED, 81),
        (CONFIRMED, 95, False, MARKED, 95),
        (CONFIRMED, 60, True, MARKED, 60),  # it follows the record
        (CONFIRMED, None, False, OPEN, None),  # its whistle was false
        (CONFIRMED, None, True, NONE, None),
        (SILENT, None, False, NONE, None),
        (SILENT, 95, False, OPEN, None),  # a whistle was settled afterwards
        (SILENT, 95, True, DEFAULTED, 95),
        (ASIDE, 95, True, DEFAULTED, 95),
        (ASIDE, None, True, NONE, None),
    ],
)
def test_what_stands_of_a_mark(
    opinion: Opinion | None, proposed: int | None, over: bool, status: MarkStatus, mark: int | None
) -> None:
    known = None if proposed is None else Fraction(proposed)

    assert standing(opinion, known, over) == (status, mark)


def test_a_veto_falls_with_the_mark_that_was_set_aside() -> None:
    assert Opinion(Word.ITEMS, veto=True).vetoes
    assert not ASIDE.vetoes


def marks(*values: int) -> dict[str, Fraction]:
    return {f"street-{n}": Fraction(value) for n, value in enumerate(values)}


def test_the_rulebooks_example() -> None:
    known = performance(marks(95, 88, 81), Fraction(84), RULES)

    assert known.evaluation == 88
    assert known.value == Fraction(256, 3)
    assert known.status is PerformanceStatus.RANKED


@pytest.mark.parametrize(
    ("given", "other", "evaluation"),
    [(marks(95, 88), 84, Fraction(183, 2)), (marks(95, 88, 81), None, 88), ({}, 84, None)],
)
def test_too_few_streets_or_no_rest_leave_no_performance(
    given: Mapping[str, Fraction], other: int | None, evaluation: Fraction | None
) -> None:
    rest = None if other is None else Fraction(other)
    known = performance(given, rest, RULES)

    assert known.evaluation == evaluation
    assert (known.value, known.status) == (None, PerformanceStatus.INSUFFICIENT)


def test_a_year_is_the_mean_of_the_terms_that_have_a_performance() -> None:
    first = performance(marks(95, 88, 81), Fraction(84), RULES)
    second = performance(marks(60, 60, 60), Fraction(90), RULES, vetoes=1)
    third = performance(marks(10, 10), Fraction(0), RULES)

    known = year([first, second, third])

    assert known.value == (Fraction(256, 3) + 80) / 2
    assert known.evaluation == 74
    assert known.other == 87
    assert (known.vetoes, len(known.streets)) == (1, 3)


def test_a_year_without_any_performance_shows_its_evaluation() -> None:
    known = year([performance(marks(90), None, RULES), performance(marks(80), None, RULES)])

    assert known.evaluation == 85
    assert known.value is None


def test_each_line_is_ranked_in_itself_and_ties_share_a_place() -> None:
    values = {"a": 90, "b": 90, "c": 80, "d": 70, "e": None}
    known = {
        code: Performance(value=None if value is None else Fraction(value))
        for code, value in values.items()
    }
    lines = {"a": "market", "b": "market", "c": "market", "d": "water", "e": "water"}

    assert places(known, lines) == {"a": 1, "b": 1, "c": 3, "d": 1}


streets = st.dictionaries(st.sampled_from("abcdefgh"), fractions(100), max_size=8)
of_100 = fractions(100)


@given(streets, of_100)
def test_no_evaluation_means_no_performance(given: dict[str, Fraction], other: Fraction) -> None:
    known = performance(given, other, RULES)

    assert (known.value is None) == (len(given) < RULES.min)
    assert known.value is None or 0 <= known.value <= 100


@given(streets, of_100, of_100)
def test_a_better_mark_never_makes_a_worse_performance(
    given: dict[str, Fraction], other: Fraction, mark: Fraction
) -> None:
    for street, value in given.items():
        better = given | {street: max(mark, value)}
        before, after = (performance(m, other, RULES).value for m in (given, better))
        assert (before is None) == (after is None)
        assert before is None or after is None or before <= after


@given(st.lists(of_100, min_size=3, max_size=8), of_100, st.randoms(use_true_random=False))
def test_every_street_weighs_the_same(
    values: list[Fraction], other: Fraction, random: Random
) -> None:
    shuffled = random.sample(values, len(values))
    first, second = (
        performance(dict(zip("abcdefgh", order, strict=False)), other, RULES)
        for order in (values, shuffled)
    )

    assert first.value == second.value
