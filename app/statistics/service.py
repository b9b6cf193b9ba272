"""The work of a period, by office, district, category, channel or goal (RULEBOOK D.20).

The three rates are the ranking's own counts; all else is counted from dispatches and tickets. Every
number is as of now: a result or a signature that is not yet due is in no denominator, and nothing
is stored.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from app.city import City
from app.kit.decimals import two_decimals
from app.kit.messages import language, word
from app.kit.web.wire import Form
from app.offices.catalogue import Goal
from app.period import Period
from app.rankings import registry
from app.rankings.counting import assessments
from app.rankings.leagues import POOLED
from app.rankings.rates import Rate
from app.rankings.schemas import Exact, Percent, RateView, shown_rate
from app.rankings.service import Asked
from app.statistics import queries
from app.statistics.kpis import KPIS, NO_WORK, Cut, Figures, mean, waited_minutes
from app.statistics.queries import ByKey, Key
from app.tickets.life.lifecycle import Channel

COLUMNS = {
    Cut.OFFICE: "office_code",
    Cut.DISTRICT: "office_code",
    Cut.CATEGORY: "category",
    Cut.CHANNEL: "channel",
    Cut.QIYOU_WUXING: "category",
}
"""The column counted by; districts are pooled from their offices, goals from their categories."""


class StatisticsQuery(Form):
    by: Cut = Cut.OFFICE
    published: bool = False
    """Leave out figures of fewer than `privacy.min_cell` tickets."""


@dataclass(slots=True, kw_only=True)
class MeanView:
    minutes: Percent | None
    """The mean, with two decimals."""
    total: Exact
    tickets: int


@dataclass(slots=True, kw_only=True)
class StatisticsRow:
    code: str | None
    """Null: the work without such an office, district, category or goal."""
    name: str | None
    assessed: int | None
    excluded: int | None
    not_assessed: int | None
    received: int | None
    response: RateView
    resolution: RateView
    satisfaction: RateView
    acknowledge_rate: Annotated[RateView, Field(description="及时签收率")]
    on_time_rate: Annotated[RateView, Field(description="按时办结率")]
    first_time_rate: Annotated[RateView, Field(description="一次办结率")]
    objection_rate: Annotated[RateView, Field(description="异议率")]
    objection_uphold_rate: Annotated[RateView, Field(description="异议成立率")]
    objection_reject_rate: RateView
    dispatch_accuracy: Annotated[RateView, Field(description="派单准确率")]
    reach_rate: Annotated[RateView, Field(description="回访率")]
    overdue_rate: Annotated[RateView, Field(description="超期率")]
    rework_rate: Annotated[RateView, Field(description="重办率")]
    hold_rate: Annotated[RateView, Field(description="挂账率, as of now")]
    exclusion_rate: Annotated[RateView, Field(description="剔除率")]
    exclusion_alert: bool
    """The share of exclusions is beyond `exclude.rate_alert`: an audit is due (D.10)."""
    repeat_rate: Annotated[RateView, Field(description="重复诉求率")]
    automatic_share: RateView
    receive_to_dispatch: MeanView


@dataclass(slots=True, kw_only=True)
class StatisticsView:
    period: str
    by: Cut
    policy: str
    total: StatisticsRow
    rows: list[StatisticsRow]


def statistics(asked: Asked, name: str, query: StatisticsQuery) -> StatisticsView:
    """A period's figures by code, the null code last. Refuses MalformedPeriod, NoSuchPeriod.

    A category may serve several goals, so the rows by goal overlap; all others add up to the total.
    """
    record, city = asked.record(name), asked.city
    period = record.period
    assessments.plan_anew(record.session)
    figures = queries.figures(record, COLUMNS[query.by], asked.now)
    names = labels(record.session, city, query.by)
    sheet = Sheet(period, period.policy.privacy.min_cell if query.published else 0)
    rows = rolled_up(figures, rows_of(city, query.by))
    return StatisticsView(
        period=period.name,
        by=query.by,
        policy=period.policy.name,
        total=sheet.row(None, None, sum(figures.values(), NO_WORK)),
        rows=[
            sheet.row(code, names.get(code or ""), rows[code])
            for code in sorted(rows, key=lambda code: (code is None, code or ""))
        ],
    )


def rolled_up(figures: ByKey, rows: Callable[[Key], Iterable[Key]]) -> dict[Key, Figures]:
    """Figures pooled into rows: sums, never means; a key without a row counts under None."""
    pools: dict[Key, Figures] = defaultdict(lambda: NO_WORK)
    for key, value in figures.items():
        for row in tuple(rows(key)) or (None,):
            pools[row] += value
    return pools


def rows_of(city: City, by: Cut) -> Callable[[Key], Iterable[Key]]:
    """The rows that a key counts in."""
    offices, categories = city.offices, city.catalogue.categories
    pooled = {o.code: o.district_code for o in offices.values() if o.kind in POOLED}
    if by is Cut.DISTRICT:
        return lambda code: [pooled.get(code or "")]
    if by is Cut.QIYOU_WUXING:
        return lambda code: categories[code].goals if code and code in categories else ()
    return lambda code: [code]


def labels(session: Session, city: City, by: Cut) -> Mapping[str, str]:
    named: dict[Cut, Callable[[], Mapping[str, str]]] = {
        Cut.OFFICE: lambda: {office.code: office.name for office in city.offices.values()},
        Cut.DISTRICT: lambda: registry.districts(session),
        Cut.CATEGORY: lambda: {c.code: c.name for c in city.catalogue.categories.values()},
        Cut.CHANNEL: lambda: {each: word(each, language.get()) for each in Channel},
        Cut.QIYOU_WUXING: lambda: {goal: word(goal, language.get()) for goal in Goal},
    }
    return named.get(by, dict)()


@dataclass(frozen=True, slots=True)
class Sheet:
    """Shows figures; figures of fewer than `min_cell` tickets are left out."""

    period: Period
    min_cell: int

    def row(self, code: str | None, name: str | None, figures: Figures) -> StatisticsRow:
        rates = {kpi: formula(figures) for kpi, formula in KPIS.items()}
        share = rates["exclusion_rate"].percent or 0
        waited = waited_minutes(figures)
        average = mean(waited) if waited.denominator >= self.min_cell else None
        return StatisticsRow(
            code=code,
            name=name,
            assessed=self.number(figures.counts.assessed),
            excluded=self.number(figures.counts.excluded),
            not_assessed=self.number(figures.counts.not_assessed),
            received=self.number(figures.received),
            **{kpi: self.shown(rate) for kpi, rate in rates.items()},
            exclusion_alert=share > 100 * self.period.policy.exclude.rate_alert,
            receive_to_dispatch=MeanView(
                minutes=two_decimals(average),
                total=str(waited.numerator) if average is not None else "0",
                tickets=waited.denominator if average is not None else 0,
            ),
        )

    def number(self, count: int) -> int | None:
        return count if count == 0 or count >= self.min_cell else None

    def shown(self, rate: Rate) -> RateView:
        return shown_rate(rate if rate.denominator >= self.min_cell else NOT_SHOWN)


NOT_SHOWN = Rate(Fraction(0), 0)
