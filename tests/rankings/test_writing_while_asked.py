"""Whatever is being written when an instant is asked about, or sealed, is wholly in it or after."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app import rounds
from app.kit.instants import RECORDING, recorders, recording, settled
from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import CONTENT, WANGJING, People, awaiting
from tests.aids.past import BORDER, WORKED_EXAMPLE, Json, Store
from tests.aids.patience import eventually
from tests.conftest import StillClock
from tests.imports.test_imports import line

MONTH = "/rankings/2026-11"
LATER = BORDER + timedelta(days=70)
"""When 2026-11 may be sealed."""

RECORDS = f"SELECT pg_advisory_xact_lock_shared({RECORDING})"
"""What every recorder does first."""

Act = Callable[[], object]


@contextmanager
def held(app: FastAPI, statement: str) -> Iterator[None]:
    """Another connection that has done this, and has yet to commit."""
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(statement)
        yield


def waits(pending: Future[Any], seconds: float = 0.5) -> bool:
    end = monotonic() + seconds
    while monotonic() < end and not pending.done():
        sleep(0.01)
    return not pending.done()


def records(app: FastAPI) -> bool:
    """Soon somebody does."""
    with app.state.sessions() as session:
        return eventually(lambda: bool(recorders(session)))


def request(people: People, clock: StillClock, app: FastAPI) -> Act:
    return lambda: given.ticket(people)


def batch(people: People, clock: StillClock, app: FastAPI) -> Act:
    lines = json.dumps(given.request()).encode()
    return lambda: people.operator.send("/tickets/batch", lines)


def history(people: People, clock: StillClock, app: FastAPI) -> Act:
    return lambda: people.admin.send("/imports/cases", json.dumps(line()).encode())


def callback(people: People, clock: StillClock, app: FastAPI) -> Act:
    number = stages.awaiting(people, clock)
    return lambda: people.callback.post(f"/tickets/{number}/callbacks", CONTENT)


def correction(people: People, clock: StillClock, app: FastAPI) -> Act:
    made = denied(people)
    heard = {**CONTENT, "text": "录音中诉求人说已联系。"}
    return lambda: people.supervisor.post(f"/callbacks/{made['id']}/correction", heard)


def exclusion(people: People, clock: StillClock, app: FastAPI) -> Act:
    number = denied(people)["number"]
    people.street().does("exclusion", number, code="X2", text="超出职权。")
    people.district().does("exclusion/review", number, approve=True, text="属实。")
    decided = {"approve": True, "text": "同意剔除。"}
    return lambda: people("evaluator").post(f"/tickets/{number}/exclusion/decision", decided)


def fall(people: People, clock: StillClock, app: FastAPI) -> Act:
    """A hold whose review is due: the sweep ends it."""
    stages.held(people, stages.working(people), clock, days=5)
    clock.tick(days=6)
    return lambda: sweep(app.state.sessions, app.state.city, clock)


def denied(people: People) -> Json:
    """A final callback of someone who says that nobody asked him, and is not satisfied."""
    number = given.ticket(people)
    awaiting(people, number)
    answers = {**CONTENT, "contacted": "no", "satisfied": "dissatisfied"}
    made = people.callback.post(f"/tickets/{number}/callbacks", answers).json()
    return {"id": made["id"], "number": number}


WRITERS = [request, batch, history, callback, correction, exclusion, fall]


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.__name__)
def test_what_was_being_written_is_in_the_answer_about_its_instant(
    people: People,
    clock: StillClock,
    app: FastAPI,
    writer: Callable[[People, StillClock, FastAPI], Act],
) -> None:
    act = writer(people, clock, app)
    before = asked(people, clock)
    clock.tick(seconds=1)

    with ThreadPoolExecutor(2) as threads:
        with held(app, "LOCK TABLE event IN SHARE MODE"):  # may be read
            acted = threads.submit(act)
            assert records(app)
            early = threads.submit(asked, people, clock)
            assert waits(early)
        acted.result()

    assert early.result() == asked(people, clock) != before


def asked(people: People, clock: StillClock) -> bytes:
    return asked_at(people, clock.at)


def asked_at(people: People, at: datetime) -> bytes:
    answer = people("analyst").get(MONTH, as_of=at.isoformat())
    assert answer.status_code == 200, answer.text
    return answer.content


def test_a_period_is_sealed_as_of_an_instant_or_not_whenever_asked(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    path = "/rankings/2026-09"

    def sealed() -> object:
        return people("analyst").get(path, as_of=clock.at.isoformat()).json()["sealed"]

    with ThreadPoolExecutor(2) as threads:
        with held(app, "LOCK TABLE seal IN SHARE MODE"):
            seal = threads.submit(people("evaluator").post, f"{path}/seal")
            assert records(app)
            early = threads.submit(sealed)
            assert waits(early)
        assert seal.result().status_code == 201
        assert early.result() is sealed() is True


COUNTED = {"rate": "response", "counts": "numerator"}
PAST: list[tuple[str, dict[str, str]]] = [
    (MONTH, {}),
    (f"{MONTH}/offices/{WANGJING}", {}),
    (f"{MONTH}/offices/{WANGJING}/tickets", COUNTED),
    (f"{MONTH}/facts", {}),
]


@pytest.mark.parametrize(("path", "query"), PAST)
def test_who_asks_about_an_instant_waits_for_its_recorders_and_holds_up_nobody(
    people: People, clock: StillClock, app: FastAPI, path: str, query: dict[str, str]
) -> None:
    assert given.ticket(people)
    supervisor, at = people.supervisor, clock.at.isoformat()

    with ThreadPoolExecutor(1) as threads:
        with held(app, RECORDS):
            early = threads.submit(supervisor.get, path, as_of=at, **query)
            assert waits(early)
            assert given.ticket(people)
            assert supervisor.get(MONTH).status_code == 200
            assert not early.done()
        assert early.result().status_code == 200


def test_who_waits_for_recorders_leaves_them_the_threads(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    assert given.ticket(people)
    many = app.state.settings.pool_size
    with ThreadPoolExecutor(many) as threads:
        with held(app, RECORDS):
            asking = [threads.submit(asked, people, clock) for _ in range(many)]
            assert waits(asking[-1])
            assert given.ticket(people)
            assert not any(answer.done() for answer in asking)
        assert len({answer.result() for answer in asking}) == 1


def test_who_comes_later_is_not_waited_for(people: People, clock: StillClock, app: FastAPI) -> None:
    assert given.ticket(people)
    with ThreadPoolExecutor(1) as threads, ExitStack() as later:
        with held(app, RECORDS):
            early = threads.submit(asked, people, clock)
            assert waits(early)
            later.enter_context(held(app, RECORDS))
        assert early.result()


@pytest.mark.parametrize(
    "ask",
    [
        lambda people: people("evaluator").post("/rankings/2026-09/seal"),
        lambda people: people("analyst").get(MONTH, as_of="2026-10-20T02:00:00Z"),
    ],
    ids=["seal", "as_of"],
)
def test_who_would_wait_too_long_for_a_recorder_is_told_to_come_again(
    people: People,
    store: Store,
    clock: StillClock,
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[People], Response],
) -> None:
    monkeypatch.setattr("app.kit.instants.PATIENCE_SECONDS", 0.1)
    store(WORKED_EXAMPLE)

    with held(app, RECORDS):
        answer = ask(people)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json()["type"] == "/problems/still-recording"
    assert ask(people).status_code in (200, 201)


@pytest.mark.parametrize("name", ["follow", "hash_days"])
def test_a_round_comes_again_where_a_long_transaction_records(
    people: People,
    clock: StillClock,
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """So it is no failure, and the service stays ready beside a simulation."""
    monkeypatch.setattr("app.kit.instants.PATIENCE_SECONDS", 0.1)
    given.ticket(people)
    clock.tick(days=1)
    act = next(act for act in rounds.acts(app) if act.name == name)

    with held(app, RECORDS):
        assert act.do() is False


def test_nobody_waits_for_what_he_records_himself(
    people: People, clock: StillClock, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.kit.instants.PATIENCE_SECONDS", 0.1)
    with app.state.sessions() as session:
        assert recording(session, clock) == clock.at
        settled(session)


def test_a_correction_that_began_before_a_seal_is_in_it_or_after_it(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    number = given.ticket(people)
    awaiting(people, number)
    answers = {**CONTENT, "contacted": "no"}
    made = people.callback.post(f"/tickets/{number}/callbacks", answers).json()
    heard = {**CONTENT, "text": "录音中诉求人说已联系。"}
    clock.at = LATER
    evaluator, supervisor = people("evaluator"), people.supervisor

    with ThreadPoolExecutor(2) as threads:
        with held(app, f"SELECT 1 FROM ticket WHERE number = '{number}' FOR UPDATE"):
            path = f"/callbacks/{made['id']}/correction"
            correction = threads.submit(supervisor.post, path, heard)
            assert waits(correction)
            seal = threads.submit(evaluator.post, f"{MONTH}/seal")
            assert waits(seal)
        statuses = [correction.result().status_code, seal.result().status_code]

    assert statuses == [200, 201]
    assert people("auditor").post(f"{MONTH}/verify").json()["differences"] == []
    row = people("analyst").get(f"{MONTH}/offices/{WANGJING}").json()
    assert row["response"]["numerator"] == "1"


def test_those_who_record_do_not_wait_for_one_another(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    number, other = (stages.awaiting(people, clock) for _ in range(2))
    callback = people.callback

    with ThreadPoolExecutor(1) as threads:
        with held(app, f"SELECT 1 FROM ticket WHERE number = '{number}' FOR UPDATE"):
            first = threads.submit(callback.post, f"/tickets/{number}/callbacks", CONTENT)
            assert waits(first)
            assert callback.post(f"/tickets/{other}/callbacks", CONTENT).status_code == 201
            assert given.ticket(people)
        assert first.result().status_code == 201


def test_who_waited_for_a_ticket_acts_later_than_what_was_done_to_it_meanwhile(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    parent, member = given.ticket(people), given.ticket(people)
    first, second = sorted((parent, member))  # the order in which they are locked
    joined = {"parent_number": parent}

    with ThreadPoolExecutor(1) as threads:
        with held(app, f"SELECT 1 FROM ticket WHERE number = '{first}' FOR UPDATE"):
            merge = threads.submit(people.dispatcher.post, f"/tickets/{member}/merge", joined)
            assert records(app)
            clock.tick(seconds=10)
            moved = {"office_code": "110105043", "reason": "不属望京街道。"}
            people.dispatcher.does("dispatch", second, **moved)
            between = clock.at
            clock.tick(seconds=10)
        assert merge.result().status_code == 200, merge.result().text

    answer = asked_at(people, between)
    events = people.dispatcher.get(f"/tickets/{second}/events").json()
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    people.supervisor.does("reveal", second, reason="联系诉求人。")
    assert asked_at(people, between) == answer
