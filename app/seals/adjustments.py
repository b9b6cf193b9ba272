"""Adjustments: rows about sealed periods recorded after their seals (RULEBOOK D.13.1)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment, Correction, Exclusion
from app.period import Period
from app.rankings import compute
from app.rankings.counting import assessments
from app.rankings.counting.record import within
from app.rankings.leagues import League
from app.rankings.models import Seal
from app.rankings.service import Asked
from app.seals.schemas import AdjustedView, AdjustmentsView, AdjustmentView, NamedTicket
from app.seals.verification import differing

TICK = timedelta(microseconds=1)


def adjustments(asked: Asked, name: str) -> AdjustmentsView:
    """Adjustments of former sealed periods, recorded in this one, and the changes they would make
    in the streets' rows. Refuses MalformedPeriod, NoSuchPeriod."""
    period = asked.period(name)
    items = sorted(late(asked.session, period), key=lambda item: item.number)
    changed = {item.period for item in items}
    differences = [
        d for sealed in sorted(changed) for d in moved(asked, sealed, items, period.ends_at)
    ]
    return AdjustmentsView(items=items, differences=differences)


def late(session: Session, period: Period) -> Iterator[AdjustmentView]:
    for seal in session.scalars(select(Seal).order_by(Seal.period)):
        yield from late_for(session, seal, period.periods.named(seal.period), period)


def late_for(
    session: Session, seal: Seal, sealed: Period, period: Period
) -> Iterator[AdjustmentView]:
    theirs = assessments.followers(session, sealed, seal.sealed_at)
    of_period = within(Assessment.assessed_at, sealed) | Assessment.ticket_number.in_(theirs)
    fact = select(Assessment.ticket_number, Assessment.office_code)
    assessed = fact.add_columns(Assessment.recorded_at).where(
        of_period,
        within(Assessment.recorded_at, period),
        Assessment.recorded_at > seal.sealed_at,
    )
    later = {"assessed": assessed}
    for why, table in (("excluded", Exclusion), ("corrected", Correction)):
        later[why] = (
            fact.add_columns(table.recorded_at)
            .join(table, table.ticket_number == Assessment.ticket_number)
            .where(of_period, within(table.recorded_at, period))
            .where(table.recorded_at > seal.sealed_at)
        )
    for why, query in later.items():
        for number, office, recorded_at in session.execute(query):
            yield AdjustmentView(
                period=sealed.name,
                number=number,
                office_code=office,
                why=why,
                recorded_at=recorded_at,
            )


def moved(
    asked: Asked, name: str, items: list[AdjustmentView], until: datetime
) -> Iterator[AdjustedView]:
    """The streets' numbers that would be others, had all that was recorded until then been known
    before the seal."""
    record = asked.record(name)
    then = compute.ranking(record, League.STREETS)
    later = replace(record, late=until - TICK)
    now = compute.ranking(later, League.STREETS)
    sealed = {row.office_code: row for row in then.rows}
    for row in now.rows:
        for field, was, value in differing(sealed.get(row.office_code), row):
            yield AdjustedView(
                period=name,
                league=League.STREETS,
                office_code=row.office_code,
                field=field,
                sealed=was,
                now=value,
                tickets=[
                    NamedTicket(number=item.number, why="late")
                    for item in items
                    if (item.period, item.office_code) == (name, row.office_code)
                ],
            )
