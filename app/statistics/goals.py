"""七有五性 by street (RULEBOOK D.17): requests, for 10,000 residents too, and the three rates."""

from collections.abc import Mapping
from dataclasses import dataclass

from app import codes
from app.kit.decimals import rounded
from app.kit.web.wire import Form
from app.offices.catalogue import Goal
from app.offices.directory import STREET_KINDS, OfficeEntry
from app.rankings.counting import assessments
from app.rankings.counting import goals as counting
from app.rankings.counting.goals import Key
from app.rankings.leagues import works
from app.rankings.rates import NOTHING, Counts, Rate
from app.rankings.schemas import Percent, RateView
from app.rankings.service import Asked
from app.rankings.table import RESIDENTS
from app.rankings.versions import EVERY
from app.statistics.service import Sheet


class GoalsQuery(Form):
    office_code: codes.Street = None
    published: bool = False
    """Leave out figures of fewer than `privacy.min_cell` tickets."""


@dataclass(slots=True, kw_only=True)
class GoalRow:
    goal: Goal
    office_code: str
    office_name: str
    district_code: str | None
    received: int | None
    """Requests that lie in the street."""
    per_10k: Percent | None
    assessed: int | None
    """Of the street's own."""
    response: RateView
    resolution: RateView
    satisfaction: RateView


@dataclass(slots=True, kw_only=True)
class GoalsView:
    period: str
    policy: str
    rows: list[GoalRow]


def goals(asked: Asked, name: str, query: GoalsQuery) -> GoalsView:
    """Each goal of each street that works in the period, by goal, then by code. A category may
    serve several goals, so they overlap. Refuses NoSuchCode, MalformedPeriod,
    NoSuchPeriod. Counted again only when a table behind it changed."""
    codes.check(asked.city, query)
    record = asked.record(name)
    period, catalogue = record.period, asked.city.catalogue

    def counted(_: object) -> tuple[Mapping[Key, int], Mapping[Key, Counts]]:
        assessments.plan_anew(record.session)
        return counting.received(record, catalogue), counting.assessed(record, catalogue)

    received, counts = asked.recall()(("goals", period.name), EVERY, counted)
    sheet = Sheet(period, period.policy.privacy.min_cell if query.published else 0)
    offices = record.registry.offices if record.registry else asked.offices()
    streets = [
        office
        for office in sorted(offices.values(), key=lambda office: office.code)
        if office.kind in STREET_KINDS
        and works(office, period)
        and query.office_code in (None, office.code)
    ]
    return GoalsView(
        period=period.name,
        policy=period.policy.name,
        rows=[
            row(sheet, (street, goal), received, counts.get((street.code, goal), NOTHING))
            for goal in Goal
            for street in streets
        ],
    )


def row(
    sheet: Sheet, of: tuple[OfficeEntry, Goal], received: Mapping[Key, int], counts: Counts
) -> GoalRow:
    street, goal = of
    number = sheet.number(received.get((street.code, goal), 0))
    share = None
    if number is not None and street.population:
        share = rounded(RESIDENTS * number, street.population)
    return GoalRow(
        goal=goal,
        office_code=street.code,
        office_name=street.name,
        district_code=street.district_code,
        received=number,
        per_10k=share,
        assessed=sheet.number(counts.assessed),
        response=sheet.shown(Rate(counts.responded, counts.assessed)),
        resolution=sheet.shown(Rate(counts.resolved, counts.resolution_answers)),
        satisfaction=sheet.shown(Rate(counts.satisfied, counts.satisfaction_answers)),
    )
