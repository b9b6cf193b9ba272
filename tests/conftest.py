"""One migrated, seeded PostgreSQL for the session, emptied after each test; a clock that stands."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import psycopg
import psycopg.sql
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.engine import make_url

from app import main, preparation
from app.access import gate
from app.kit import messages
from app.kit.address import psycopg_url
from app.kit.host import embedded, migrate
from app.kit.ready import driver_of
from app.rankings import registry
from app.rankings.counting import assessments
from app.routing.decide import Router
from app.routing.memory import MOST_PLACES, Lesson
from app.routing.record import Record
from app.routing.teaching.teachers import Teachers
from app.settings import Settings
from app.suggest.memory import Memory
from app.tables import metadata
from tests.aids import declared
from tests.aids.client import Client
from tests.aids.given import ADMIN_KEY, People
from tests.aids.past import Store, storing
from tests.serving import migrated

KEPT = frozenset({"office", "district", "office_name", "place", "category", "catalogue_rule"})
KEPT_TOO = frozenset(
    {
        "seed_file",
        "registry_version",
        "table_version",
        "policy_document",
        "key",
        "secret_mark",
        "alembic_version",
    }
)

TESTS = Path(__file__).parent

FILLED = sorted(set(metadata.tables) - KEPT - KEPT_TOO)
"""The tables whose rows are a test's own."""

MANY = 1_000  # rows taken out, until sizes are looked at
SMALL = 2**18  # bytes of a table, most of them of rows that earlier tests left dead

DEAREST = (
    "simulate/test_city.py",
    "serving/test_workers.py",
    "serving/test_kills.py",
    "serving/test_serve.py",
    "stories/test_generated_requests.py",
    "console/browsing/test_rough_days.py",
    "speed/test_bench.py",
    "console/browsing/test_hostile.py",
    "console/browsing/test_desks.py",
    "tickets/acts/test_every_act.py",
    "kit/web/test_streams.py",
    "tickets/views/test_inbox_versions.py",
    "rankings/test_kept_days.py",
    "console/browsing/test_screens.py",
    "whistles/acts/test_every_whistle_act.py",
    "serving/test_serve_failing.py",
    "tickets/views/test_same_json.py",
    "console/test_admin.py",
    "seals",
    "rankings",
    "tickets/views",
    "console/browsing",
    "kit/web",
    "stories",
    "whistles",
    "routing/test_areas.py",
)
"""Files and rooms that take longest; begun last, one would be waited for alone."""

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

os.environ["LANGUAGE"] = "en"
messages.language.set(messages.ENGLISH)

if find_spec("sniffio") is None:  # httpx looks for it at each call; pytest's hook takes long
    sys.modules["sniffio"] = None  # type: ignore[assignment]

gc.disable()  # until everything that stays is loaded

# A slow machine is no failure, and a gate that passes today passes tomorrow.
hypothesis.settings.register_profile(
    "gate",
    deadline=None,
    derandomize=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("gate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    @cache
    def place(path: Path) -> int:
        name = path.relative_to(TESTS).as_posix()
        return next((n for n, dear in enumerate(DEAREST) if name.startswith(dear)), len(DEAREST))

    items.sort(key=lambda item: place(item.path))


def beside(app: FastAPI, **changed: Any) -> FastAPI:
    """A second application on the same database, with the same city in memory: reading it and
    making its router would take a third of a second."""
    second = main.create_app(app.state.settings.model_copy(update=changed))
    second.state.startup.left[:] = [lambda: setattr(second.state, "city", app.state.city)]
    second.state.clock = app.state.clock
    second.state.figures.pools = {}  # a process tells of one application's connections
    return second


class StillClock:
    """Stands at an instant until a test moves it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.at = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)  # 10:00 in Beijing, a Tuesday

    def __call__(self) -> datetime:
        return self.at

    def tick(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """An embedded cluster of our own, or a database made for this run beside the one given. Not in
    pytest's folder, which another run closes to the cluster's user."""
    given = os.environ.get("JIESU_DATABASE_URL")
    if given is None:
        with TemporaryDirectory(prefix="jiesu-tests-") as folder:
            migrated.begin_with(Path(folder))
            with embedded.running(Path(folder), durable=False) as url:
                plan_once(url)
                yield url
        return
    name = f"jiesu_test_{os.getpid()}"
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        url = make_url(given).set(database=name).render_as_string(hide_password=False)
        plan_once(url)
        yield url
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def plan_once(url: str) -> None:
    """A prepared statement is planned for all its parameters: of a third of PostgreSQL's time in
    tests, the next plan was the same."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = psycopg.sql.Identifier(connection.info.dbname)
        setting = psycopg.sql.SQL("ALTER DATABASE {} SET plan_cache_mode = force_generic_plan")
        connection.execute(setting.format(name))


@pytest.fixture(scope="session", autouse=True)
def rankings_planned_once() -> Iterator[None]:
    """Rankings, too, which the product plans for their very period: of a few hundred tickets that
    takes longer than to count them. Services that tests start plan as the product does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assessments, "plan_anew", lambda _: None)
        yield


@pytest.fixture(scope="session")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        database_url=database_url,
        data_dir=tmp_path_factory.mktemp("data"),
        secret_key=bytes(range(32)),
        admin_key=ADMIN_KEY,
        sweep_seconds=3600,
        learn_seconds=3600,
        pool_size=16,
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[FastAPI]:
    migrate.upgrade(settings.database)
    preparation.prepare(settings)
    app = main.create_app(settings)
    app.openapi_schema = declared.document()
    yield app
    for engine in app.state.engines:  # `served` does so, too, where a test asks for it
        engine.dispose()


@pytest.fixture(scope="session")
def served(app: FastAPI) -> Iterator[Client]:
    with Client(app) as client:
        gc.freeze()  # the registry and the router are not looked through again and again
        gc.enable()
        yield client


@pytest.fixture(scope="session")
def everyone(served: Client) -> People:
    return People(served)


@pytest.fixture
def clock(app: FastAPI) -> StillClock:
    clock = StillClock()
    app.state.clock = clock
    return clock


@pytest.fixture
def reseeded(app: FastAPI, people: People, clock: StillClock) -> Iterator[Callable[..., None]]:
    """Puts on record that parts of the registry are others from now on, for one test."""

    def change(**parts: Any) -> None:
        with app.state.sessions.begin() as session:
            changed = replace(registry.known(session), **parts)
            registry.record(session, changed, clock.at)

    record_anew(app, LONG_AGO)
    yield change
    record_anew(app, LONG_AGO)


def record_anew(app: FastAPI, at: datetime) -> None:
    """The registry as the tables have it, and none of before."""
    with app.state.sessions.begin() as session:
        empty(session.connection(), "registry_version")
        registry.record(session, registry.tabled(session), at)


def empty(connection: sa.Connection, *tables: str) -> None:
    """As only the database's owner can; until the commit no trigger hinders him."""
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    connection.exec_driver_sql(f"TRUNCATE {', '.join(tables)} CASCADE")


def used(connection: sa.Connection) -> dict[str, int]:
    """The size of each table that tests fill, where it has any."""
    sizes = connection.exec_driver_sql(
        "SELECT relname, pg_relation_size(oid) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    ).all()
    return {table: size for table, size in sizes if size and table in FILLED}


ALONE = (
    "LOCK TABLE ticket IN SHARE ROW EXCLUSIVE MODE; SET LOCAL session_replication_role = replica"
)
TAKE_OUT = (
    f"WITH {', '.join(f'of_{table} AS (DELETE FROM {table} RETURNING 1)' for table in FILLED)}"
    " SELECT count(*)"
    f" FROM ({' UNION ALL '.join(f'SELECT FROM of_{table}' for table in FILLED)}) AS taken_out"
)
"""One statement, which PostgreSQL plans once; to ask first which tables have rows takes longer."""


def clear(connection: sa.Connection) -> None:
    """Takes out what a test put in, by DELETE: TRUNCATE makes each table and index a new file.
    Whoever still writes a ticket, as one whose client is gone, is waited for."""
    driver, left_dead = driver_of(connection), connection.info.get("left_dead", 0)
    driver.execute(ALONE)
    [[count]] = driver.execute(TAKE_OUT, prepare=True).fetchall()
    connection.info["left_dead"] = left_dead + count
    if left_dead + count > MANY:
        connection.info["left_dead"] = 0
        grown = sorted(table for table, size in used(connection).items() if size > SMALL)
        if grown:
            empty(connection, *grown)


def forget_lessons(router: Router) -> None:
    """Leaves it as it was made."""
    router.teachers = Teachers()
    for key in list(router.memory.places):
        router.learn(Lesson.FORGET, key, "", date.min)
    router.memory.most = MOST_PLACES
    for record in router.records:
        vars(record).update(vars(Record(record.before)))
    router.learned_to = (0, 0)


@pytest.fixture(scope="session")
def clearing(app: FastAPI) -> Iterator[sa.Engine]:
    """With a connection whom no trigger hinders: one that is told so meanwhile forgets its plans,
    and the application's would make them anew in every test."""
    engine = sa.create_engine(
        psycopg_url(app.state.settings.database),
        connect_args={"options": "-c session_replication_role=replica"},
    )
    yield engine
    engine.dispose()


@pytest.fixture
def people(
    everyone: People, clock: StillClock, app: FastAPI, clearing: sa.Engine
) -> Iterator[People]:
    """Whoever is needed, with a key of his own; what they did is gone afterwards."""
    city = app.state.city
    yield everyone
    app.state.city = city
    forget_lessons(city.router)
    city.suggester.memory = Memory(len(city.suggester.profiles.codes))
    city.suggester.learned_to = (0, 0)
    with clearing.begin() as connection:
        clear(connection)


@pytest.fixture
def store(app: FastAPI, people: People) -> Store:
    """Puts finished cases on record."""
    return storing(app)


@pytest.fixture
def nobody_waits(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the service ends: streams too, which would go on for ever, are answered at once."""
    monkeypatch.setattr(app.state.waits, "is_stopped", True)


@pytest.fixture
def callers_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine of any speed, a known caller costs no statement of his own."""
    monkeypatch.setattr(gate, "REMEMBERED_SECONDS", 3600.0)
