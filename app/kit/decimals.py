"""Exact numbers: summed, and shown with two decimals."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from math import lcm


def total(values: Iterable[Fraction]) -> Fraction:
    """Their sum, reduced once: adding one to the other costs a division each time."""
    every = list(values)
    common = lcm(*(value.denominator for value in every))
    numerators = (value.numerator * (common // value.denominator) for value in every)
    return Fraction(sum(numerators), common)


def mean(values: Iterable[Fraction]) -> Fraction | None:
    """None of no values."""
    every = list(values)
    return total(every) / len(every) if every else None


def rounded(numerator: int, denominator: int) -> Decimal:
    """Half up, to two decimals."""
    return Decimal((200 * numerator + denominator) // (2 * denominator)).scaleb(-2)


def two_decimals(value: Fraction | None) -> Decimal | None:
    """For showing only: rounded from the exact value. Nothing is ever compared by it."""
    return None if value is None else rounded(value.numerator, value.denominator)
