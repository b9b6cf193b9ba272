"""Streams hold nothing that others need, however slowly their clients read."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from time import sleep

import psycopg
import pytest
from fastapi import FastAPI

from app.kit.web.streams import MOST, OF_ONE_KEY
from tests.aids import given
from tests.aids.given import ADMIN_KEY, People
from tests.aids.live import asked, plain_client, served, status_of
from tests.aids.patience import eventually
from tests.conftest import StillClock, beside

TICKETS = 150
LONG = "夜间施工噪声，" * 2_850
"""20,000 characters: all tickets together fill every buffer on their way."""
STREAMS = [
    ("/v1/tickets", "text/csv"),
    ("/v1/tickets", "application/x-ndjson"),
    ("/v1/tickets?updated_after=2026-01-01", "application/x-ndjson"),
]
BUSY = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND state LIKE 'idle in transaction%'"
)
STAYS = f"{BUSY} AND state_change < now() - interval '2 seconds'"

Address = tuple[str, int]


@pytest.fixture
def address(people: People, app: FastAPI, clock: StillClock) -> Iterator[Address]:
    """Behind it are more tickets than fit between server and client: with words by the row, since
    to take so many words in takes seconds."""
    lines = [given.request(citizen={"name": "张三", "phone": f"136{n:08}"}) for n in range(TICKETS)]
    body = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    headers = {"Content-Type": "application/x-ndjson"}
    answer = people.operator.send("/tickets/batch", body.encode(), headers)
    assert answer.text.count('"status": 201') == TICKETS, answer.text[:500]
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE request SET content = %s", (LONG,))
    with served(beside(app, pool_size=4)) as address:
        yield address


def key_of(people: People, role: str) -> str:
    return people(role).headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture(autouse=True)
def others(app: FastAPI) -> None:
    """Connections that other tests keep for themselves are no streams'."""
    OTHERS.clear()
    OTHERS.update(idle_in_transaction(app))


OTHERS: set[int] = set()


def idle_in_transaction(app: FastAPI, query: str = BUSY) -> set[int]:
    with psycopg.connect(app.state.settings.database, autocommit=True) as server:
        return {int(pid) for (pid,) in server.execute(query)} - OTHERS


def check_others(people: People, app: FastAPI, address: Address) -> None:
    headers = {"Authorization": f"Bearer {key_of(people, 'operator')}"}
    with plain_client(base_url=f"http://{address[0]}:{address[1]}", headers=headers) as client:
        assert client.get("/readyz").status_code == 200
        assert client.post("/v1/tickets", json=given.request()).status_code in (200, 201)
        assert client.get("/v1/tickets").status_code == 200
    sleep(2.5)
    assert idle_in_transaction(app, STAYS) == set()


@pytest.mark.parametrize(("path", "accept"), STREAMS)
def test_unread_streams_of_one_key_stop_nobody(
    people: People, app: FastAPI, address: Address, path: str, accept: str
) -> None:
    with ExitStack() as opened:
        clients = [
            opened.enter_context(asked(address, path, key_of(people, "supervisor"), accept))
            for _ in range(34)
        ]
        statuses = [status_of(client) for client in clients]
        check_others(people, app, address)
        assert sorted(statuses) == [200] * OF_ONE_KEY + [429] * (34 - OF_ONE_KEY)

    assert is_open_again(address, people, path, accept)
    check_others(people, app, address)


def is_open_again(address: Address, people: People, path: str, accept: str) -> bool:
    """At once, when the clients have gone."""

    def is_open() -> bool:
        with asked(address, path, key_of(people, "supervisor"), accept) as client:
            return status_of(client) == 200

    return eventually(is_open)


def test_unread_streams_of_many_keys_stop_nobody(
    people: People, app: FastAPI, address: Address
) -> None:
    admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
    with plain_client(base_url=f"http://{address[0]}:{address[1]}/v1", headers=admin) as client:
        made = [
            client.post("/keys", json={"role": "supervisor", "label": f"{n}"})
            for n in range(MOST // OF_ONE_KEY + 1)
        ]
    keys = [answer.json()["key"] for answer in made]
    with ExitStack() as opened:
        clients: list[socket.socket] = [
            opened.enter_context(asked(address, "/v1/tickets", key, "text/csv"))
            for key in keys
            for _ in range(OF_ONE_KEY)
        ]
        statuses = [status_of(client) for client in clients]
        check_others(people, app, address)

    assert sorted(statuses) == [200] * MOST + [429] * OF_ONE_KEY


def test_a_stream_holds_every_ticket_once_and_in_the_order_of_the_pages(
    people: People, address: Address
) -> None:
    """More than one batch of it."""
    headers = {"Authorization": f"Bearer {key_of(people, 'supervisor')}"}
    url = f"http://{address[0]}:{address[1]}/v1/tickets"
    accept = {"Accept": "application/x-ndjson"}

    with plain_client(headers=headers, timeout=60) as client:
        lines = client.get(url, headers=accept).text.splitlines()
        pages = client.get(url, params={"limit": 500}).json()

    assert [json.loads(line) for line in lines] == pages["items"]
    assert len(lines) == TICKETS
