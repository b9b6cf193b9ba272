"""Who waits for something new hears of it at once, misses nothing, and stands in nobody's way."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from app.feed import stream
from app.feed.waits import LONGEST_SECONDS, OF_ONE_KEY, Waits
from app.settings import Settings
from tests.aids import given
from tests.aids.given import ADMIN_KEY, WANGJING, People
from tests.aids.live import plain_client, served
from tests.aids.patience import eventually
from tests.aids.wire import wired
from tests.conftest import StillClock, beside

PATIENCE_SECONDS = 20.0
EVENT_STREAM = "text/event-stream; charset=utf-8"

Seq = int
Entry = dict[str, Any]


class House:
    """An application behind a port, its clients, and threads for those who wait."""

    def __init__(self, app: FastAPI, address: tuple[str, int], threads: ThreadPoolExecutor) -> None:
        self.app = app
        self.threads = threads
        self.client = plain_client(
            base_url=f"http://{address[0]}:{address[1]}/v1",
            timeout=PATIENCE_SECONDS,
            limits=httpx.Limits(max_connections=None),
        )

    @property
    def waiters(self) -> int:
        waits: Waits = self.app.state.waits
        return len(waits.waiters)

    def get(self, key: dict[str, str], path: str, **asked: Any) -> httpx.Response:
        return self.client.get(path, params=asked or None, headers=key)

    def begin(self, key: dict[str, str], path: str, **asked: Any) -> "Future[httpx.Response]":
        """A request that waits; returns when it does."""
        before = self.waiters
        answer = self.threads.submit(self.get, key, path, **asked)
        assert eventually(lambda: self.waiters > before or answer.done())
        assert not answer.done(), answer.result().text
        return answer

    def key(self, role: str, office_code: str | None = None) -> dict[str, str]:
        """A new key."""
        body = {"role": role, "office_code": office_code, "label": "一个等的人"}
        admin = {"Authorization": f"Bearer {ADMIN_KEY}"}
        made = self.client.post("/keys", json=body, headers=admin).json()
        return {"Authorization": f"Bearer {made['key']}", "X-Id": made["id"]}


@pytest.fixture
def house(people: People, app: FastAPI, clock: StillClock) -> Iterator[House]:
    with housed(beside(app, pool_size=4)) as house:
        yield house


@contextmanager
def housed(app: FastAPI) -> Iterator[House]:
    with served(app) as address, ThreadPoolExecutor(40) as threads:
        house = House(app, address, threads)
        with house.client:
            yield house


@pytest.fixture
def street(people: People) -> dict[str, str]:
    return people.street().headers


def read(lines: Iterator[str], number: int) -> list[Entry]:
    """So many events of a stream, each under its own id."""
    entries: list[Entry] = []
    seq = ""
    for line in lines:
        if line.startswith("id: "):
            seq = line.removeprefix("id: ")
        if line.startswith("data: "):
            entries.append(json.loads(line.removeprefix("data: ")))
            assert entries[-1]["seq"] == int(seq)
        if len(entries) == number:
            break
    return entries


@contextmanager
def following(house: House, key: dict[str, str], seen: Seq | None = None) -> Iterator[Any]:
    """The lines of a stream."""
    last = {} if seen is None else {"Last-Event-ID": str(seen)}
    with house.client.stream("GET", "/feed/stream", headers={**key, **last}) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["Content-Type"] == EVENT_STREAM
        yield answer.iter_lines()


def test_a_feed_answers_when_something_happens(
    people: People, house: House, street: dict[str, str]
) -> None:
    answer = house.begin(street, "/feed", after=0, wait=LONGEST_SECONDS)

    number = given.ticket(people)

    page = answer.result().json()
    assert [(entry["seq"], entry["ticket_number"]) for entry in page["items"]] == [(1, number)]
    assert page["last_seq"] == 1
    began = monotonic()
    assert house.get(street, "/feed", after=0, wait=LONGEST_SECONDS).json() == page
    assert house.get(street, "/feed", after=7, wait=LONGEST_SECONDS).json()["last_seq"] == 1
    assert monotonic() - began < LONGEST_SECONDS / 2
    assert house.get(street, "/feed", after=1, wait=0.1).json() == {"items": [], "last_seq": 1}


def test_an_inbox_answers_when_it_changes(
    people: People, house: House, street: dict[str, str]
) -> None:
    """For who has a page, when it is another; for who has none, when it is another than now."""
    empty = house.get(street, "/inbox")
    known = {**street, "If-None-Match": empty.headers["ETag"]}
    waiting = [house.begin(key, "/inbox", wait=LONGEST_SECONDS) for key in (street, known)]

    number = given.ticket(people)

    for answer in waiting:
        assert [row["number"] for row in answer.result().json()["items"]] == [number]
    began = monotonic()
    assert house.get(known, "/inbox", wait=LONGEST_SECONDS).status_code == 200
    assert monotonic() - began < LONGEST_SECONDS / 2
    known = {**street, "If-None-Match": waiting[0].result().headers["ETag"]}
    assert house.get(known, "/inbox", wait=0.1).status_code == 304
    assert len(house.get(street, "/inbox", wait=0.1).json()["items"]) == 1
    assert len(house.get(street, "/inbox?wait=0%2E1").json()["items"]) == 1


def test_what_time_alone_changes_in_an_inbox_is_told_to_who_waits(
    people: People, house: House, street: dict[str, str], clock: StillClock
) -> None:
    given.ticket(people)
    answer = house.begin(street, "/inbox", wait=LONGEST_SECONDS)

    clock.tick(days=8)

    assert [row["overdue"] for row in answer.result().json()["items"]] == [True]


def test_a_desk_of_the_city_hears_what_rings_for_it(people: People, house: House) -> None:
    dispatchers = people.dispatcher.headers
    feed = house.begin(dispatchers, "/feed", wait=LONGEST_SECONDS)
    inbox = house.begin(dispatchers, "/inbox", wait=LONGEST_SECONDS)

    number = given.ticket(people, address={"text": "某个谁也不知道的地方"}, urgency="L1")

    assert [entry["kind"] for entry in feed.result().json()["items"]] == ["alarm"]
    assert [row["number"] for row in inbox.result().json()["items"]] == [number]


@pytest.mark.parametrize("path", ["/inbox", "/feed"])
@pytest.mark.parametrize("wait", ["-1", "30.1", "31", "x", "", "nan", "inf", "1e1", "+5", "٣"])
def test_a_bad_wait_is_refused_at_once(people: People, path: str, wait: str) -> None:
    answer = people.street().get(path, wait=wait)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/query/wait"]


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ({"after": "x"}, {}),
        ({"wait": 3}, {}),
        ({"limit": 3}, {}),
        ({}, {"Last-Event-ID": "-1"}),
        ({}, {"Last-Event-ID": "x"}),
        ({}, {"Last-Event-ID": str(2**63)}),
    ],
)
def test_a_bad_stream_is_refused(
    people: People, query: dict[str, Any], headers: dict[str, str]
) -> None:
    assert people.street().get("/feed/stream", headers, **query).status_code == 422


@pytest.mark.parametrize("path", ["/feed?wait=9", "/inbox?wait=9", "/feed/stream"])
def test_who_has_no_feed_does_not_wait_for_it(people: People, path: str) -> None:
    headers = people.operator.headers
    assert people.client.get(f"/v1{path}", headers=headers).status_code == 403
    assert people.client.get(f"/v1{path}").status_code == 401


def test_a_stream_tells_each_entry_and_goes_on_where_it_broke(
    people: People, house: House, street: dict[str, str]
) -> None:
    numbers = [given.ticket(people) for _ in range(3)]

    with following(house, street) as lines:
        first = read(lines, 2)
    with following(house, street, seen=2) as lines:
        numbers.append(given.ticket(people))
        rest = read(lines, 2)

    assert [entry["ticket_number"] for entry in first + rest] == numbers
    assert first + rest == house.get(street, "/feed").json()["items"]
    with following(house, street, seen=99) as lines:
        number = given.ticket(people)
        assert [(e["seq"], e["ticket_number"]) for e in read(lines, 1)] == [(5, number)]
    assert house.client.head("/feed/stream", headers=street).headers["Content-Type"] == EVENT_STREAM


def test_streams_miss_nothing_while_many_write_and_they_break_again_and_again(
    people: People, house: House, street: dict[str, str]
) -> None:
    operator = people.operator

    def write(n: int) -> int:
        citizen = {"name": "张三", "phone": f"139{n:08}"}
        return operator.post("/tickets", given.request(citizen=citizen)).status_code

    def follow(at_once: int) -> list[tuple[Seq, str]]:
        heard: list[tuple[Seq, str]] = []
        while len(heard) < 40:
            with following(house, street, len(heard)) as lines:
                part = read(lines, min(at_once, 40 - len(heard)))
            heard += [(entry["seq"], entry["ticket_number"]) for entry in part]
        return heard

    readers = [house.threads.submit(follow, at_once) for at_once in (1, 3, 40)]
    assert set(house.threads.map(write, range(40))) == {201}

    for reader in readers:
        heard = reader.result()
        assert [seq for seq, _ in heard] == list(range(1, 41))
        assert len({number for _, number in heard}) == 40


def test_a_stream_shows_that_it_lives(
    house: House, street: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)

    with following(house, street) as lines:
        assert [next(lines) for _ in range(5)] == ["retry: 3000", "", ":", "", ":"]


@pytest.mark.parametrize("end", ["revoked_at", "expires_at"])
def test_a_key_that_ends_ends_what_waits_by_it(house: House, end: str) -> None:
    key = house.key("handler", WANGJING)
    feed, inbox = (house.begin(key, path, wait=LONGEST_SECONDS) for path in ("/feed", "/inbox"))
    with following(house, key) as lines:
        with house.app.state.engine.begin() as connection:
            connection.exec_driver_sql(
                f"UPDATE key SET {end} = now() WHERE id = %s", (key["X-Id"],)
            )

        assert [line for line in lines if line] == ["retry: 3000"]
    assert [feed.result().status_code, inbox.result().status_code] == [401, 401]


def test_the_waits_of_one_key_are_bounded_and_free_again_when_their_clients_go(
    people: People, house: House, street: dict[str, str]
) -> None:
    with ExitStack() as opened:
        for _ in range(OF_ONE_KEY):
            opened.enter_context(following(house, street))
        assert eventually(lambda: house.waiters == OF_ONE_KEY)

        for path in ("/feed?wait=9", "/inbox?wait=9", "/feed/stream"):
            refused = house.get(street, path)
            assert refused.status_code == 429
            assert refused.json()["type"] == "/problems/too-many-waiting"
            assert "Retry-After" in refused.headers
        other = house.begin(people.district().headers, "/feed", wait=LONGEST_SECONDS)
        given.ticket(people)
        assert other.result().status_code == 200
        assert house.get(street, "/inbox").status_code == 200

    assert eventually(lambda: house.waiters == 0)
    with following(house, street) as lines:
        assert len(read(lines, 1)) == 1


def test_who_waits_holds_no_connection(house: House, people: People) -> None:
    """Forty wait where requests have four."""
    keys = [people.street().headers, people.district().headers]
    waiting = [house.begin(keys[n % 2], "/feed", wait=LONGEST_SECONDS) for n in range(40)]

    pool = house.app.state.engine.pool
    assert pool.checkedout() == 0
    assert house.client.get("/inbox", headers=keys[0]).status_code == 200
    assert idle_in_transaction(house.app) == 0

    given.ticket(people)
    assert {answer.result().json()["last_seq"] for answer in waiting} == {1}


def idle_in_transaction(app: FastAPI) -> int:
    with psycopg.connect(app.state.settings.database, autocommit=True) as server:
        row = server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state LIKE 'idle in transaction%'"
            " AND state_change < now() - interval '2 seconds'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_who_waits_while_the_database_goes_away_is_told(
    people: People, app: FastAPI, settings: Settings, street: dict[str, str]
) -> None:
    with wired(settings.database) as wire:
        second = beside(app, database_url=wire.url.render_as_string(hide_password=False))
        with housed(second) as house:
            feed, inbox = (
                house.begin(street, path, wait=LONGEST_SECONDS) for path in ("/feed", "/inbox")
            )
            with following(house, street) as lines:
                wire.close()

                assert [line for line in lines if line] == ["retry: 3000"]
            assert [feed.result().status_code, inbox.result().status_code] == [503, 503]
            assert house.get(street, "/feed/stream").status_code == 503


def test_a_stop_ends_who_waits_at_once(house: House, street: dict[str, str]) -> None:
    feed, inbox = (house.begin(street, path, wait=LONGEST_SECONDS) for path in ("/feed", "/inbox"))
    with following(house, street) as lines:
        house.app.state.waits.stop()

        assert [line for line in lines if line] == ["retry: 3000"]
    assert feed.result().json() == {"items": [], "last_seq": 0}
    assert inbox.result().json()["items"] == []
    assert house.get(street, "/feed", wait=LONGEST_SECONDS).status_code == 200
