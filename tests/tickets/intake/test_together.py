"""Requests that share a commit: each sender gets the truth about his own, whatever the others'."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import Response

from app.access.roles import Caller, Role
from app.kit.ready import PLANNED
from app.settings import AT_ONCE
from app.tickets.citizens import caller_hash
from app.tickets.intake import together
from app.tickets.intake.commits import Trace, was_committed
from app.tickets.intake.duplicates import BATCHES, EVERYONE, FEW, key_of
from app.tickets.intake.forms import NewTicket
from app.tickets.intake.requests import Answer, Request
from tests.aids import given
from tests.aids.client import Client
from tests.aids.given import WANGJING, People, Person
from tests.aids.patience import eventually


@pytest.fixture
def operator(people: People, app: FastAPI) -> Person:
    """Also of a service that does not raise what it answers with 500."""
    client = Client(people.client.app, raise_server_exceptions=False)
    client.portal = people.client.portal
    return Person(client, people.operator.headers["Authorization"].removeprefix("Bearer "))


@contextmanager
def held_up(app: FastAPI) -> Iterator[None]:
    """All citizens are locked: AT_ONCE groups of one wait for them, and who comes is one group."""
    with psycopg.connect(app.state.settings.database, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [EVERYONE])
        yield


def sent_together(
    app: FastAPI, operator: Person, requests: list[tuple[dict[str, Any], dict[str, str]]]
) -> list[Response]:
    """The answers to requests that were one group, sent in this order."""
    with ThreadPoolExecutor(len(requests) + AT_ONCE) as threads:
        with held_up(app):
            first = []
            for writers in range(1, AT_ONCE + 1):
                first.append(threads.submit(operator.post, "/tickets", body()))
                wait_until(app, writers=writers, waiting=0)
            answers = []
            for waiting, (request, headers) in enumerate(requests, 1):
                answers.append(threads.submit(operator.post, "/tickets", request, headers))
                wait_until(app, writers=AT_ONCE, waiting=waiting)
        assert {answer.result().status_code for answer in first} == {201}
        return [answer.result() for answer in answers]


def wait_until(app: FastAPI, writers: int, waiting: int) -> None:
    shared = app.state.together

    def counts() -> tuple[int, int]:
        return len(shared.writers), len(shared.waiting)

    assert eventually(lambda: counts() == (writers, waiting)), counts()


def body(**changed: Any) -> dict[str, Any]:
    citizen = {"name": "张三", "phone": f"135{next(given.CALLERS):08}"}
    return given.request(**{"citizen": citizen, **changed})


def counted(app: FastAPI, what: str) -> Any:
    with app.state.engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT {what}").scalar_one()


def test_who_arrives_together_shares_one_transaction(operator: Person, app: FastAPI) -> None:
    answers = sent_together(app, operator, [(body(), {}) for _ in range(10)])

    assert [answer.status_code for answer in answers] == [201] * 10
    assert len({answer.json()["number"] for answer in answers}) == 10
    assert all(answer.json()["status"] == "dispatched" for answer in answers)
    assert counted(app, "count(DISTINCT xmin::text) FROM ticket") == AT_ONCE + 1
    sequence = f"array_agg(seq ORDER BY seq) FROM feed_entry WHERE office_code = '{WANGJING}'"
    assert counted(app, sequence) == list(range(1, 10 + AT_ONCE + 1))


def test_a_refused_request_hurts_only_its_sender(operator: Person, app: FastAPI) -> None:
    nowhere = body(address={"text": "朝阳区望京街道", "district_code": "999999"})

    answers = sent_together(app, operator, [(body(), {}), (nowhere, {}), (body(), {})])

    assert [answer.status_code for answer in answers] == [201, 422, 201]
    assert answers[1].json()["type"] == "/problems/no-such-district"


@pytest.mark.parametrize("when", ["", "DEFERRABLE INITIALLY DEFERRED"])
def test_a_row_that_the_database_refuses_hurts_only_its_sender(
    operator: Person, app: FastAPI, when: str
) -> None:
    """At its statement, or not before the commit."""
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF NEW.title = '坏' THEN RAISE EXCEPTION 'no such title'; END IF;"
            " RETURN NEW; END $$"
        )
        connection.exec_driver_sql(
            f"CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON request {when}"
            " FOR EACH ROW EXECUTE FUNCTION fail()"
        )
    try:
        keyed = [{"Idempotency-Key": f"row {number}"} for number in range(3)]
        requests = list(zip([body(), body(title="坏"), body()], keyed, strict=True))
        answers = sent_together(app, operator, requests)
    finally:
        with app.state.engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION fail CASCADE")

    assert [answer.status_code for answer in answers] == [201, 500, 201]
    assert counted(app, "count(*) FROM ticket") == 2 + AT_ONCE
    assert operator.post("/tickets", *requests[1]).status_code == 201


def test_the_same_citizen_in_one_moment_urges_his_first_request(
    operator: Person, app: FastAPI
) -> None:
    twice = body()

    answers = sent_together(app, operator, [(twice, {}), (body(), {}), (twice, {})])

    assert [answer.status_code for answer in answers] == [201, 201, 200]
    assert answers[2].json()["number"] == answers[0].json()["number"]
    assert answers[2].json()["duplicate_of_open"] is True
    assert answers[2].json()["version"] == answers[0].json()["version"] + 1


def test_the_same_key_in_one_moment_has_one_effect(operator: Person, app: FastAPI) -> None:
    key, request = {"Idempotency-Key": "once"}, body()

    answers = sent_together(
        app, operator, [(request, key), (body(), {}), (request, key), (body(), key)]
    )

    assert [answer.status_code for answer in answers] == [201, 201, 201, 422]
    assert answers[2].json()["number"] == answers[0].json()["number"]
    assert answers[2].headers["Idempotency-Replayed"] == "true"
    assert answers[3].json()["type"] == "/problems/key-reused"
    assert counted(app, "count(*) FROM ticket") == 2 + AT_ONCE


def test_who_urges_gives_his_key_back_to_the_group(operator: Person, app: FastAPI) -> None:
    """His request is taken in by itself, with the key that the group claimed for him."""
    request = body()
    assert operator.post("/tickets", request).status_code == 201
    key = {"Idempotency-Key": "urged"}

    answers = sent_together(app, operator, [(body(), {}), (request, key)])

    assert [answer.status_code for answer in answers] == [201, 200]
    again = operator.post("/tickets", request, key)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    assert again.json()["version"] == answers[1].json()["version"]


def test_a_client_that_goes_away_takes_nothing_back(
    operator: Person, served: Client, app: FastAPI
) -> None:
    """Neither his request nor that of whoever shares its commit."""
    caller = Caller("someone", Role.OPERATOR, None, None)

    async def leave() -> None:
        city, clock = app.state.city, app.state.clock
        requests = [Request(caller, NewTicket(**body()), None, b"", city, clock) for _ in range(3)]
        tasks = [asyncio.create_task(app.state.together.receive(request)) for request in requests]
        await asyncio.sleep(0)
        tasks[1].cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers[1], asyncio.CancelledError)
        assert [type(answer) for answer in answers[::2]] == [Answer] * 2
        while app.state.together.writers:
            await asyncio.sleep(0.01)

    assert served.portal is not None
    served.portal.call(leave)
    assert counted(app, "count(*) FROM ticket") == 3


def test_a_fault_of_ours_in_one_request_hurts_only_its_sender(
    people: People, served: Client, app: FastAPI
) -> None:
    """A city without a catalogue knows no urgency: no refusal, but a fault."""
    caller = Caller("someone", Role.OPERATOR, None, None)
    broken = replace(app.state.city, catalogue=None)

    async def take_in() -> list[Any]:
        cities = (app.state.city, broken, app.state.city)
        group = [
            Request(caller, NewTicket(**body()), None, b"", city, app.state.clock)
            for city in cities
        ]
        answers = [app.state.together.receive(request) for request in group]
        return await asyncio.gather(*answers, return_exceptions=True)

    assert served.portal is not None
    outcomes = served.portal.call(take_in)
    assert [type(outcome) for outcome in outcomes] == [
        Answer,
        AttributeError,
        Answer,
    ]
    assert counted(app, "count(*) FROM ticket") == 2


def test_who_waits_for_a_citizen_keeps_no_group_waiting(operator: Person, app: FastAPI) -> None:
    """Whoever has him: here another process. His other requests wait for their turn."""
    his = body()
    with ThreadPoolExecutor(2 * AT_ONCE + 1) as threads:
        with psycopg.connect(app.state.settings.database, autocommit=True) as stranger:
            stranger.execute("SELECT pg_advisory_lock(%s)", [lock_of(app, his)])
            waiting = [threads.submit(operator.post, "/tickets", his) for _ in range(AT_ONCE + 1)]
            others = [threads.submit(operator.post, "/tickets", body()) for _ in range(AT_ONCE)]
            assert {other.result().status_code for other in others} == {201}
            assert operator.post("/tickets", body()).status_code == 201
            assert not any(request.done() for request in waiting)
        answers = [request.result() for request in waiting]

    assert sorted(answer.status_code for answer in answers) == [200] * AT_ONCE + [201]
    assert len({answer.json()["number"] for answer in answers}) == 1


def test_who_waits_for_a_key_keeps_no_other_group_waiting(operator: Person, app: FastAPI) -> None:
    """Whoever has it: here another process."""
    assert operator.post("/tickets", body(), {"Idempotency-Key": "mine"}).status_code == 201
    as_mine = "caller, path, 'his', body_hash, status, object, at FROM idempotency_key"
    with ThreadPoolExecutor() as threads:
        with psycopg.connect(app.state.settings.database) as stranger:
            stranger.execute(f"INSERT INTO idempotency_key SELECT {as_mine}")
            his = threads.submit(operator.post, "/tickets", body(), {"Idempotency-Key": "his"})
            wait_for_lock(app, "transactionid")
            assert operator.post("/tickets", body()).status_code == 201
            assert not app.state.together.by_themselves, "his group no longer waits"
            stranger.rollback()
        assert his.result().status_code == 201


def test_who_comes_while_others_wait_is_gathered_with_them(
    operator: Person, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody is gathered for where nobody waits."""
    monkeypatch.setattr(together, "GATHERING_SECONDS", gathering := 1e6)
    assert operator.post("/tickets", body()).status_code == 201
    sleep = asyncio.sleep

    async def until_two_wait(seconds: float) -> None:
        while seconds == gathering and len(app.state.together.waiting) < 2:
            await sleep(0.01)
        await sleep(0 if seconds == gathering else seconds)

    monkeypatch.setattr(asyncio, "sleep", until_two_wait)
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(sent_together, app, operator, [(body(), {})])
        assert eventually(lambda: counted(app, "count(*) FROM ticket") > AT_ONCE)
        assert operator.post("/tickets", body()).status_code == 201
        assert {answer.status_code for answer in waiting.result()} == {201}

    assert counted(app, "count(DISTINCT xmin::text) FROM ticket") == 1 + AT_ONCE + 1


def test_a_request_waits_for_no_large_batch_that_stands_in_line(
    operator: Person, app: FastAPI
) -> None:
    lines = "\n".join(json.dumps(body()) for _ in range(FEW + 1)).encode()
    with ThreadPoolExecutor() as threads:
        with psycopg.connect(app.state.settings.database, autocommit=True) as another_batch:
            another_batch.execute("SELECT pg_advisory_lock(%s)", [BATCHES])
            batch = threads.submit(operator.send, "/tickets/batch", lines)
            wait_for_lock(app)
            assert operator.post("/tickets", body()).status_code == 201
            assert not batch.done()
        assert batch.result().status_code == 200


def test_a_large_batch_keeps_nobody_waiting_but_its_citizens(
    operator: Person, app: FastAPI
) -> None:
    requests = sorted((body() for _ in range(FEW + 1)), key=lambda request: lock_of(app, request))
    lines = "\n".join(map(json.dumps, requests)).encode()
    with ThreadPoolExecutor() as threads:
        with psycopg.connect(app.state.settings.database, autocommit=True) as stranger:
            stranger.execute("SELECT pg_advisory_lock(%s)", [lock_of(app, requests[-1])])
            batch = threads.submit(operator.send, "/tickets/batch", lines)
            wait_for_lock(app)
            his = threads.submit(operator.post, "/tickets", requests[0])
            assert operator.post("/tickets", body()).status_code == 201
            assert not any(answer.done() for answer in (batch, his))
        assert (batch.result().status_code, his.result().status_code) == (200, 200)


def lock_of(app: FastAPI, request: dict[str, Any]) -> int:
    """Of the citizen who asks."""
    citizen = caller_hash(app.state.city.secret, request["citizen"]["phone"], False)
    assert citizen is not None
    return key_of(citizen)


def wait_for_lock(app: FastAPI, kind: str = "advisory") -> None:
    waiting = f"count(*) > 0 FROM pg_locks WHERE locktype = '{kind}' AND NOT granted"
    assert eventually(lambda: counted(app, waiting))


def test_a_number_given_again_after_a_crash_proves_nothing(people: People, app: FastAPI) -> None:
    """The transaction, or the ticket, may be another's that has the same number."""
    number = given.ticket(people)
    with app.state.sessions() as session:
        query = "SELECT xmin::text, received_at FROM ticket WHERE number = :number"
        transaction, at = session.execute(sa.text(query), {"number": number}).one()
    traces = [
        Trace(transaction, number, at),
        Trace(transaction, number, at + timedelta(microseconds=1)),
        Trace(transaction, "BJ202610200000000", at),
    ]

    assert [was_committed(app.state.sessions, trace) for trace in traces] == [True, False, False]


def test_a_request_that_comes_as_a_writer_ends_is_not_left(
    people: People, app: FastAPI, served: Client
) -> None:
    """Another is sent in the turn of the event loop in which the answers to the last are set."""
    caller = Caller("someone", Role.OPERATOR, None, None)

    async def one_after_the_other() -> None:
        city, clock = app.state.city, app.state.clock
        for _ in range(5):
            requests = [
                Request(caller, NewTicket(**body()), None, b"", city, clock) for _ in range(AT_ONCE)
            ]
            tasks = [asyncio.create_task(app.state.together.receive(r)) for r in requests]
            await asyncio.wait_for(asyncio.gather(*tasks), 60)

    assert served.portal is not None
    served.portal.call(one_after_the_other)


def test_each_statement_of_the_intake_is_planned_once(people: People, app: FastAPI) -> None:
    """Also after the city has grown: PostgreSQL would weigh each plan against older, cheaper ones,
    and make it anew for every request."""
    for number in range(3):
        given.ticket(people, citizen={"name": "张三", "phone": f"1390000000{number}"})

    with app.state.intake_engine.connect() as connection:
        settings = connection.exec_driver_sql(
            "SELECT name, setting FROM pg_settings WHERE source = 'client'"
        ).all()
        plans = connection.exec_driver_sql(
            "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements"
            " WHERE name LIKE 'exchange%%'"
        ).one()

    assert PLANNED.items() <= {row.name: row.setting for row in settings}.items()
    assert plans[0] >= 3
    assert plans[1] == 0
