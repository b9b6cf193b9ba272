"""Keys, and what a key may see: one scope for every list, act, history, export and feed."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app import preparation, rounds
from app.access.gate import Gate
from app.kit import db
from tests.aids import given, stages
from tests.aids.client import Client
from tests.aids.given import ADMIN_KEY, CHAOYANG, WANGJING, People, Person
from tests.aids.wire import statements

XUEYUANLU = "110108010"
HAIDIAN = "110108"


@pytest.fixture
def nobody(people: People) -> Client:
    return people.client


BAD_KEYS = [
    None,
    "",
    "Bearer",
    "Bearer ",
    "Basic YTpi",
    "nobody's",
    "Bearer nobody's",
    "Bearer " + "x" * 5000,
    "Bearer Ã©ÿ",
    "Bearer a b",
    "Token abc",
]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/tickets"),
        ("POST", "/v1/tickets"),
        ("GET", "/v1/tickets/BJ202610200000001"),
        ("POST", "/v1/tickets/BJ202610200000001/note"),
        ("POST", "/v1/tickets/BJ202610200000001/callbacks"),
        ("GET", "/v1/inbox"),
        ("GET", "/v1/feed"),
        ("GET", "/v1/keys"),
        ("GET", "/v1/offices"),
        ("GET", "/v1/callbacks/queue"),
    ],
)
def test_no_route_opens_without_a_key(nobody: Client, method: str, path: str) -> None:
    for sent in BAD_KEYS:
        headers = {} if sent is None else {"Authorization": sent.encode("latin-1")}

        answer = nobody.request(method, path, content=b"{", headers=headers)

        assert answer.status_code == 401, sent
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_word_bearer_may_be_written_as_one_likes(people: People, nobody: Client) -> None:
    key = people.operator.headers["Authorization"].removeprefix("Bearer ")

    for scheme in ("bearer", "BEARER", "Bearer "):
        answer = nobody.get("/v1/tickets", headers={"Authorization": f"{scheme} {key}"})
        assert answer.status_code == 200


@pytest.fixture
def made(people: People, app: FastAPI) -> Iterator[dict[str, Any]]:
    answer = people.admin.post("/keys", {"role": "operator", "label": "坐席一组"})
    assert answer.status_code == 201
    yield answer.json()
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM key WHERE id = '{answer.json()['id']}'")


def test_a_key_is_shown_once_and_kept_as_a_hash(
    people: People, app: FastAPI, made: dict[str, Any]
) -> None:
    listed = people.admin.get("/keys", limit=500).json()["items"]

    assert made["id"] in [key["id"] for key in listed]
    assert all("key" not in key for key in listed)
    with app.state.engine.connect() as connection:
        kept = "".join(connection.exec_driver_sql("SELECT k::text FROM key k").scalars())
    assert made["key"] not in kept
    assert made["key"].encode().hex() not in kept


def test_a_revoked_key_opens_nothing_at_once_and_for_ever(
    people: People, app: FastAPI, made: dict[str, Any]
) -> None:
    holder = Person(people.client, made["key"])
    assert holder.get("/tickets").status_code == 200

    assert people.admin.delete(f"/keys/{made['id']}").status_code == 204
    assert people.admin.delete(f"/keys/{made['id']}").status_code == 204

    assert holder.get("/tickets").status_code == 401
    other_process = Gate(app.state.engine, app.state.secret)
    app.state.gate, ours = other_process, app.state.gate
    try:
        assert holder.get("/tickets").status_code == 401
    finally:
        app.state.gate = ours
    key = next(
        k for k in people.admin.get("/keys", limit=500).json()["items"] if k["id"] == made["id"]
    )
    assert key["revoked_at"] is not None


def test_keys_open_on_a_machine_that_has_just_started(
    people: People, app: FastAPI, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.access.gate.time.monotonic", lambda: 0.5)

    caller = asyncio.run(Gate(app.state.engine, app.state.secret).caller(made["key"]))

    assert caller is not None
    assert caller.id == made["id"]


def listed_as(people: People, key_id: str) -> dict[str, Any]:
    keys = people.admin.get("/keys", limit=500).json()["items"]
    return next(key for key in keys if key["id"] == key_id)


def test_a_key_opens_nothing_from_its_expiry_on(people: People, app: FastAPI) -> None:
    soon = "2099-01-01T00:00:00+08:00"
    new = {"role": "operator", "label": "for a day", "expires_at": soon}
    day = people.admin.post("/keys", new).json()
    holder = Person(people.client, day["key"])
    assert holder.get("/tickets").status_code == 200

    with app.state.engine.begin() as connection:
        expired = sa.text("UPDATE key SET expires_at = now() WHERE id = :id")
        connection.execute(expired, {"id": day["id"]})
    app.state.gate.seen.clear()

    assert holder.get("/tickets").status_code == 401
    assert listed_as(people, day["id"])["expires_at"] is not None


def test_the_list_tells_who_made_a_key_and_when_it_was_last_used(
    people: People, app: FastAPI, made: dict[str, Any]
) -> None:
    assert listed_as(people, made["id"])["last_used_at"] is None
    Person(people.client, made["key"]).get("/tickets")

    rounds.note_uses(app)

    key = listed_as(people, made["id"])
    assert key["last_used_at"] is not None
    assert (key["created_by"], key["revoked_by"]) == ("admin", None)
    people.admin.delete(f"/keys/{made['id']}")
    assert listed_as(people, made["id"])["revoked_by"] == "admin"


def test_a_use_is_told_though_the_database_was_away_when_it_was_to_be_noted(
    people: People, app: FastAPI, made: dict[str, Any]
) -> None:
    sessions = app.state.own_sessions
    Person(people.client, made["key"]).get("/tickets")

    nowhere = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    app.state.own_sessions = db.make_sessions(nowhere)
    with pytest.raises(sa.exc.OperationalError):
        rounds.note_uses(app)
    app.state.own_sessions = sessions
    rounds.note_uses(app)

    assert listed_as(people, made["id"])["last_used_at"] is not None
    assert app.state.gate.uses() == {}


def test_events_tell_the_label_of_the_key_that_acted(people: People, made: dict[str, Any]) -> None:
    number = given.ticket(people)
    people.operator.post(f"/tickets/{number}/note", {"text": "打过电话。"})
    Person(people.client, made["key"]).post(f"/tickets/{number}/note", {"text": "又打过。"})

    events = people.operator.get(f"/tickets/{number}/events").json()

    assert [event["actor_label"] for event in events if event["action"] == "note"][-1] == "坐席一组"
    assert {event["actor_label"] for event in events if event["actor"] == "system"} == {None}


BAD_NEW_KEYS = [
    ({"role": "handler", "label": "a"}, "/office_code"),
    ({"role": "handler", "label": "a", "office_code": "000"}, "/office_code"),
    ({"role": "handler", "label": "a", "office_code": CHAOYANG}, "/office_code"),
    ({"role": "district", "label": "a", "office_code": WANGJING}, "/office_code"),
    ({"role": "operator", "label": "a", "office_code": WANGJING}, "/office_code"),
    ({"role": "king", "label": "a"}, "/role"),
    ({"role": "operator"}, "/label"),
    ({"role": "operator", "label": " "}, "/label"),
    ({"role": "operator", "label": "a", "key": "mine"}, "/key"),
    ({"role": "operator", "label": "a", "expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
    ({"role": "operator", "label": "a", "expires_at": "2099-01-01"}, "/expires_at"),
]


@pytest.mark.parametrize(("body", "pointer"), BAD_NEW_KEYS)
def test_a_key_fits_its_role_and_its_office(
    people: People, body: dict[str, Any], pointer: str
) -> None:
    answer = people.admin.post("/keys", body)

    assert answer.status_code == 422
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]


@pytest.mark.parametrize("role", ["operator", "supervisor", "auditor", "evaluator", "analyst"])
def test_only_an_administrator_deals_with_keys(people: People, role: str) -> None:
    other = people(role)

    assert other.post("/keys", {"role": "admin", "label": "a"}).status_code == 403
    assert other.get("/keys").status_code == 403
    assert other.delete("/keys/admin").status_code == 403
    assert people.admin.delete("/keys/nobody").status_code == 404


EVERYWHERE = ["/tickets", "/tickets/{}", "/tickets/{}/events", "/inbox", "/feed"]
STRANGERS = [
    ("handler", XUEYUANLU),
    ("chief", XUEYUANLU),
    ("handler", "110105-market"),
    ("district", HAIDIAN),
]


@pytest.mark.parametrize(("role", "office"), STRANGERS)
def test_a_foreign_ticket_is_nowhere(people: People, role: str, office: str) -> None:
    number = stages.stands(people, "in_progress")
    stranger = people(role, office)

    for path in EVERYWHERE:
        answer = stranger.get(path.format(number))
        assert (answer.status_code == 404) is ("{}" in path)
        assert "望京" not in answer.text
        assert answer.status_code == 404 or number not in answer.text
    for asked in (f"office_code={WANGJING}", f"district_code={CHAOYANG}", "status=in_progress"):
        assert stranger.get(f"/tickets?{asked}").json()["items"] == []
    for kind in ("text/csv", "application/x-ndjson"):
        assert number not in stranger.get("/tickets", headers={"Accept": kind}).text


def test_what_does_not_exist_and_what_is_not_ones_own_look_alike(people: People) -> None:
    mine = given.ticket(people)
    other = people.street(XUEYUANLU)

    def refusal(number: str) -> dict[str, Any]:
        problem = other.get(f"/tickets/{number}").json()
        return {
            name: str(value).replace(number, "N")
            for name, value in problem.items()
            if name != "request_id"
        }

    assert refusal(mine) == refusal("BJ202610209999999")


@pytest.mark.usefixtures("callers_remembered")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/events"),
        ("GET", "/attachments"),
        ("GET", "/callbacks"),
        ("POST", "/note"),
        ("POST", "/acknowledge"),
        ("POST", "/exclusion"),
    ],
)
def test_a_foreign_ticket_is_looked_for_like_none(
    people: People, app: FastAPI, method: str, path: str
) -> None:
    """By the same statements, so that the time of the answer tells nothing either."""
    other = people.street(XUEYUANLU)
    asked: list[list[str]] = []
    for number in (given.ticket(people), "BJ202610209999999"):
        other.get("/inbox")
        with statements(app.state.engine) as sent:
            url = f"/v1/tickets/{number}{path}"
            answer = people.client.request(method, url, headers=other.headers)
        assert answer.status_code == 404
        asked.append(sent)

    assert asked[0] == asked[1] != []


SECRETS = [
    {"type": "report"},
    {"citizen": {"name": "张三丰", "phone": "13812345678", "confidential": True}},
]


@pytest.mark.parametrize("changed", SECRETS)
def test_who_reports_or_asks_for_secrecy_is_known_to_no_office_anywhere(
    people: People, changed: dict[str, Any]
) -> None:
    citizen = {"citizen": {"name": "张三丰", "phone": "13812345678"}}
    number = given.ticket(people, **{**citizen, **changed})
    given.replied(people, number)
    near = [people.street(), people("chief", WANGJING), people.district()]

    for person in near:
        for path in EVERYWHERE:
            text = given.without_chance(person.get(path.format(number)).text)
            assert not [word for word in ("张", "138", "5678") if word in text], path
        exported = person.get("/tickets", headers={"Accept": "application/x-ndjson"}).text
        assert json.loads(exported)["citizen"]["phone"] is None
    for person in near[:2]:
        refused = person.post(f"/tickets/{number}/reveal", {"reason": "联系。"})
        assert refused.status_code == 409
        assert "13812345678" not in refused.text
    assert people.district().post(f"/tickets/{number}/reveal", {"reason": "a"}).status_code == 403
    for role in ("dispatcher", "auditor", "panel", "evaluator"):
        assert people(role).get(f"/tickets/{number}").json()["citizen"]["phone"] == "138****5678"
    assert people.operator.get(f"/tickets/{number}").json()["citizen"]["phone"] == "13812345678"


@pytest.mark.parametrize(
    "role", ["operator", "callback", "supervisor", "dispatcher", "auditor", "panel", "evaluator"]
)
def test_lists_and_exports_mask_for_everyone(people: People, role: str) -> None:
    given.ticket(people, citizen={"name": "张三丰", "phone": "13812345678"})
    person = people(role)

    texts = [
        person.get("/tickets").text,
        person.get("/tickets", headers={"Accept": "application/x-ndjson"}).text,
        person.get("/tickets", headers={"Accept": "text/csv"}).text,
    ]

    assert not [text for text in texts if "张三丰" in text or "13812345678" in text]
    assert person.get("/tickets").json()["items"][0]["citizen"]["name"] == "张**"


def test_a_reveal_is_on_the_record_and_in_no_cache(people: People) -> None:
    number = given.ticket(people, citizen={"name": "张三", "phone": "13800000000"})
    street = people.street()
    street.does("acknowledge", number)
    assert street.get(f"/tickets/{number}").json()["citizen"]["phone"] == "138****0000"

    answer = street.post(f"/tickets/{number}/reveal", {"reason": "首次联系。"})

    assert answer.json() == {"phone": "13800000000", "name": "张三"}
    assert answer.headers["cache-control"] == "no-store"
    event = people("auditor").get(f"/tickets/{number}/events").json()[-1]
    assert (event["action"], event["role"], event["data"]) == (
        "reveal",
        "handler",
        {"reason": "首次联系。"},
    )
    assert event["actor"] not in ("", "system")


def test_a_finished_ticket_is_revealed_to_no_office(people: People) -> None:
    number = stages.stands(people, "closed")

    for person in (people.street(), people("chief", WANGJING)):
        answer = person.post(f"/tickets/{number}/reveal", {"reason": "再联系。"})
        assert answer.status_code == 409


def test_an_auditor_reads_everything_and_writes_nothing(people: People) -> None:
    number = stages.stands(people, "in_progress")
    auditor = people("auditor")

    assert number in auditor.get("/tickets").text
    assert auditor.get(f"/tickets/{number}").json()["allowed"] == []
    assert len(auditor.get(f"/tickets/{number}/events").json()) == 4
    assert auditor.post("/tickets", given.request()).status_code == 403


@pytest.mark.parametrize("role", ["analyst", "admin"])
def test_some_keys_have_no_business_with_tickets(people: People, role: str) -> None:
    number = given.ticket(people)
    person = people.admin if role == "admin" else people(role)

    for path in EVERYWHERE:
        assert person.get(path.format(number)).status_code == 403


@pytest.mark.parametrize("role", ["supervisor", "dispatcher", "handler", "admin", "callback"])
def test_only_an_operator_takes_tickets_in(people: People, role: str) -> None:
    person = (
        people.admin if role == "admin" else people(role, WANGJING if role == "handler" else None)
    )

    assert person.post("/tickets", given.request()).status_code == 403


def begun_with(app: FastAPI, text: str) -> None:
    """As at a start of the service with this JIESU_ADMIN_KEY."""
    settings = app.state.settings.model_copy(update={"admin_key": text})
    preparation.prepare(settings)


@pytest.fixture
def own_admin(app: FastAPI, people: People) -> Iterator[Person]:
    """Another administrator's key of the settings, for one test."""
    app.state.gate.revoked.clear()  # the number of its key was another's a moment ago
    begun_with(app, OTHER_ADMIN)
    yield Person(people.client, OTHER_ADMIN)
    with app.state.sessions.begin() as session:
        session.execute(sa.text("DELETE FROM key WHERE created_by = 'settings' AND id <> 'admin'"))
        opened = "UPDATE key SET revoked_at = NULL, revoked_by = NULL WHERE id = 'admin'"
        session.execute(sa.text(opened))


OTHER_ADMIN = "another-administrators-key-for-tests"


def test_an_administrators_key_that_was_revoked_stays_revoked(
    app: FastAPI, own_admin: Person, caplog: pytest.LogCaptureFixture
) -> None:
    assert registered(app, "admin2") == (None, None)
    assert own_admin.delete("/keys/admin2").status_code == 204
    revoked = registered(app, "admin2")

    begun_with(app, OTHER_ADMIN)

    assert own_admin.get("/keys").status_code == 401
    assert registered(app, "admin2") == revoked
    assert revoked[1] == "admin2"
    assert "was revoked and opens nothing" in caplog.text


def test_a_key_of_the_settings_retires_the_former_and_keeps_it_on_record(
    app: FastAPI, own_admin: Person, people: People
) -> None:
    assert own_admin.get("/keys").status_code == 200
    assert registered(app, "admin")[1] == "settings"

    begun_with(app, ADMIN_KEY)

    assert registered(app, "admin")[1] == "settings"
    assert registered(app, "admin2")[1] is None


def registered(app: FastAPI, key_id: str) -> Any:
    """When a key was revoked, and by whom."""
    with app.state.sessions() as session:
        query = sa.text("SELECT revoked_at, revoked_by FROM key WHERE id = :id")
        return session.execute(query, {"id": key_id}).one()
