"""Reading rankings: which periods there are, who stands where, and why."""

from collections.abc import Mapping
from datetime import datetime
from operator import add

from sqlalchemy.orm import Session

from app.kit.errors import Invalid, NotFound
from app.offices.directory import OfficeEntry
from app.period import NoSuchPeriod, Period, Periods
from app.policy import Policies
from app.rankings import facts
from app.rankings.leagues import PLANS, League, Roster, rolled_up, roster
from app.rankings.schemas import (
    OfficeRowView,
    PeriodView,
    RankingQuery,
    RankingView,
    shown,
    shown_period,
    shown_weights,
)
from app.rankings.table import Line, Load, Standings, explained, standings, table
from app.tickets.desk import Desk


class NoSuchDistrict(Invalid):
    title = "There is no such district"


class NotInLeague(NotFound):
    title = "This office has no row in that league"


def list_periods(session: Session, policies: Policies, now: datetime) -> list[PeriodView]:
    """From the first period with a fact to the one that contains now, oldest first."""
    first = facts.first_assessed_at(session) or now
    return [shown_period(period, now) for period in Periods(policies).between(first, now)]


def ranking(
    session: Session, desk: Desk, name: str, query: RankingQuery, now: datetime
) -> RankingView:
    """A league in a period; `district_code` shows only that district's rows, with the places that
    they have in the whole league. Refuses MalformedPeriod, NoSuchPeriod, NoSuchDistrict.
    """
    period = known(session, desk.policies, name, now)
    check_district(desk.offices, query.district_code)
    policy = period.policy
    rows = [shown(line) for line in lines(session, desk, period, query.league)]
    return RankingView(
        period=period.name,
        league=query.league,
        sealed=False,
        policy=policy.name,
        weights=shown_weights(policy.score.weights_for(query.league)),
        rows=[row for row in rows if query.district_code in (None, row.district_code)],
    ).hashed()


def office(
    session: Session, desk: Desk, name: str, code: str, league: League | None, now: datetime
) -> OfficeRowView:
    """One row and what it comes from. Refuses MalformedPeriod, NoSuchPeriod, NotInLeague.

    Without a league it is the first in which offices of its kind stand.
    """
    period = known(session, desk.policies, name, now)
    asked = league or own_league(desk.offices, code)
    for line in lines(session, desk, period, asked):
        if line.office.code == code:
            weights = period.policy.score.weights_for(asked)
            return OfficeRowView(**dict(shown(line)), explained=explained(line.score, weights))
    raise NotInLeague(f"office {code} has no row among the {asked} of {name}")


def known(session: Session, policies: Policies, name: str, now: datetime) -> Period:
    """A period that has begun, from the first with a fact on."""
    period = Periods(policies).named(name)
    first = facts.first_assessed_at(session) or now
    if period.starts_at > now or period.ends_at <= first:
        raise NoSuchPeriod(f"there is no period {name} yet, or nothing was assessed so long ago")
    return period


def check_district(offices: Mapping[str, OfficeEntry], code: str | None) -> None:
    if code is not None and code not in {office.district_code for office in offices.values()}:
        fault = {"pointer": "/query/district_code", "detail": f"no district {code}"}
        raise NoSuchDistrict(fault["detail"], errors=[fault])


def own_league(offices: Mapping[str, OfficeEntry], code: str) -> League:
    found = offices.get(code)
    for league, plan in PLANS.items():
        if found is not None and found.kind in plan.kinds:
            return league
    raise NotInLeague(f"office {code} is not ranked in any league")


def lines(session: Session, desk: Desk, period: Period, league: League) -> tuple[Line, ...]:
    """The whole table, from the record as it stands."""
    facts.plan_anew(session)
    categories, districts = desk.catalogue.categories.values(), facts.districts(session)
    members = roster(league, desk.offices.values(), categories, districts)
    before = Periods(desk.policies).previous(period)
    return table(
        stand(session, members, period),
        stand(session, members, before),
        load(session, members, period),
        members,
        period,
    )


def stand(session: Session, members: Roster, period: Period) -> Standings:
    by = members.plan.assessed_by
    counts = rolled_up(facts.counts(session, period, by), members.rows[by], add)
    return standings(counts, members, period)


def load(session: Session, members: Roster, period: Period) -> Load:
    led_by = members.plan.led_by
    by = members.plan.located_by if period.policy.volume.by == "location" else led_by
    return Load(
        volumes=rolled_up(facts.volumes(session, period, by), members.rows[by], add),
        on_hold=rolled_up(facts.on_hold(session, led_by), members.rows[led_by], add),
    )
