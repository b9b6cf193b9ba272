"""At the same time: one winner, nothing lost, nothing twice; committed before it is answered."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import Response

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.client import Client
from tests.aids.given import BODIES, CONTENT, WANGJING, People
from tests.aids.patience import eventually
from tests.conftest import StillClock

CHAOWAI, XUEYUANLU = "110105001", "110108010"


def at_once(*calls: Callable[[], Response]) -> list[Response]:
    """Every call from a thread of its own, begun together."""
    start = Barrier(len(calls))

    def begin(call: Callable[[], Response]) -> Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(begin, calls))


def statuses(answers: list[Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def rows(app: FastAPI, query: str) -> list[tuple[object, ...]]:
    with app.state.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_of_eight_acknowledgements_one_counts(people: People, app: FastAPI) -> None:
    number, street = given.ticket(people), people.street()

    answers = at_once(*[lambda: street.post(f"/tickets/{number}/acknowledge")] * 8)

    assert statuses(answers) == [200] + [409] * 7
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["status_now"] == "acknowledged"
            may = ["contact", "note", "reveal", "object", "request-extension"]
            assert answer.json()["allowed"] == may
    assert street.get(f"/tickets/{number}").json()["version"] == 3


def test_with_if_match_of_eight_changes_one_counts(people: People) -> None:
    number, street = given.ticket(people), people.street()
    seen = {"If-Match": street.get(f"/tickets/{number}").headers["etag"]}

    answers = at_once(*[lambda: street.post(f"/tickets/{number}/note", {"text": "a"}, seen)] * 8)

    assert statuses(answers) == [200] + [412] * 7


def test_what_does_not_exclude_each_other_is_all_done(people: People) -> None:
    number = stages.stands(people, "in_progress")
    street, operator = people.street(), people.operator

    answers = at_once(
        lambda: street.post(f"/tickets/{number}/reply", BODIES["reply"]),
        *[lambda: operator.post(f"/tickets/{number}/note", {"text": "又来电。"})] * 5,
    )

    assert statuses(answers) == [200] * 6
    events = operator.get(f"/tickets/{number}/events").json()
    assert [event["seq"] for event in events] == list(range(1, 11))


def test_one_idempotency_key_eight_times_at_once_makes_one_ticket(
    people: People, app: FastAPI
) -> None:
    operator, key = people.operator, {"Idempotency-Key": "once"}

    answers = at_once(*[lambda: operator.post("/tickets", given.request(), key)] * 8)

    assert statuses(answers) == [201] * 8
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7
    assert rows(app, "SELECT count(*) FROM ticket") == [(1,)]
    assert rows(app, "SELECT last_seq FROM feed_head") == [(1,), (1,)]


def test_who_waits_for_a_key_whose_call_is_refused_takes_it_over(people: People) -> None:
    number, street = given.ticket(people), people.street()
    key = {"Idempotency-Key": "contact"}
    contact = BODIES["contact"]

    answers = at_once(
        lambda: street.post(f"/tickets/{number}/acknowledge"),
        *[lambda: street.post(f"/tickets/{number}/contact", contact, key)] * 6,
    )

    assert set(statuses(answers)) <= {200, 409}
    assert street.post(f"/tickets/{number}/contact", contact, key).status_code == 200
    events = street.get(f"/tickets/{number}/events").json()
    assert [e["action"] for e in events].count("contact") == 1


def test_two_dispatchers_leave_one_lead(people: People, app: FastAPI) -> None:
    number, other = given.ticket(people), people("dispatcher")
    offices = [CHAOWAI, XUEYUANLU, "110105-housing", "110108-housing"]

    def to(office: str) -> Callable[[], Response]:
        body = {"office_code": office, "reason": "改派。"}
        return lambda: other.post(f"/tickets/{number}/dispatch", body)

    answers = at_once(*map(to, offices))

    assert statuses(answers) == [200] * 4
    leads = rows(app, "SELECT office_code FROM dispatch WHERE role='lead' AND ended_at IS NULL")
    assert leads == rows(app, "SELECT office_code FROM ticket")
    assert rows(app, "SELECT dispatches FROM ticket") == [(5,)]


def test_the_database_itself_admits_one_active_lead(people: People, app: FastAPI) -> None:
    given.ticket(people)
    second = (
        "INSERT INTO dispatch (ticket_number, seq, office_code, role, dispatched_at)"
        f" SELECT ticket_number, 9, '{CHAOWAI}', 'lead', now() FROM dispatch WHERE role = 'lead'"
    )

    with (
        pytest.raises(sa.exc.IntegrityError, match="uq_dispatch_lead"),
        app.state.engine.begin() as connection,
    ):
        connection.exec_driver_sql(second)


def test_two_sweeps_at_once_apply_each_fall_once(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    for _ in range(12):
        stages.stands(people, "replied")
    clock.tick(days=2)

    with ThreadPoolExecutor(3) as threads:
        swept = list(
            threads.map(lambda _: sweep(app.state.sessions, app.state.city, clock), range(3))
        )

    assert sum(swept) == 36
    assert rows(
        app, "SELECT action, count(*) FROM event WHERE due_at IS NOT NULL GROUP BY 1 ORDER BY 2"
    ) == [
        ("pass_review", 12),
        ("alarm", 24),
    ]
    assert rows(app, "SELECT DISTINCT status, version FROM ticket") == [("awaiting_callback", 8)]


def test_a_sweep_and_an_act_apply_the_same_fall_once(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    made = [stages.stands(people, "in_progress") for _ in range(4)]
    clock.tick(days=9)
    sweeping = Thread(target=sweep, args=(app.state.sessions, app.state.city, clock))

    sweeping.start()
    answers = [people.callback.post(f"/tickets/{n}/callbacks", CONTENT) for n in made]
    sweeping.join()

    assert statuses(answers) == [201] * 4
    assert rows(app, "SELECT count(*) FROM event WHERE action = 'force_callback'") == [(4,)]


@contextmanager
def holding(app: FastAPI, query: str) -> Iterator[sa.Connection]:
    """Another transaction that has a row, and would rather wait than be a deadlock's victim."""
    with app.state.engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL deadlock_timeout = '1min'")
        connection.exec_driver_sql(query)
        yield connection
        connection.rollback()


def test_a_deadlocks_victim_is_repeated_whole(people: People, app: FastAPI) -> None:
    number, street = given.ticket(people), people.street()
    head = f"SELECT FROM feed_head WHERE office_code = '{WANGJING}' FOR UPDATE"
    answers: list[Response] = []
    acknowledging = Thread(
        target=lambda: answers.append(street.post(f"/tickets/{number}/acknowledge"))
    )

    with holding(app, head) as connection:
        acknowledging.start()
        await_lock(app)  # it has the ticket and wants the head; we have the head
        connection.exec_driver_sql(f"SELECT FROM ticket WHERE number = '{number}' FOR UPDATE")
    acknowledging.join()

    assert statuses(answers) == [200]
    assert answers[0].json()["version"] == 3
    assert [e["seq"] for e in street.get("/feed").json()["items"]] == [1, 2]
    deadlocks = "SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = current_database()"
    assert becomes_true(app, deadlocks)


def await_lock(app: FastAPI) -> None:
    assert becomes_true(app, "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")


def becomes_true(app: FastAPI, query: str) -> bool:
    return eventually(lambda: rows(app, query) == [(True,)])


def test_nothing_is_answered_before_it_is_committed(people: People, app: FastAPI) -> None:
    """A commit that fails must not have been a 201: `Writing` ends before the answer begins."""
    client = Client(people.client.app, raise_server_exceptions=False)
    before = given.record(app)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'not at the commit'; END $$"
        )
        connection.exec_driver_sql(
            "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON ticket"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()"
        )
    try:
        answer = client.post(
            "/v1/tickets",
            json=given.request(),
            headers={**people.operator.headers, "Idempotency-Key": "lost"},
        )
    finally:
        with app.state.engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION fail CASCADE")

    assert answer.status_code == 500
    assert "location" not in answer.headers
    assert given.record(app) == before
    key = {"Idempotency-Key": "lost"}
    assert people.operator.post("/tickets", given.request(), key).status_code == 201
