"""Whistles of a period, by the streets that blew and by the offices that were called (RULEBOOK
D.14.7, D.15, D.20)."""

from collections.abc import Mapping
from fractions import Fraction

from sqlalchemy import func, select

from app.kit.decimals import two_decimals
from app.kit.web.wire import View
from app.offices.directory import STREET_KINDS, OfficeEntry
from app.period import Period
from app.rankings.counting import linked
from app.rankings.counting.record import Record, within
from app.rankings.leagues import works
from app.rankings.rates import NOTHING, Rate
from app.rankings.schemas import Exact, Percent, RateView, shown_rate, shown_results
from app.rankings.service import Asked
from app.statistics import whistle_rates
from app.statistics.whistle_rates import Outlier, Spread
from app.tickets.life.lifecycle import DispatchRole
from app.tickets.models import Dispatch
from app.whistles.life.false_whistles import too_many_false
from app.whistles.life.loop import WhistleStatus
from app.whistles.models import Summons, Whistle
from app.whistles.proposing.models import MissingWhistle

NO_FIGURES = (0, 0, 0, 0)


class StreetWhistles(View):
    """`signal`: so many false whistles that its district's leader is told; a person decides."""

    office_code: str
    office_name: str
    district_code: str | None
    dispatched: int
    whistles: int
    per_1000: Percent | None
    per_1000_exact: Exact | None
    outlier: Outlier | None
    false_whistles: int
    signal: bool
    missing: int
    """Signals 知情不报 that were first seen in the period; no score."""
    settled: int
    settled_at_first: RateView


class DepartmentWhistles(View):
    """Of settled whistles; the three rates are of the tickets that these were blown for 双考核."""

    office_code: str
    office_name: str
    district_code: str | None
    summoned: int
    arrived_on_time: RateView
    left_early: int
    tickets: int
    response: RateView
    resolution: RateView
    satisfaction: RateView


class WhistlesView(View):
    """`median_per_1000` and the bounds are of the streets that were dispatched anything."""

    period: str
    policy: str
    median_per_1000: Percent | None
    low_per_1000: Percent | None
    high_per_1000: Percent | None
    streets: list[StreetWhistles]
    departments: list[DepartmentWhistles]


def whistles(asked: Asked, name: str) -> WhistlesView:
    """Blown in the period, by street; settled in it, by department. Refuses MalformedPeriod,
    NoSuchPeriod."""
    record = asked.record(name)
    period, rules = record.period, record.period.policy.whistle
    dispatched, blown = dispatches(record), of_streets(record)
    signals = missing(record)
    streets = [
        office
        for office in sorted(asked.city.offices.values(), key=lambda office: office.code)
        if office.kind in STREET_KINDS and works(office, period)
    ]
    rates = {
        office.code: whistle_rates.rate(
            blown.get(office.code, NO_FIGURES)[0], dispatched.get(office.code, 0)
        )
        for office in streets
    }
    known = [rate for rate in rates.values() if rate is not None]
    spread = whistle_rates.spread(known, rules.rate_outlier)
    return WhistlesView(
        period=period.name,
        policy=period.policy.name,
        median_per_1000=two_decimals(spread.median),
        low_per_1000=two_decimals(spread.low),
        high_per_1000=two_decimals(spread.high),
        streets=[
            street_row(
                office,
                period,
                spread,
                (dispatched.get(office.code, 0), rates[office.code]),
                blown.get(office.code, NO_FIGURES),
                signals.get(office.code, 0),
            )
            for office in streets
        ],
        departments=departments(asked, record),
    )


def dispatches(record: Record) -> Mapping[str, int]:
    """To each office as the lead, in the period."""
    query = select(Dispatch.office_code, func.count()).where(
        Dispatch.role == DispatchRole.LEAD, within(Dispatch.dispatched_at, record.period)
    )
    rows = record.session.execute(query.group_by(Dispatch.office_code))
    return {row[0]: row[1] for row in rows}


def of_streets(record: Record) -> Mapping[str, tuple[int, int, int, int]]:
    """Blown in the period: all, false, settled, and settled at the first verification. Whistles
    that were taken back are none."""
    settled = Whistle.status.in_(linked.SETTLED)
    query = select(
        Whistle.street_code,
        func.count(),
        func.count().filter(Whistle.status == WhistleStatus.FALSE),
        func.count().filter(settled),
        func.count().filter(settled & (Whistle.returns == 0)),
    ).where(
        within(Whistle.blown_at, record.period),
        Whistle.status != WhistleStatus.CANCELLED,
    )
    rows = record.session.execute(query.group_by(Whistle.street_code))
    return {code: (every, false, done, first) for code, every, false, done, first in rows}


def missing(record: Record) -> Mapping[str, int]:
    """Signals of each street that were first seen in the period."""
    query = select(MissingWhistle.street_code, func.count()).where(
        within(MissingWhistle.seen_at, record.period)
    )
    rows = record.session.execute(query.group_by(MissingWhistle.street_code))
    return {row[0]: row[1] for row in rows}


def street_row(
    office: OfficeEntry,
    period: Period,
    spread: Spread,
    volume: tuple[int, Fraction | None],
    blown: tuple[int, int, int, int],
    missing: int,
) -> StreetWhistles:
    (dispatched, rate), (every, false, settled, at_first) = volume, blown
    return StreetWhistles(
        office_code=office.code,
        office_name=office.name,
        district_code=office.district_code,
        dispatched=dispatched,
        whistles=every,
        per_1000=two_decimals(rate),
        per_1000_exact=None if rate is None else str(rate),
        outlier=spread.outlier(rate),
        false_whistles=false,
        signal=too_many_false(false, every, period.policy.whistle.false),
        missing=missing,
        settled=settled,
        settled_at_first=shown_rate(Rate(at_first, settled)),
    )


def departments(asked: Asked, record: Record) -> list[DepartmentWhistles]:
    """Of each office that a settled whistle called, in order of code."""
    settled = within(Whistle.settled_at, record.period)
    attended, results = attendance(record), linked.results(record, settled)
    rows = []
    for code, (summoned, on_time, early) in sorted(attended.items()):
        office = asked.city.offices.get(code)
        tickets = shown_results(results.get(code, NOTHING))
        rows.append(
            DepartmentWhistles(
                office_code=code,
                office_name=office.name if office else code,
                district_code=office.district_code if office else None,
                summoned=summoned,
                arrived_on_time=shown_rate(Rate(on_time, summoned)),
                left_early=early,
                tickets=tickets.tickets,
                response=tickets.response,
                resolution=tickets.resolution,
                satisfaction=tickets.satisfaction,
            )
        )
    return rows


def attendance(record: Record) -> Mapping[str, tuple[int, int, int]]:
    """Summoned, arrived on time, left early."""
    on_time = Summons.arrived_at <= Summons.arrive_due_at
    numbers = (func.count(), func.count().filter(on_time), func.count().filter(Summons.early_leave))
    query = linked.called(within(Whistle.settled_at, record.period), *numbers)
    rows = record.session.execute(query.group_by(Summons.office_code))
    return {code: (summoned, punctual, early) for code, summoned, punctual, early in rows}
