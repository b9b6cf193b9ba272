"""A row's score as one sentence: `86.88 = 0.30·100 + 0.35·75 + 0.35·87.5`.

The percentages in it are rounded. Where what they come to is, rounded, not the composite, which is
made of the exact ones, it is `78.33 ≈ 0.30·66.67 + 0.35·66.67 + 0.35·100`.
"""

from decimal import Decimal
from fractions import Fraction

from app.policy.keys import Rank
from app.rankings.rates import Standing, two_decimals
from app.rankings.schemas import RATES, RowView, WeightsView


def explained(row: RowView, weights: WeightsView, rules: Rank) -> str:
    if row.status is Standing.NO_SAMPLE:
        return "not ranked: no ticket was assessed"
    if row.status is Standing.INSUFFICIENT:
        return (
            f"not ranked: of {row.assessed} assessed, {row.resolution.denominator} citizens said"
            f" whether it was resolved and {row.satisfaction.denominator} whether they were"
            f" satisfied; some must say each, and {rules.min_reached} be reached"
        )
    parts = [(getattr(weights, name), getattr(row, name).percent) for name in RATES]
    total = sum((Fraction(weight) * Fraction(percent) for weight, percent in parts), Fraction(0))
    sign = "=" if two_decimals(total) == row.composite else "≈"
    return f"{row.composite} {sign} {' + '.join(f'{w}·{plainly(p)}' for w, p in parts)}"


def plainly(percent: Decimal) -> str:
    """Without needless zeros."""
    return f"{percent:f}".rstrip("0").rstrip(".")
