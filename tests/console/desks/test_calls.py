"""The operator's page: whose a place is, who called, what was meant, and what becomes of it."""

from typing import Any

import pytest

from app.console.marks import marked
from tests.aids.given import People, ticket
from tests.console.visitor import Forms, Visitor, alert

CALL = {
    "type": "complaint",
    "citizen.phone": "13800000000",
    "citizen.name": "张三",
    "content": "工地每天夜里十一点以后还在施工。\n没人管。",
    "address.text": "朝阳区望京街道望京西园三区308楼",
}


@pytest.fixture
def operator(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people.operator)


def sent(operator: Visitor, **typed: str) -> Any:
    fields = Forms(operator.get("/call").text).by_action["/console/call"]
    return operator.post("/call", {**fields, **CALL, "outcome": "accept", **typed})


def newest(people: People) -> dict[str, Any]:
    items: list[dict[str, Any]] = people.operator.get("/tickets", limit=1).json()["items"]
    return items[0]


def test_a_call_becomes_a_ticket_and_the_caller_is_read_where_it_is(
    people: People, operator: Visitor
) -> None:
    answer = sent(operator)
    assert answer.status_code == 201
    made = newest(people)
    assert made["number"] in answer.text
    assert "您的诉求由望京街道办理" in answer.text
    assert made["title"] == "工地每天夜里十一点以后还在施工。"
    assert (made["status"], made["channel"]) == ("dispatched", "phone")


def test_a_call_that_is_sent_twice_is_taken_down_once(people: People, operator: Visitor) -> None:
    fields = Forms(operator.get("/call").text).by_action["/console/call"]
    sent_form = {**fields, **CALL, "outcome": "accept"}
    for _ in range(2):
        assert "您的诉求已登记" in operator.post("/call", sent_form).text
    assert len(people.operator.get("/tickets").json()["items"]) == 1
    assert newest(people)["urged"] == 0


@pytest.mark.parametrize(
    ("outcome", "beside", "status"),
    [
        ("answer", {"type": "consult", "acceptance.text": "在派出所办理。"}, "answered"),
        (
            "transfer",
            {"acceptance.text": "已连线消防。", "acceptance.service": "119"},
            "transferred",
        ),
        (
            "decline",
            {"acceptance.text": "请走诉讼。", "acceptance.reason_code": "na_legal_route"},
            "not_accepted",
        ),
        ("hold", {}, "received"),
    ],
)
def test_what_becomes_of_a_call(
    people: People, operator: Visitor, outcome: str, beside: dict[str, str], status: str
) -> None:
    assert sent(operator, outcome=outcome, **beside).status_code == 201
    assert newest(people)["status"] == status


def test_a_service_that_could_not_be_told_is_named(people: People, operator: Visitor) -> None:
    declined = {"acceptance.text": "请走诉讼。", "acceptance.reason_code": "na_legal_route"}
    answer = sent(operator, outcome="decline", hand_on="119", **declined)
    assert answer.status_code == 201
    assert newest(people)["status"] == "not_accepted"
    assert "转告专线未成功" in answer.text


def test_what_the_caller_may_be_asked_is_told(operator: Visitor) -> None:
    assert "请询问来电人：" in operator.get("/call/place?address.text=天坛公园东门").text
    assert "请询问来电人：" not in operator.get("/call/place?address.text=朝阳区望京街道").text


def test_what_is_beside_an_outcome_is_not_sent_with_another(
    people: People, operator: Visitor
) -> None:
    """The fields of all outcomes stand on the page: what is left in one of them harms nobody."""
    left = {"acceptance.text": "留下的话", "acceptance.reason_code": "na_secret"}
    assert sent(operator, **left).status_code == 201


def test_the_service_that_must_be_told_is_told_with_the_call(
    people: People, operator: Visitor
) -> None:
    answer = sent(operator, content="两人困在电梯里", hand_on="119")
    assert answer.status_code == 201
    events = people.operator.get(f"/tickets/{newest(people)['number']}/events").json()
    assert [event["data"].get("service") for event in events if event["action"] == "hand-on"] == [
        "119"
    ]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"content": ""}, "content"),
        ({"address.text": ""}, "address"),
        ({"citizen.phone": "abc"}, "phone"),
    ],
)
def test_a_faulty_call_keeps_every_word(
    people: People, operator: Visitor, typed: dict[str, str], field: str
) -> None:
    answer = sent(operator, **typed)
    assert answer.status_code == 422
    assert alert(answer.text)
    assert f'id="{field}-fault"' in answer.text
    assert "张三" in answer.text
    assert not people.operator.get("/tickets").json()["items"]


def test_while_the_caller_speaks(people: People, operator: Visitor) -> None:
    number = ticket(people, citizen={"name": "张三", "phone": "13800000000"})
    caller = operator.get("/call/caller?citizen.phone=138-0000-0000").text
    assert number in caller
    assert operator.get("/call/caller?citizen.phone=138").text.strip() == ""
    place = operator.get("/call/place?address.text=朝阳区望京西园三区<b>").text
    assert ">望京西园三区</mark>" in place
    assert "&lt;b&gt;" in place
    assert "<strong>望京街道</strong>" in place
    assert number in operator.get("/call/at-place?address.text=朝阳区望京西园三区").text
    words = operator.get("/call/words?content=楼道里有很大的煤气味").text
    assert "请立即通知 119" in words
    assert 'value="020401" checked' in words
    for part in ("caller", "place", "at-place", "words"):
        assert operator.get(f"/call/{part}").status_code == 200
    assert operator.get("/call/place?address.text=望京&category=不是编码").status_code == 200


@pytest.mark.parametrize("role", ["callback", "analyst", "admin"])
def test_another_role_takes_down_no_call(people: People, role: str) -> None:
    visitor = Visitor(people.client).signs_in(people(role) if role != "admin" else people.admin)
    assert visitor.get("/call").status_code == 403


def test_a_search_shows_what_matches_and_says_what_is_wrong(
    people: People, operator: Visitor
) -> None:
    number = ticket(people, title="夜间<施工>噪声")
    assert number in operator.get("/search?q=噪声").text
    assert number in operator.get(f"/search?number={number[-4:]}").text
    assert number not in operator.get("/search?q=路灯").text
    assert "没有符合条件的工单" in operator.get("/search?q=路灯").text
    assert operator.get("/search?status=nonsense").status_code == 422
    assert "夜间&lt;施工&gt;噪声" in operator.get("/search?status=open").text


def test_a_text_is_cut_at_its_spans() -> None:
    spans = [
        {"start": 0, "end": 2, "kind": "a"},
        {"start": 1, "end": 3, "kind": "b"},
        {"start": 4, "end": 5, "kind": "c"},
        {"start": 4, "end": 99, "kind": "d"},
    ]
    pieces = marked("一二三四五六", spans)
    assert [(text, span and span["kind"]) for text, span in pieces] == [
        ("一二", "a"),
        ("三四", None),
        ("五", "c"),
        ("六", None),
    ]
    assert "".join(text for text, _ in pieces) == "一二三四五六"
    assert marked("", []) == []


def test_a_search_that_is_refused_names_its_field(people: People) -> None:
    page = Visitor(people.client).signs_in(people.operator).get("/search?phone=1")
    assert page.status_code == 422
    assert "电话号码：" in page.text[page.text.index('role="alert"') :]


def test_an_empty_call_is_refused_by_the_names_of_its_fields(people: People) -> None:
    visitor = Visitor(people.client).signs_in(people.operator)
    answer = visitor.fills_in(visitor.get("/call"), "/call", type="complaint")
    assert answer.status_code == 422
    assert {"来电内容：必填", "地址：必填"} <= set(alert(answer.text).split())
