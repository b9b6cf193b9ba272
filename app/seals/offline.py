"""A downloaded ranking checked by itself, without our server: its hash, sums, rounding, places.

The policy's rules are not checked, see `offline_ranks`; nor are names, loads and former places.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

import msgspec
from pydantic import ValidationError

from app.kit.decimals import two_decimals
from app.policy.keys import Weights
from app.rankings.forms import Form, recognised
from app.rankings.rates import Counts, Rate, Score, Standing, score, standing_of
from app.rankings.schemas import (
    RATES,
    RankingView,
    RateView,
    RowView,
    members,
    shown_interval,
    shown_rate,
)
from app.seals.offline_ranks import misplaced

QUOTIENT = re.compile(r"-?[0-9]{1,2000}(/[0-9]{1,2000})?")
BESIDE = ("assessed", "volume", "excluded", "not_assessed", "on_hold", "overdue")


def faults(text: bytes) -> list[str]:
    """Faults in the JSON of a ranking, in words."""
    try:
        return list(faults_of(text))
    except (msgspec.DecodeError, RecursionError) as fault:
        return [f"this is no ranking: {fault}"]
    except (ValueError, ArithmeticError) as fault:
        return [f"a number cannot be read: {fault}"]


def faults_of(text: bytes) -> Iterator[str]:
    (form, ranking), document = recognised(text), msgspec.json.decode(text)
    if document.get("what_if"):
        yield "this is a what-if, which is no ranking"
        return
    if document != msgspec.json.decode(form.written(ranking)):
        yield "there is more in it than a ranking holds"
    yield from of_hash(form, ranking)
    try:
        weights = Weights.model_validate(members(ranking.weights))
    except ValidationError as fault:
        yield f"weights: {fault.errors()[0]['msg'].removeprefix('Value error, ')}"
        return
    for row in ranking.rows:
        yield from (f"{row.office_code}: {fault}" for fault in of_row(row, weights))
    yield from misplaced(ranking)


def of_hash(form: Form, ranking: RankingView) -> Iterator[str]:
    hashed = form.hashed(ranking).content_hash
    if hashed != ranking.content_hash:
        yield f"content_hash is {ranking.content_hash}, but the content's is {hashed}"


def of_row(row: RowView, weights: Weights) -> Iterator[str]:
    counts = counts_of(row)
    yield from of_counts(row)
    for name in RATES:
        yield from of_rate(name, getattr(row, name), getattr(row.intervals, name))
    yield from of_standing(row, counts)
    yield from of_composite(row, score(counts, weights, min_reached=0))


def counts_of(row: RowView) -> Counts:
    """The counts behind a row's three rates; the number reached is not in the row."""
    return Counts(
        assessed=row.assessed,
        responded=exact(row.response.numerator).numerator,
        resolution_answers=row.resolution.denominator,
        resolved=exact(row.resolution.numerator),
        satisfaction_answers=row.satisfaction.denominator,
        satisfied=exact(row.satisfaction.numerator),
        late=row.overdue,
    )


def exact(text: str) -> Fraction:
    """Refuses (ValueError) a fraction that is not in lowest terms."""
    value = Fraction(text) if QUOTIENT.fullmatch(text) else None
    if value is None or str(value) != text:
        raise ValueError(f"{text[:40]!r} is no fraction in lowest terms")
    return value


def of_counts(row: RowView) -> Iterator[str]:
    """Answers and late tickets are part of the assessed ones."""
    for name in BESIDE:
        if getattr(row, name) < 0:
            yield f"{name} is below 0"
    if row.response.denominator != row.assessed:
        yield f"{row.assessed} were assessed, but response is of {row.response.denominator}"
    counted = {name: getattr(row, name).denominator for name in RATES} | {"overdue": row.overdue}
    for name, number in counted.items():
        if number > row.assessed:
            yield f"only {row.assessed} were assessed, but {name} counts {number}"


def of_rate(name: str, shown: RateView, interval: object) -> Iterator[str]:
    rate, part = (
        Rate(exact(shown.numerator), shown.denominator),
        f"{shown.numerator} of {shown.denominator}",
    )
    if not 0 <= rate.numerator <= rate.denominator:
        yield f"{name} cannot be {part}"
    elif name == "response" and rate.numerator.denominator != 1:
        yield f"{name} counts whole tickets, and not {part}"
    elif shown != shown_rate(rate):
        yield f"{name} is not {part}"
    elif interval != shown_interval(rate):
        yield f"the interval of {name} is not that of {part}"


def of_standing(row: RowView, counts: Counts) -> Iterator[str]:
    """Where all answers are there, the policy may still ask for more citizens reached."""
    standing = standing_of(counts, min_reached=0)
    too_few = {Standing.INSUFFICIENT} if standing is Standing.RANKED else set()
    if row.status not in {standing} | too_few:
        yield f"{row.status}, but by its rates {standing}"


def of_composite(row: RowView, scored: Score) -> Iterator[str]:
    value = scored.composite if row.status is Standing.RANKED else None
    shown = None if row.composite_exact is None else exact(row.composite_exact)
    if (shown, row.composite) != (value, two_decimals(value)):
        yield "the composite is not the weighted sum of its rates"
