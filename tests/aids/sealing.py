"""Periods sealed and verified over HTTP, and what only the database's owner can do to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from fastapi import FastAPI

from tests.aids import stages
from tests.aids.given import People, awaiting, ticket
from tests.aids.past import BORDER
from tests.conftest import StillClock

SEALED = ("seal", "sealed_ranking", "sealed_facts")
LATER = BORDER + timedelta(days=70)
"""When 2026-11 may be sealed."""


def sealed(people: People, period: str = "2026-09") -> dict[str, Any]:
    answer = people("evaluator").post(f"/rankings/{period}/seal")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def verified(people: People, period: str = "2026-09") -> dict[str, Any]:
    answer = people("auditor").post(f"/rankings/{period}/verify")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def force(app: FastAPI, statement: str, **values: Any) -> None:
    """What only the database's owner can do: change a row although its trigger refuses."""
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql(statement, values or None)


@contextmanager
def tampered(app: FastAPI, statement: str) -> Iterator[None]:
    """A seal changed by force, and afterwards as it was."""
    with app.state.engine.begin() as connection:
        for table in SEALED:
            connection.exec_driver_sql(f"CREATE TABLE before_{table} AS TABLE {table}")
    force(app, statement)
    yield
    for table in SEALED:
        force(app, f"DELETE FROM {table}; INSERT INTO {table} TABLE before_{table}")
        force(app, f"DROP TABLE before_{table}")


def tickets_under(proof: dict[str, Any], field: str) -> list[str]:
    """The differing tickets under a field, whatever the row."""
    return [t["number"] for d in proof["differences"] if d["field"] == field for t in d["tickets"]]


def finished(people: People, clock: StillClock, **changed: Any) -> str:
    """A ticket that went through all hands."""
    number = ticket(people, **changed)
    clock.tick(hours=1)
    awaiting(people, number)
    clock.tick(hours=1)
    stages.called(people, number)
    return number
