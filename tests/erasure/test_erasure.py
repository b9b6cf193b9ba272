"""A person is forgotten, and no number changes (RULEBOOK D.16)."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi import FastAPI

from app.attachments import store
from app.erasure import files
from app.erasure.service import erase_some
from app.seals import auditing
from tests.aids import given, stages
from tests.aids.given import JPEG, People
from tests.aids.sealing import LATER, finished, sealed, verified
from tests.conftest import StillClock
from tests.tickets.test_citizens import dumped

SECRETS = (
    "欧阳",
    "13812345678",
    "84567890",
    "甲单元",
    "四零二",
    "猛敲",
    "投影",
    "门锁",
    "慰问",
    "奋强",
)
CITIZEN = {"name": "欧阳奋强", "phone": "13812345678", "callback_phone": "010-84567890"}
ASKED = {"reason": "诉求人申请消除"}


def place(app: FastAPI, content: bytes) -> Path:
    folder: Path = app.state.settings.attachments
    return store.path_of(folder, sha256(content).hexdigest())


def spoken_of(people: People, clock: StillClock) -> str:
    """A finished ticket with words of its citizen, or about him, in all places."""
    number = given.ticket(
        people,
        citizen=CITIZEN,
        title="邻居猛敲暖气管",
        content="甲单元四零二的邻居夜里猛敲暖气管。",
        address={"text": "朝阳区望京西园三区308楼甲单元四零二", "lon": 116.47, "lat": 39.99},
    )
    people.operator.does("correct", number, citizen={"name": "欧阳奋"}, reason="听错，是奋强")
    people.operator.does("note", number, text="欧阳家门锁坏了")
    photo = {"Content-Disposition": "attachment; filename*=UTF-8''%E6%8A%95%E5%BD%B1.jpg"}
    sent = people.street().send(f"/tickets/{number}/attachments?name=投影.jpg", JPEG, photo)
    assert sent.status_code == 201, sent.text
    clock.tick(hours=1)
    given.awaiting(people, number)
    stages.called(people, number)
    return number


def audited(app: FastAPI) -> list[object]:
    with app.state.sessions() as session:
        return list(auditing.whole(session, app.state.city))


def written(app: FastAPI) -> str:
    with app.state.engine.connect() as connection:
        return dumped(connection)


def test_nothing_of_the_person_is_left_and_every_number_stays(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    number, other = spoken_of(people, clock), finished(people, clock)
    clock.at = LATER
    seal = sealed(people, "2026-11")
    before = people("evaluator").get("/rankings/2026-11").json()
    assert [word for word in SECRETS if word in written(app)]

    ticket = people.supervisor.does("erase", number, **ASKED)

    assert ticket["erased_at"] is not None
    assert ticket["title"] == ticket["content"] == ticket["address"]["text"] == "已消除"
    assert ticket["citizen"]["name"] is ticket["citizen"]["phone"] is None
    assert "erase" not in ticket["allowed"]
    assert not files.remove_some(app.state.sessions, app.state.settings.attachments)
    assert not place(app, JPEG).exists()
    assert not [word for word in SECRETS if word in written(app)]
    assert people.operator.get("/tickets", phone="13812345678").json()["items"] == []
    assert people.operator.get(f"/tickets/{number}/attachments").json() == []
    assert people("evaluator").get("/rankings/2026-11").json() == before
    proof = verified(people, "2026-11")
    assert (proof["same"], proof["content_hash"]) == (True, seal["content_hash"])
    assert audited(app) == []
    *_, event = people("auditor").get(f"/tickets/{number}/events").json()
    assert (event["action"], event["data"]) == ("erase", {"why": "request", **ASKED})
    assert people.operator.get(f"/tickets/{other}").json()["title"] == "夜间施工噪声"


def test_only_what_is_over_is_erased_once_and_by_a_supervisor(people: People) -> None:
    number = given.ticket(people)
    supervisor = people.supervisor
    parent, member = given.ticket(people), given.ticket(people)
    people.dispatcher.does("merge", member, parent_number=parent)
    given.awaiting(people, number)

    for role in ("operator", "callback", "dispatcher", "evaluator", "admin"):
        person = people.admin if role == "admin" else people(role)
        assert person.post(f"/tickets/{number}/erase", ASKED).status_code == 403
    assert supervisor.post(f"/tickets/{number}/erase", ASKED).status_code == 409
    assert supervisor.post(f"/tickets/{member}/erase", ASKED).status_code == 409
    assert supervisor.post("/tickets/BJ202601010000001/erase", ASKED).status_code == 404
    stages.called(people, number)
    for wrong in ({}, {"reason": ""}, {"reason": "x" * 20_001}, {**ASKED, "why": "retention"}):
        assert supervisor.post(f"/tickets/{number}/erase", wrong).status_code == 422
    supervisor.does("erase", number, **ASKED)
    again = supervisor.post(f"/tickets/{number}/erase", ASKED)
    assert (again.status_code, again.json()["status_now"]) == (409, "closed")
    late = people.street().send(f"/tickets/{number}/attachments", JPEG)
    assert late.status_code == 409
    assert supervisor.get(f"/tickets/{number}").json()["erased_at"] is not None


def test_after_the_retention_it_is_erased_by_itself(
    app: FastAPI, people: People, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = [finished(people, clock) for _ in range(3)]
    parent, member = given.ticket(people), given.ticket(people)
    people.dispatcher.does("merge", member, parent_number=parent)
    people.operator.get("/tickets", phone="13812345678")
    begun = clock.at
    sessions, city = app.state.sessions, app.state.city
    monkeypatch.setattr("app.erasure.service.AT_ONCE", 2)

    clock.at = begun.replace(year=begun.year + 5) - timedelta(days=1)
    assert not erase_some(sessions, city, clock)
    assert people.supervisor.get(f"/tickets/{closed[0]}").json()["erased_at"] is None
    clock.tick(days=1, microseconds=1)
    assert [erase_some(sessions, city, clock) for _ in range(3)] == [True, False, False]

    for number in (*closed, parent, member):
        ticket = people.supervisor.get(f"/tickets/{number}").json()
        assert (ticket["erased_at"] is not None) == (number in closed), number
    *_, event = people("auditor").get(f"/tickets/{closed[0]}/events").json()
    assert (event["actor"], event["data"]) == ("system", {"why": "retention"})
    assert people("auditor").get("/telephone-searches").json()["items"] == []
    assert audited(app) == []


def test_a_file_that_another_ticket_has_too_keeps_its_bytes(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    first, second = finished(people, clock), finished(people, clock)
    for number in (first, second):
        assert people.street().send(f"/tickets/{number}/attachments", JPEG).status_code == 201

    people.supervisor.does("erase", first, **ASKED)
    files.remove_some(app.state.sessions, app.state.settings.attachments)
    assert place(app, JPEG).exists()
    people.supervisor.does("erase", second, **ASKED)
    files.remove_some(app.state.sessions, app.state.settings.attachments)
    assert not place(app, JPEG).exists()
