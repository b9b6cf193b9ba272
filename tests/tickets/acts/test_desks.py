"""The city's desks: a matter for a service, a question to the citizen, a district's return."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.stages import DONGHUAMEN, MARKET, refused, tries
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
IN_VAIN = {"method": "call", "reached": False}


def swept(app: FastAPI) -> None:
    sweep(app.state.sessions, app.state.city, app.state.clock)


def test_a_fire_that_a_street_has_goes_to_119_and_the_street_is_told(people: People) -> None:
    number = given.ticket(people, type="help", title="楼道着火", urgency="L1")
    body = {"service": "119", "text": "已转消防。"}
    problem = refused(tries(people.operator, "transfer", number, **body), 409, "illegal-move")
    assert "done by: dispatcher" in problem["detail"]

    ticket = people.dispatcher.does("transfer", number, **body)

    assert ticket["status"] == "transferred"
    assert stages.news(people.street(), number) == ["route", "transferred"]
    assert stages.inbox(people.street()) == []
    ends = stages.rows(people, "SELECT end_reason, count(*) FROM dispatch GROUP BY end_reason")
    assert {reason for reason, _ in ends} == {"transferred"}
    last = stages.events(people, number)[-1]
    assert (last["action"], last["data"]["service"]) == ("transfer", "119")


@pytest.mark.parametrize(
    ("action", "role"), [("transfer", "dispatcher"), ("decline", "supervisor")]
)
def test_whom_the_office_has_contacted_nobody_takes_from_it(
    people: People, action: str, role: str
) -> None:
    number = given.ticket(people, urgency="L1")
    people.street().does("contact", number, method="call", reached=True)

    refused(tries(people(role), action, number, **given.BODIES[action]), 409, "illegal-move")


def test_a_supervisor_declines_what_an_office_has(people: People) -> None:
    number = given.ticket(people)
    body = {"reason_code": "na_malicious", "text": "虚假警情，已核实。"}
    refused(tries(people.operator, "decline", number, **body), 403, "not-your-part")
    body_of_operator = {"reason_code": "na_legal_route", "text": "请走诉讼。"}
    refused(tries(people.operator, "decline", number, **body_of_operator), 409, "illegal-move")

    assert people.supervisor.does("decline", number, **body)["status"] == "not_accepted"

    assert stages.news(people.street(), number) == ["route", "not_accepted"]


def test_help_is_handed_on_again_and_again_while_the_office_works(people: People) -> None:
    number = stages.stands(people, "in_progress")
    before = stages.seen(people, number)

    for service in ("119", "120", "96777", "119"):
        people.operator.does("hand-on", number, service=service, text="已通知。")

    after = stages.seen(people, number)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"version"}
    assert stages.news(people.street(), number)[-4:] == ["hand-on"] * 4
    assert [e["data"]["service"] for e in stages.events(people, number)[-4:]] == [
        *("119", "120", "96777", "119")
    ]


BAD_HAND_ONS: list[tuple[dict[str, Any], str]] = [
    ({"text": "已通知。"}, "/service"),
    ({"service": "119"}, "/text"),
    ({"service": "", "text": "已通知。"}, "/service"),
    ({"service": "911", "text": "已通知。"}, "/service"),
    ({"service": 119, "text": "已通知。"}, "/service"),
    ({"service": "12345", "text": "已通知。"}, "/service"),
    ({"service": "119", "text": " "}, "/text"),
    ({"service": "119", "text": "火" * 20_001}, "/text"),
    ({"service": "119", "text": "已通知。", "at": "now"}, "/at"),
]


@pytest.mark.parametrize(("body", "pointer"), BAD_HAND_ONS)
def test_a_hand_on_names_its_fault(people: People, body: dict[str, Any], pointer: str) -> None:
    number = given.ticket(people)
    problem = refused(tries(people.operator, "hand-on", number, **body), 422, "invalid")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]


def test_what_nobody_could_place_waits_for_a_dispatcher_and_never_ends_by_itself(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    """D.5 R5: after `manual_limit`, an L1 at once."""
    start, number = clock.at, stages.stands(people, "nowhere")
    urgent = given.ticket(people, address=stages.UNCLEAR, urgency="L1")
    assert stages.status(people, urgent) == "to_dispatch"
    assert stages.actions(people, urgent) == ["receive", "route", "alarm"]

    clock.tick(minutes=15)
    swept(app)
    assert stages.status(people, number) == "need_info"
    clock.at += TICK
    swept(app)

    last = stages.events(people, number)[-1]
    assert (last["action"], last["to"]) == ("pass_on", "to_dispatch")
    assert datetime.fromisoformat(last["due_at"]) == start + timedelta(minutes=15)
    clock.tick(days=365)
    swept(app)
    assert {stages.status(people, each) for each in (number, urgent)} == {"to_dispatch"}
    body = {"office_code": WANGJING, "reason": "核实在望京"}
    assert people.dispatcher.does("dispatch", number, **body)["status"] == "dispatched"


def test_what_was_asked_and_called_back_for_in_vain_ends_a_day_after_the_last_question(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.stands(people, "nowhere")
    people.operator.does("ask", number, text="请问在哪条街道？")
    clock.tick(hours=10)
    people.operator.does("contact", number, **IN_VAIN)
    people.dispatcher.does("ask", number, text="附近有什么小区？")

    clock.tick(hours=24)
    swept(app)
    assert stages.status(people, number) == "need_info"
    clock.at += TICK
    swept(app)

    assert stages.status(people, number) == "not_accepted"
    last = stages.events(people, number)[-1]
    assert (last["action"], last["data"]) == ("expire", {"reason_code": "na_no_info"})


@pytest.mark.parametrize(("urgency", "wait"), [("L3", {"hours": 24}), ("L1", {"minutes": 3})])
def test_a_question_without_a_call_back_and_an_l1_go_to_the_dispatcher(
    people: People, app: FastAPI, clock: StillClock, urgency: str, wait: dict[str, float]
) -> None:
    number = given.ticket(people, address=stages.UNCLEAR, urgency=urgency)
    people.operator.does("ask", number, text="请问在哪？")
    if urgency == "L1":
        people.operator.does("contact", number, **IN_VAIN)

    clock.tick(**wait)
    swept(app)
    assert stages.status(people, number) == "need_info"
    clock.at += TICK
    swept(app)

    assert stages.status(people, number) == "to_dispatch"


def test_an_enquiry_that_nobody_answered_goes_to_a_desk(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = given.ticket(people, type="consult", address=stages.UNCLEAR)

    clock.tick(minutes=15, seconds=1)
    swept(app)

    assert stages.status(people, number) == "to_dispatch"
    assert people.operator.does("answer", number, text="已答复。")["status"] == "answered"


def test_a_district_returns_anothers_request_and_the_city_dispatches_it(
    people: People, clock: StillClock
) -> None:
    number = stages.stands(people, "queued")
    received_at = stages.seen(people, number)["received_at"]
    assert number in stages.inbox(people.district())
    clock.tick(hours=1)

    ticket = people.district().does("return", number, text="经核实在东城区。")

    assert ticket["status"] == "to_dispatch"
    assert stages.inbox(people.district()) == []
    last = stages.events(people, number)[-1]
    assert last["data"] == {"queue": CHAOYANG, "text": "经核实在东城区。"}
    again = tries(people.district(), "return", number, text="不在本区。")
    assert "it does not lie in your queue" in refused(again, 409, "illegal-move")["detail"]
    refused(tries(people("district", "110101"), "return", number, text="。"), 404, "no-such-ticket")
    body = {"office_code": DONGHUAMEN, "reason": "在东城区"}
    dispatched = people.dispatcher.does("dispatch", number, **body)
    assert (dispatched["district_code"], dispatched["received_at"]) == ("110101", received_at)


def test_a_department_of_another_district_places_what_was_returned(people: People) -> None:
    number = stages.stands(people, "queued")
    people.district().does("return", number, text="在东城区。")

    body = {"office_code": MARKET.replace(CHAOYANG, "110101"), "reason": "东城市场监管"}
    assert people.dispatcher.does("dispatch", number, **body)["district_code"] == "110101"


def test_attempts_that_are_too_close_count_once_wherever_they_are_asked_for(
    people: People, clock: StillClock
) -> None:
    """D.6.4: T14, T15 and the rate; the answer says how many count and from when the next will."""
    number, street = stages.stands(people, "acknowledged"), people.street()
    start = clock.at
    for _ in range(3):
        clock.tick(seconds=1)
        ticket = street.does("contact", number, **IN_VAIN)
    assert (ticket["status"], ticket["contact_attempts"]) == ("acknowledged", 1)
    again_from = start + timedelta(seconds=1, hours=1)
    assert datetime.fromisoformat(ticket["next_attempt_from"]) == again_from

    clock.at = again_from
    assert street.does("contact", number, **IN_VAIN)["contact_attempts"] == 2
    people.operator.does("grade", number, urgency="L1", reason="有人被困")
    clock.tick(minutes=5)
    ticket = street.does("contact", number, **IN_VAIN)

    assert (ticket["status"], ticket["contact_attempts"]) == ("in_progress", 3)
    assert ticket["next_attempt_from"] is None
    assert street.does("reply", number, text="三次未接通。")["status"] == "replied"


def test_a_fact_is_added_to_an_open_ticket_without_urging_it(people: People) -> None:
    """D.7.1."""
    number = stages.stands(people, "in_progress")

    ticket = people.operator.does("add", number, text="施工队的车牌是京A12345。")

    assert (ticket["status"], ticket["urged"]) == ("in_progress", 0)
    assert ticket["content"].endswith("\n施工队的车牌是京A12345。")
    assert stages.news(people.street(), number)[-1] == "add"
    moved = tries(people.operator, "add", number, address={"text": "东城区东华门街道"})
    assert "is corrected" in refused(moved, 409, "illegal-move")["detail"]
    problem = refused(tries(people.operator, "add", number), 422, "invalid")
    assert [error["pointer"] for error in problem["errors"]] == ["/address"]


def test_what_the_citizen_adds_is_tried_as_an_address(people: People, clock: StillClock) -> None:
    """D.7.1, before and after it was passed on to the dispatcher."""
    asked, passed_on = stages.stands(people, "nowhere"), stages.stands(people, "nowhere")

    ticket = people.operator.does("add", asked, text="就在朝阳区望京街道，\n望京西园三区门口。")
    clock.tick(hours=1)
    later = people.operator.does("add", passed_on, text="我在朝阳区望京街道望京西园三区")
    useless = people.operator.does("add", stages.stands(people, "nowhere"), text="不知道")

    assert [ticket["office"]["code"], later["office"]["code"]] == [WANGJING] * 2
    assert ticket["address"]["text"] == "就在朝阳区望京街道， 望京西园三区门口。"
    steps = [action for action in stages.actions(people, passed_on) if action != "alarm"]
    assert steps[-3:] == ["pass_on", "add", "route"]
    assert (useless["status"], useless["address"]["text"]) == ("need_info", "北京市")
