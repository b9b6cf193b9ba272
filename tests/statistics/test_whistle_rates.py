"""吹哨率 compared: median, outliers, the signal of false whistles (RULEBOOK D.14.7)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policy.whistles import FalseWhistle
from app.statistics.whistle_rates import Outlier, Spread, rate, spread
from app.whistles.life.false_whistles import too_many_false
from tests.aids.cases import fractions

RULES = FalseWhistle(rule_days=5, appeal_days=5, max=2, rate=Fraction(1, 10))
RATES = st.lists(fractions(1_000), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("whistles", "dispatched", "per_1000"),
    [(0, 0, None), (3, 0, None), (0, 7, Fraction(0)), (1, 3, Fraction(1_000, 3))],
)
def test_whistles_for_a_thousand_dispatched(
    whistles: int, dispatched: int, per_1000: Fraction | None
) -> None:
    assert rate(whistles, dispatched) == per_1000


def test_of_twenty_streets_the_lowest_is_the_fifth_percentile_and_no_outlier() -> None:
    """Nearest rank: 5 % of 20 is the first, 95 % the nineteenth."""
    rates = [Fraction(number) for number in range(1, 21)]
    of_all = spread(rates, (5, 95))
    assert of_all == Spread(Fraction(21, 2), Fraction(1), Fraction(19))
    outliers = {number: of_all.outlier(Fraction(number)) for number in (0, 1, 19, 20)}
    assert outliers == {0: Outlier.LOW, 1: None, 19: None, 20: Outlier.HIGH}
    assert of_all.outlier(None) is None
    assert spread([], (5, 95)).outlier(Fraction(1)) is None


@given(RATES)
def test_the_spread_lies_among_the_rates_and_minds_no_order(rates: list[Fraction]) -> None:
    of_all = spread(rates, (5, 95))
    assert of_all == spread(list(reversed(rates)), (5, 95))
    assert of_all.low in rates
    assert of_all.high in rates
    middle = [each for each in (of_all.low, of_all.median, of_all.high) if each is not None]
    assert middle == sorted(middle)
    outside = [each for each in rates if of_all.outlier(each)]
    assert len(outside) * 10 <= len(rates)


@pytest.mark.parametrize(
    ("false", "whistles", "signal"),
    [(0, 0, False), (0, 9, False), (1, 10, False), (1, 9, True), (2, 100, True), (1, 1, True)],
)
def test_two_false_whistles_or_more_than_a_tenth_are_a_signal(
    false: int, whistles: int, signal: bool
) -> None:
    assert too_many_false(false, whistles, RULES) is signal
