"""Rankings and their periods, read; the sentence that explains a score."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from app.city import City
from app.kit.decimals import two_decimals
from app.kit.errors import Invalid, NotFound
from app.kit.messages import Message, for_reader
from app.offices.directory import OfficeEntry
from app.period import NoSuchPeriod, Period, Periods
from app.policy.keys import Rank
from app.rankings import compute, published, registry
from app.rankings.counting import assessments
from app.rankings.counting.record import Record
from app.rankings.forms import Written
from app.rankings.leagues import League
from app.rankings.models import Seal
from app.rankings.rates import Standing
from app.rankings.recall import Memory, Recall, Recalling, anew
from app.rankings.schemas import (
    RATES,
    OfficeQuery,
    OfficeRowView,
    PeriodView,
    RankingQuery,
    RowView,
    WeightsView,
    members,
    shown_period,
)
from app.rankings.versions import EVERY, SEALS, read


def explained(row: RowView, weights: WeightsView, rules: Rank) -> Message:
    if row.status is Standing.NO_SAMPLE:
        return Message("not ranked: no ticket was assessed")
    if row.status is Standing.INSUFFICIENT:
        return Message(
            "not ranked: of {assessed} assessed, {resolution} citizens said whether it was resolved"
            " and {satisfaction} whether they were satisfied; some must say each, and {min_reached}"
            " be reached",
            assessed=row.assessed,
            resolution=row.resolution.denominator,
            satisfaction=row.satisfaction.denominator,
            min_reached=rules.min_reached,
        )
    parts = [(getattr(weights, name), getattr(row, name).percent) for name in RATES]
    total = sum((Fraction(weight) * Fraction(percent) for weight, percent in parts), Fraction(0))
    sign = "=" if two_decimals(total) == row.composite else "≈"
    terms = " + ".join(f"{weight}·{plainly(percent)}" for weight, percent in parts)
    return Message("{composite} {sign} {terms}", composite=row.composite, sign=sign, terms=terms)


def plainly(percent: Decimal) -> str:
    """Without needless zeros."""
    return f"{percent:f}".rstrip("0").rstrip(".")


class NoSuchDistrict(Invalid):
    title = "There is no such district"


class NoSuchLine(Invalid):
    title = "There is no such line of departments"


class NotInLeague(NotFound):
    title = "This office has no row in that league"


class NotYet(Invalid):
    title = "That instant has not come yet"


@dataclass(frozen=True, slots=True)
class Asked:
    """A reader's session, the city in memory, and the time."""

    session: Session
    city: City
    now: datetime
    memory: Memory = field(default_factory=Memory)

    def recall(self) -> Recall:
        """Results that hold in the session's snapshot."""
        versions = read(self.session.connection())
        return Recall(self.memory, versions, self.city.edition)

    def period(self, name: str, as_of: datetime | None = None) -> Period:
        """Refuses MalformedPeriod, NoSuchPeriod."""
        return known(self.session, self.city.periods, name, as_of or self.now)

    def offices(self, as_of: datetime | None = None) -> Mapping[str, OfficeEntry]:
        """As they were known by then."""
        return registry.known(self.session, as_of).offices

    def record(self, name: str, as_of: datetime | None = None) -> Record:
        """Refuses a period that had not begun by then, too."""
        check_past(as_of, self.now)
        return published.record_of(self.session, self.period(name, as_of), as_of)


def list_periods(session: Session, periods: Periods, now: datetime) -> list[PeriodView]:
    """From the first period with a fact to the one that contains now, oldest first."""
    first = assessments.first_assessed_at(session, now) or now
    sealed = frozenset(published.sealed_periods(session))
    return [shown_period(period, sealed, now) for period in periods.between(first, now)]


def ranking(asked: Asked, name: str, query: RankingQuery) -> Written:
    """A league in a period; `line` shows only that line's rows, with the places that they have in
    it, `district_code` only that district's rows. Refuses MalformedPeriod, NoSuchPeriod,
    NoSuchDistrict, NoSuchLine, NotYet.
    """
    check_past(query.as_of, asked.now)
    check_parts(asked, query)
    period = asked.city.periods.named(name)
    if query.as_of:
        whole = written(asked, name, query, anew)
    else:
        recall = asked.recall()
        key = key_of(period, query.league, asked.now)
        whole = recall(key, EVERY, lambda _: written(asked, name, query, recall))
    whole = whole.of_line(query.line) if query.line else whole
    return whole.of_district(query.district_code) if query.district_code else whole


def key_of(period: Period, league: League, now: datetime) -> Hashable:
    """A ranking as it is now: once its period is over, there must be a fact to rank."""
    return "ranking", period.name, league, period.state(now)


def written(asked: Asked, name: str, query: RankingQuery, recall: Recalling) -> Written:
    """The sealed one, or one of the record."""

    def kept(_: Written | None) -> Written | None:
        return published.kept(asked.session, name, query.league, query.as_of)

    sealed = recall(("kept", name, query.league), SEALS, kept)
    if sealed:
        return sealed
    record = asked.record(name, query.as_of)
    return Written(compute.written(record, query.league, recall))


def office(asked: Asked, name: str, code: str, query: OfficeQuery) -> OfficeRowView:
    """One row and the sentence that explains it; of a sealed period, as it was sealed.

    The default league is the first with offices of its kind. Refuses MalformedPeriod, NoSuchPeriod,
    NotInLeague.
    """
    check_past(query.as_of, asked.now)
    asked.period(name, query.as_of)
    league = query.league or own_league(asked.offices(query.as_of), code)
    view = ranking(asked, name, RankingQuery(league=league, as_of=query.as_of)).view()
    rules = asked.city.policies.named(view.policy).rank
    for row in view.rows:
        if row.office_code == code:
            return OfficeRowView(
                **members(row), explained=for_reader(explained(row, view.weights, rules))
            )
    raise NotInLeague(
        Message(
            "office {code} has no row among the {league} of {name}",
            code=code,
            league=league,
            name=name,
        )
    )


def known(session: Session, periods: Periods, name: str, now: datetime) -> Period:
    """A period that has begun, from the first with an assessment recorded by then; a sealed period
    whatever became of its facts."""
    period = periods.named(name)
    if period.starts_at <= now < period.ends_at:
        return period
    first = assessments.first_assessed_at(session, now) or now
    if period.starts_at > now or (period.ends_at <= first and not sealed(session, name, now)):
        raise NoSuchPeriod(
            Message("there is no period {name} yet, or nothing was assessed so long ago", name=name)
        )
    return period


def sealed(session: Session, name: str, now: datetime) -> bool:
    seal = session.get(Seal, name)
    return seal is not None and seal.published_at <= now


def check_past(as_of: datetime | None, now: datetime) -> None:
    if as_of and as_of > now:
        detail = Message("lies in the future")
        raise NotYet(detail, errors=[{"pointer": "/query/as_of", "detail": detail}])


def check_parts(asked: Asked, query: RankingQuery) -> None:
    if query.district_code is not None:
        check_district(asked.offices(query.as_of), query.district_code)
    if query.line is not None:
        check_line(asked.offices(query.as_of), query.league, query.line)


def check_line(offices: Mapping[str, OfficeEntry], league: League, line: str) -> None:
    detail = None
    if league is not League.DISTRICT_DEPARTMENTS:
        detail = Message("only {league} have lines", league=League.DISTRICT_DEPARTMENTS)
    elif line not in {office.line for office in offices.values()}:
        detail = Message("no line {line}", line=line)
    if detail:
        fault = {"pointer": "/query/line", "detail": detail}
        raise NoSuchLine(detail, errors=[fault])


def check_district(offices: Mapping[str, OfficeEntry], code: str) -> None:
    if code not in {office.district_code for office in offices.values()}:
        detail = Message("no district {code}", code=code)
        raise NoSuchDistrict(detail, errors=[{"pointer": "/query/district_code", "detail": detail}])


def own_league(offices: Mapping[str, OfficeEntry], code: str) -> League:
    league = compute.own_league(offices, code)
    if league is None:
        raise NotInLeague(Message("office {code} is not ranked in any league", code=code))
    return league
