"""The clock's hand: as much as there is, whatever fails, and to the same effect each time."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock, empty


def swept(app: FastAPI) -> int:
    return sweep(app.state.sessions, app.state.city, app.state.clock)


def failures() -> float:
    return REGISTRY.get_sample_value("jiesu_sweep_failed_total") or 0.0


def test_more_than_fits_one_transaction_is_done_in_several(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.stands(people, "replied")
    with app.state.engine.begin() as connection:
        for table, key in (("ticket", "number"), ("dispatch", "ticket_number")):
            connection.exec_driver_sql(
                f"INSERT INTO {table} ({columns(app, table)}) SELECT {columns(app, table, key)}"
                f" FROM {table}, generate_series(1, 200) n WHERE {key} = '{number}'"
            )
    clock.tick(days=2)

    assert swept(app) == 3 * 201  # unreviewed, told the supervisor, passed by silence
    assert swept(app) == 0
    heard = people.street().get("/feed", limit=500).json()["items"]
    assert [entry["seq"] for entry in heard] == list(range(1, 4 + 202))


def columns(app: FastAPI, table: str, key: str = "") -> str:
    """A table's columns as they are, with another number for the key."""
    with app.state.engine.connect() as connection:
        names = connection.exec_driver_sql(
            "SELECT column_name FROM information_schema.columns"
            f" WHERE table_name = '{table}' AND is_generated = 'NEVER'"
        ).scalars()
        return ", ".join(f"{name} || '-' || n" if name == key else name for name in names)


def test_what_fails_is_put_off_alone_and_counted(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    broken, whole = stages.stands(people, "received"), stages.stands(people, "received")
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept AS SELECT * FROM request")
        connection.exec_driver_sql(f"DELETE FROM request WHERE ticket_number = '{broken}'")
    clock.tick(minutes=16)
    failed = failures()

    assert swept(app) == 1
    assert failures() == failed + 1
    assert swept(app) == 0  # put off
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO request SELECT * FROM kept WHERE ticket_number = '{broken}'"
        )
        connection.exec_driver_sql("DROP TABLE kept")
    assert people.operator.get(f"/tickets/{whole}").json()["status"] == "dispatched"
    assert people.operator.get(f"/tickets/{broken}").json()["version"] == 1
    heard = people.street().get("/feed").json()["items"]
    assert [entry["ticket_number"] for entry in heard] == [whole]

    clock.tick(minutes=5, microseconds=1)
    assert swept(app) == 1
    ticket = people.operator.get(f"/tickets/{broken}").json()
    assert ticket["office"]["code"] == WANGJING
    assert [e["seq"] for e in people.street().get("/feed").json()["items"]] == [1, 2]


@pytest.mark.parametrize("status", stages.STAGES)
def test_a_sweep_at_any_time_changes_nothing_that_is_not_due(
    people: People, app: FastAPI, clock: StillClock, status: str
) -> None:
    stages.stands(people, status)
    before = given.record(app)

    assert swept(app) == 0
    assert given.record(app) == before


def test_a_sweep_that_comes_late_leaves_what_one_in_time_had_left(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    def due() -> list[object]:
        item = people.callback.get("/callbacks/queue").json()["items"][0]
        return [item[name] for name in ("dispatched_at", "due_at", "callback_due_at", "status")]

    start = clock.at
    given.ticket(people, type="consult")
    for _ in range(10):
        clock.tick(days=1)
        swept(app)
    often = due()
    with app.state.engine.begin() as connection:
        empty(connection, "ticket")
    clock.at = start
    given.ticket(people, type="consult")
    clock.at = start + timedelta(days=10)
    swept(app)

    assert due() == often
