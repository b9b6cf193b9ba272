"""A league's table computed from the record, as it stands now or stood at an instant."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import partial
from operator import add

from app.offices.directory import OfficeEntry
from app.rankings import registry
from app.rankings.counting import assessments, volumes
from app.rankings.counting.record import Record
from app.rankings.leagues import PLANS, League, Roster, rolled_up, roster
from app.rankings.published import sealed_rows
from app.rankings.recall import Recalling, anew
from app.rankings.schemas import RankingView, as_json, shown_row, shown_weights, spliced
from app.rankings.table import Former, Line, Load, Standings, standings, table
from app.rankings.trial import OFFICIAL
from app.rankings.versions import FACTS, LOAD, REGISTRY


def ranking(record: Record, league: League) -> RankingView:
    """The whole league, hashed."""
    rows = [shown_row(line) for line in lines(record, league, anew)]
    return replace(heading(record, league), rows=rows).hashed()


def written(record: Record, league: League, recall: Recalling) -> bytes:
    """The same as JSON; a row is written anew if it changed."""
    known: dict[str, tuple[Line, bytes]] = recall(("rows", record.period.name, league), (), dict)
    rows = [written_row(line, known) for line in lines(record, league, recall)]
    return spliced(heading(record, league), rows)


def written_row(line: Line, known: dict[str, tuple[Line, bytes]]) -> bytes:
    before = known.get(line.office.code)
    if before is None or before[0] != line:
        before = known[line.office.code] = (line, as_json(shown_row(line)))
    return before[1]


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
    assessments.plan_anew(record.session)
    of = (record.period.name, league)
    members = recall(("roster", league), REGISTRY, partial(league_of, record, league))
    now = recall(("standings", *of), FACTS, partial(stand, record, members))
    before = recall(("former", *of), FACTS, partial(former, record, members))
    beside = recall(("load", *of), LOAD, partial(load, record, members))
    return table(now, before, beside, members, record.period)


def league_of(record: Record, league: League) -> Roster:
    return roster(league, record.registry or registry.known(record.session, record.as_of))


def stand(record: Record, members: Roster) -> Standings:
    by = members.plan.assessed_by
    counts = rolled_up(assessments.counts(record, by), members.rows[by], add)
    return standings(counts, members, record.period)


def former(record: Record, members: Roster) -> Former:
    """The period before: as sealed, or else as the record has it."""
    before = record.period.periods.previous(record.period)
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
