"""Decisions on one page: what was asked beside what is known, one key, and the next of its kind."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids.given import DISCONTENT, WANGJING, People, awaiting, replied, ticket
from tests.conftest import StillClock
from tests.console.visitor import Forms, Visitor, alert
from tests.whistles.blown import blow

OBJECTION = {
    "ground": "not_my_area",
    "text": "路口在东湖街道界内。",
    "proposed_office_code": "110105043",
}
DONGHU = "110105043"


@pytest.fixture
def district(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people.district())


@pytest.fixture
def supervisor(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people.supervisor)


def decides(visitor: Visitor, number: str, act: str, **typed: str) -> Any:
    """Fills in the form of a decision's page."""
    page = visitor.get(f"/decisions/{number}")
    return visitor.fills_in(page, f"/decisions/{number}/{act}", **typed)


def status(people: People, number: str) -> str:
    return str(people.supervisor.get(f"/tickets/{number}").json()["status"])


def test_replies_are_reviewed_one_after_the_other(people: People, district: Visitor) -> None:
    first, second = (ticket(people) for _ in range(2))
    for number in (first, second):
        replied(people, number)
    inbox = district.get("/inbox").text
    assert f"/console/decisions/{first}?kind=review" in inbox
    page = district.get(f"/decisions/{first}?kind=review")
    for words in ("已停工。", "电话", "每天夜里十一点以后", 'data-key="Alt+A"', 'data-key="Alt+R"'):
        assert words in page.text
    answer = decides(district, first, "review", approve="yes")
    assert answer.headers["location"] == f"/console/decisions/{second}?kind=review&done=review"
    assert status(people, first) == "awaiting_callback"
    unsaid = decides(district, second, "review", approve="no")
    assert unsaid.status_code == 422
    assert status(people, second) == "replied"
    answer = decides(district, second, "review", approve="no", text="缺少照片。")
    assert answer.headers["location"] == "/console/inbox?done=review"
    assert status(people, second) == "in_progress"


def objected(people: People) -> str:
    number = ticket(people)
    people.street().does("object", number, **OBJECTION)
    return number


def test_an_objection_goes_to_the_office_that_was_proposed(
    people: People, district: Visitor
) -> None:
    first, second = (objected(people) for _ in range(2))
    page = district.get(f"/decisions/{first}").text
    for words in ("东湖街道", "路口在东湖街道界内。", "文中写明望京街道"):
        assert words in page
    assert "会商" not in page  # that is the dispatcher's
    answer = decides(district, first, "rule-objection", decision="uphold")
    assert answer.headers["location"].startswith(f"/console/decisions/{second}?kind=objection")
    assert people.district().get(f"/tickets/{first}").json()["office"]["code"] == DONGHU
    ruling = people.district().get(f"/tickets/{first}/events").json()[-1]
    assert ruling["data"]["text"] == "同意。"
    assert decides(district, second, "rule-objection", decision="reject").status_code == 422
    decides(district, second, "rule-objection", decision="reject", text="在望京街道界内。")
    assert people.district().get(f"/tickets/{second}").json()["office"]["code"] == WANGJING


def test_a_consultation_ends_with_a_lead_office(people: People) -> None:
    number = ticket(people)
    objection = {**OBJECTION, "ground": "not_my_duty", "proposed_office_code": "110101001"}
    people.street().does("object", number, **objection)
    dispatcher = Visitor(people.client).signs_in(people.dispatcher)
    assert f"/console/decisions/{number}?kind=objection" in dispatcher.get("/inbox").text
    decides(dispatcher, number, "rule-objection", decision="consult", text="权属不清。")
    panel = Visitor(people.client).signs_in(people("panel"))
    joint = {"joint_office_codes": f"{DONGHU}、110105011", "text": "望京主办。"}
    answer = decides(panel, number, "conclude", lead_office_code=WANGJING, **joint)
    assert answer.status_code == 303, alert(answer.text)
    assert len(people.supervisor.get(f"/tickets/{number}").json()["joint_offices"]) == 2


def later(people: People, number: str, days: int) -> str:
    due_at = datetime.fromisoformat(people.supervisor.get(f"/tickets/{number}").json()["due_at"])
    return (due_at + timedelta(days=days)).isoformat()


def test_more_time_and_a_hold_are_decided(
    people: People, district: Visitor, supervisor: Visitor
) -> None:
    number, street = ticket(people), people.street()
    street.does("acknowledge", number)
    street.does("contact", number, method="call", reached=True)
    asked = {"reason_code": "parts", "plan": "配件三日后到货。"}
    street.does("request-extension", number, **asked, due_at=later(people, number, 3))
    assert "配件三日后到货。" in district.get(f"/decisions/{number}?kind=extension").text
    assert decides(district, number, "decide-extension", approve="yes").status_code == 303
    asked = {"reason_code": "funds", "plan": "先立项，再施工。"}
    street.does("request-hold", number, **asked, review_at=later(people, number, 60))
    assert decides(district, number, "decide-hold", approve="yes").status_code == 303
    assert "先立项，再施工。" in supervisor.get(f"/decisions/{number}").text
    assert decides(supervisor, number, "decide-hold", approve="yes").status_code == 422
    assert status(people, number) == "in_progress"
    decides(supervisor, number, "decide-hold", approve="yes", text="已书面告知。")
    assert status(people, number) == "on_hold"
    answer = decides(supervisor, number, "resume", done="no", text="资金已到位。")
    assert answer.headers["location"] == "/console/registers/holds?done=resume"
    assert status(people, number) == "in_progress"


def assessed(people: People) -> str:
    number = ticket(people)
    awaiting(people, number)
    assert people.callback.post(f"/tickets/{number}/callbacks", DISCONTENT).status_code == 201
    return number


def test_an_exclusion_passes_district_supervisor_and_evaluator(
    people: People, district: Visitor, supervisor: Visitor
) -> None:
    number = assessed(people)
    asked = {"code": "X3", "text": "市民承认并无施工。", "evidence": "录音 7"}
    assert people.street().post(f"/tickets/{number}/exclusion", asked).status_code == 200
    evaluator = Visitor(people.client).signs_in(people("evaluator"))
    assert "市民承认并无施工。" in district.get(f"/decisions/{number}").text
    for visitor, act in (
        (district, "review-exclusion"),
        (supervisor, "review-exclusion"),
        (evaluator, "decide-exclusion"),
    ):
        answer = decides(visitor, number, act, approve="yes")
        assert answer.status_code == 303, alert(answer.text)
        page = visitor.get(f"/decisions/{number}").text
        assert f"/console/decisions/{number}/{act}" not in page
        assert "区级初审" in page
    assert people.supervisor.get(f"/tickets/{number}").json()["excluded"]


def test_a_disputed_record_is_heard_again(people: People, supervisor: Visitor) -> None:
    number = assessed(people)
    [call] = people.street().get(f"/tickets/{number}/callbacks").json()
    reason = {"text": "录音里市民说接到过电话。"}
    assert people.street().post(f"/callbacks/{call['id']}/dispute", reason).status_code == 200
    page = supervisor.get(f"/decisions/{number}?kind=dispute")
    assert 'name="resolved" value="unresolved" checked' in page.text
    assert reason["text"] in page.text
    heard = {**DISCONTENT, "resolved": "partly", "text": "复听录音。"}
    answer = decides(supervisor, number, "hear_again", **heard)
    assert answer.status_code == 303, alert(answer.text)
    [call] = people.street().get(f"/tickets/{number}/callbacks").json()
    assert call["correction"]["resolved"] == "partly"


def test_who_comes_second_keeps_his_words_and_sees_what_was_done(
    people: People, district: Visitor, supervisor: Visitor
) -> None:
    number = ticket(people)
    replied(people, number)
    page = supervisor.get(f"/decisions/{number}")
    assert "正在处理" in district.get(f"/decisions/{number}").text
    assert "正在处理" in district.get("/inbox").text
    fields = Forms(page.text).by_action[f"/console/decisions/{number}/let-go"]
    assert supervisor.post(f"/hands/{number}", fields).status_code == 204
    assert "正在处理" in district.get("/inbox").text
    decides(district, number, "review", approve="yes")
    act = f"/decisions/{number}/review"
    answer = supervisor.fills_in(page, act, approve="no", text="缺少照片。")
    assert answer.status_code == 412
    assert "审核反馈" in alert(answer.text)
    assert supervisor.fills_in(page, f"/decisions/{number}/let-go").is_redirect


def test_an_answer_is_asked_for(people: People, district: Visitor) -> None:
    number = ticket(people)
    asked = {"level": "district", "reason": "请报处置结果。", "answer_due_at": "2020-01-01T09:00"}
    answer = decides(district, number, "supervise", **asked)
    assert answer.status_code == 422
    assert "请报处置结果。</textarea>" in answer.text
    asked["answer_due_at"] = later(people, number, -1)[:16]
    answer = decides(district, number, "supervise", **asked)
    assert answer.headers["location"] == f"/console/decisions/{number}?done=supervise"
    assert "请报处置结果。" in district.get(f"/decisions/{number}").text


def test_what_is_asked_stays_on_the_list_until_it_is_answered(
    people: People, district: Visitor, supervisor: Visitor
) -> None:
    number, calm = ticket(people), ticket(people)
    asked = {"level": "district", "reason": "请报处置结果。"}
    due_at = later(people, number, -1)
    people.district().does("supervise", number, **asked, answer_due_at=due_at)
    for visitor in (district, supervisor):
        page = visitor.get("/registers/asked").text
        assert f"/console/decisions/{number}" in page
        assert calm not in page
    assert number not in district.get("/registers/asked?kind=advice").text
    assert number not in district.get("/registers/asked?late=late").text
    assert district.get("/registers/asked?office_code=nowhere").status_code == 422
    people.street().does("note", number, text="已处置。")
    assert number not in district.get("/registers/asked").text


def test_the_register_of_holds_is_filtered(
    people: People, district: Visitor, supervisor: Visitor
) -> None:
    number, street = ticket(people), people.street()
    street.does("acknowledge", number)
    street.does("contact", number, method="call", reached=True)
    asked = {"reason_code": "funds", "plan": "先立项，再施工。"}
    street.does("request-hold", number, **asked, review_at=later(people, number, 60))
    for person in (people.district(), people.supervisor):
        person.does("decide-hold", number, approve=True, text="同意。")
    for query, is_there in (
        ("", True),
        ("?district_code=110101", False),
        ("?district_code=all&reason_code=funds&level=street", True),
        ("?level=city", False),
        (f"?office_code={WANGJING}", True),
        (f"?office_code={DONGHU}", False),
    ):
        assert (number in district.get(f"/registers/holds{query}").text) is is_there
    page = supervisor.get("/registers/holds").text
    assert f"/console/decisions/{number}" in page
    assert "先立项，再施工。" in page


def test_exclusions_are_decided_one_after_the_other(people: People, district: Visitor) -> None:
    first, second = (assessed(people) for _ in range(2))
    for number in (first, second):
        asked = {"code": "X2", "text": "超出政策。"}
        assert people.street().post(f"/tickets/{number}/exclusion", asked).status_code == 200
    evaluator = Visitor(people.client).signs_in(people("evaluator"))
    assert first in evaluator.get("/registers/exclusions?whose=ours&code=X2").text
    assert first not in evaluator.get("/registers/exclusions?code=X3").text
    for number, then in ((first, f"decisions/{second}?kind=exclusion&"), (second, "registers/")):
        answer = decides(district, number, "review-exclusion", approve="yes")
        assert answer.headers["location"].startswith(f"/console/{then}")
    assert first not in district.get("/registers/exclusions?whose=ours").text
    assert first in district.get("/registers/exclusions").text


def test_raised_whistles_come_with_their_tier(people: People, district: Visitor) -> None:
    whistle = blow(people, "110105-market")["number"]
    assert whistle not in district.get("/registers/whistles").text
    reason = {"reason": "需区级协调。"}
    answer = people("chief", WANGJING).post(f"/whistles/{whistle}/escalate", reason)
    assert answer.status_code == 200, answer.text
    assert f"/console/whistles/{whistle}" in district.get("/registers/whistles").text
    assert whistle not in district.get("/registers/whistles?tier=city").text


@pytest.mark.parametrize(
    ("role", "first"),
    [("supervisor", "exclusions"), ("evaluator", "exclusions"), ("panel", "holds")],
)
def test_registers_begin_with_what_is_ones_own(people: People, role: str, first: str) -> None:
    visitor = Visitor(people.client, "en").signs_in(people(role))
    assert visitor.get("/registers").headers["location"] == f"/console/registers/{first}"
    page = visitor.get(f"/registers/{first}")
    assert page.is_success
    assert "Filter" in page.text


@pytest.mark.parametrize("role", ["operator", "callback", "analyst"])
def test_others_decide_nothing(people: People, role: str) -> None:
    number = ticket(people)
    assert Visitor(people.client).signs_in(people(role)).get(f"/decisions/{number}").is_client_error


def test_what_rings_for_a_supervisor_is_decided_one_after_the_other(
    people: People, supervisor: Visitor, clock: StillClock, app: FastAPI
) -> None:
    first, second = (ticket(people) for _ in range(2))
    for number in (first, second):
        replied(people, number)
    clock.tick(hours=17)
    sweep(app.state.sessions, app.state.city, clock)
    assert f"/console/decisions/{first}?kind=alarm" in supervisor.get("/inbox").text
    answer = decides(supervisor, first, "review", approve="yes")
    assert answer.headers["location"].startswith(f"/console/decisions/{second}?")
