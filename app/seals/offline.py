"""A downloaded ranking checked by itself, without our server: its hash, sums, rounding, places.

The policy's rules are not checked, see `offline_ranks`; nor are names, loads and former places.
"""

import re
from collections.abc import Iterator
from fractions import Fraction

import msgspec
from pydantic import ValidationError

from app.kit.decimals import two_decimals
from app.kit.messages import Message, Word
from app.kit.web.faults import words
from app.policy.keys import Weights
from app.rankings.exports.sheet import COLUMNS
from app.rankings.forms import Form, recognised
from app.rankings.rates import Counts, Rate, Score, Standing, score, standing_of
from app.rankings.schemas import (
    RATES,
    RankingView,
    RateName,
    RateView,
    RowView,
    members,
    shown_interval,
    shown_rate,
)
from app.seals.offline_ranks import misplaced

QUOTIENT = re.compile(r"-?[0-9]{1,2000}(/[0-9]{1,2000})?")
BESIDE = ("assessed", "volume", "excluded", "not_assessed", "on_hold", "overdue")


def faults(text: bytes) -> list[Message]:
    """Faults in the JSON of a ranking, in words."""
    try:
        return list(faults_of(text))
    except (msgspec.DecodeError, RecursionError) as fault:
        return [Message("this is no ranking: {fault}", fault=fault)]
    except (ValueError, ArithmeticError) as fault:
        return [Message("a number cannot be read: {fault}", fault=fault)]


def faults_of(text: bytes) -> Iterator[Message]:
    (form, ranking), document = recognised(text), msgspec.json.decode(text)
    if document.get("what_if"):
        yield Message("this is a what-if, which is no ranking")
        return
    if document != msgspec.json.decode(form.written(ranking)):
        yield Message("there is more in it than a ranking holds")
    yield from of_hash(form, ranking)
    try:
        weights = Weights.model_validate(members(ranking.weights))
    except ValidationError as fault:
        yield Message("weights: {fault}", fault=words(dict(fault.errors()[0])))
        return
    for row in ranking.rows:
        yield from (
            Message("{office_code}: {fault}", office_code=row.office_code, fault=fault)
            for fault in of_row(row, weights)
        )
    yield from misplaced(ranking)


def of_hash(form: Form, ranking: RankingView) -> Iterator[Message]:
    hashed = form.hashed(ranking).content_hash
    if hashed != ranking.content_hash:
        yield Message(
            "content_hash is {content_hash}, but the content's is {hashed}",
            content_hash=ranking.content_hash,
            hashed=hashed,
        )


def of_row(row: RowView, weights: Weights) -> Iterator[Message]:
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
        raise ValueError(Message("{text!r} is no fraction in lowest terms", text=text[:40]))
    return value


def called(name: str) -> RateName | Word:
    """A member of a row, in a message."""
    return RateName(name) if name in RATES else Word(name, COLUMNS)


def of_counts(row: RowView) -> Iterator[Message]:
    """Answers and late tickets are part of the assessed ones."""
    for name in BESIDE:
        if getattr(row, name) < 0:
            yield Message("{name} is below 0", name=called(name))
    if row.response.denominator != row.assessed:
        yield Message(
            "{assessed} were assessed, but response is of {denominator}",
            assessed=row.assessed,
            denominator=row.response.denominator,
        )
    counted = {name: getattr(row, name).denominator for name in RATES} | {"overdue": row.overdue}
    for name, number in counted.items():
        if number > row.assessed:
            yield Message(
                "only {assessed} were assessed, but {name} counts {number}",
                assessed=row.assessed,
                name=called(name),
                number=number,
            )


def of_rate(name: str, shown: RateView, interval: object) -> Iterator[Message]:
    rate, part = (
        Rate(exact(shown.numerator), shown.denominator),
        Message(
            "{numerator} of {denominator}", numerator=shown.numerator, denominator=shown.denominator
        ),
    )
    if not 0 <= rate.numerator <= rate.denominator:
        yield Message("{name} cannot be {part}", name=called(name), part=part)
    elif name == "response" and rate.numerator.denominator != 1:
        yield Message("{name} counts whole tickets, and not {part}", name=called(name), part=part)
    elif shown != shown_rate(rate):
        yield Message("{name} is not {part}", name=called(name), part=part)
    elif interval != shown_interval(rate):
        yield Message("the interval of {name} is not that of {part}", name=called(name), part=part)


def of_standing(row: RowView, counts: Counts) -> Iterator[Message]:
    """Where all answers are there, the policy may still ask for more citizens reached."""
    standing = standing_of(counts, min_reached=0)
    too_few = {Standing.INSUFFICIENT} if standing is Standing.RANKED else set()
    if row.status not in {standing} | too_few:
        yield Message("{status}, but by its rates {standing}", status=row.status, standing=standing)


def of_composite(row: RowView, scored: Score) -> Iterator[Message]:
    value = scored.composite if row.status is Standing.RANKED else None
    shown = None if row.composite_exact is None else exact(row.composite_exact)
    if (shown, row.composite) != (value, two_decimals(value)):
        yield Message("the composite is not the weighted sum of its rates")
