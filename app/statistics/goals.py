"""七有五性 by street (RULEBOOK D.17): requests, for 10,000 residents too, and the three rates."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import func, select

from app import codes
from app.kit.decimals import rounded
from app.kit.web.wire import Form, View
from app.offices.catalogue import Catalogue, Goal
from app.offices.directory import STREET_KINDS, OfficeEntry
from app.rankings.counting import as_of, assessments, volumes
from app.rankings.counting.record import Record, within
from app.rankings.leagues import works
from app.rankings.rates import NOTHING, Counts, Rate
from app.rankings.schemas import Percent, RateView
from app.rankings.service import Asked
from app.rankings.table import RESIDENTS
from app.rankings.versions import EVERY
from app.statistics.service import Sheet
from app.tickets.models import Ticket

LED = "office_code || ' ' || coalesce(category, '')"
"""Of an assessment, its office and its category."""

Key = tuple[str, Goal]


class GoalsQuery(Form):
    office_code: codes.Street = None
    published: bool = False
    """Leave out figures of fewer than `privacy.min_cell` tickets."""


class GoalRow(View):
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


class GoalsView(View):
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
        return requests(record, catalogue), assessed(record, catalogue)

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


def requests(record: Record, catalogue: Catalogue) -> Mapping[Key, int]:
    street = as_of.at(record.as_of, "street_code")
    query = (
        select(street, Ticket.category, func.count())
        .where(
            street.is_not(None),
            within(Ticket.received_at, record.period),
            Ticket.type.in_(sorted(record.period.policy.assess.types)),
            *volumes.accepted(record),
        )
        .group_by(street, Ticket.category)
    )
    sums: dict[Key, int] = defaultdict(int)
    for code, category, number in record.session.execute(query):
        for goal in served(catalogue, category):
            sums[code, goal] += number
    return sums


def assessed(record: Record, catalogue: Catalogue) -> Mapping[Key, Counts]:
    sums: dict[Key, Counts] = defaultdict(lambda: NOTHING)
    for led, counts in assessments.counts(record, LED).items():
        code, _, category = led.partition(" ")
        for goal in served(catalogue, category):
            sums[code, goal] += counts
    return sums


def served(catalogue: Catalogue, category: str | None) -> Iterator[Goal]:
    entry = catalogue.categories.get(category or "")
    yield from entry.goals if entry else ()


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
