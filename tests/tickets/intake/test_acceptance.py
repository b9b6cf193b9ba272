"""D.3: what the operator decides with the call comes before any dispatch, in the same request."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app.sweep import sweep
from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock

FIRE = {"outcome": "transfer", "service": "119", "text": "三楼着火，已转消防。"}
ANSWER = {"outcome": "answer", "text": "办事大厅周六上午开门。"}
DECLINE = {"outcome": "decline", "reason_code": "na_out_of_area", "text": "请拨打当地热线。"}
ENDS: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    "transfer": ("help", FIRE, "transferred", {"service": "119"}),
    "answer": ("consult", ANSWER, "answered", {}),
    "thanks": ("praise", ANSWER, "answered", {}),
    "decline": ("complaint", DECLINE, "not_accepted", {"reason_code": "na_out_of_area"}),
}


def tell(people: People, **changed: Any) -> Response:
    return people.operator.post("/tickets", given.request(**changed))


@pytest.mark.parametrize("case", ENDS)
@pytest.mark.parametrize("in_a_batch", [False, True])
@pytest.mark.parametrize("with_address", [True, False])
def test_what_ends_with_the_call_is_never_sent_to_an_office(
    people: People, case: str, in_a_batch: bool, with_address: bool
) -> None:
    kind, acceptance, status, data = ENDS[case]
    body = given.request(type=kind, acceptance=acceptance)
    if not with_address:
        del body["address"]
    if in_a_batch:
        line = people.operator.send("/tickets/batch", json.dumps(body).encode()).json()
        assert line["status"] == 201
        ticket = people.operator.get(f"/tickets/{line['number']}").json()
    else:
        answer = people.operator.post("/tickets", body)
        assert answer.status_code == 201, answer.text
        ticket = answer.json()

    assert (ticket["status"], ticket["office"], ticket["dispatched_at"]) == (status, None, None)
    assert ticket["closed_at"] == ticket["received_at"]
    assert ticket["address"]["text"] == (body["address"]["text"] if with_address else "")
    received, ended = people.operator.get(f"/tickets/{ticket['number']}/events").json()
    assert (received["action"], received["role"]) == ("receive", "operator")
    assert (ended["from"], ended["to"], ended["role"]) == ("received", status, "operator")
    assert ended["data"] == {**data, "text": acceptance["text"]}
    assert people.street().get(f"/tickets/{ticket['number']}").status_code == 404
    assert people.street().get("/feed").json()["items"] == []
    assert people.district().get("/feed").json()["items"] == []


def test_it_is_the_same_as_the_acts_that_follow_at_once(people: People) -> None:
    at_once = given.alone(tell(people, type="consult", acceptance=ANSWER).json())
    number = given.ticket(people, type="consult")
    later = people.operator.does("answer", number, text=ANSWER["text"])

    own = ("number", "citizen")
    assert {**at_once, **dict.fromkeys(own)} == {**later, **dict.fromkeys(own)}
    both = [
        [
            {**event, "actor": None, "at": None, "data": {**event["data"], "request_hash": None}}
            for event in people.operator.get(f"/tickets/{ticket['number']}/events").json()
        ]
        for ticket in (at_once, later)
    ]
    assert both[0] == both[1]


def test_what_is_held_is_dispatched_like_any_other_when_its_time_is_over(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    answer = tell(people, acceptance={"outcome": "hold"})
    number = answer.json()["number"]
    assert answer.json()["status"] == "received"
    assert people.street().get("/inbox").json()["items"] == []

    clock.tick(minutes=15)
    assert sweep(app.state.sessions, app.state.city, app.state.clock) == 0
    clock.tick(microseconds=1)
    assert sweep(app.state.sessions, app.state.city, app.state.clock) == 1

    ticket = people.operator.get(f"/tickets/{number}").json()
    assert (ticket["status"], ticket["office"]["code"]) == ("dispatched", WANGJING)
    assert people.district(CHAOYANG).get(f"/tickets/{number}").status_code == 200


def test_what_is_held_is_dispatched_at_once_when_its_address_is_learned(people: People) -> None:
    number = tell(people, address={"text": "我家"}, acceptance={"outcome": "hold"}).json()["number"]

    held = people.operator.does("add", number, text="还在想是几号楼。")
    assert held["status"] == "received"
    placed = people.operator.does("add", number, address={"text": "朝阳区望京西园三区308楼"})
    assert (placed["status"], placed["office"]["code"]) == ("dispatched", WANGJING)


@pytest.mark.parametrize("action", ["transfer", "decline"])
def test_what_is_held_is_ended_by_the_act_that_the_talk_leads_to(
    people: People, action: str
) -> None:
    number = tell(people, acceptance={"outcome": "hold"}).json()["number"]

    assert people.operator.does(action, number, **given.BODIES[action])["closed_at"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"acceptance": {}}, "/acceptance/outcome"),
    ({"acceptance": {"outcome": "forget"}}, "/acceptance/outcome"),
    ({"acceptance": "accept"}, "/acceptance"),
    ({"acceptance": {"outcome": "accept", "text": "好"}}, "/acceptance/text"),
    ({"acceptance": {"outcome": "hold", "service": "119"}}, "/acceptance/service"),
    ({"acceptance": {"outcome": "transfer", "service": "119"}}, "/acceptance/text"),
    ({"acceptance": {"outcome": "transfer", "text": "火"}}, "/acceptance/service"),
    ({"acceptance": {**FIRE, "service": "911"}}, "/acceptance/service"),
    ({"acceptance": {**FIRE, "text": "火" * 20_001}}, "/acceptance/text"),
    ({"acceptance": {**FIRE, "reason_code": "na_secret"}}, "/acceptance/reason_code"),
    ({"acceptance": {**FIRE, "by": "me"}}, "/acceptance/by"),
    ({"acceptance": {"outcome": "decline", "text": "不"}}, "/acceptance/reason_code"),
    ({"acceptance": {**DECLINE, "text": ""}}, "/acceptance/text"),
    ({"acceptance": {**DECLINE, "reason_code": "na_no_info"}}, "/acceptance/reason_code"),
    ({"acceptance": ANSWER}, "/acceptance/outcome"),
    ({"acceptance": {**ANSWER, "text": " "}, "type": "consult"}, "/acceptance/text"),
    ({"address": None}, "/address"),
    ({"address": {}}, "/address/text"),
    ({"address": {"text": ""}}, "/address/text"),
    ({"address": None, "acceptance": {"outcome": "hold"}}, "/address"),
    ({"address": {"text": "望" * 501}}, "/address/text"),
    ({"line": "911"}, "/line"),
    ({"line": 12345}, "/line"),
    ({"source": {}}, "/source"),
    ({"source": "北京晚报"}, "/source"),
    ({"source": {"url": "javascript:alert(1)"}}, "/source/url"),
    ({"source": {"url": "https://" + "a" * 1_993}}, "/source/url"),
    ({"source": {"outlet": "报" * 201}}, "/source/outlet"),
    ({"source": {"published_at": "2026-10-21T10:00:00Z"}}, "/source/published_at"),
    ({"source": {"published_at": "2026-10-19"}}, "/source/published_at"),
    ({"citizen": {"callback_phone": "12"}}, "/citizen/callback_phone"),
    ({"citizen": {"callback_phone": "1" * 40}}, "/citizen/callback_phone"),
    ({"citizen": {"callback_phone": "call me"}}, "/citizen/callback_phone"),
    ({"citizen": {"language": "语" * 36}}, "/citizen/language"),
    ({"citizen": {"callback_after": "18:00"}}, "/citizen/callback_after"),
    ({"citizen": {"callback_after": "2027-02-20T02:00:00Z"}}, "/citizen/callback_after"),
]


@pytest.mark.parametrize(("changed", "pointer"), REFUSED)
def test_what_does_not_fit_is_refused_by_name_and_nothing_is_made(
    people: People, app: FastAPI, changed: dict[str, Any], pointer: str
) -> None:
    before = given.record(app)
    answer = tell(people, **changed)

    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert given.record(app) == before


@pytest.mark.parametrize("reason", ["na_unlawful", "na_malicious"])
def test_only_a_supervisor_declines_as_unlawful_or_malicious(
    people: People, app: FastAPI, reason: str
) -> None:
    before = given.record(app)
    answer = tell(people, acceptance={**DECLINE, "reason_code": reason})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/not-your-part"
    assert given.record(app) == before

    number = tell(people, acceptance={"outcome": "hold"}).json()["number"]
    body = {"reason_code": reason, "text": "不予受理。"}
    assert people.supervisor.does("decline", number, **body)["status"] == "not_accepted"


BLANK: list[Any] = [None, ""]


@pytest.mark.parametrize("blank", BLANK)
def test_a_member_that_may_be_left_out_may_be_null_or_an_empty_text(
    people: People, blank: Any
) -> None:
    names = ("category", "urgency", "external_id", "occurred_at", "line", "source", "acceptance")
    address = {"text": "朝阳区望京街道", "district_code": blank, "lon": blank, "lat": blank}
    person = ("name", "phone", "callback_phone", "language", "callback_after", "anonymous")
    citizen = {**dict.fromkeys(person, blank), "confidential": blank}
    answer = tell(people, **dict.fromkeys(names, blank), address=address, citizen=citizen)

    assert answer.status_code == 201, answer.text
    assert tell(people, **dict.fromkeys(names, blank), citizen=blank).status_code == 201


def test_line_source_and_how_to_call_back_are_kept_and_shown_to_who_may(people: People) -> None:
    source = {
        "outlet": "北京晚报",
        "title": "望京夜里施工",
        "url": "https://example.org/a?b=1",
        "published_at": "2026-10-19T16:00:00Z",
    }
    citizen = {
        "name": "张三",
        "phone": "13800000000",
        "callback_phone": "010-6512 3456",
        "language": "en",
        "callback_after": "2026-10-20T18:00:00+08:00",
    }
    made = tell(people, channel="media", line="12369", source=source, citizen=citizen).json()
    number = made["number"]

    assert (made["line"], made["source"]) == ("12369", source)
    clear = people.callback.get(f"/tickets/{number}").json()["citizen"]
    assert clear["callback_phone"] == "010-65123456"
    assert (clear["language"], clear["callback_after"]) == ("en", "2026-10-20T10:00:00Z")
    masked = people.street().get(f"/tickets/{number}").json()["citizen"]
    assert masked["callback_phone"] == "010*****3456"
    people.street().does("acknowledge", number)
    revealed = people.street().post(f"/tickets/{number}/reveal", {"reason": "回电"})
    assert revealed.json()["callback_phone"] == "010-65123456"

    people.operator.does("conceal", number, reason="怕报复")
    hidden = people.street().get(f"/tickets/{number}").json()["citizen"]
    assert {hidden[name] for name in citizen} == {None}


def test_a_citizen_with_another_number_only_is_reached_and_found_by_it(people: People) -> None:
    citizen = {"callback_phone": "13900000007"}
    first = tell(people, category="0701", citizen=citizen).json()

    assert first["citizen"]["phone"] == "13900000007"
    again = tell(people, category="0701", citizen={"phone": "139 0000 0007"})
    assert (again.status_code, again.json()["number"]) == (200, first["number"])


@pytest.mark.parametrize("case", ENDS)
def test_what_ends_with_the_call_neither_urges_an_open_ticket_nor_is_urged(
    people: People, case: str
) -> None:
    kind, acceptance, status, _ = ENDS[case]
    body = given.request(category="0701", type=kind)
    opened = people.operator.post("/tickets", body).json()["number"]
    lines = [{**body, "acceptance": acceptance}, body]
    content = "\n".join(map(json.dumps, lines)).encode()
    ended, urged = map(
        json.loads, people.operator.send("/tickets/batch", content).text.splitlines()
    )

    assert people.operator.get(f"/tickets/{ended['number']}").json()["status"] == status
    assert (urged["number"], urged["duplicate_of_open"]) == (opened, True)


def test_what_ended_with_the_call_is_told_again_under_its_key(people: People) -> None:
    key = {"Idempotency-Key": "a-fire"}
    body = given.request(acceptance=FIRE)
    first, again = (people.operator.post("/tickets", body, key) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    other = given.request(acceptance={**FIRE, "service": "120"})
    assert people.operator.post("/tickets", other, key).json()["type"] == "/problems/key-reused"
