"""Rankings under other values: computed, shown, never stored."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select

from app.callbacks.answers import ExclusionCode
from app.callbacks.models import Assessment
from app.kit.decimals import two_decimals
from app.kit.errors import Invalid
from app.kit.messages import Message, Word, for_reader, shape
from app.kit.quantities import Share
from app.kit.web.wire import Form, View
from app.policy.keys import Weights
from app.rankings import compute
from app.rankings.counting.record import Record
from app.rankings.leagues import League
from app.rankings.schemas import Exact, Percent, RankingView, RateName, RateView, RowView, members
from app.rankings.service import Asked
from app.rankings.trial import Trial

TICKET = shape(r"^[A-Z0-9]{1,40}$", "is no ticket's number")
TicketNumber = Annotated[str, StringConstraints(pattern=TICKET)]


class NewWhatIf(Form):
    """The tried values; an absent one stays official.

    `exclude`: tickets left out beside the excluded ones; `lift`: grounds without exclusions.
    """

    weights: Weights | None = None
    partly: Share | None = None
    basic: Share | None = None
    min_reached: Annotated[int, Field(ge=0, strict=True)] | None = None
    exclude: Annotated[list[TicketNumber], Field(max_length=10_000)] = []
    lift: list[ExclusionCode] = []

    def trial(self) -> Trial:
        return Trial(
            weights=self.weights,
            partly=self.partly,
            basic=self.basic,
            min_reached=self.min_reached,
            lifted=frozenset(self.lift),
            left_out=frozenset(self.exclude),
        )


@dataclass(slots=True, kw_only=True)
class WhatIfView(RankingView):
    what_if: Literal[True] = True


class MovedView(View):
    """One office's gain or loss: the places and composites, and which rates and counts moved."""

    office_code: str
    office_name: str
    rank: int | None
    rank_then: int | None
    gained: int | None
    composite: Percent | None
    composite_then: Percent | None
    composite_gained: Exact | None
    why: list[str]


class CompareView(View):
    what_if: Literal[True] = True
    period: str
    league: League
    content_hash: str
    content_hash_then: str
    rows: list[MovedView]


BESIDE = ("assessed", "excluded", "not_assessed")


class NoSuchAssessed(Invalid):
    title = "A ticket to leave out was not assessed"


def what_if(asked: Asked, name: str, league: League, body: NewWhatIf) -> WhatIfView:
    """The league as it would be; with the official values it is the official one.

    Refuses NoSuchPeriod, MalformedPeriod, NoSuchAssessed.
    """
    tried = compute.ranking(trial_of(asked.record(name), league, body), league)
    return WhatIfView(**members(tried))


def compare(asked: Asked, name: str, league: League, body: NewWhatIf) -> CompareView:
    """Gains and losses against the official ranking, in its order, and their reasons."""
    record = asked.record(name)
    official = compute.ranking(record, league)
    then = compute.ranking(trial_of(record, league, body), league)
    return CompareView(
        period=name,
        league=league,
        content_hash=official.content_hash,
        content_hash_then=then.content_hash,
        rows=list(moved(official, then)),
    )


def trial_of(record: Record, league: League, body: NewWhatIf) -> Record:
    """Values that are the official ones are not tried at all."""
    check_assessed(record, body)
    trial = body.trial().beside(record.period.policy, league)
    return replace(record, period=trial.on(record.period), trial=trial)


def check_assessed(record: Record, body: NewWhatIf) -> None:
    known = set(
        record.session.scalars(
            select(Assessment.ticket_number).where(Assessment.ticket_number.in_(body.exclude))
        )
    )
    details = {
        f"/exclude/{n}": Message("{number} was not assessed", number=number)
        for n, number in enumerate(body.exclude)
        if number not in known
    }
    if details:
        faults = [{"pointer": pointer, "detail": detail} for pointer, detail in details.items()]
        raise NoSuchAssessed(next(iter(details.values())), errors=faults)


def moved(official: RankingView, then: RankingView) -> Iterator[MovedView]:
    later = {row.office_code: row for row in then.rows}
    for row in official.rows:
        other = later[row.office_code]
        yield MovedView(
            office_code=row.office_code,
            office_name=row.office_name,
            rank=row.rank,
            rank_then=other.rank,
            gained=row.rank - other.rank if row.rank and other.rank else None,
            composite=row.composite,
            composite_then=other.composite,
            composite_gained=gain(row, other),
            why=[for_reader(each) for each in (*why(row, other), *weighed(official, then, row))],
        )


def gain(row: RowView, other: RowView) -> str | None:
    if row.composite_exact is None or other.composite_exact is None:
        return None
    return str(Fraction(other.composite_exact) - Fraction(row.composite_exact))


def why(row: RowView, other: RowView) -> Iterator[Message]:
    """The rates and counts that are not the same."""
    for name in ("response", "resolution", "satisfaction"):
        was, now = rate(row, name), rate(other, name)
        if was != now:
            yield Message(
                "{name}: {was} became {now}",
                name=RateName(name),
                was=part_of(was),
                now=part_of(now),
            )
    for name in BESIDE:
        if getattr(row, name) != getattr(other, name):
            yield Message(
                "{name}: {was} became {now}",
                name=Word(name, "ranking column"),
                was=getattr(row, name),
                now=getattr(other, name),
            )


def rate(row: RowView, name: str) -> RateView:
    view: RateView = getattr(row, name)
    return view


def part_of(rate: RateView) -> Message:
    return Message(
        "{numerator} of {denominator}", numerator=rate.numerator, denominator=rate.denominator
    )


def weighed(official: RankingView, then: RankingView, row: RowView) -> Iterator[Message]:
    """The points that each changed weight adds to an office with these rates."""
    for name, weight in members(official.weights).items():
        change = Fraction(getattr(then.weights, name)) - Fraction(weight)
        percent = rate(row, name)
        if change and row.rank and percent.numerator != "0":
            points = 100 * change * Fraction(percent.numerator) / percent.denominator
            shown = two_decimals(points)
            yield Message("weight of {name}: {points:+f}", name=RateName(name), points=shown)
