"""Kept days: a ranking never differs by them, whatever happens to the rows, and whoever writes."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from random import Random
from time import sleep

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment, Callback, Correction, Exclusion
from app.kit.db import Base
from app.rankings import service
from app.rankings.counting import goals, keep_days
from app.rankings.counting.days import WATCHED, ChangedDay, TalliedDay
from app.rankings.counting.record import Record
from app.rankings.leagues import League
from app.rankings.rates import Counts
from app.rankings.schemas import RankingQuery
from app.rankings.service import Asked
from app.tickets.life.lifecycle import Status
from app.tickets.models import NOT_TAKEN, Ticket
from tests.aids import given, stages
from tests.aids.cases import random_cases
from tests.aids.given import CHAOYANG, People
from tests.aids.past import STREETS, Store, case, storing
from tests.aids.patience import PATIENCE_SECONDS
from tests.aids.stages import DONGHUAMEN
from tests.aids.standing import Standing
from tests.conftest import StillClock, clear

PERIOD = "2026-11"
NOON = datetime.fromisoformat("2026-10-28T12:00:00+08:00")
DAY = date(2026, 10, 28)
WATER = "city-water"
NOW = NOON + timedelta(days=10)


@pytest.fixture
def store(app: FastAPI, people: People, clock: StillClock) -> Store:
    """Facts of the days before the clock's, which stands in November."""
    clock.at = NOW
    return storing(app)


@pytest.fixture(scope="module")
def empty_days(app: FastAPI, clearing: sa.Engine) -> Standing:
    """The days of a city without tickets, kept so long ago that those that change are counted."""
    counted_at = NOW - keep_days.PAUSE
    while keep_days.keep(app.state.sessions, app.state.city, lambda: counted_at):
        pass
    standing = Standing(clearing)
    with clearing.begin() as connection:
        clear(connection)
    return standing


@pytest.fixture
def kept_before(people: People, empty_days: Standing) -> None:
    """Only the days that change in a test are left to be counted."""
    empty_days.put_back()


def keep(app: FastAPI) -> int:
    """Everything that is to be counted is counted; how many days, each by each column."""
    done = 0
    while number := keep_days.keep(app.state.sessions, app.state.city, app.state.clock):
        done += number
    return done


def served(people: People, period: str = PERIOD) -> list[bytes]:
    analyst = people("analyst")
    return [analyst.get(f"/rankings/{period}", league=league).content for league in League]


def scanned(app: FastAPI, period: str = PERIOD) -> list[bytes]:
    """The same with nothing kept."""
    with app.state.sessions() as session:
        session.execute(sa.delete(TalliedDay))
        asked = Asked(session, app.state.city, app.state.clock())
        queries = [RankingQuery(league=league) for league in League]
        return [service.ranking(asked, period, query).body for query in queries]


def by_goal(app: FastAPI) -> tuple[Mapping[goals.Key, Counts], Mapping[goals.Key, int]]:
    catalogue, period = app.state.city.catalogue, app.state.city.periods.named(PERIOD)
    with app.state.sessions() as session:
        record = Record(session, period)
        return goals.assessed(record, catalogue), goals.received(record, catalogue)


def marks(app: FastAPI) -> set[tuple[str, date, str]]:
    names = (ChangedDay.source, ChangedDay.day, ChangedDay.counted_by)
    with app.state.sessions() as session:
        return {tuple(row) for row in session.execute(sa.select(*names))}


def kept(app: FastAPI) -> int:
    with app.state.sessions() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(TalliedDay)) or 0


def falsify(app: FastAPI) -> None:
    """So that a day's kept numbers are seen where they are used, no ranking being recalled."""
    with app.state.sessions.begin() as session:
        session.execute(sa.text("UPDATE tallied_day SET body = '{}'::bytea"))
    app.state.rankings.memory.results.clear()


def test_the_days_that_are_over_are_kept_and_their_numbers_used(
    app: FastAPI, people: People, store: Store
) -> None:
    store(case(n, NOON + timedelta(days=n % 5), category="0201") for n in range(20))
    before, of_goals = served(people), by_goal(app)

    assert keep(app) == 9 * (19 + 30)  # days of this month and the former one, by nine columns
    assert keep(app) == 0
    assert by_goal(app) == of_goals
    assert [counts.assessed for counts in of_goals[0].values()] == [20]
    falsify(app)
    assert by_goal(app) == ({}, {})
    assert b'"assessed":20' not in served(people)[0]
    assert scanned(app) == before


@pytest.mark.usefixtures("kept_before")
def test_a_day_that_changes_is_counted_again_but_not_all_the_time(
    app: FastAPI, people: People, store: Store, clock: StillClock
) -> None:
    store([case(1, NOON)])
    keep(app)
    store([case(2, NOON)])
    arrived = DAY - timedelta(days=2)

    of_facts = {("assessment", DAY, by) for by in WATCHED["assessment"]}
    assert marks(app) == of_facts | {("ticket", arrived, by) for by in WATCHED["ticket"]}
    assert served(people) == scanned(app)
    assert keep(app) == 0
    clock.tick(minutes=1)
    assert keep(app) == 9
    assert marks(app) == set()
    assert served(people) == scanned(app)


@pytest.mark.usefixtures("kept_before")
def test_of_other_rules_nothing_kept_is_taken(app: FastAPI, people: People, store: Store) -> None:
    answers = [{"resolved": "partly", "satisfied": "basic"}, {}]
    store(case(n, NOON, answers=answers[n % 2]) for n in range(8))
    path, trial = f"/rankings/{PERIOD}/what-if", {"partly": "0.5", "basic": "0.25"}
    before = people("analyst").post(path, trial)
    assert before.status_code == 200, before.text
    keep(app)

    assert people("analyst").post(path, trial).content == before.content


@pytest.mark.usefixtures("kept_before")
def test_as_of_an_instant_nothing_kept_is_taken(
    app: FastAPI, people: People, store: Store, clock: StillClock
) -> None:
    store(case(n, NOON) for n in range(8))
    as_of = clock().isoformat()
    before = people("analyst").get(f"/rankings/{PERIOD}", as_of=as_of).content
    keep(app)
    falsify(app)

    assert people("analyst").get(f"/rankings/{PERIOD}", as_of=as_of).content == before


def key(model: type[Base]) -> sa.ColumnElement[str]:
    (column,) = sa.inspect(model).primary_key
    return column


@contextmanager
def by_force(session: Session, table: str) -> Iterator[None]:
    """As somebody may do who owns the database."""
    session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER insert_only"))
    yield
    session.execute(sa.text(f"ALTER TABLE {table} ENABLE TRIGGER insert_only"))


class Doing:
    """What may happen to a city's record, at random."""

    def __init__(self, app: FastAPI, people: People, store: Store, seed: int) -> None:
        self.app, self.people, self.store = app, people, store
        self.chance = Random(seed)
        self.made = 0

    @property
    def acts(self) -> list[Callable[[], object]]:
        return [
            self.new,
            self.elsewhere,
            self.void,
            self.past,
            self.several,
            self.exclude,
            self.correct,
            self.update_ticket,
            self.update_ticket,
            self.update_fact,
            self.delete,
            self.keep,
            self.keep,
            self.keep_one,
            self.a_day_passes,
        ]

    def keep(self) -> None:
        keep(self.app)

    def keep_one(self) -> None:
        keep_days.keep(self.app.state.sessions, self.app.state.city, self.app.state.clock)

    def a_day_passes(self) -> None:
        self.app.state.clock.tick(hours=self.chance.choice([1, 7, 24]))

    def new(self) -> str:
        return given.ticket(self.people)

    def elsewhere(self) -> None:
        office = self.chance.choice([DONGHUAMEN, WATER])
        self.people.dispatcher.does("dispatch", self.new(), office_code=office, reason="不属地。")

    def void(self) -> None:
        self.people.supervisor.does("void", self.new(), reason="误录。")

    def past(self) -> None:
        self.made += 1
        at = NOON + timedelta(hours=self.chance.randrange(-200, 200))
        answers = self.chance.choice([{}, {"satisfied": "basic"}, {"resolved": "unresolved"}])
        office = self.chance.choice(STREETS)
        self.store([case(self.made, at, office_code=office, answers=answers)])

    def several(self) -> None:
        self.store(random_cases(self.chance, 5, STREETS, NOON))

    def number(self, model: type[Base], but: type[Base] | None = None) -> str:
        """One that is there, but not among the others."""
        query = sa.select(key(model))
        if but is not None:
            query = query.where(key(model).not_in(sa.select(key(but))))
        with self.app.state.sessions() as session:
            return str(self.chance.choice(sorted(session.scalars(query))))

    def exclude(self) -> None:
        number, now = self.number(Assessment, Exclusion), self.app.state.clock()
        with self.app.state.sessions.begin() as session:
            values = {"code": "X2", "decided_at": now, "recorded_at": now}
            session.add(Exclusion(ticket_number=number, **values))

    def correct(self) -> None:
        number, now = self.number(Assessment, Correction), self.app.state.clock()
        with self.app.state.sessions.begin() as session:
            heard = sa.select(sa.func.max(Callback.id))
            answers = {"reach": "reached", "contacted": "yes", "resolved": "resolved"}
            session.add(
                Correction(
                    ticket_number=number,
                    callback_id=session.scalar(heard),
                    satisfied="satisfied",
                    corrected_at=now,
                    recorded_at=now,
                    **answers,
                )
            )

    def update_ticket(self) -> None:
        chance = self.chance
        changes: list[dict[str, object]] = [
            {"street_code": chance.choice([*STREETS, None])},
            {"office_code": chance.choice([*STREETS, WATER])},
            {"district_code": chance.choice([CHAOYANG, "110101", None])},
            {"type": chance.choice(["complaint", "consult", "praise", "help"])},
            {"status": chance.choice(list(Status))},
            {"received_at": NOON + timedelta(hours=chance.randrange(-200, 200))},
        ]
        with self.app.state.sessions.begin() as session:
            level = chance.choice(["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
            session.connection(execution_options={"isolation_level": level})
            chosen = Ticket.number == self.number(Ticket)
            session.execute(sa.update(Ticket).where(chosen).values(chance.choice(changes)))

    def update_fact(self) -> None:
        number = self.number(Assessment)
        where = Assessment.ticket_number == number
        changes: list[dict[str, object]] = [
            {"industry_office": self.chance.choice([WATER, None])},
            {"office_code": self.chance.choice(STREETS)},
            {"assessed_at": NOON + timedelta(hours=self.chance.randrange(-200, 200))},
            {"contact_ok": False, "late": True},
        ]
        with self.app.state.sessions.begin() as session, by_force(session, "assessment"):
            session.execute(sa.update(Assessment).where(where).values(self.chance.choice(changes)))

    def delete(self) -> None:
        with self.app.state.sessions.begin() as session, by_force(session, "assessment"):
            number = self.number(Assessment)
            session.execute(sa.delete(Assessment).where(Assessment.ticket_number == number))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_in_whatever_order_every_league_is_as_if_nothing_were_kept(
    app: FastAPI, people: People, store: Store, seed: int
) -> None:
    doing = Doing(app, people, store, seed)
    doing.past()
    for _ in range(3):
        doing.several()
    truth: list[bytes] = []
    for step in range(30):
        act = doing.chance.choice(doing.acts)
        act()
        if not truth or act not in (doing.keep, doing.keep_one):  # which change no row
            truth = scanned(app)
        assert served(people) == truth, step
    keep(app)
    assert kept(app)
    assert served(people) == scanned(app)
    assert served(people, "2026-10") == scanned(app, "2026-10")


@pytest.mark.usefixtures("kept_before")
def test_the_triggers_know_which_statuses_are_not_taken(
    app: FastAPI, people: People, store: Store
) -> None:
    store([case(1, NOON)])
    keep(app)

    assert {status: marks_by(app, status) for status in Status} == {
        status: status in NOT_TAKEN for status in Status
    }


def marks_by(app: FastAPI, status: Status) -> bool:
    """Whether a day is marked by this status, which is then taken back."""
    with app.state.sessions() as session:
        session.execute(sa.update(Ticket).values(status=status))
        return session.scalar(sa.select(sa.exists().select_from(ChangedDay))) is True


@pytest.mark.usefixtures("kept_before")
def test_a_ticket_that_is_worked_on_marks_nothing(
    app: FastAPI, people: People, store: Store, clock: StillClock
) -> None:
    store([case(1, NOON)])
    number, other = stages.working(people), given.ticket(people)
    clock.tick(days=2)
    keep(app)
    people.street().does("reply", number, text="已停工。", citizen_feedback={"method": "call"})
    assert marks(app) == set()

    people.supervisor.does("void", other, reason="误录。")
    arrived = (clock() - timedelta(days=2) + timedelta(hours=8)).date()
    assert marks(app) == {("ticket", arrived, by) for by in WATCHED["ticket"]}


@pytest.mark.usefixtures("kept_before")
def test_a_day_that_somebody_is_changing_is_left_for_the_next_time(
    app: FastAPI, people: People, store: Store, clock: StillClock
) -> None:
    store(case(n, NOON) for n in range(3))
    keep(app)
    clock.tick(minutes=1)
    with app.state.sessions() as session:
        session.execute(sa.update(Ticket).values(street_code=DONGHUAMEN))
        with ThreadPoolExecutor() as pool:
            assert pool.submit(keep, app).result(timeout=PATIENCE_SECONDS) == 0
        before = served(people)
        assert before == scanned(app)
        session.commit()

    assert served(people) == scanned(app) != before
    assert keep(app) == 2  # by street, and by street and category
    assert served(people) == scanned(app) != before


def test_what_is_not_yet_committed_is_never_missing_later(
    app: FastAPI, people: People, store: Store, clock: StillClock
) -> None:
    store(case(n, NOON) for n in range(3))
    with app.state.sessions() as session:  # before anything is kept
        session.execute(sa.update(Ticket).values(street_code=DONGHUAMEN))
        with ThreadPoolExecutor() as pool:
            pool.submit(keep, app).result(timeout=PATIENCE_SECONDS)
        session.commit()

    assert served(people) == scanned(app)
    keep(app)
    assert served(people) == scanned(app)


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_who_changes_a_day_while_it_is_counted_waits_and_marks_it(
    app: FastAPI, people: People, store: Store, level: str
) -> None:
    store(case(n, NOON) for n in range(3))
    arrived = keep_days.Day("ticket", DAY - timedelta(days=2), "street_code")

    def move() -> None:
        with app.state.sessions.begin() as session:
            session.connection(execution_options={"isolation_level": level})
            session.execute(sa.update(Ticket).values(street_code=DONGHUAMEN))

    with app.state.sessions() as counting, ThreadPoolExecutor() as pool:
        assert keep_days.is_alone_with(counting, arrived)
        moved = pool.submit(move)
        sleep(0.3)
        assert not moved.done()
        kept_by(app, counting, arrived)
        counting.commit()
        moved.result(timeout=PATIENCE_SECONDS)

    assert arrived in marks(app)
    assert served(people) == scanned(app)


def kept_by(app: FastAPI, session: Session, day: keep_days.Day) -> None:
    """What the keeper does in its transaction, once it is alone."""
    now = app.state.clock()
    (period, _) = keep_days.open_periods(session, app.state.city.periods, now)
    record, catalogue = Record(session, period), app.state.city.catalogue
    count = keep_days.count_of(record, catalogue, day.source, day.counted_by)
    keep_days.write(session, day, count, now)


@pytest.mark.usefixtures("kept_before")
def test_a_table_that_is_emptied_has_no_days(app: FastAPI, people: People, store: Store) -> None:
    store([case(1, NOON)])
    keep(app)
    with app.state.engine.begin() as connection:
        for change in ("DISABLE", "ENABLE"):
            for table in ("event", "assessment", "exclusion", "correction", "callback", "contact"):
                connection.execute(sa.text(f"ALTER TABLE {table} {change} TRIGGER never_emptied"))
            if change == "DISABLE":
                connection.execute(sa.text("TRUNCATE ticket, assessment CASCADE"))

    assert kept(app) == 0


@pytest.mark.usefixtures("kept_before")
def test_of_a_sealed_month_nothing_is_kept(
    app: FastAPI, people: People, store: Store, clock: StillClock
) -> None:
    store([case(1, NOON)])
    keep(app)
    clock.at = datetime.fromisoformat("2026-12-28T12:00:00+08:00")
    keep(app)

    with app.state.sessions() as session:
        first = session.scalar(sa.select(sa.func.min(TalliedDay.day)))
    assert first == date(2026, 11, 19)
