"""Exact sums and means."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.kit.decimals import mean, total

VALUES = st.lists(st.builds(Fraction, st.integers(-6_000, 6_000), st.integers(1, 60)), max_size=20)


@given(VALUES)
def test_a_sum_that_is_reduced_once_is_the_sum(values: list[Fraction]) -> None:
    assert total(values) == sum(values, Fraction(0))


@given(VALUES)
def test_a_mean_is_its_number_s_share_of_the_sum(values: list[Fraction]) -> None:
    expected = sum(values, Fraction(0)) / len(values) if values else None
    assert mean(values) == expected
