"""Broken connections to the database: a reader does not notice, a writer learns the truth."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import Response

from app.settings import Settings
from tests.aids import given
from tests.aids.client import Client
from tests.aids.given import WANGJING, People, Person
from tests.aids.wire import Wire, wired
from tests.conftest import StillClock, beside

OTHERS = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)
FARTHEST = 60
"""More round trips than any call makes."""


@pytest.fixture
def wire(settings: Settings) -> Iterator[Wire]:
    with wired(settings.database) as wire:
        yield wire


@contextmanager
def behind(wire: Wire, app: FastAPI) -> Iterator[Client]:
    """The application, with the wire between it and its database."""
    url = wire.url.render_as_string(hide_password=False)
    second = beside(app, database_url=url, pool_size=2)
    with Client(second, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def there(
    wire: Wire, app: FastAPI, clock: StillClock, callers_remembered: None
) -> Iterator[Client]:
    with behind(wire, app) as client:
        yield client


def breaking(
    wire: Wire, act: Callable[[], Response], arrives: bool
) -> Iterator[tuple[int, Response]]:
    """The act again and again, broken at its first round trip, its second, to the last."""
    for trip in range(1, FARTHEST):
        assert act().is_success
        wire.cut(trip, arrives)
        answer = act()
        wire.whole()
        if wire.trips < trip:
            return
        yield trip, answer
    raise AssertionError("more round trips than expected")


@pytest.mark.parametrize("arrives", [False, True])
@pytest.mark.parametrize(
    "path", ["/tickets/{}", "/tickets/{}/events", "/tickets", "/inbox", "/feed", "/offices/110105"]
)
def test_a_read_is_answered_wherever_its_connection_breaks(
    people: People, there: Client, wire: Wire, path: str, arrives: bool
) -> None:
    number = given.ticket(people)
    street = Person(there, people.street().headers["Authorization"].removeprefix("Bearer "))
    expected = street.get(path.format(number)).json()

    answers = list(breaking(wire, lambda: street.get(path.format(number)), arrives))

    assert answers
    assert [answer.status_code for _, answer in answers] == [200] * len(answers)
    assert all(answer.json() == expected for _, answer in answers)


@pytest.mark.parametrize("arrives", [False, True])
def test_a_write_is_done_once_and_told_wherever_its_connection_breaks(
    people: People, there: Client, wire: Wire, app: FastAPI, arrives: bool
) -> None:
    """201 and written once, also if lost at the COMMIT: the database knows the outcome."""
    operator = Person(there, people.operator.headers["Authorization"].removeprefix("Bearer "))
    requests: list[tuple[dict[str, Any], dict[str, str]]] = []

    def receive() -> Response:
        citizen = {"name": "张三", "phone": f"137{len(requests):08}"}
        requests.append((given.request(citizen=citizen), {"Idempotency-Key": f"{len(requests)}"}))
        return operator.post("/tickets", *requests[-1])

    answers = [answer for _, answer in breaking(wire, receive, arrives)]

    assert len(answers) > 1
    assert {answer.status_code for answer in answers} == {201}
    assert counted(app, "ticket") == counted(app, "idempotency_key") == len(requests)
    again = operator.post("/tickets", *requests[-1])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert counted(app, "ticket") == len(requests)


def counted(app: FastAPI, table: str) -> Any:
    with app.state.engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


def test_connections_that_the_server_closed_are_not_used(
    people: People, app: FastAPI, clearing: sa.Engine
) -> None:
    number, street = given.ticket(people), people.street()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: street.get("/inbox"), range(16)))

    with psycopg.connect(app.state.settings.database, autocommit=True) as server:
        server.execute(f"SELECT pg_terminate_backend(pid) {OTHERS}")
        while server.execute(f"SELECT count(*) {OTHERS}").fetchone() != (0,):
            sleep(0.01)
    clearing.dispose()

    assert street.post(f"/tickets/{number}/acknowledge").status_code == 200
    assert street.get(f"/tickets/{number}").json()["version"] == 3


def test_a_write_ended_while_it_waits_is_done_once(people: People, app: FastAPI) -> None:
    number, street = given.ticket(people), people.street()
    waiting = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    with (
        ThreadPoolExecutor(1) as threads,
        psycopg.connect(app.state.settings.database) as holder,
        psycopg.connect(app.state.settings.database, autocommit=True) as server,
    ):
        holder.execute("SELECT FROM ticket WHERE number = %s FOR UPDATE", [number])
        acknowledging = threads.submit(street.post, f"/tickets/{number}/acknowledge")
        while server.execute(waiting).fetchone() == (0,):
            sleep(0.01)
        holder.rollback()
        answer = acknowledging.result()

    assert answer.status_code == 200
    assert answer.json()["version"] == 3


def test_prepared_statements_outlive_refusals(people: People, app: FastAPI) -> None:
    number, street = given.ticket(people), people.street()
    for _ in range(8):
        assert street.get(f"/tickets/{number}").status_code == 200
    before = prepared(app)

    street.does("acknowledge", number)
    assert street.get("/tickets/BJ202610200000000").status_code == 404
    assert street.post(f"/tickets/{number}/acknowledge").status_code == 409

    assert before
    assert before <= prepared(app)


def prepared(app: FastAPI) -> set[str]:
    """The prepared statements of the connection used last."""
    with app.state.engine.connect() as connection:
        return set(connection.exec_driver_sql("SELECT name FROM pg_prepared_statements").scalars())


def test_more_requests_than_connections_all_are_answered(people: People, there: Client) -> None:
    """A request that waits for a thread holds no connection; with a thread it gets one."""
    numbers = [given.ticket(people) for _ in range(24)]
    street = Person(there, people.street().headers["Authorization"].removeprefix("Bearer "))

    def work(number: str) -> list[int]:
        return [
            street.get(f"/tickets/{number}").status_code,
            street.post(f"/tickets/{number}/acknowledge").status_code,
            street.get(f"/offices/{WANGJING}").status_code,
            street.get("/inbox").status_code,
        ]

    with ThreadPoolExecutor(24) as threads:
        assert list(threads.map(work, numbers)) == [[200] * 4] * 24
