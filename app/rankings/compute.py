"""A league's table computed from the record, as it stands now or stood at an instant."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from operator import add

from app.offices.directory import OfficeEntry
from app.period import Period
from app.rankings import registry
from app.rankings.counting import assessments, volumes
from app.rankings.counting.record import Record
from app.rankings.leagues import PLANS, League, Roster, rolled_up, roster
from app.rankings.published import sealed_rows
from app.rankings.recall import Once, Recalling, anew
from app.rankings.schemas import RankingView, as_json, shown_row, shown_weights, spliced
from app.rankings.table import Former, Line, Load, Standings, standings, table
from app.rankings.trial import OFFICIAL
from app.rankings.versions import EVERY, FACTS, LOAD, REGISTRY, SEALS


def rankings(record: Record, leagues: Iterable[League]) -> dict[League, RankingView]:
    """Whole leagues, not yet hashed; what several of them rest on is counted once."""
    assessments.plan_anew(record.session)
    once = Once()
    return {league: whole(record, league, once) for league in leagues}


def ranking(record: Record, league: League) -> RankingView:
    """The whole league, hashed."""
    assessments.plan_anew(record.session)
    return whole(record, league, anew).hashed()


def whole(record: Record, league: League, recall: Recalling) -> RankingView:
    rows = [shown_row(line) for line in lines(record, league, recall)]
    return replace(heading(record, league), rows=rows)


Rows = Mapping[str, tuple[Line, bytes]]
"""By office in their order, each also as JSON."""


def written(record: Record, league: League, recall: Recalling) -> bytes:
    """The same as JSON."""

    def rows(earlier: Rows | None) -> Rows:
        assessments.plan_anew(record.session)
        return written_rows(lines(record, league, recall), earlier or {})

    known = recall(("rows", record.period.name, league), EVERY, rows)
    return spliced(heading(record, league), (text for _, text in known.values()))


def written_rows(lines: Iterable[Line], earlier: Rows) -> Rows:
    """A row is written anew if it changed."""
    rows = {}
    for line in lines:
        row = earlier.get(line.office.code)
        if row is None or row[0] != line:
            row = line, as_json(shown_row(line))
        rows[line.office.code] = row
    return rows


def heading(record: Record, league: League) -> RankingView:
    """Without rows."""
    policy = record.period.policy
    return RankingView(
        period=record.period.name,
        league=league,
        sealed=False,
        policy=policy.name,
        weights=shown_weights(policy.score.weights_for(league)),
        rows=[],
    )


def lines(record: Record, league: League, recall: Recalling) -> tuple[Line, ...]:
    members = recall(("roster", league), REGISTRY, lambda _: league_of(record, league))
    now, before = stand(record, members, recall), former(record, members, recall)
    key = ("load", record.period.name, league)
    loaded = recall(key, LOAD, lambda _: load(record, members, recall))
    return table(now, before, loaded, members, record.period)


def league_of(record: Record, league: League) -> Roster:
    return roster(league, record.registry or registry.known(record.session, record.as_of))


def stand(record: Record, members: Roster, recall: Recalling) -> Standings:
    def counted(earlier: Standings | None) -> Standings:
        by = members.plan.assessed_by
        key = ("counts", record.period.name, by)
        everyone = recall(key, FACTS, lambda _: assessments.counts(record, by))
        counts = rolled_up(everyone, members.rows[by], add)
        return standings(counts, members, record.period, earlier)

    return recall(("standings", record.period.name, members.league), FACTS, counted)


def former(record: Record, members: Roster, recall: Recalling) -> Former:
    """The period before: as sealed, or else as the record has it."""
    before = record.period.periods.previous(record.period)
    key = ("sealed", before.name, members.league)
    sealed = recall(key, SEALS, lambda _: sealed_former(record, before, members.league))
    return sealed or stand(record.of(before), members, recall).former()


def sealed_former(record: Record, before: Period, league: League) -> Former | None:
    sealed = sealed_rows(record, before, league) if record.trial == OFFICIAL else None
    if sealed is None:
        return None
    composites = {row.office_code: exact(row.composite_exact) for row in sealed}
    places = {row.office_code: row.rank for row in sealed if row.rank is not None}
    return Former(composites, places)


def exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def load(record: Record, members: Roster, recall: Recalling) -> Load:
    led_by, name = members.plan.led_by, record.period.name
    by = members.plan.located_by if record.period.policy.volume.by == "location" else led_by
    came = recall(("volumes", name, by), LOAD, lambda _: volumes.volumes(record, by))
    held = recall(("on_hold", name, led_by), LOAD, lambda _: volumes.on_hold(record, led_by))
    return Load(
        volumes=rolled_up(came, members.rows[by], add),
        on_hold=rolled_up(held, members.rows[led_by], add),
    )


def own_league(offices: Mapping[str, OfficeEntry], code: str) -> League | None:
    """The first in which offices of its kind stand."""
    office = offices.get(code)
    return next(
        (league for league, plan in PLANS.items() if office and office.kind in plan.kinds), None
    )
