"""A downloaded ranking checked by itself, without our server: its hash, sums, rounding, places."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import msgspec

from app.rankings.rates import Rate, Standing, two_decimals
from app.rankings.schemas import (
    RATES,
    RankingView,
    RateView,
    RowView,
    members,
    read_ranking,
)


def faults(text: bytes) -> list[str]:
    """What does not hold in the JSON of a ranking, in words; empty where all does."""
    try:
        ranking = read_ranking(text)
        return [*of_hash(ranking), *of_rows(ranking), *of_places(ranking)]
    except msgspec.DecodeError as fault:
        return [f"this is no ranking: {fault}"]
    except (ValueError, ArithmeticError) as fault:
        return [f"a number cannot be read: {fault}"]


def of_hash(ranking: RankingView) -> Iterator[str]:
    found = ranking.hashed().content_hash
    if found != ranking.content_hash:
        yield f"content_hash is {ranking.content_hash}, but the content's is {found}"


def of_rows(ranking: RankingView) -> Iterator[str]:
    weights = {name: Fraction(weight) for name, weight in members(ranking.weights).items()}
    for row in ranking.rows:
        for name in RATES:
            shown: RateView = getattr(row, name)
            if shown.percent != two_decimals(rate(shown).percent):
                yield f"{row.office_code}: {name} is not {shown.numerator} of {shown.denominator}"
        if (row.composite_exact, row.composite) != composite(row, weights):
            yield f"{row.office_code}: the composite is not the weighted sum of its rates"


def rate(shown: RateView) -> Rate:
    return Rate(Fraction(shown.numerator), shown.denominator)


def composite(row: RowView, weights: dict[str, Fraction]) -> tuple[str | None, object]:
    if row.status is not Standing.RANKED:
        return None, None
    percents = {name: rate(getattr(row, name)).percent or Fraction(0) for name in RATES}
    exact = sum((weights[name] * percents[name] for name in RATES), Fraction(0))
    return str(exact), two_decimals(exact)


def of_places(ranking: RankingView) -> Iterator[str]:
    """Better places belong to better composites; who is not ranked has none and comes last."""
    for row in ranking.rows:
        if (row.rank is None) == (row.status is Standing.RANKED):
            yield f"{row.office_code}: {row.status} with the place {row.rank}"
    placed = [row for row in ranking.rows if row.rank and row.composite_exact]
    for one, next_one in pairwise(sorted(placed, key=lambda row: row.rank or 0)):
        gap = Fraction(one.composite_exact or 0) - Fraction(next_one.composite_exact or 0)
        if gap < 0 or (gap and one.rank == next_one.rank):
            yield f"{next_one.office_code}: its place is not the one of its composite"
