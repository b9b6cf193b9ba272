"""A statement that the server has prepared is sent otherwise, and answers and fails the same."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.kit.cursor import Connection
from app.kit.ready import Statement, driver_of

OFTEN = 8
"""Above the number of times from which on the driver prepares a statement."""

ECHO = (
    "SELECT %(number)s::int AS number, %(text)s::text AS text, %(list)s::text[] AS list,"
    " %(json)s::jsonb AS json, %(at)s::timestamptz AS at, %(bytes)s::bytea AS bytes"
)
VALUES: dict[str, Any] = {
    "number": 7,
    "text": "望京街道",
    "list": ["a", "b"],
    "json": '{"lead": null}',
    "at": datetime(2026, 10, 20, 2, 0, tzinfo=UTC),
    "bytes": b"\x00\xff",
}


def test_it_answers_what_it_answered_before(app: FastAPI) -> None:
    nothing = dict.fromkeys(VALUES)
    with app.state.engine.connect() as connection:
        answers = [Statement(ECHO, VALUES).run(connection) for _ in range(OFTEN)]
        empty = [Statement(ECHO, nothing).run(connection) for _ in range(OFTEN)]
        driver = driver_of(connection)
        assert isinstance(driver, Connection)
        assert driver.again(ECHO, VALUES) == answers[0]
        assert driver.again("SELECT 1 AS other", {}) is None

    assert answers == [
        [(*list(VALUES.values())[:3], {"lead": None}, *list(VALUES.values())[4:])]
    ] * (OFTEN)
    assert empty == [[(None,) * len(VALUES)]] * OFTEN
    assert [row.text for [row] in answers] == ["望京街道"] * OFTEN


@pytest.mark.parametrize("before", [0, OFTEN])
def test_it_fails_as_it_failed_before_and_its_connection_goes_on(app: FastAPI, before: int) -> None:
    ratio = f"SELECT {before} / %(number)s::int AS ratio"

    with app.state.engine.connect() as connection:
        for _ in range(before):
            Statement(ratio, {"number": 1}).run(connection)
        for _ in ("in an open transaction", "as the first of one"):
            with pytest.raises(sa.exc.DataError, match="division by zero") as failed:
                Statement(ratio, {"number": 0}).run(connection)
            with pytest.raises(sa.exc.InternalError, match="transaction is aborted"):
                Statement(ratio, {"number": 1}).run(connection)
            connection.rollback()
        [row] = Statement(ratio, {"number": 1}).run(connection)

    assert (failed.value.statement, failed.value.params) == (ratio, {"number": 0})
    assert row.ratio == before


def test_it_begins_a_transaction_where_none_is_open(app: FastAPI) -> None:
    own = "SELECT pg_current_xact_id()::text AS own"
    with app.state.engine.connect() as connection:
        seen = set()
        for _ in range(OFTEN):
            [first], [second] = (
                Statement(own, {}).run(connection),
                Statement(own, {}).run(connection),
            )
            assert first == second
            seen.add(first.own)
            connection.rollback()
    assert len(seen) == OFTEN
