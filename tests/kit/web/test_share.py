"""No caller, and no queue, takes what all need: threads, connections, the clock."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count, cycle, islice
from time import sleep
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from httpx import Response
from starlette.types import Scope

from app.kit import hop
from app.kit.host import rates
from app.kit.host.rates import Rate, TooManyRequests, address_of, key_of
from app.kit.share import OF_THREADS, ON_ONE_THING, Claim, claims_of
from app.settings import Settings
from tests.aids import given
from tests.aids.client import Client
from tests.aids.given import ADMIN_KEY, WANGJING, People, Person
from tests.conftest import beside
from tests.console.visitor import Forms, Visitor

CALLS = 45
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock'"
)


def scope_of(method: str, path: str, key: str = "", caller: str = "") -> Scope:
    """`caller` is known by the key, once that was looked up."""
    headers = [(b"authorization", key.encode())] if key else []
    return {
        "state": {"caller_id": caller} if caller else {},
        "type": "http",
        "method": method,
        "path": path,
        "headers": headers,
        "client": ("10.0.0.7", 1),
    }


@pytest.mark.parametrize(
    ("method", "path", "claims"),
    [
        ("GET", "/v1/tickets/BJ1", [("k", None)]),
        ("POST", "/v1/tickets", [("k", None)]),
        ("POST", "/v1/tickets/batch", [("k", None)]),
        ("POST", "/v1/tickets/BJ1/note", [("k", None), ("/v1/tickets/BJ1", 2)]),
        ("POST", "/v1/tickets/BJ1/callbacks/7/dispute", [("k", None), ("/v1/tickets/BJ1", 2)]),
        ("POST", "/v1/rankings/2026-10/seal", [("k", None), ("/v1/rankings/2026-10", 2)]),
    ],
)
def test_a_request_claims_a_share_of_its_caller_and_one_of_what_it_changes(
    method: str, path: str, claims: list[tuple[str, int | None]]
) -> None:
    for written in ("Bearer 1", "bearer  1", "Bearer a-session's-token"):
        assert list(claims_of(scope_of(method, path, written, "k"))) == [
            Claim(*claim) for claim in claims
        ]


def test_without_a_key_that_is_known_the_address_is_the_caller() -> None:
    for written in ("", "Bearer another-at-each-request"):
        assert list(claims_of(scope_of("GET", "/v1/offices", written))) == [Claim("10.0.0.7", None)]


@contextmanager
def locked(app: FastAPI, statement: str, *values: object) -> Iterator[None]:
    """Somebody holds a lock for as long as the block lasts."""
    with psycopg.connect(app.state.settings.database) as holder:
        holder.execute(statement, values)
        yield


def waiting(app: FastAPI) -> int:
    with psycopg.connect(app.state.settings.database, autocommit=True) as server:
        row = server.execute(WAITING).fetchone()
        assert row
        return int(row[0])


def check_others(people: People, number: str, citizens: Iterator[str]) -> None:
    """All others are answered meanwhile."""
    for phone in islice(citizens, 3):
        citizen = {"name": "李四", "phone": phone}
        intake = people("operator").post("/tickets", given.request(citizen=citizen))
        assert intake.status_code == 201
        assert people.client.get("/readyz").status_code == 200
        assert people("supervisor").get(f"/tickets/{number}").status_code == 200
        assert people("dispatcher").get("/tickets").status_code == 200


@pytest.fixture
def citizens(people: People) -> Iterator[str]:
    """Their telephone numbers; and those who are asked for are known before anybody queues."""
    for role in ("operator", "supervisor", "dispatcher"):
        people(role)
    return (f"137{number:08}" for number in count())


@pytest.mark.parametrize("keys", [1, 12])
def test_a_queue_on_one_ticket_stops_nobody_else(
    people: People, app: FastAPI, citizens: Iterator[str], keys: int
) -> None:
    number = given.ticket(people)
    street = [people.street()] if keys == 1 else [extra_key(people, n) for n in range(keys)]
    acts = [note(street[n % keys], number) for n in range(CALLS)]

    with ThreadPoolExecutor(CALLS) as threads:
        with locked(app, "SELECT FROM ticket WHERE number = %s FOR UPDATE", number):
            answers = [threads.submit(act) for act in acts]
            while not waiting(app):
                sleep(0.01)
            check_others(people, number, citizens)
            assert waiting(app) <= ON_ONE_THING
        statuses = {answer.result().status_code for answer in answers}

    assert statuses <= {200, 429, 503}
    assert note(street[0], number)().status_code == 200


def extra_key(people: People, number: int) -> Person:
    new = {"role": "handler", "office_code": WANGJING, "label": f"desk {number}"}
    return Person(people.client, people.admin.post("/keys", new).json()["key"])


def note(person: Person, number: str) -> Callable[[], Response]:
    return lambda: person.post(f"/tickets/{number}/note", {"text": "去现场看过"})


def test_a_queue_that_moves_is_done_to_its_end(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine of any speed."""
    monkeypatch.setattr(hop, "PATIENCE_SECONDS", 600.0)
    number = given.ticket(people)
    street = people.street()

    with ThreadPoolExecutor(CALLS) as threads:
        answers = list(threads.map(lambda _: note(street, number)(), range(CALLS)))

    assert {answer.status_code for answer in answers} == {200}


def test_calls_of_one_citizen_stop_nobody_else(people: People, citizens: Iterator[str]) -> None:
    number = given.ticket(people)
    operator = {"role": "operator", "label": "of the crowd"}
    crowd = Person(people.client, people.admin.post("/keys", operator).json()["key"])

    with ThreadPoolExecutor(CALLS) as threads:
        answers = [threads.submit(crowd.post, "/tickets", given.request()) for _ in range(CALLS)]
        check_others(people, number, citizens)

    assert {answer.result().status_code for answer in answers} <= {200, 201}


def test_a_queue_of_one_persons_pages_stops_nobody_else(
    people: People, app: FastAPI, citizens: Iterator[str]
) -> None:
    """Also what a page asks the database itself is asked in the key's turn."""
    number = given.ticket(people)
    visitor = Visitor(people.client).signs_in(people("callback"))
    mark = next(iter(Forms(visitor.get("/callbacks").text).by_action.values()))["csrf"]

    def keep() -> Response:
        return visitor.post(f"/hands/{number}", {"csrf": mark})

    assert keep().status_code == 204
    with ThreadPoolExecutor(CALLS) as threads:
        with locked(app, "SELECT FROM console_claim WHERE thing = %s FOR UPDATE", number):
            answers = [threads.submit(keep) for _ in range(CALLS)]
            while not waiting(app):
                sleep(0.01)
            check_others(people, number, citizens)
            assert waiting(app) <= app.state.settings.pool_size // OF_THREADS
        statuses = {answer.result().status_code for answer in answers}

    assert statuses <= {204, 429, 503}


def test_who_waits_too_long_for_a_lock_is_told_so(people: People, app: FastAPI) -> None:
    number = given.ticket(people)

    with locked(app, "SELECT FROM ticket WHERE number = %s FOR UPDATE", number):
        answer = note(people.street(), number)()

    assert answer.status_code == 503
    assert answer.json()["detail"] == "others were changing the same rows; nothing was changed"
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("per_second", "at_once", "retry_after"),
    [(1, 10, 1), (0.5, 5, 2), (10, 100, 1), (0.01, 1, 100)],
)
def test_a_rate_lets_a_burst_through_and_then_says_when(
    monkeypatch: pytest.MonkeyPatch, per_second: float, at_once: int, retry_after: int
) -> None:
    now = [1000.0]
    monkeypatch.setattr(rates, "monotonic", lambda: now[0])
    rate = Rate(per_second, key_of)
    mine, another = scope_of("GET", "/", "Bearer a"), scope_of("GET", "/", "Bearer b")
    spelled = [scope_of("GET", "/", written) for written in ("bearer a", "BEARER   a ")]

    for _, scope in zip(range(at_once), cycle([mine, *spelled]), strict=False):
        rate.check(scope)
    with pytest.raises(TooManyRequests) as refused:
        rate.check(mine)
    rate.check(another)
    rate.check(scope_of("GET", "/"))

    assert refused.value.facts["retry_after"] == retry_after
    now[0] += retry_after
    rate.check(mine)


def test_what_is_remembered_of_rates_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_REMEMBERED", 100)
    rate = Rate(1, key_of)

    for n in range(1_000):
        rate.check(scope_of("GET", "/", f"Bearer {n}"))

    assert len(rate.full_at) == 100


@pytest.mark.parametrize("limit", ["rate_per_key", "rate_per_address"])
def test_a_limit_is_429_with_the_time_to_wait(people: People, app: FastAPI, limit: str) -> None:
    with Client(beside(app, **{limit: 0.3}, pool_size=2)) as client:
        admin: Any = Person(client, ADMIN_KEY)
        answers = [admin.get("/keys") for _ in range(4)]
        assert client.get("/readyz").status_code == 200

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[3].json()["type"] == "/problems/too-many-requests"
    assert answers[3].headers["Retry-After"] == str(answers[3].json()["retry_after"]) == "4"
    assert "X-Request-ID" in answers[3].headers


def test_a_page_is_counted_once_however_much_it_asks(people: People, app: FastAPI) -> None:
    """Of its browser's address: what is asked in process comes from none, and not from one that
    all the city's pages share."""
    visitor, number = Visitor(people.client).signs_in(people("dispatcher")), given.ticket(people)
    with Client(beside(app, rate_per_address=0.1, pool_size=2)) as visitor.client:
        answers = [visitor.get(f"/dispatch/{number}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]


def test_without_a_limit_there_is_none(settings: Settings) -> None:
    assert (settings.rate_per_key, settings.rate_per_address) == (0, 0)
    assert address_of(scope_of("GET", "/")) == "10.0.0.7"
