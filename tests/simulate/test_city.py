"""A small imagined city: lived whole, the same for the same seed, and true to the invariants.

Its transaction is never committed, so that nothing is left of it. It is more eventful than ours, so
that a few hundred tickets show every step of a ticket's life.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.callbacks.models import Assessment, Callback, Exclusion
from app.city import City
from app.evaluations.models import EvaluationEvent, Step
from app.feed import service as feed
from app.feed.models import FeedEntry, FeedHead
from app.forces.models import Force, ForceShift
from app.offices.directory import STREET_KINDS
from app.offices.models import Office
from app.policy.documents import Policies
from app.rankings import service as rankings
from app.rankings.counting.record import Record
from app.rankings.leagues import League
from app.rankings.schemas import RankingQuery, RankingView, RateView
from app.routing.models import RoutingLesson
from app.seals import sources
from app.seals.audit import rosters
from app.seals.audit import service as audit
from app.seals.audit.whistles import of_whistles
from app.seals.contradictions import Deriving
from app.simulate import whistles as imagined
from app.simulate.service import Inhabited, NotThePast, Plan, simulate
from app.tickets.citizens import Citizen
from app.tickets.events import Event
from app.tickets.life.lifecycle import IN_OFFICE, OPEN, TERMINAL, Action, DispatchRole, Status
from app.tickets.models import Dispatch, Ticket
from app.whistles.events import WhistleEvent
from app.whistles.life.loop import (
    UNSETTLED,
    SummonsKind,
    WhistleAction,
    WhistleKind,
    WhistleStatus,
)
from app.whistles.models import Summons, Whistle
from tests.aids.client import Client
from tests.aids.recount import ASSESSED_TYPES, period_of

CASES = 400
NOW = datetime(2026, 11, 20, tzinfo=UTC)
MUCH_LATER = datetime(2027, 2, 1, tzinfo=UTC)
END_OF_MONTH = datetime(2026, 10, 19, tzinfo=UTC)
LIVELY = Plan(
    date(2026, 9, 19), date(2026, 10, 19), CASES, seed=9, photos=Path("never"), eventful=20
)

TURNS = {
    WhistleAction.ABSENT,
    WhistleAction.AGREE_LEAD,
    WhistleAction.CANCEL,
    WhistleAction.CONFIRM,
    WhistleAction.CONCLUDE,
    WhistleAction.COORDINATE,
    WhistleAction.DRAFT,
    WhistleAction.ESCALATE,
    WhistleAction.EVALUATE,
    WhistleAction.JOIN,
    WhistleAction.LEAVE,
    WhistleAction.LOG,
    WhistleAction.MEET,
    WhistleAction.NOTIFY,
    WhistleAction.OBJECT,
    WhistleAction.ORGANISE,
    WhistleAction.READ_SIGNAL,
    WhistleAction.RULE_FALSE,
    WhistleAction.RULE_OBJECTION,
    WhistleAction.SEND_BACK,
    WhistleAction.SUPERVISE,
}
"""What befalls some whistles of it, beside the plain course."""

FIRST_THREE = (WhistleKind.ENFORCEMENT, WhistleKind.EMERGENCY, WhistleKind.KEY_WORK)
"""Beijing's kinds of 2018 (D.14.1)."""

NOT_LIVED = {
    Action.FEED_BACK: "joint offices of the simulated city leave the answer to the lead",
    Action.ADVISE: "no street of it writes to those above it",
    Action.ANSWER_ADVICE: "and nobody owes it an answer",
    Action.IMPORT: "an older system's cases come finished",
    Action.SKIP_CALLBACK: "Beijing's sample is everyone; see the city that calls back only some",
    Action.ERASE: "nobody asks for it, and its lives are younger than the retention",
}


@contextmanager
def lived(app: FastAPI, plan: Plan, now: datetime = NOW) -> Iterator[Session]:
    ended: list[int] = []
    plan = replace(plan, photos=app.state.settings.attachments)
    with app.state.sessions() as session:
        made = simulate(session, app.state.city, plan, now, ended.append)
        assert sum(ended) == plan.cases <= made
        yield session


@pytest.fixture(scope="module")
def city(served: Client, app: FastAPI) -> Iterator[Session]:
    with lived(app, LIVELY, MUCH_LATER) as session:
        feed.number(session)  # as before a commit
        yield session


def happenings(session: Session) -> dict[str, list[Any]]:
    """Events and facts, without the drawn numbers of tickets and callbacks."""
    first = func.row_number().over(order_by=(Ticket.received_at, Ticket.category))
    place: dict[str, int] = dict(session.execute(select(Ticket.number, first)).all())
    event = [Event.seq, Event.at, Event.action, Event.to_status, sa.cast(Event.data, sa.Text)]
    fact = [Assessment.office_code, Assessment.resolved, Assessment.contact_ok, Assessment.late]
    events = session.execute(select(Event.ticket_number, *event))
    facts = session.execute(select(Assessment.ticket_number, *fact))

    def plain(value: object) -> str:
        named = re.sub("BJ[0-9]{15}", lambda number: f"#{place[number[0]]}", str(value))
        named = re.sub("SH[0-9]{15}", "whistle", named)
        named = re.sub('"request_hash": "[^"]+"', "", named)  # salted
        return re.sub('"callback_id": [0-9]+', "", named)

    return {
        "events": sorted((place[number], *map(plain, rest)) for number, *rest in events),
        "facts": sorted((place[number], *map(plain, rest)) for number, *rest in facts),
    }


def lived_to_the_end_of_its_month(app: FastAPI) -> dict[str, list[Any]]:
    with lived(app, replace(LIVELY, cases=80), END_OF_MONTH) as session:
        waits = select(func.count()).select_from(Ticket).where(Ticket.waits_for.is_not(None))
        return {
            **happenings(session),
            "latest": [session.scalar(select(func.max(Event.at)))],
            "waiting": [session.scalar(waits)],
        }


@pytest.fixture(scope="module")
def month(served: Client, app: FastAPI) -> dict[str, list[Any]]:
    return lived_to_the_end_of_its_month(app)


def test_the_same_seed_lives_the_same_city_and_another_seed_another(
    app: FastAPI, month: dict[str, list[Any]]
) -> None:
    def few_lives(seed: int) -> dict[str, list[Any]]:
        with lived(app, replace(LIVELY, cases=3, seed=seed)) as session:
            return happenings(session)

    assert lived_to_the_end_of_its_month(app) == month
    assert few_lives(7) != few_lives(8)


def test_nothing_happens_after_now_and_work_waits_where_the_past_ends(
    month: dict[str, list[Any]],
) -> None:
    [latest], [waiting] = month["latest"], month["waiting"]

    assert latest is not None
    assert latest <= END_OF_MONTH
    assert waiting


def test_a_past_that_has_tickets_is_not_filled_unless_that_is_asked_for(
    served: Client, app: FastAPI
) -> None:
    few = replace(LIVELY, cases=3, photos=app.state.settings.attachments)
    with lived(app, few) as session:
        with pytest.raises(Inhabited, match="received after 2026-09-19"):
            simulate(session, app.state.city, few, NOW, int)

        among = replace(few, seed=8, among_others=True)
        assert simulate(session, app.state.city, among, NOW, int) >= 3


@pytest.mark.parametrize("end", [date(2026, 9, 19), date(2026, 11, 21)])
def test_only_a_past_is_simulated(served: Client, app: FastAPI, end: date) -> None:
    with app.state.sessions() as session, pytest.raises(NotThePast):
        simulate(session, app.state.city, replace(LIVELY, end=end), NOW, int)


def test_a_city_that_calls_back_only_some_closes_the_other_tickets(
    served: Client, app: FastAPI
) -> None:
    known: City = app.state.city
    first = known.policies.documents[0]
    half = first.callback.model_copy(update={"sample": Fraction(1, 2)})
    sparing = Policies((first.model_copy(update={"callback": half}),))
    with app.state.sessions() as session:
        plan = replace(LIVELY, cases=80, photos=app.state.settings.attachments)
        simulate(session, replace(known, policies=sparing), plan, MUCH_LATER, int)
        last = Counter(
            session.scalars(
                select(Event.action).where(
                    Event.to_status == Status.CLOSED, Event.from_status != Status.CLOSED
                )
            )
        )

    assert last[Action.SKIP_CALLBACK] > 5
    assert last[Action.CALLBACK] > 5


# From here on one city stands, uncommitted, and holds the feed's heads: no other lives beside it.


def test_all_that_a_person_or_the_clock_can_do_is_done(city: Session) -> None:
    done = set(city.scalars(select(Event.action).distinct()))

    assert set(Action) - done == NOT_LIVED.keys()


def test_no_ticket_is_lost_and_nearly_all_come_to_an_end(city: Session) -> None:
    statuses = Counter(city.scalars(select(Ticket.status)))
    overdue = select(func.count()).where(Ticket.next_due_at < MUCH_LATER - timedelta(minutes=1))

    assert statuses[Status.CLOSED] > CASES / 2
    assert sum(statuses[status] for status in OPEN) < CASES / 50
    assert city.scalar(overdue) == 0


def test_what_has_ended_stays_so_but_for_who_is_taken_out_of_a_group(city: Session) -> None:
    left = select(Event.action).where(
        Event.from_status.in_(TERMINAL), Event.from_status != Event.to_status
    )

    assert set(city.scalars(left)) == {Action.UNMERGE}


def test_whatever_is_at_an_office_has_one_lead(city: Session) -> None:
    leads = (
        select(func.count())
        .where(
            Dispatch.ticket_number == Ticket.number,
            Dispatch.role == DispatchRole.LEAD,
            Dispatch.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    settled = [Status.REPLIED, Status.AWAITING_CALLBACK, Status.ON_HOLD, Status.CLOSED]
    numbers = city.scalars(select(leads).where(Ticket.status.in_([*IN_OFFICE, *settled])))

    assert set(numbers) == {1}


def test_everyone_of_a_group_is_contacted_and_called_back(city: Session) -> None:
    parent = aliased(Ticket)
    members = city.execute(
        select(Ticket.assessed_at)
        .join(parent, parent.number == Ticket.merged_into)
        .where(parent.status == Status.CLOSED)
    ).all()

    assert len(members) > 5
    assert all(assessed_at for (assessed_at,) in members)


def test_who_calls_again_is_the_same_citizen_and_his_matter_was_closed(city: Session) -> None:
    former, before, after = aliased(Ticket), aliased(Citizen), aliased(Citizen)
    repetitions = city.execute(
        select(former.status, before.phone_hash == after.phone_hash)
        .select_from(Ticket)
        .join(former, former.number == Ticket.repeat_of)
        .join(before, before.ticket_number == former.number)
        .join(after, after.ticket_number == Ticket.number)
    ).all()

    assert set(map(tuple, repetitions)) == {(Status.CLOSED, True)}


def test_every_unit_of_account_counts_once_in_one_period(city: Session, app: FastAPI) -> None:
    """D.21-1, D.21-2 and D.21-5, of all leagues."""
    asked = rankings.Asked(city, app.state.city, MUCH_LATER)
    units = units_of_account(city)

    assert len(units) > 1
    for name, count in units.items():
        tables = {
            league: rankings.ranking(asked, name, RankingQuery(league=league)).view()
            for league in League
        }
        assert sum(assessed(tables[league]) for league in WHOLE_CITY) == count
        assert assessed(tables[League.STREETS]) <= assessed(tables[League.DISTRICTS])
        for ranking in tables.values():
            for row in ranking.rows:
                assert all(map(is_a_share, (row.response, row.resolution, row.satisfaction)))
                assert row.response.denominator == row.assessed


WHOLE_CITY = (League.DISTRICTS, League.CITY_DEPARTMENTS, League.ENTERPRISES)
"""The leagues in which every lead office counts once."""


def assessed(ranking: RankingView) -> int:
    return sum(row.assessed for row in ranking.rows)


def is_a_share(rate: RateView) -> bool:
    return 0 <= Fraction(rate.numerator) <= rate.denominator


def units_of_account(session: Session) -> Counter[str]:
    """By period, from the rows alone: single tickets, and groups by their last callback."""
    excluded = set(session.scalars(select(Exclusion.ticket_number)))
    last: dict[str, datetime] = {}
    for fact in session.scalars(select(Assessment).order_by(Assessment.assessed_at)):
        left_out = fact.channel == "patrol" or fact.anonymous or fact.type not in ASSESSED_TYPES
        if not left_out and fact.ticket_number not in excluded:
            last[fact.merge_group or fact.ticket_number] = fact.assessed_at
    assert excluded
    return Counter(map(period_of, last.values()))


def test_a_tickets_version_is_the_number_of_its_events(city: Session) -> None:
    versions = city.execute(
        select(Ticket.version, func.count(), func.max(Event.seq))
        .join(Event, Event.ticket_number == Ticket.number)
        .group_by(Ticket.number)
    ).all()

    assert len(versions) >= CASES
    assert all(version == events == last for version, events, last in versions)


def test_each_closed_ticket_is_assessed_once_by_its_first_final_callback(city: Session) -> None:
    closed = set(city.scalars(select(Ticket.number).filter_by(status=Status.CLOSED)))
    assessed = city.execute(select(Assessment.ticket_number, Assessment.assessed_at)).all()
    final = select(Callback.ticket_number, Callback.at).filter_by(final=True, cycle=0)

    assert closed <= {number for number, _ in assessed}
    assert sorted(map(tuple, assessed)) == sorted(map(tuple, city.execute(final)))


def test_every_offices_feed_is_without_gaps_and_in_order_of_time(city: Session) -> None:
    heads = city.execute(select(FeedHead.office_code, FeedHead.last_seq)).all()
    feeds: dict[str, list[tuple[int, datetime]]] = {code: [] for code, _ in heads}
    ordered = select(FeedEntry).order_by(FeedEntry.office_code, FeedEntry.seq)
    for entry in city.scalars(ordered):
        feeds[entry.office_code].append((entry.seq, entry.at))

    assert heads
    for code, last in heads:
        assert [seq for seq, _ in feeds[code]] == list(range(1, last + 1))
        times = [at for _, at in feeds[code]]
        assert times == sorted(times)


def test_streets_get_much_of_it_and_all_types_come(city: Session) -> None:
    offices = select(Office.kind).join(Ticket, Ticket.office_code == Office.code)
    kinds = Counter(map(str, city.scalars(offices)))
    types = city.scalar(select(func.count(sa.distinct(Ticket.type))))

    assert sum(kinds[kind] for kind in STREET_KINDS) > kinds.total() / 3
    assert types == 6


def test_every_assessment_and_what_was_decided_of_it_follow_from_the_events(
    city: Session, app: FastAPI
) -> None:
    known: City = app.state.city
    for name in ("2026-10", "2026-11", "2026-12"):
        derived = Deriving(Record(city, known.periods.named(name)))
        passing = list(derived.passing(sources.facts(derived.record)))

        assert (bool(passing), derived.contradicted) == (True, [])


def test_no_table_has_a_citizens_telephone_in_plain_text(city: Session) -> None:
    """Simulated numbers begin with 100."""
    telephone = re.compile(r"(?<![0-9a-f])100[0-9]{8}(?![0-9a-f])")

    tables = [table.name for table in Ticket.metadata.sorted_tables]
    shown = {
        table: [row for row in city.scalars(dump(table)) if telephone.search(row)]
        for table in tables
    }

    assert (city.scalar(select(func.count(Citizen.phone))) or 0) > CASES / 2
    assert {table: rows for table, rows in shown.items() if rows} == {}


def dump(table: str) -> sa.TextClause:
    """The rows as PostgreSQL writes them into a dump."""
    return sa.text(f"SELECT row::text FROM {table} AS row")


def test_every_row_that_a_number_rests_on_follows_from_the_events(
    city: Session, app: FastAPI
) -> None:
    numbers = list(audit.numbers_of_all(city))
    faults = [*audit.of_tickets(city, app.state.city, numbers), *audit.lost(city)]

    assert (len(numbers) >= CASES, faults) == (True, [])


def test_an_imagined_city_teaches_no_routing(city: Session) -> None:
    assert city.scalar(select(func.count()).select_from(RoutingLesson)) == 0
    assert city.scalar(select(func.bool_and(Ticket.imagined))) is True


def test_whistles_are_lived_with_their_turns_and_end(city: Session) -> None:
    done = set(city.scalars(select(WhistleEvent.action).distinct()))
    statuses = Counter(city.scalars(select(Whistle.status)))

    assert done >= TURNS, sorted(TURNS - done)
    assert statuses[WhistleStatus.EVALUATED] > statuses.total() / 2, statuses
    assert sum(statuses[status] for status in UNSETTLED) <= 1, statuses


def test_whistles_have_the_shares_that_the_sources_tell_of(city: Session, app: FastAPI) -> None:
    """No source has a figure, so these are bounds: most are of Beijing's first three kinds, and
    enforcement is the most frequent [S1, S2]; most call two departments or more (H1), which mostly
    come in their time, and what is looked at on the spot is mostly done [S3]; of false ones an
    eventful city has more than the few at which a leader is told (D.14.7), a plain one less."""
    whistles = city.scalars(select(Whistle).where(Whistle.blown_at.is_not(None))).all()
    kinds = Counter(whistle.kind for whistle in whistles)
    of_departments = Summons.kind == SummonsKind.DEPARTMENT
    called = Counter(city.scalars(select(Summons.whistle_number).where(of_departments)))
    came = city.scalars(select(Summons).where(Summons.arrived_at.is_not(None))).all()
    ended = [whistle.returns for whistle in whistles if whistle.settled_at and not whistle.finding]

    assert kinds.most_common(1)[0][0] is WhistleKind.ENFORCEMENT, kinds
    assert sum(kinds[kind] for kind in FIRST_THREE) > kinds.total() / 2, kinds
    assert sum(number > 1 for number in called.values()) > 0.75 * len(called), called
    assert 0.6 < sum(summons.on_time is True for summons in came) / len(came) < 1
    assert 0.6 < ended.count(0) / len(ended) < 1, ended
    assert 0 < sum(whistle.finding is not None for whistle in whistles) < 0.25 * len(whistles)
    rules = app.state.city.policies.at(NOW).whistle
    assert rules.false.rate > imagined.FALSE


def test_streets_mark_the_departments_that_they_whistled_for(city: Session) -> None:
    steps = Counter(city.scalars(select(EvaluationEvent.action)))

    assert min(steps[Step.MARK], steps[Step.MARK_UNIT], steps[Step.ENTER]) > 5, steps
    vetoed = EvaluationEvent.data["veto"].astext == "true"
    assert city.scalar(select(func.count()).where(vetoed))


def test_streets_that_whistle_have_centres_with_people_on_duty(city: Session) -> None:
    blown_by = set(city.scalars(select(Whistle.street_code).distinct()))

    assert set(city.scalars(select(Force.street_code).where(Force.model.is_not(None)))) == blown_by
    assert set(city.scalars(select(ForceShift.street_code).distinct())) == blown_by
    assert list(rosters.faults(city)) == []


def test_every_whistle_and_every_evaluation_follows_from_its_events(city: Session) -> None:
    assert list(of_whistles(city)) == []
    assert city.scalar(select(func.bool_and(Whistle.imagined))) is True
