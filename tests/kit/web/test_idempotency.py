"""One Idempotency-Key, one caller, one path, one effect, for seven days."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.sweep import forget_keys
from tests.aids import given, stages
from tests.aids.given import CONTENT, WANGJING, People
from tests.conftest import StillClock

KEY = {"Idempotency-Key": "console-7/0001"}


def count(app: FastAPI, table: str) -> int:
    with app.state.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def test_the_same_request_again_makes_nothing_new(people: People, app: FastAPI) -> None:
    first = people.operator.post("/tickets", given.request(), KEY)
    before = given.record(app)

    again = people.operator.post("/tickets", given.request(), KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    for name in ("location", "etag"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert given.record(app) == before


def test_what_is_shown_again_is_the_ticket_as_it_is_now(people: People) -> None:
    number = people.operator.post("/tickets", given.request(), KEY).json()["number"]
    people.street().does("acknowledge", number)

    again = people.operator.post("/tickets", given.request(), KEY)

    assert (again.status_code, again.json()["status"]) == (201, "acknowledged")
    assert again.headers["etag"] == '"3-en"'


@pytest.mark.parametrize(
    "body", [given.request(title="另一件事"), {}, [], None, given.request(surprise=1)]
)
def test_the_same_key_with_another_body_is_refused(people: People, app: FastAPI, body: Any) -> None:
    people.operator.post("/tickets", given.request(), KEY)
    before = given.record(app)

    answer = people.client.post(
        "/v1/tickets", content=json.dumps(body), headers=people.operator.headers | KEY | JSON
    )

    assert answer.status_code == 422
    assert given.record(app) == before


JSON = {"Content-Type": "application/json"}


def test_a_key_reused_is_named_so(people: People) -> None:
    people.operator.post("/tickets", given.request(), KEY)

    answer = people.operator.post("/tickets", given.request(title="另一件事"), KEY)

    assert answer.json()["type"] == "/problems/key-reused"


def test_an_act_is_done_once_even_when_the_version_it_was_made_for_is_past(
    people: People,
) -> None:
    number = given.ticket(people)
    street, headers = people.street(), {**KEY, "If-Match": '"2"'}
    first = street.post(f"/tickets/{number}/acknowledge", {}, headers)

    again = street.post(f"/tickets/{number}/acknowledge", {}, headers)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_a_callback_is_recorded_once(people: People, app: FastAPI) -> None:
    number = stages.stands(people, "awaiting_callback")

    answers = [people.callback.post(f"/tickets/{number}/callbacks", CONTENT, KEY) for _ in "12"]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert count(app, "callback") == 1


def test_a_refused_call_does_not_use_up_its_key(people: People, app: FastAPI) -> None:
    number = given.ticket(people)
    street = people.street()
    contact = given.BODIES["contact"]

    assert street.post(f"/tickets/{number}/contact", contact, KEY).status_code == 409
    assert street.post(f"/tickets/{number}/contact", {}, KEY).status_code == 422
    assert count(app, "idempotency_key") == 0
    street.does("acknowledge", number)
    assert street.post(f"/tickets/{number}/contact", contact, KEY).status_code == 200


def test_a_key_is_of_one_caller_and_one_path(people: People) -> None:
    other = people.admin.post("/keys", {"role": "operator", "label": "another"}).json()["key"]
    theirs = given.Person(people.client, other)
    mine = people.operator.post("/tickets", given.request(), KEY).json()["number"]
    another = given.request(citizen={"name": "李四", "phone": "13900009999"})
    others = theirs.post("/tickets", another, KEY).json()["number"]
    note = {"text": "补充。"}

    assert mine != others
    for number in (mine, others):
        assert people.operator.post(f"/tickets/{number}/note", note, KEY).status_code == 200


def test_a_replay_shows_no_more_than_the_caller_may_see_now(people: People) -> None:
    """Nor does it leave him in doubt whether the first call was done."""
    number = given.ticket(people)
    street = people.street()
    body = {"text": "已通知。"}
    assert street.post(f"/tickets/{number}/note", body, KEY).status_code == 200
    assert street.post(f"/tickets/{number}/acknowledge", {}, KEY).status_code == 200
    leave(people, number)

    for path, sent in (("note", body), ("acknowledge", {})):
        again = street.post(f"/tickets/{number}/{path}", sent, KEY)
        assert (again.status_code, again.json()) == (200, {"number": number})
        assert again.headers["Idempotency-Replayed"] == "true"
    assert street.post(f"/tickets/{number}/note", {"text": "别的。"}, KEY).status_code == 404
    other = {"Idempotency-Key": "console-7/0002"}
    assert street.post(f"/tickets/{number}/note", body, other).status_code == 404
    assert street.post(f"/tickets/{number}/note", body).status_code == 404


def test_an_appeals_replay_after_the_ticket_left_is_told_too(people: People, app: FastAPI) -> None:
    number = given.ticket(people)
    given.awaiting(people, number)
    called = people.callback.post(f"/tickets/{number}/callbacks", given.CONTENT)
    dispute = f"/tickets/{number}/callbacks/{called.json()['id']}/dispute"
    body = {"text": "录音与结果不符。"}
    street = people.street()
    first = street.post(dispute, body, KEY)
    assert first.status_code == 200, first.text
    with app.state.sessions.begin() as session:
        ended = "UPDATE dispatch SET ended_at = dispatched_at WHERE office_code = :office"
        session.execute(sa.text(ended), {"office": WANGJING})

    again = street.post(dispute, body, KEY)

    assert again.status_code == 200
    assert again.json()["number"] == number
    assert street.post(dispute, body).status_code == 404


def leave(people: People, number: str) -> None:
    """To another street."""
    people.dispatcher.does("dispatch", number, office_code="110105001", reason="属地。")
    people.street("110105001").does("acknowledge", number)


def test_only_hashes_are_kept(people: People, app: FastAPI) -> None:
    people.operator.post("/tickets", given.request(), KEY)

    with app.state.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT k::text FROM idempotency_key k").scalar_one()
    kept = given.without_chance(kept)
    assert not [word for word in ("张三", "138", "施工", "朝阳") if word in kept]


def test_after_seven_days_the_key_means_nothing_swept_or_not(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    first = people.operator.post("/tickets", given.request(), KEY).json()["number"]

    clock.tick(days=7)
    assert people.operator.post("/tickets", given.request(), KEY).json()["number"] == first
    clock.at += timedelta(microseconds=1)
    second = people.operator.post("/tickets", given.request(title="另一件事"), KEY)
    assert second.status_code == 201
    assert second.json()["number"] != first
    assert count(app, "idempotency_key") == 1
    clock.tick(days=8)
    assert not forget_keys(app.state.sessions, clock)
    assert count(app, "idempotency_key") == 0


@pytest.mark.parametrize("key", ["", "x" * 129, "é", "a\tb", "键"])
def test_a_key_is_1_to_128_printable_characters(people: People, key: str) -> None:
    sent = {"Idempotency-Key": key.encode()}

    answer = people.client.post(
        "/v1/tickets", json=given.request(), headers={**people.operator.headers, **sent}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


@pytest.mark.parametrize("key", ["x", "x" * 128, "a b ~!"])
def test_such_a_key_is_taken(people: People, key: str) -> None:
    answer = people.operator.post("/tickets", given.request(), {"Idempotency-Key": key})

    assert answer.status_code == 201


def test_what_shows_a_secret_takes_no_key(people: People, app: FastAPI) -> None:
    number = given.ticket(people)
    before = given.record(app)

    for answer in (
        people.operator.post(f"/tickets/{number}/reveal", {"reason": "联系。"}, KEY),
        people.admin.post("/keys", {"role": "operator", "label": "a"}, KEY),
    ):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"
    assert given.record(app) == before


def test_a_role_is_judged_before_its_key(people: People) -> None:
    answer = people.street(WANGJING).post("/tickets", given.request(), {"Idempotency-Key": ""})

    assert answer.status_code == 403
