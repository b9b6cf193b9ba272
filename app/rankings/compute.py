"""A league's table computed from the record, as it stands now or stood at an instant."""

from collections.abc import Mapping
from fractions import Fraction
from operator import add

from app.city import City
from app.offices.directory import OfficeEntry
from app.period import Periods
from app.rankings import registry
from app.rankings.counting import assessments, volumes
from app.rankings.counting.record import Record
from app.rankings.leagues import PLANS, League, Roster, rolled_up, roster
from app.rankings.published import sealed_rows
from app.rankings.schemas import RankingView, shown_row, shown_weights
from app.rankings.table import Former, Line, Load, Standings, standings, table
from app.rankings.trial import OFFICIAL


def ranking(record: Record, city: City, league: League) -> RankingView:
    """The whole league, hashed."""
    period, policy = record.period, record.period.policy
    return RankingView(
        period=period.name,
        league=league,
        sealed=False,
        policy=policy.name,
        weights=shown_weights(policy.score.weights_for(league)),
        rows=[shown_row(line) for line in lines(record, city, league)],
    ).hashed()


def lines(record: Record, city: City, league: League) -> tuple[Line, ...]:
    assessments.plan_anew(record.session)
    members = league_of(record, league)
    now, before = stand(record, members), former(record, city, members)
    return table(now, before, load(record, members), members, record.period)


def league_of(record: Record, league: League) -> Roster:
    return roster(league, record.registry or registry.known(record.session, record.as_of))


def stand(record: Record, members: Roster) -> Standings:
    by = members.plan.assessed_by
    counts = rolled_up(assessments.counts(record, by), members.rows[by], add)
    return standings(counts, members, record.period)


def former(record: Record, city: City, members: Roster) -> Former:
    """The period before: as sealed, or else as the record has it."""
    before = Periods(city.policies).previous(record.period)
    sealed = sealed_rows(record, before, members.league) if record.trial == OFFICIAL else None
    if sealed is None:
        return stand(record.of(before), members).former()
    composites = {row.office_code: exact(row.composite_exact) for row in sealed}
    places = {row.office_code: row.rank for row in sealed if row.rank is not None}
    return Former(composites, places)


def exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def load(record: Record, members: Roster) -> Load:
    led_by = members.plan.led_by
    by = members.plan.located_by if record.period.policy.volume.by == "location" else led_by
    return Load(
        volumes=rolled_up(volumes.volumes(record, by), members.rows[by], add),
        on_hold=rolled_up(volumes.on_hold(record, led_by), members.rows[led_by], add),
    )


def own_league(offices: Mapping[str, OfficeEntry], code: str) -> League | None:
    """The first in which offices of its kind stand."""
    found = offices.get(code)
    return next(
        (league for league, plan in PLANS.items() if found and found.kind in plan.kinds), None
    )
