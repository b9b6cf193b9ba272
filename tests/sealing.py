"""Periods sealed and verified over HTTP, and what only the database's owner can do to them."""

from typing import Any

from fastapi import FastAPI

from tests.given import People


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
