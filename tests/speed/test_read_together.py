"""Requests that are read together: each gets the truth about what he asked for, and only that."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import sleep
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from httpx import Response

from app.access import gate
from app.access.roles import Caller, Role
from app.kit.gather import Gathered
from app.tickets.views.by_number import asked_by
from tests.aids import given
from tests.aids.client import Client
from tests.aids.given import WANGJING, People, Person
from tests.aids.patience import eventually
from tests.aids.stages import JIUXIANQIAO
from tests.aids.wire import statements

Ask = Callable[[], Response]


pytestmark = pytest.mark.usefixtures("callers_remembered")


@contextmanager
def locked(app: FastAPI, table: str) -> Iterator[psycopg.Connection]:
    """Nobody reads the table; yields a connection to the server that does."""
    with (
        psycopg.connect(app.state.settings.database) as holder,
        psycopg.connect(app.state.settings.database, autocommit=True) as server,
    ):
        holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        yield server


def asked_together(
    app: FastAPI, asks: Sequence[Ask], table: str = "ticket", break_off: bool = False
) -> list[Response]:
    """The answers to requests of which the first is read while the others come, and are one group;
    `break_off` ends the connection of both groups' readings."""
    with ThreadPoolExecutor(len(asks)) as threads:
        with locked(app, table) as server:
            answers = [threads.submit(asks[0])]
            wait_for(server, "count(*) = 1")
            answers += [threads.submit(ask) for ask in asks[1:]]
            wait_until_asked(app, len(asks) - 1)
            if break_off:
                wait_for(server, "count(pg_terminate_backend(pid)) > 0")
        return [answer.result() for answer in answers]


WAITING = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def wait_for(server: psycopg.Connection, what: str) -> None:
    query = f"SELECT {what} {WAITING}".encode()
    assert eventually(lambda: server.execute(query).fetchone() == (True,)), what


def wait_until_asked(app: FastAPI, number: int) -> None:
    state = app.state
    readings: list[Gathered[Any, Any]] = [
        state.readings.tickets,
        state.readings.events,
        state.offices,
    ]

    def asked() -> int:
        return sum(len(who) for reading in readings for who in reading.asked.values())

    assert eventually(lambda: asked() == number)


def reading(person: Person, path: str) -> Ask:
    return lambda: person.get(path)


def warmed(*persons: Person) -> None:
    for person in persons:
        assert person.get("/inbox").status_code in (200, 403)


@pytest.mark.parametrize("path", ["/tickets/{}", "/tickets/{}/events"])
def test_sixty_four_at_once_are_read_by_two_statements(
    people: People, app: FastAPI, path: str
) -> None:
    numbers = [given.ticket(people) for _ in range(65)]
    street = people.street()
    warmed(street)

    with statements(app.state.engine) as sent:
        asks = [reading(street, path.format(number)) for number in numbers]
        answers = asked_together(app, asks)

    assert len(sent) == 2
    for number, answer in zip(numbers, answers, strict=True):
        assert answer.content == street.get(path.format(number)).content


@pytest.mark.parametrize("path", ["/tickets/{}", "/tickets/{}/events"])
def test_each_sees_his_own_in_a_group_of_all_scopes(
    people: People, app: FastAPI, path: str
) -> None:
    """Each of them asks for each ticket; who may not see it learns no more than of none."""
    theirs = given.ticket(people)
    others = given.ticket(people, address={"text": "朝阳区酒仙桥街道酒仙桥路10号"})
    persons = [
        people.street(),
        people.street(JIUXIANQIAO),
        people("chief", WANGJING),
        people.district(),
        people.district("110101"),
        people.operator,
        people.supervisor,
    ]
    warmed(*persons)
    paths = [path.format(number) for number in (theirs, others, "BJ202610200000000", "no-number")]
    alone = [[person.get(path) for path in paths] for person in persons]

    asks = [reading(person, path) for person in persons for path in paths]
    together = asked_together(app, asks)

    expected = [answer for answers in alone for answer in answers]
    assert [a.status_code for a in expected[:4]] == [200, 404, 404, 404]
    assert [a.status_code for a in expected[4:8]] == [404, 200, 404, 404]
    assert [a.status_code for a in together] == [a.status_code for a in expected]
    for answer, lonely in zip(together, expected, strict=True):
        if lonely.status_code == 200:
            assert answer.content == lonely.content
        else:
            assert answer.json()["detail"] == lonely.json()["detail"]


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("/tickets/{}", "ticket"),
        ("/tickets/{}/events", "event"),
        (f"/offices/{WANGJING}", "office"),
    ],
)
def test_who_shares_a_connection_that_is_lost_is_answered_all_the_same(
    people: People, app: FastAPI, path: str, table: str
) -> None:
    numbers = [given.ticket(people) for _ in range(6)]
    operator = people.operator
    warmed(operator)

    asks = [reading(operator, path.format(number)) for number in numbers]
    answers = asked_together(app, asks, table, break_off=True)

    assert [answer.status_code for answer in answers] == [200] * 6
    for number, answer in zip(numbers, answers, strict=True):
        assert answer.content == operator.get(path.format(number)).content


def test_a_ticket_that_cannot_be_told_hurts_only_who_asks_for_it(
    people: People, app: FastAPI
) -> None:
    numbers = [given.ticket(people) for _ in range(4)]
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE ticket SET policy = 'lost' WHERE number = '{numbers[2]}'"
        )
    client = Client(people.client.app, raise_server_exceptions=False)
    client.portal = people.client.portal
    operator = Person(client, people.operator.headers["Authorization"].removeprefix("Bearer "))
    warmed(operator)

    asks = [reading(operator, f"/tickets/{number}") for number in numbers]
    answers = asked_together(app, asks)

    assert [answer.status_code for answer in answers] == [200, 200, 500, 200]


def test_who_goes_away_takes_no_answer_from_who_asks_the_same(
    people: People, served: Client, app: FastAPI
) -> None:
    asked = asked_by(Caller("k", Role.OPERATOR), given.ticket(people))

    async def leave() -> None:
        tickets = app.state.readings.tickets
        tasks = [asyncio.create_task(tickets.answer(asked)) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        answers: list[Any] = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers[1], asyncio.CancelledError)
        assert answers[0] == answers[2]
        assert len(answers[0]) == 1
        assert not tickets.asked
        assert not tickets.readers

    assert served.portal is not None
    served.portal.call(leave)


def test_no_answer_is_older_than_its_question(people: People, app: FastAPI) -> None:
    """A reading that has begun before a ticket was changed answers nobody who asks after that."""
    number, street = given.ticket(people), people.street()
    warmed(street)

    with ThreadPoolExecutor(2) as threads:
        with locked(app, "citizen") as server:
            earlier = threads.submit(street.get, f"/tickets/{number}")
            wait_for(server, "count(*) = 1")
            server.execute("UPDATE ticket SET version = 9 WHERE number = %s", [number])
            later = threads.submit(street.get, f"/tickets/{number}")
            wait_until_asked(app, 1)
        assert earlier.result().status_code == 200
        assert later.result().json()["version"] == 9


def test_a_list_is_of_one_instant_though_a_ticket_changes_while_it_is_read(
    people: People, app: FastAPI
) -> None:
    """Its page is read before the ticket changes, what is told of the ticket after that."""
    number = given.ticket(people)
    supervisor = people.supervisor
    assert supervisor.get("/offices").status_code == 200

    with ThreadPoolExecutor(1) as threads:
        with locked(app, "dispatch") as server:
            listing = threads.submit(supervisor.get, "/tickets")
            wait_for(server, "count(*) = 1")
            server.execute("UPDATE ticket SET version = 9 WHERE number = %s", [number])
        answer = listing.result()

    assert answer.status_code == 200
    assert [ticket["version"] for ticket in answer.json()["items"]] == [9]


def test_callers_not_seen_for_a_while_are_looked_up_together(
    people: People, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whoever's key is none is refused among them."""
    persons = [people.street(), people.district(), people.operator, people.supervisor]
    nobody = Person(people.client, "no-such-key")
    asks = [reading(person, "/tickets") for person in [*persons, nobody]]
    monkeypatch.setattr(gate, "REMEMBERED_SECONDS", -1.0)

    with ThreadPoolExecutor(len(asks)) as threads, statements(app.state.engine) as sent:
        with locked(app, "key") as server:
            answers = [threads.submit(asks[0])]
            wait_for(server, "count(*) = 1")
            answers += [threads.submit(ask) for ask in asks[1:]]
            while len(app.state.gate.unseen.asked) < len(asks) - 1:
                sleep(0.01)
        statuses = [answer.result().status_code for answer in answers]

    assert statuses == [200] * len(persons) + [401]
    assert sum("FROM key" in text for text in sent) == 2
