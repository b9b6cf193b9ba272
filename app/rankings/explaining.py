"""A row's score as one sentence: `86.88 = 0.30·100 + 0.35·75 + 0.35·87.5`."""

from decimal import Decimal

from app.policy_keys import Rank
from app.rankings.rates import Standing
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
    terms = (f"{getattr(weights, name)}·{plainly(getattr(row, name).percent)}" for name in RATES)
    return f"{row.composite} = {' + '.join(terms)}"


def plainly(percent: Decimal) -> str:
    """Without needless zeros."""
    return f"{percent:f}".rstrip("0").rstrip(".")
