"""Exact numbers as they are shown: with two decimals."""

from decimal import Decimal
from fractions import Fraction


def rounded(numerator: int, denominator: int) -> Decimal:
    """Half up, to two decimals."""
    return Decimal((200 * numerator + denominator) // (2 * denominator)).scaleb(-2)


def two_decimals(value: Fraction | None) -> Decimal | None:
    """For showing only: rounded from the exact value. Nothing is ever compared by it."""
    return None if value is None else rounded(value.numerator, value.denominator)
