"""Exchanges with the database: in order, whole, and without a trace of a failed one."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
import sqlalchemy as sa
from anyio import CapacityLimiter
from fastapi import FastAPI

from app.kit.db import make_engine
from app.kit.exchange import Answer, Exchange, exchanging
from app.kit.ready import Statement

WRITE = "INSERT INTO exchanged (number, text) VALUES (%(number)s::integer, %(text)s::text)"
READ = Statement("SELECT number, text FROM exchanged ORDER BY number", {})


pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def engine(app: FastAPI) -> Iterator[sa.Engine]:
    engine = make_engine(app.state.settings.database, pool_size=1)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE exchanged (number integer PRIMARY KEY, text text)")
    yield engine
    engine.dispose()
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE exchanged")


def write(number: int, text: str | None = "x") -> Statement:
    return Statement(WRITE, {"number": number, "text": text})


async def kept(engine: sa.Engine) -> list[int]:
    async with exchanging(engine, CapacityLimiter(1)) as exchange:
        [rows] = await exchange.ask(READ)
    return [number for number, _ in rows]


async def commit(exchange: Exchange, *statements: Statement) -> Answer:
    """The rows of the first."""
    exchange.send_ahead(statements[0])
    rows, committed = exchange.committing(statements[1:])
    first = await rows()
    await committed()
    return first


async def test_each_statement_has_its_rows(engine: sa.Engine) -> None:
    async with exchanging(engine, CapacityLimiter(1)) as exchange:
        answers = await exchange.ask(write(1, "一"), None, write(2, None), READ)

    assert answers == [[], [], [], [(1, "一"), (2, None)]]


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("integer", 7),
        ("bigint", 2**40),
        ("text", "'\\ % %% 说"),
        ("boolean", True),
        ("bytea", b"\x00\xff"),
        ("text[]", ["a", '"', "{,}"]),
        ("bigint[]", [1, -(2**62)]),
        ("bytea[]", [b"", b"\\x"]),
        ("timestamptz", datetime(2026, 10, 20, 8, 30, 0, 1, UTC)),
        ("double precision", 116.3975),
        ("text", None),
    ],
)
async def test_a_value_comes_back_as_it_went(engine: sa.Engine, sort: str, value: object) -> None:
    text = f"SELECT %(value)s::{sort}, %(value)s::{sort} = %(value)s"

    async with exchanging(engine, CapacityLimiter(1)) as exchange:
        [[(first, equal)]] = await exchange.ask(Statement(text, {"value": value}))

    assert first == value
    assert equal is (None if value is None else True)


async def test_what_is_not_committed_is_gone(engine: sa.Engine) -> None:
    async with exchanging(engine, CapacityLimiter(1)) as exchange:
        await exchange.ask(write(1))
    async with exchanging(engine, CapacityLimiter(1)) as exchange:
        await exchange.ask(write(2))
        await commit(exchange, write(3))

    assert await kept(engine) == [2, 3]


async def test_what_was_sent_ahead_comes_before_the_others_are_done(
    app: FastAPI, engine: sa.Engine
) -> None:
    with app.state.engine.begin() as other:
        other.exec_driver_sql("SELECT pg_advisory_xact_lock(7)")
        async with exchanging(engine, CapacityLimiter(1)) as exchange:
            waits = Statement("SELECT pg_advisory_xact_lock(7)", {})
            answers = exchange.asking(READ)
            exchange.send_ahead(Statement("SELECT 1", {}))
            assert await answers() == [[]]
            exchange.send_ahead(Statement("SELECT 2", {}))
            rows, committed = exchange.committing([waits, write(4)])

            assert await rows() == [(1,), (2,)]
            other.commit()
            await committed()

    assert await kept(engine) == [4]


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_refused_statement_leaves_nothing(engine: sa.Engine, place: int) -> None:
    statements = [write(1), write(2)]
    statements.insert(place, Statement("SELECT 1 / %(none)s::integer", {"none": 0}))

    with pytest.raises(psycopg.errors.DivisionByZero):
        async with exchanging(engine, CapacityLimiter(1)) as exchange:
            await commit(exchange, *statements)

    assert await kept(engine) == []
    async with exchanging(engine, CapacityLimiter(1)) as exchange:
        await commit(exchange, write(1))
    assert await kept(engine) == [1]


async def test_large_questions_and_answers_pass_at_once(engine: sa.Engine) -> None:
    """More than both sockets hold: neither side waits for the other to read."""
    text = "长" * 3_000_000
    echo = Statement("SELECT %(text)s::text", {"text": text})

    async with exchanging(engine, CapacityLimiter(1)) as exchange:
        answers = await exchange.ask(echo, echo, echo)

    assert answers == [[(text,)]] * 3


async def test_a_statement_is_prepared_once_for_a_connection(engine: sa.Engine) -> None:
    for number in range(3):
        async with exchanging(engine, CapacityLimiter(1)) as exchange:
            await commit(exchange, write(number))

    async with exchanging(engine, CapacityLimiter(1)) as exchange:
        [[(names,)]] = await exchange.ask(
            Statement(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement ~ '^INSERT INTO'", {}
            )
        )
        assert names == 1
