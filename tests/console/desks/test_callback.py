"""The callback desk's screens: whom to call, what is asked, and what becomes of the answers."""

import pytest

from tests.aids.given import People, awaiting, ticket
from tests.console.visitor import Forms, Visitor

ANSWERS = {
    "reach": "reached",
    "contacted": "yes",
    "resolved": "resolved",
    "satisfied": "satisfied",
}


@pytest.fixture
def caller(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people.callback)


@pytest.fixture
def number(people: People) -> str:
    number = ticket(people)
    awaiting(people, number)
    return number


def test_a_citizen_is_called_and_his_answers_close_the_case(
    people: People, caller: Visitor, number: str
) -> None:
    assert number in caller.get("/callbacks").text
    page = caller.get(f"/callbacks/{number}")
    assert "已停工。" in page.text
    answer = caller.fills_in(page, f"/callbacks/{number}/record", **ANSWERS)
    assert answer.headers["location"].startswith("/console/callbacks?done=")
    assert people.callback.get(f"/tickets/{number}").json()["status"] == "closed"
    assert number not in caller.get("/callbacks").text


def test_answers_left_on_the_page_of_who_was_not_reached_are_not_sent(
    people: People, caller: Visitor, number: str
) -> None:
    page = caller.get(f"/callbacks/{number}")
    act = f"/callbacks/{number}/record"
    answer = caller.fills_in(page, act, **{**ANSWERS, "reach": "unreached"})
    assert answer.status_code == 303
    calls = people.callback.get(f"/tickets/{number}/callbacks").json()
    assert [(call["reach"], call["contacted"]) for call in calls] == [("unreached", None)]


def test_a_call_without_all_answers_is_not_recorded_and_keeps_them(
    people: People, caller: Visitor, number: str
) -> None:
    page = caller.get(f"/callbacks/{number}")
    act = f"/callbacks/{number}/record"
    answer = caller.fills_in(page, act, **{**ANSWERS, "satisfied": "", "reason": "还有噪声"})
    assert answer.status_code == 422
    assert 'name="resolved" value="resolved" checked' in answer.text
    assert "还有噪声" in answer.text
    assert not people.callback.get(f"/tickets/{number}/callbacks").json()


def test_one_citizen_is_not_called_by_two(people: People, caller: Visitor, number: str) -> None:
    caller.get(f"/callbacks/{number}")
    made = people.admin.post("/keys", {"role": "callback", "label": "回访二席"}).json()
    second = Visitor(people.client).signs_in(type(people.admin)(people.client, made["key"]))
    assert "正在处理" in second.get("/callbacks").text
    assert "正在处理" in second.get(f"/callbacks/{number}").text
    fields = Forms(second.get(f"/callbacks/{number}").text).by_action
    assert f"/console/callbacks/{number}/record" in fields  # a claim keeps nobody from acting


def test_a_case_without_a_citizen_is_verified(people: People, caller: Visitor) -> None:
    number = ticket(people, citizen={}, channel="superior")
    people.street().does("acknowledge", number)
    people.street().does("contact", number, method="visit", reached=True)
    people.street().does("reply", number, text="已清运。")
    people.supervisor.does("review", number, approve=True)
    page = caller.get(f"/callbacks/{number}")
    act = f"/callbacks/{number}/verify"
    answer = caller.fills_in(
        page, act, method="photo", resolved="resolved", text="照片可见已清运。", evidence="照片 1"
    )
    assert answer.status_code == 303, answer.text
    assert people.callback.get(f"/tickets/{number}").json()["status"] == "closed"


@pytest.mark.parametrize("role", ["operator", "dispatcher"])
def test_others_call_nobody_back(people: People, role: str) -> None:
    assert Visitor(people.client).signs_in(people(role)).get("/callbacks").status_code == 403
