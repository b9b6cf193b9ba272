"""A second request that differs in any member is a ticket of its own, or both values are kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from app.tickets.citizens import masked_phone
from app.tickets.intake.forms import Acceptance, NewCitizen, NewTicket, Place, Source
from tests.aids import given
from tests.aids.given import WANGJING, People, Person

ADDRESS = "朝阳区望京街道望京西园三区308楼"
FIRST: dict[str, Any] = {
    "channel": "phone",
    "type": "complaint",
    "category": "0701",
    "title": "夜间施工噪声",
    "content": "工地每天夜里十一点以后还在施工。",
    "urgency": "L3",
    "external_id": "A-1",
    "occurred_at": "2026-10-19T15:00:00Z",
    "address": {"text": ADDRESS, "district_code": None, "lon": 116.47, "lat": 39.9955},
    "citizen": {
        "name": "张三",
        "phone": "13800000000",
        "callback_phone": "13900000001",
        "language": "zh",
        "callback_after": "2026-10-20T10:00:00Z",
        "anonymous": False,
        "confidential": False,
    },
    "acceptance": {"outcome": "accept"},
    "line": "12345",
    "source": {
        "outlet": "北京晚报",
        "title": "工地夜里施工",
        "url": "https://example.org/1",
        "published_at": "2026-10-19T16:00:00Z",
    },
}
OTHER: dict[str, list[Any]] = {
    "channel": ["web", "weibo"],
    "type": ["report", "help", "consult", "suggest", "praise"],
    "category": ["0702", None],
    "title": ["还在施工"],
    "content": ["又响到两点。"],
    "urgency": ["L1", "L2", "L4"],
    "external_id": ["A-2"],
    "occurred_at": ["2026-10-20T01:00:00Z"],
    "address.text": ["望京西园三区310号楼"],
    "address.district_code": ["110105"],
    "address.lon": [116.4701],
    "address.lat": [39.9956],
    "line": ["12369"],
    "source.outlet": ["新京报"],
    "source.title": ["夜里施工"],
    "source.url": ["https://example.org/2"],
    "source.published_at": ["2026-10-19T17:00:00Z"],
    "citizen.name": ["李四", "张先生", None],
    "citizen.callback_phone": ["13900000002", "010-65123456", None],
    "citizen.language": ["en"],
    "citizen.callback_after": ["2026-10-20T12:00:00Z"],
    "citizen.phone": ["13800000001", "13800000000-2", "010-65123456", None],
    "citizen.anonymous": [True],
    "citizen.confidential": [True],
}
MASKED: dict[str, Callable[[Any], Any]] = {
    "citizen.name": lambda _: "张**",
    "citizen.callback_phone": masked_phone,
}
"""Members that an office reads in the events."""

CASES = [(member, value) for member, values in OTHER.items() for value in values]


FORMS: dict[str, type[BaseModel]] = {
    "address": Place,
    "citizen": NewCitizen,
    "source": Source,
    "acceptance": Acceptance,
}
ONE_WAY = {f"acceptance.{member}" for member in Acceptance.model_fields}
"""The operator's decision; what ends with the call urges no other: see test_acceptance.py."""
WRITING = {"address.datum"}
"""How a position is written; kept is the position itself: see tests/routing/test_routes.py."""


def unchanged(value: Any) -> Any:
    return value


def members(form: type[BaseModel], before: str = "") -> set[str]:
    return {before + name for name in form.model_fields}


def with_member(member: str, value: object) -> dict[str, Any]:
    outer, _, inner = member.partition(".")
    return {**FIRST, outer: {**FIRST[outer], inner: value} if inner else value}


def test_every_member_of_the_form_is_tried() -> None:
    inner = [
        member
        for outer, form in FORMS.items()
        for member in members(form, f"{outer}.") - ONE_WAY - WRITING
    ]

    assert set(OTHER) == (members(NewTicket) - set(FORMS)) | set(inner)


@pytest.mark.parametrize(("member", "value"), CASES)
@pytest.mark.parametrize("in_a_batch", [False, True])
def test_another_value_makes_another_ticket_or_is_kept_beside_the_first(
    people: People, member: str, value: object, in_a_batch: bool
) -> None:
    first = number_of(people.operator, FIRST, in_a_batch)
    second = number_of(people.operator, with_member(member, value), in_a_batch)

    if second == first and value is not None:
        shown = people.operator.get(f"/tickets/{first}").json()
        [*_, urged] = people.operator.get(f"/tickets/{first}/events").json()
        outer, _, inner = member.partition(".")
        kept = {**shown["citizen"], **shown, **urged["data"]}
        kept |= urged["data"].get(outer, {}) if inner else {}
        name = {"content": "text"}.get(inner or outer, inner or outer)
        kept |= {"urgency": urged["data"].get("urgency", shown["urgency"])}
        if member == "citizen.callback_phone":
            assert shown["citizen"]["callback_phone"] == value
        assert kept[name] == MASKED.get(member, unchanged)(value)


def number_of(operator: Person, body: dict[str, Any], in_a_batch: bool) -> str:
    if in_a_batch:
        return str(operator.send("/tickets/batch", json.dumps(body).encode()).json()["number"])
    answer = operator.post("/tickets", body)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["number"])


@pytest.mark.parametrize("urgency", ["L1", "L2"])
def test_a_graver_call_raises_the_ticket_and_its_limits(people: People, urgency: str) -> None:
    first = people.operator.post("/tickets", FIRST).json()
    again = people.operator.post("/tickets", {**FIRST, "urgency": urgency})

    assert again.status_code == 200
    assert again.json()["urgency"] == urgency
    assert again.json()["due_at"] < first["due_at"]


def test_a_name_that_was_missing_is_filled_in(people: People) -> None:
    nameless = {**FIRST, "citizen": {"phone": "13800000000"}}
    people.operator.post("/tickets", nameless)
    again = people.operator.post("/tickets", FIRST)

    assert again.status_code == 200
    assert again.json()["citizen"]["name"] == "张三"


ORDINARY = {"type": "complaint", "confidential": False}
SECRET = [{"type": "report", "confidential": False}, {"type": "complaint", "confidential": True}]


def asking(kind: dict[str, Any], phone: str = "13800000000") -> dict[str, Any]:
    citizen = {"name": "张三", "phone": phone, "confidential": kind["confidential"]}
    return given.request(category="0701", type=kind["type"], citizen=citizen)


@pytest.mark.parametrize("secret", SECRET)
@pytest.mark.parametrize("comes_first", [True, False])
def test_a_secret_request_neither_urges_nor_repeats_nor_joins_an_ordinary_one(
    people: People, secret: dict[str, Any], comes_first: bool
) -> None:
    kinds = [secret, ORDINARY] if comes_first else [ORDINARY, secret]
    numbers = []
    for kind in kinds:
        answer = people.operator.post("/tickets", asking(kind))
        assert answer.status_code == 201
        assert answer.json()["repeat_of"] is None
        numbers.append(answer.json()["number"])
    older, newer = numbers

    merged = people.dispatcher.post(f"/tickets/{newer}/merge", {"parent_number": older})
    assert merged.status_code == 409
    assert merged.json()["type"] == "/problems/not-mergeable"


@pytest.mark.parametrize("secret", SECRET)
def test_a_secret_request_does_not_point_to_the_same_citizens_closed_one(
    people: People, secret: dict[str, Any]
) -> None:
    number = people.operator.post("/tickets", asking(ORDINARY)).json()["number"]
    given.awaiting(people, number)
    people.callback.post(f"/tickets/{number}/callbacks", given.CONTENT)

    assert people.operator.post("/tickets", asking(secret)).json()["repeat_of"] is None
    assert people.operator.post("/tickets", asking(ORDINARY)).json()["repeat_of"] == number


@pytest.mark.parametrize("secret", SECRET)
def test_no_merge_is_proposed_of_a_secret_request_and_an_ordinary_one(
    people: People, secret: dict[str, Any]
) -> None:
    for kind, phone in ((ORDINARY, "13800000001"), (secret, "13800000002")):
        people.operator.post("/tickets", asking(kind, phone))

    assert people.dispatcher.get("/merges/proposals").json()["items"] == []


def test_a_ticket_is_made_secret_afterwards(people: People, app: FastAPI) -> None:
    closed = people.operator.post("/tickets", asking(ORDINARY)).json()["number"]
    given.awaiting(people, closed)
    people.callback.post(f"/tickets/{closed}/callbacks", given.CONTENT)
    body = {**asking(ORDINARY), "external_id": "older-system-7"}
    number = people.operator.post("/tickets", body).json()["number"]
    handler = people.street(WANGJING)
    before = handler.get(f"/tickets/{number}").json()
    assert (before["citizen"]["name"], before["repeat_of"]) == ("张*", closed)

    people.operator.does("conceal", number, reason="诉求人怕报复")

    after = handler.get(f"/tickets/{number}").json()
    hidden = dict.fromkeys(("name", "phone", "callback_phone", "language", "callback_after"))
    assert after["citizen"] == {**hidden, "anonymous": False, "confidential": True}
    assert (after["repeat_of"], after["external_id"]) == (None, None)
    assert "reveal" not in after["allowed"]
    assert handler.post(f"/tickets/{number}/reveal", {"reason": "联系"}).status_code == 409
    assert handler.get("/tickets", external_id="older-system-7").json()["items"] == []
    assert people.operator.get(f"/tickets/{number}").json()["repeat_of"] == closed
    again = people.operator.post(f"/tickets/{number}/conceal", {"reason": "再说一次"})
    assert again.status_code == 409


@pytest.mark.parametrize("role", ["operator", "callback", "supervisor"])
def test_who_reads_a_telephone_in_the_clear_is_on_record_and_nothing_keeps_the_answer(
    people: People, role: str
) -> None:
    number = given.ticket(people)
    desk = people(role)
    for _ in range(3):
        answer = desk.get(f"/tickets/{number}")
        assert answer.headers["Cache-Control"] == "no-store"

    readings = people("auditor").get(f"/tickets/{number}/disclosures").json()
    assert [reading["role"] for reading in readings] == [role]


@pytest.mark.parametrize("role", ["dispatcher", "auditor", "panel", "evaluator"])
def test_who_reads_a_mask_is_on_no_record(people: People, role: str) -> None:
    number = given.ticket(people)
    people(role).get(f"/tickets/{number}")
    people.street(WANGJING).get(f"/tickets/{number}")

    assert people.supervisor.get(f"/tickets/{number}/disclosures").json() == []


def test_words_of_a_secret_hold_are_for_the_city_only(people: People, app: FastAPI) -> None:
    body = asking({"type": "complaint", "confidential": True})
    number = people.operator.post("/tickets", body).json()["number"]
    review = {"reason_code": "funds", "plan": "张三家门前改造", "review_at": "2026-12-01T00:00:00Z"}
    milestone = {"at": "2026-11-01T00:00:00Z", "text": "到张三家看过"}
    street = people.street(WANGJING)
    street.does("acknowledge", number)
    street.does("relay", number, text="请问能否上门看一看？")
    street.does("request-hold", number, **review, milestones=[milestone])
    people.district().does("decide-hold", number, approve=True, text="同意")
    people.supervisor.does("decide-hold", number, approve=True, text="同意")

    for reader in (people.district("110101"), people.street("110101001"), street):
        [hold] = reader.get("/holds").json()["items"]
        assert (hold["plan"], hold["milestones"][0]["text"]) == (None, None)
    [hold] = people.supervisor.get("/holds").json()["items"]
    assert (hold["plan"], hold["milestones"][0]["text"]) == (review["plan"], milestone["text"])
