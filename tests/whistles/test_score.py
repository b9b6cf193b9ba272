"""The record of a whistle: 100 points (RULEBOOK D.15, D.21-17)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.whistles import Evaluation
from app.whistles.evaluation.score import (
    Attendance,
    Chief,
    Items,
    Marks,
    RecordStatus,
    items,
    mark_until,
    proposed,
    status,
    total,
)
from tests.aids.cases import fractions
from tests.policies import beijing

RULES: Evaluation = beijing().evaluation
CALLED = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)
TICK = timedelta(microseconds=1)


def attended(**changed: Any) -> Attendance:
    """A W1 whistle: there within half an hour, fed back, and not gone before its release."""
    lived: dict[str, Any] = {
        "urgent": True,
        "called_at": CALLED,
        "arrive_due_at": CALLED + HALF,
        "arrived_at": CALLED + HALF,
        "fed_back_at": CALLED + 3 * HALF,
    }
    return Attendance(**{**lived, **changed})


PLANNED: dict[str, Any] = {"urgent": False, "finish_at": CALLED + timedelta(days=7)}


@pytest.mark.parametrize(
    ("changed", "arrive", "stay", "feedback", "settled"),
    [
        ({}, 25, 15, 10, 20),
        ({"arrived_at": CALLED + HALF + TICK}, 10, 15, 10, 20),
        ({"arrived_at": CALLED + 2 * HALF}, 10, 15, 10, 20),
        ({"arrived_at": CALLED + 2 * HALF + TICK}, 0, 15, 10, 20),
        ({"arrived_at": None, "fed_back_at": None}, 0, 0, 0, 20),
        ({"left_early": True, "left_at": CALLED + 2 * HALF}, 25, 0, 0, 20),
        ({"left_early": True, "left_at": CALLED + 3 * HALF}, 25, 0, 10, 20),
        ({"left_early": True}, 25, 0, 10, 20),  # it came back
        ({"fed_back_at": None}, 25, 15, 0, 20),
        ({"left_at": CALLED + 4 * HALF}, 25, 15, 10, 20),  # after its release
        ({"returned": 1}, 25, 15, 10, 0),
        ({**PLANNED, "fed_back_at": CALLED + timedelta(days=7)}, 25, 15, 10, 20),
        ({**PLANNED, "fed_back_at": CALLED + timedelta(days=7) + TICK}, 25, 15, 0, 20),
        ({**PLANNED, "left_at": CALLED, "fed_back_at": CALLED + HALF}, 25, 15, 10, 20),
    ],
)
def test_points_of_the_record(
    changed: dict[str, Any], arrive: int, stay: int, feedback: int, settled: int
) -> None:
    points = items(attended(**changed), RULES)

    assert points == Items(*map(Fraction, (arrive, stay, feedback, settled)))


def test_the_rulebooks_example() -> None:
    points = items(attended(), RULES, Chief(Fraction(12), Fraction(13)))

    assert total(points, RULES) == 95


def test_without_the_chiefs_points_the_record_stands_for_all() -> None:
    assert total(items(attended(), RULES), RULES) == 100
    assert total(items(attended(returned=1), RULES), RULES) == Fraction(500, 7)
    aside = Chief(Fraction(0), Fraction(0), set_aside=True)
    assert total(items(attended(), RULES, aside), RULES) == 100


@pytest.mark.parametrize(
    ("settled", "until"),
    [
        ("2026-10-19T10:00:00+08:00", "2026-10-22T10:00:00+08:00"),  # Monday
        ("2026-10-23T10:00:00+08:00", "2026-10-28T10:00:00+08:00"),  # over a weekend
        ("2026-09-30T10:00:00+08:00", "2026-10-10T10:00:00+08:00"),  # over the national holiday
    ],
)
def test_a_chief_has_three_working_days(settled: str, until: str) -> None:
    settled_at, last = datetime.fromisoformat(settled), datetime.fromisoformat(until)

    assert mark_until(settled_at, RULES) == last
    assert status(Marks(None, last), last) is RecordStatus.OPEN
    assert status(Marks(None, last), last + TICK) is RecordStatus.MISSED
    marked = Marks(Chief(Fraction(12), Fraction(13)), last)
    assert status(marked, last + TICK) is RecordStatus.SUBMITTED


points = fractions(15)


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), points, points)
def test_a_record_has_from_nothing_to_a_hundred(
    late: bool, early: bool, unsaid: bool, returned: bool, effect: Fraction, attitude: Fraction
) -> None:
    lived = attended(
        arrived_at=CALLED + (3 if late else 1) * HALF,
        left_early=early,
        fed_back_at=None if unsaid else CALLED + 3 * HALF,
        returned=int(returned),
    )
    marked = items(lived, RULES, Chief(effect, attitude))

    assert 0 <= total(marked, RULES) <= 100
    assert 0 <= total(items(lived, RULES), RULES) <= 100


@given(points, points, points)
def test_more_points_never_make_a_smaller_total(
    effect: Fraction, attitude: Fraction, more: Fraction
) -> None:
    fewer, greater = (
        items(attended(), RULES, Chief(points, attitude)) for points in sorted([effect, more])
    )

    assert total(fewer, RULES) <= total(greater, RULES)


def test_the_proposed_mark_is_the_mean_of_the_whistles() -> None:
    assert proposed([]) is None
    assert proposed([Fraction(95)]) == 95
    assert proposed([Fraction(95), Fraction(500, 7), Fraction(0)]) == Fraction(1165, 21)
