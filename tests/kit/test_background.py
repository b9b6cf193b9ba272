"""The service's own acts: none dies silently, none waits for requests, none goes on without end."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic, sleep

import psycopg
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from prometheus_client import REGISTRY
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.kit.host.background import Act, Background
from app.kit.web.idempotency import FORGOTTEN_AT_ONCE
from app.sweep import forget_keys
from tests.aids import given
from tests.aids.given import People, Person
from tests.conftest import StillClock

NAMES = (
    "note_uses",
    "sweep",
    "forget_keys",
    "count_days",
    "hash_days",
    "ask_forms",
    "erase",
    "tell_missing",
    "follow",
    "learn",
    "count_pools",
)
FAULTS = (
    PoolTimeout("QueuePool limit reached"),
    OperationalError("SELECT", {}, Exception("away")),
    DBAPIError("SELECT", {}, Exception("odd")),
    RuntimeError("张三 13800000000"),
    KeyError("张三"),
    TimeoutError(),
    OSError(28, "No space left on device"),
    MemoryError(),
    StopIteration(),
    SystemExit(0),
    KeyboardInterrupt(),
    asyncio.CancelledError(),
)


def figure(name: str, act: str) -> float:
    """Of this metric alone: the registry's own reading makes every sample of every metric."""
    families = REGISTRY.restricted_registry([name]).collect()
    samples = (sample for family in families for sample in family.samples)
    values = [each.value for each in samples if (each.name, each.labels) == (name, {"act": act})]
    return values[0] if values else 0.0


def act_of(app: FastAPI, name: str) -> Act:
    background: Background = app.state.background
    (act,) = (act for act in background.acts if act.name == name)
    return act


async def keep(acts: list[Act], until: Callable[[], bool]) -> list[str]:
    """Does the acts until something holds; the reasons for which the process would have ended."""
    ends: list[str] = []
    background = Background(acts, ends.append)
    background.start()
    while not until() and not ends:
        await asyncio.sleep(0.005)
    await background.stop()
    return ends


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("name", NAMES)
def test_an_act_that_raises_is_logged_counted_and_done_again(
    people: People,
    app: FastAPI,
    name: str,
    fault: BaseException,
    caplog: pytest.LogCaptureFixture,
) -> None:
    real, faults, done = act_of(app, name), [fault], list[bool]()
    failures = figure("jiesu_background_failed_total", name)

    def work() -> bool:
        while faults:
            raise faults.pop()
        done.append(real.work())
        return False

    with caplog.at_level(logging.ERROR, "app.kit.host.background"):
        ends = asyncio.run(keep([Act(name, 0.01, work)], lambda: len(done) > 1))

    assert not ends
    assert figure("jiesu_background_failed_total", name) == failures + 1
    assert [record.__dict__["act"] for record in caplog.records] == [name]
    assert all(record.exc_info for record in caplog.records)


def test_the_acts_of_the_service_are_these(app: FastAPI) -> None:
    assert tuple(act.name for act in app.state.background.acts) == NAMES


def test_one_act_that_never_ends_holds_up_no_other() -> None:
    held, done = asyncio.Event(), list[int]()

    async def both() -> None:
        background = Background(
            [Act("stuck", 0.01, lambda: waits(held)), Act("quick", 0.01, lambda: counts(done))],
            list[str]().append,
        )
        background.start()
        while len(done) < 3:
            await asyncio.sleep(0.01)
        held.set()
        await background.stop()

    asyncio.run(both())


def waits(held: asyncio.Event) -> bool:
    deadline = monotonic() + 30
    while not held.is_set() and monotonic() < deadline:
        sleep(0.01)
    return False


def counts(done: list[int]) -> bool:
    done.append(1)
    return False


def test_a_loop_that_ends_all_the_same_ends_the_process(caplog: pytest.LogCaptureFixture) -> None:
    async def cancel_one() -> list[str]:
        ends: list[str] = []
        background = Background([Act("idle", 60, lambda: False)], ends.append)
        background.start()
        background.loops[0].cancel()
        while not ends:
            await asyncio.sleep(0)
        await background.stop()
        return ends

    assert asyncio.run(cancel_one()) == ["idle ended"]
    assert "a loop ended" in caplog.text


@pytest.mark.parametrize("name", NAMES)
def test_an_act_without_success_for_too_long_turns_readyz(
    people: People, app: FastAPI, name: str
) -> None:
    background: Background = app.state.background
    assert people.client.get("/readyz").status_code == 200
    last = background.succeeded[name]
    background.succeeded[name] = monotonic() - act_of(app, name).bound_seconds - 1
    answer = people.client.get("/readyz")
    background.succeeded[name] = last

    assert answer.status_code == 503
    assert (answer.json()["type"], answer.json()["acts"]) == ("/problems/overdue", [name])
    assert people.client.get("/readyz").status_code == 200


@pytest.mark.parametrize(("every", "bound"), [(0.1, 20), (1, 20), (5, 30), (60, 360)])
def test_overdue_is_what_missed_several_rounds(every: float, bound: float) -> None:
    assert Act("any", every, lambda: False).bound_seconds == bound


def test_the_last_success_is_a_figure(people: People) -> None:
    figures = people.client.get("/metrics").text

    for name in NAMES:
        assert f'jiesu_background_succeeded_at_seconds{{act="{name}"}} 1.' in figures


@contextmanager
def every_connection_taken(app: FastAPI) -> Iterator[None]:
    """As 16 requests that wait take them."""
    with ExitStack() as held:
        for _ in range(app.state.settings.pool_size):
            held.enter_context(app.state.engine.connect())
        with pytest.raises(PoolTimeout):
            app.state.engine.connect()
        yield


def test_acts_and_readiness_have_connections_of_their_own(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = given.ticket(people)
    clock.tick(days=30)

    with every_connection_taken(app):
        for name in NAMES:
            act_of(app, name).work()
        app.state.readiness.written_at = 0.0
        assert people.client.get("/readyz").status_code == 200

    assert people.operator.get(f"/tickets/{number}").json()["status"] == "awaiting_callback"


def test_old_keys_are_deleted_some_at_a_time(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO idempotency_key SELECT 'me', '/v1', n::text, '', 200, '', %s::timestamptz"
            f" - interval '8 days' FROM generate_series(1, {2 * FORGOTTEN_AT_ONCE + 1}) n",
            (clock.at,),
        )

    rounds = [forget_keys(app.state.sessions, clock) for _ in range(3)]

    assert rounds == [True, True, False]
    assert left(app) == 0


def left(app: FastAPI) -> int:
    with app.state.engine.connect() as connection:
        rows: int = connection.scalar(sa.text("SELECT count(*) FROM idempotency_key"))
        return rows


@pytest.fixture
def operator(people: People) -> Person:
    """Made while the database takes keys in."""
    return people.operator


@pytest.fixture
def read_only(app: FastAPI) -> Iterator[None]:
    """The database as after a failover to a replica: it reads, and takes nothing in."""

    def make(value: str) -> None:
        with psycopg.connect(app.state.settings.database, autocommit=True) as server:
            server.execute("SET default_transaction_read_only = off")
            name = server.info.dbname
            server.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {value}')
        for engine in (app.state.engine, app.state.intake_engine, app.state.readiness.engine):
            engine.dispose()
        app.state.readiness.written_at = 0.0

    make("on")
    yield
    make("off")


def test_a_database_that_takes_nothing_in_is_503_and_its_cause_is_in_the_log(
    operator: Person, people: People, read_only: None, caplog: pytest.LogCaptureFixture
) -> None:
    ready = people.client.get("/readyz")
    intake = operator.post("/tickets", given.request())

    assert (ready.status_code, ready.json()["type"]) == (503, "/problems/not-writable")
    assert intake.status_code == 503
    assert operator.get("/tickets").status_code == 200
    causes = [record.__dict__["cause"] for record in caplog.records if "cause" in record.__dict__]
    assert len(causes) == 2
    assert all("ReadOnlySqlTransaction 25006" in cause for cause in causes)


def test_looking_leaves_little_behind(people: People, app: FastAPI) -> None:
    for _ in range(3):
        app.state.readiness.written_at = 0.0
        assert people.client.get("/readyz").status_code == 200
    with app.state.engine.begin() as connection:
        connection.execute(sa.text("UPDATE heartbeat SET at = at - interval '2 minutes'"))

    app.state.readiness.written_at = 0.0
    people.client.get("/readyz")

    with app.state.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM heartbeat").scalar_one() == 1
