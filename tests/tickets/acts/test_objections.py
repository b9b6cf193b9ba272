"""Objections and 会商 over HTTP: who may object, until when, who rules, and that it ends (D.8)."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.stages import DONGHUAMEN, JIUXIANQIAO, MAIZIDIAN, refused, tries
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
WINDOWS = [
    ("L1", timedelta(minutes=10)),
    ("L2", timedelta(hours=1)),
    ("L3", timedelta(hours=4)),
    ("L4", timedelta(hours=4)),
]
DECIDE = [
    ("L1", timedelta(minutes=10)),
    ("L2", timedelta(hours=1)),
    ("L3", timedelta(hours=8)),
    ("L4", timedelta(hours=8)),
]


@pytest.mark.parametrize(("urgency", "window"), WINDOWS)
def test_an_objection_at_the_end_of_its_window_is_in_time(
    people: People, clock: StillClock, urgency: str, window: timedelta
) -> None:
    number = given.ticket(people, urgency=urgency)
    clock.at += window
    ticket = people.street().does("object", number, **stages.objection())
    assert ticket["status"] == "objected"


@pytest.mark.parametrize(("urgency", "window"), WINDOWS)
def test_one_microsecond_later_it_is_late(
    people: People, clock: StillClock, urgency: str, window: timedelta
) -> None:
    number = given.ticket(people, urgency=urgency)
    clock.at += window + TICK
    answer = tries(people.street(), "object", number, **stages.objection())
    problem = refused(answer, 409, "objection-late")
    assert problem["status_now"] == "dispatched"
    assert "object" not in problem["allowed"]


def test_who_has_begun_objects_no_longer(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    refused(tries(people.street(), "object", number, **stages.objection()), 409, "illegal-move")


def test_an_l1_is_made_safe_first_and_objected_to_then(people: People, clock: StillClock) -> None:
    number = given.ticket(people, urgency="L1")
    people.street().does("contact", number, method="call", reached=True)
    assert people.street().does("object", number, **stages.objection())["status"] == "objected"


def test_the_citizen_is_contacted_while_the_objection_is_open(
    people: People, clock: StillClock
) -> None:
    number = stages.objected(people)
    ticket = people.street().does("contact", number, method="visit", reached=True)
    assert ticket["status"] == "objected"
    assert ticket["contacted_at"] is not None


@pytest.mark.parametrize("ground", ["not_my_area", "not_my_duty", "department_duty"])
def test_whose_it_is_must_be_said(people: People, clock: StillClock, ground: str) -> None:
    number = given.ticket(people)
    body = stages.objection(ground=ground, proposed_office_code=None)
    problem = refused(tries(people.street(), "object", number, **body), 422, "office-unnamed")
    assert problem["errors"][0]["pointer"] == "/proposed_office_code"


@pytest.mark.parametrize("ground", ["duplicate", "not_acceptable", "info_wrong"])
def test_the_other_grounds_need_no_office(people: People, clock: StillClock, ground: str) -> None:
    number = given.ticket(people)
    body = stages.objection(ground=ground, proposed_office_code=None)
    assert people.street().does("object", number, **body)["status"] == "objected"


@pytest.mark.parametrize(
    "wrong",
    [
        {"ground": "too_hard"},
        {"ground": None},
        {"text": ""},
        {"text": None},
        {"proposed_office_code": "999999999"},
        {"proposed_office_code": WANGJING},
        {"more": 1},
    ],
)
def test_a_wrong_form_changes_nothing(
    people: People, clock: StillClock, wrong: dict[str, object]
) -> None:
    number = given.ticket(people)
    body = {**stages.objection(), **wrong}
    assert tries(people.street(), "object", number, **body).status_code == 422
    assert stages.actions(people, number) == ["receive", "route"]


def test_the_clock_runs_on_while_it_is_open(people: People, clock: StillClock) -> None:
    number = given.ticket(people)
    due_at = stages.seen(people, number)["due_at"]
    clock.tick(hours=1)
    assert people.street().does("object", number, **stages.objection())["due_at"] == due_at


def test_the_receiving_office_gets_a_full_clock(people: People, clock: StillClock) -> None:
    number = stages.objected(people)
    now = clock.tick(hours=6)
    body = {"decision": "uphold", "text": "属酒仙桥街道"}
    ticket = people.district().does("rule-objection", number, **body)
    assert ticket["status"] == "dispatched"
    assert ticket["office"]["code"] == JIUXIANQIAO
    assert ticket["due_at"] == (now + timedelta(days=7)).isoformat().replace("+00:00", "Z")


def test_a_rejection_binds_and_gives_no_time_back(people: People, clock: StillClock) -> None:
    number = given.ticket(people)
    due_at = stages.seen(people, number)["due_at"]
    people.street().does("object", number, **stages.objection())
    clock.tick(hours=5)
    ticket = people.district().does("rule-objection", number, decision="reject", text="属望京")
    assert (ticket["status"], ticket["due_at"]) == ("acknowledged", due_at)
    assert ticket["acknowledged_at"] is not None
    again = tries(people.street(), "object", number, **stages.objection())
    refused(again, 409, "objection-repeated")


def test_a_rejection_keeps_an_earlier_signature(people: People, clock: StillClock) -> None:
    number = stages.acknowledged(people, clock)
    signed_at = stages.seen(people, number)["acknowledged_at"]
    clock.tick(minutes=30)
    people.street().does("object", number, **stages.objection())
    ticket = people.district().does("rule-objection", number, decision="reject", text="属望京")
    assert ticket["acknowledged_at"] == signed_at


def test_a_rejected_office_that_contacted_meanwhile_goes_on_working(
    people: People, clock: StillClock
) -> None:
    number = stages.objected(people)
    people.street().does("contact", number, method="call", reached=True)
    ticket = people.district().does("rule-objection", number, decision="reject", text="属望京")
    assert ticket["status"] == "in_progress"


def test_inside_a_district_its_centre_rules_and_nobody_else(
    people: People, clock: StillClock
) -> None:
    number = stages.objected(people)
    body = {"decision": "uphold", "text": "属酒仙桥街道"}
    refused(tries(people.dispatcher, "rule-objection", number, **body), 409, "illegal-move")
    assert people.district().does("rule-objection", number, **body)["status"] == "dispatched"


def test_across_districts_the_city_rules(people: People, clock: StillClock) -> None:
    number = stages.objected(people, proposed_office_code=DONGHUAMEN)
    body = {"decision": "uphold", "text": "属东华门街道"}
    kept = {"decision": "reject", "text": "属望京街道"}
    refused(tries(people.district(), "rule-objection", number, **kept), 409, "illegal-move")
    refused(tries(people.district(), "rule-objection", number, **body), 403, "not-your-part")
    ticket = people.dispatcher.does("rule-objection", number, **body)
    assert ticket["office"]["code"] == DONGHUAMEN


def test_a_district_gives_it_to_none_but_its_own(people: People, clock: StillClock) -> None:
    number = stages.objected(people)
    body = {"decision": "uphold", "text": "属东华门街道", "office_code": DONGHUAMEN}
    refused(tries(people.district(), "rule-objection", number, **body), 403, "not-your-part")
    assert stages.status(people, number) == "objected"


@pytest.mark.parametrize(
    ("role", "decision", "status"),
    [
        ("supervisor", "uphold", 403),
        ("supervisor", "reject", 403),
        ("supervisor", "info_wrong", 403),
        ("supervisor", "consult", 403),
        ("supervisor", "not_acceptable", 200),
        ("dispatcher", "not_acceptable", 403),
        ("dispatcher", "duplicate", 422),
        ("dispatcher", "uphold", 422),
        ("dispatcher", "consult", 200),
        ("dispatcher", "info_wrong", 200),
        ("dispatcher", "reject", 200),
        ("panel", "consult", 403),
        ("operator", "reject", 403),
    ],
)
def test_each_ruling_has_its_ruler(
    people: People, clock: StillClock, role: str, decision: str, status: int
) -> None:
    number = stages.objected(people, ground="info_wrong", proposed_office_code=None)
    answer = tries(people(role), "rule-objection", number, decision=decision, text="裁定")
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("urgency", "limit"), DECIDE)
def test_after_silence_the_city_rules_and_after_twice_the_time_it_is_rejected(
    people: People, clock: StillClock, urgency: str, limit: timedelta
) -> None:
    number = given.ticket(people, urgency=urgency)
    people.street().does("object", number, **stages.objection())
    body = {"decision": "uphold", "text": "属酒仙桥街道"}
    clock.at += limit
    assert tries(people.dispatcher, "rule-objection", number, **body).status_code == 409
    clock.at += TICK
    people.supervisor.does("note", number, text="催办裁定")
    assert "rule-objection" in people.dispatcher.get(f"/tickets/{number}").json()["allowed"]
    assert [(name, to) for name, to, _ in stages.alarms(people, number)][-1] == (
        "unruled",
        ["district", "dispatcher"],
    )
    clock.at += limit - TICK
    assert people.supervisor.does("note", number, text="仍未裁定")["status"] == "objected"
    rejected_at = clock()
    clock.tick(minutes=3)
    ticket = people.supervisor.does("note", number, text="视为驳回")
    assert ticket["status"] == "acknowledged"
    assert ticket["acknowledged_at"] == rejected_at.isoformat().replace("+00:00", "Z")


def test_two_offices_that_point_at_each_other_are_consulted(
    people: People, clock: StillClock
) -> None:
    number = stages.objected(people)
    people.district().does("rule-objection", number, decision="uphold", text="属酒仙桥")
    body = stages.objection(proposed_office_code=WANGJING)
    ticket = people.street(JIUXIANQIAO).does("object", number, **body)
    assert ticket["status"] == "consulting"
    actor = stages.events(people, number)[-1]
    assert (actor["action"], actor["actor"]) == ("consult", "system")


def test_after_two_upheld_a_third_is_consulted_on(people: People, clock: StillClock) -> None:
    number = stages.objected(people)
    ruling = {"decision": "uphold", "text": "成立"}
    people.district().does("rule-objection", number, **ruling)
    body = stages.objection(proposed_office_code=MAIZIDIAN)
    people.street(JIUXIANQIAO).does("object", number, **body)
    people.district().does("rule-objection", number, **ruling)
    body = stages.objection(proposed_office_code="110105013")
    ticket = people.street(MAIZIDIAN).does("object", number, **body)
    assert ticket["status"] == "consulting"


def test_the_result_of_consulting_binds(people: People, clock: StillClock) -> None:
    number = stages.consulting(people, clock)
    now = clock.tick(hours=3)
    body = {
        "lead_office_code": JIUXIANQIAO,
        "joint_office_codes": [WANGJING],
        "text": "酒仙桥主办，望京协办",
    }
    ticket = people("panel").does("conclude", number, **body)
    assert ticket["status"] == "dispatched"
    assert ticket["office"]["code"] == JIUXIANQIAO
    assert [office["code"] for office in ticket["joint_offices"]] == [WANGJING]
    assert ticket["due_at"] == (now + timedelta(days=7)).isoformat().replace("+00:00", "Z")
    again = stages.objection(proposed_office_code=WANGJING)
    answer = tries(people.street(JIUXIANQIAO), "object", number, **again)
    refused(answer, 409, "objection-locked")
    back = {"office_code": WANGJING, "reason": "改派"}
    refused(tries(people.dispatcher, "dispatch", number, **back), 409, "objection-locked")


def test_an_office_that_consulting_leaves_the_ticket_with_gets_no_time_back(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    people.street().does("acknowledge", number)
    clock.tick(hours=1)
    body = stages.objection(proposed_office_code=DONGHUAMEN)
    people.street().does("object", number, **body)
    people.dispatcher.does("rule-objection", number, decision="consult", text="会商")
    people.street().does("contact", number, method="call", reached=True)
    before = stages.seen(people, number)
    clock.tick(hours=3)
    body = {"joint_office_codes": [JIUXIANQIAO], "text": "还是望京主办，酒仙桥协办"}

    after = people("panel").does("conclude", number, lead_office_code=WANGJING, **body)

    assert (after["status"], after["office"]["code"]) == ("dispatched", WANGJING)
    assert [office["code"] for office in after["joint_offices"]] == [JIUXIANQIAO]
    times = ("dispatched_at", "acknowledged_at", "contacted_at", "due_at")
    assert [after[name] for name in times] == [before[name] for name in times]
    signed = people.street().does("acknowledge", number)
    assert signed["status"] == "in_progress"
    assert signed["acknowledged_at"] == before["acknowledged_at"]
    assert stages.news(people.street(JIUXIANQIAO), number) == ["conclude", "acknowledge", "contact"]


def test_consulting_that_takes_too_long_is_told_once(people: People, clock: StillClock) -> None:
    number = stages.consulting(people, clock)
    for _ in range(2):
        clock.tick(hours=24, microseconds=1)
        people.supervisor.does("note", number, text="催会商")
    rung = [(name, to) for name, to, _ in stages.alarms(people, number)]
    assert [to for name, to in rung if name == "unconcluded"] == [["panel"], ["supervisor"]]


def test_the_first_office_keeps_the_duty_until_another_has_signed(
    people: People, clock: StillClock
) -> None:
    number = stages.objected(people)
    people.district().does("rule-objection", number, decision="uphold", text="属酒仙桥")
    first = people.street()
    assert first.get(f"/tickets/{number}").status_code == 200
    contacted = first.does("contact", number, method="call", reached=True)
    assert contacted["status"] == "dispatched"
    assert contacted["contacted_at"] is None, "it is not the new office's contact"
    assert tries(first, "acknowledge", number).status_code == 403
    people.street(JIUXIANQIAO).does("acknowledge", number)
    assert first.get(f"/tickets/{number}").status_code == 404
    assert tries(first, "contact", number, method="call", reached=True).status_code == 404


def test_the_first_office_keeps_the_duty_while_nobody_leads(
    people: People, clock: StillClock
) -> None:
    number = stages.to_dispatch(people, clock)
    first = people.street()
    ticket = first.does("contact", number, method="visit", reached=True)
    assert (ticket["status"], ticket["office"]) == ("to_dispatch", None)
    people.dispatcher.does("dispatch", number, office_code=WANGJING, reason="还是望京")
    assert stages.seen(people, number)["contacted_at"] is None


def test_an_objection_waits_for_the_district_and_stays_with_the_office(
    people: People, clock: StillClock
) -> None:
    number = stages.objected(people)
    assert stages.inbox(people.district()) == [number]
    assert stages.inbox(people.street()) == [number]
    people.district().does("rule-objection", number, decision="reject", text="属望京")
    assert stages.inbox(people.district()) == []


def test_an_objection_across_districts_waits_for_no_district(
    people: People, clock: StillClock
) -> None:
    stages.objected(people, proposed_office_code=DONGHUAMEN)
    assert stages.inbox(people.district()) == []


def test_all_who_are_concerned_are_told(people: People, clock: StillClock) -> None:
    number = stages.objected(people)
    people.district().does("rule-objection", number, decision="uphold", text="属酒仙桥")
    former, new = people.street(), people.street(JIUXIANQIAO)
    assert stages.news(former, number) == ["route", "object", "objection_upheld", "rule-objection"]
    assert stages.news(new, number) == ["rule-objection"]
    assert stages.news(people.district(), number)[-1] == "rule-objection"


def test_eight_rulings_at_once_have_one_winner(people: People, clock: StillClock) -> None:
    number = stages.objected(people)
    body = {"decision": "uphold", "text": "属酒仙桥"}
    district = people.district()
    answers = stages.at_once([lambda: tries(district, "rule-objection", number, **body)] * 8)
    assert answers == [200] + [409] * 7


def test_an_objection_and_a_signature_at_once_leave_one_history(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    street = people.street()
    signs = partial(tries, street, "acknowledge", number)
    objects = partial(tries, street, "object", number, **stages.objection())
    answers = stages.at_once([signs, objects] * 3)
    history = stages.events(people, number)
    assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
    assert answers.count(200) == len(history) - 2
    assert stages.actions(people, number).count("object") == 1


def test_rejected_objections_are_counted_by_their_office(people: People, clock: StillClock) -> None:
    for _ in range(2):
        number = stages.objected(people)
        people.district().does("rule-objection", number, decision="reject", text="属望京")
    rulings = stages.rows(people, "SELECT office_code, ruling, by_silence FROM objection")
    assert rulings == [(WANGJING, "reject", False)] * 2


def test_an_objection_whose_ticket_is_withdrawn_is_raised_and_never_ruled(
    people: People, clock: StillClock
) -> None:
    people.operator.does("withdraw", stages.objected(people), evidence="录音 3")
    rates = people("analyst").get("/statistics/2026-11").json()["total"]
    assert rates["objection_rate"]["numerator"] == "1"
    for name in ("objection_uphold_rate", "objection_reject_rate"):
        assert rates[name]["denominator"] == 0
    assert rates["dispatch_accuracy"]["numerator"] == "1"


def test_a_ticket_too_late_to_object_to_is_moved_by_the_dispatcher(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    clock.tick(hours=4, microseconds=1)
    refused(tries(people.street(), "object", number, **stages.objection()), 409, "objection-late")
    moved = people.dispatcher.does("dispatch", number, office_code=JIUXIANQIAO, reason="新证据")
    assert moved["office"]["code"] == JIUXIANQIAO


def test_only_the_district_of_both_offices_rules(people: People, clock: StillClock) -> None:
    number = given.ticket(people)
    across = {"office_code": DONGHUAMEN, "joint_office_codes": [WANGJING], "reason": "跨区"}
    people.dispatcher.does("dispatch", number, **across)
    body = stages.objection(proposed_office_code="110101002")
    people.street(DONGHUAMEN).does("object", number, **body)
    ruling = {"decision": "reject", "text": "属东华门"}
    refused(
        tries(people.district(CHAOYANG), "rule-objection", number, **ruling), 403, "not-your-part"
    )
    assert people.district("110101").does("rule-objection", number, **ruling)["status"] == (
        "acknowledged"
    )


STALE = {"If-Match": '"1"'}
AT_FAULT: dict[str, tuple[str, dict[str, Any], int]] = {
    "object": ("street", {"ground": "not_my_area", "text": "不属我处"}, 422),
    "supervise": (
        "supervisor",
        {"level": "city", "reason": "超期", "answer_due_at": "2020-01-01T00:00:00Z"},
        422,
    ),
    "merge": ("dispatcher", {"parent_number": "BJ202001010000001"}, 422),
    "grade": ("district", {"urgency": "L1", "reason": "升级"}, 403),
    "rule-objection": ("supervisor", {"decision": "uphold", "text": "属实"}, 403),
}


@pytest.mark.parametrize("action", AT_FAULT)
def test_what_is_said_is_judged_before_the_version_and_the_status(
    people: People, action: str
) -> None:
    number = given.ticket(people)
    role, body, status = AT_FAULT[action]
    bound = {"street": people.street, "district": people.district}
    person = bound[role]() if role in bound else people(role)
    answer = person.post(f"/tickets/{number}/{action}", body, headers=STALE)
    assert answer.status_code == status, answer.text


def test_who_kept_the_duty_is_told_that_it_is_over(people: People, clock: StillClock) -> None:
    signed, withdrawn = stages.objected(people), stages.objected(people)
    for number in (signed, withdrawn):
        people.district().does("rule-objection", number, decision="uphold", text="属酒仙桥")
    people.street(JIUXIANQIAO).does("acknowledge", signed)
    people.operator.does("withdraw", withdrawn, evidence="录音 7")
    assert stages.news(people.street(), signed)[-1] == "acknowledge"
    assert stages.news(people.street(), withdrawn)[-1] == "withdraw"
