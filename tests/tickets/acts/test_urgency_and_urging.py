"""Urgency, urging 催办, supervision 督办, withdrawal, and requests not accepted (D.3, D.4)."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from app.tickets.life.holds import SupervisionLevel
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.stages import refused, tries
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)


def due(ticket: dict[str, Any]) -> list[timedelta]:
    """Its three limits, from when it was dispatched."""
    start = stages.instant(ticket["dispatched_at"])
    names = ("acknowledge_due_at", "contact_due_at", "due_at")
    return [stages.instant(ticket[name]) - start for name in names]


@pytest.mark.parametrize("role", ["operator", "dispatcher", "supervisor"])
def test_raised_its_limits_run_from_the_raise(people: People, clock: StillClock, role: str) -> None:
    number = given.ticket(people)
    clock.tick(hours=1)
    ticket = people(role).does("grade", number, urgency="L2", reason="停水")
    assert ticket["urgency"] == "L2"
    limits = [timedelta(hours=1, minutes=30), timedelta(hours=3), timedelta(hours=25)]
    assert due(ticket) == limits


def test_raised_it_is_never_due_later_than_before(people: People, clock: StillClock) -> None:
    number = given.ticket(people)
    before = stages.seen(people, number)["due_at"]
    clock.tick(days=6, hours=12)
    ticket = people.operator.does("grade", number, urgency="L2", reason="停水")
    assert ticket["due_at"] == before


def test_raised_on_hold_less_is_left_of_its_time(people: People, clock: StillClock) -> None:
    number = stages.on_hold(people, clock)
    people.operator.does("grade", number, urgency="L1", reason="墙体开裂")
    now = clock.tick(days=1)
    ticket = people.supervisor.does("resume", number, done=False, text="险情")
    assert stages.instant(ticket["due_at"]) == now + timedelta(hours=2)


@pytest.mark.parametrize(
    ("role", "status"),
    [("operator", 403), ("dispatcher", 403), ("supervisor", 200), ("handler", 403)],
)
def test_only_a_supervisor_lowers(
    people: People, clock: StillClock, role: str, status: int
) -> None:
    number = given.ticket(people, urgency="L2")
    person = people(role, WANGJING if role == "handler" else None)
    assert tries(person, "grade", number, urgency="L3", reason="误定").status_code == status


def test_lowered_it_has_the_longer_limits_from_its_dispatch(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people, urgency="L2")
    clock.tick(minutes=20)
    ticket = people.supervisor.does("grade", number, urgency="L3", reason="误定")
    assert due(ticket) == [timedelta(hours=2), timedelta(hours=24), timedelta(days=7)]


def test_what_an_office_has_signed_for_is_not_lowered(people: People, clock: StillClock) -> None:
    number = stages.acknowledged(people, clock)
    answer = tries(people.supervisor, "grade", number, urgency="L4", reason="疑难")
    refused(answer, 409, "too-late-to-lower")


def test_the_district_makes_an_l3_an_l4_until_it_is_due(people: People, clock: StillClock) -> None:
    body = {"urgency": "L4", "reason": "需多部门"}
    number, late = stages.working(people), stages.working(people)
    clock.at = stages.instant(stages.seen(people, number)["due_at"])
    ticket = people.district().does("grade", number, **body)
    assert due(ticket)[2] == timedelta(days=15)
    clock.at += TICK
    refused(tries(people.district(), "grade", late, **body), 409, "too-late-to-lower")


@pytest.mark.parametrize("wanted", ["L1", "L2"])
def test_the_district_does_nothing_else_to_the_urgency(
    people: People, clock: StillClock, wanted: str
) -> None:
    number = given.ticket(people)
    answer = tries(people.district(), "grade", number, urgency=wanted, reason="升级")
    refused(answer, 403, "not-your-part")


def test_the_same_urgency_is_no_change(people: People, clock: StillClock) -> None:
    number = given.ticket(people)
    answer = tries(people.supervisor, "grade", number, urgency="L3", reason="不变")
    refused(answer, 422, "same-urgency")


def test_urging_twice_within_a_day_is_told_to_the_district(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    people.operator.does("urge", number, text="催办")
    clock.tick(hours=24)
    ticket = people.operator.does("urge", number, text="再催")
    assert ticket["urged"] == 2
    assert stages.news(people.district(), number)[-1] == "urged_often"
    assert "urged_often" not in stages.news(people.street(), number)


def test_urging_again_after_a_day_is_not(people: People, clock: StillClock) -> None:
    number = given.ticket(people)
    people.operator.does("urge", number, text="催办")
    clock.tick(hours=24, microseconds=1)
    people.operator.does("urge", number, text="再催")
    assert "urged_often" not in stages.news(people.district(), number)


def test_urgings_at_once_are_all_counted(people: People, clock: StillClock) -> None:
    number = given.ticket(people)
    urge = partial(tries, people.operator, "urge", number, text="催办")
    assert stages.at_once([urge] * 6) == [200] * 6
    assert stages.seen(people, number)["urged"] == 6


def test_a_supervision_is_answered_by_the_office_and_changes_no_status(
    people: People, clock: StillClock
) -> None:
    number = stages.working(people)
    by = (clock() + timedelta(days=1)).isoformat()
    body = {"level": "city", "reason": "久拖不决", "answer_due_at": by}
    assert people.supervisor.does("supervise", number, **body)["status"] == "in_progress"
    people.district().does("note", number, text="已转街道")
    clock.tick(hours=2)
    people.street().does("note", number, text="本周完成")
    query = "SELECT level, answered_at, answer_seq FROM supervision"
    answered = len(stages.events(people, number))
    assert stages.rows(people, query) == [(SupervisionLevel.CITY, clock(), answered)]


@pytest.mark.parametrize(
    ("role", "level", "hours", "status"),
    [
        ("district", "district", 1, 200),
        ("district", "city", 1, 403),
        ("supervisor", "city", 1, 200),
        ("supervisor", "city", 0, 422),
        ("supervisor", "city", -1, 422),
        ("supervisor", "state", 1, 422),
        ("dispatcher", "city", 1, 403),
    ],
)
def test_who_supervises_at_which_level(
    people: People, clock: StillClock, role: str, level: str, hours: int, status: int
) -> None:
    number = given.ticket(people)
    by = (clock() + timedelta(hours=hours)).isoformat()
    person = people(role, CHAOYANG if role == "district" else None)
    answer = tries(person, "supervise", number, level=level, reason="督办", answer_due_at=by)
    assert answer.status_code == status


def test_who_withdraws_after_contact_is_marked_for_a_check(
    people: People, clock: StillClock
) -> None:
    for build, after in ((stages.dispatched, False), (stages.in_progress, True)):
        number = build(people, clock)
        ticket = people.operator.does("withdraw", number, evidence="录音 20261020-7")
        assert ticket["status"] == "withdrawn"
        event = stages.events(people, number)[-1]
        assert event["data"]["after_contact"] is after
    assert stages.rows(people, "SELECT count(*) FROM assessment") == [(0,)]


@pytest.mark.parametrize("action", ["withdraw", "void", "urge", "supervise", "grade"])
def test_without_a_reason_nothing_is_done(people: People, clock: StillClock, action: str) -> None:
    number = given.ticket(people)
    role = "supervisor" if action in ("void", "supervise", "grade") else "operator"
    assert tries(people(role), action, number).status_code == 422
    assert stages.actions(people, number) == ["receive", "route"]


@pytest.mark.parametrize(
    ("role", "code", "status"),
    [
        ("operator", "na_legal_route", 200),
        ("operator", "na_secret", 200),
        ("operator", "na_out_of_area", 200),
        ("operator", "na_unlawful", 403),
        ("operator", "na_malicious", 403),
        ("supervisor", "na_unlawful", 200),
        ("supervisor", "na_malicious", 200),
        ("operator", "na_no_info", 422),
        ("operator", "too_hard", 422),
    ],
)
def test_not_accepting_has_a_reason_that_the_citizen_is_told(
    people: People, clock: StillClock, role: str, code: str, status: int
) -> None:
    number = stages.received(people, clock)
    assert tries(people(role), "decline", number, reason_code=code).status_code == 422
    answer = tries(people(role), "decline", number, reason_code=code, text="请依法诉讼")
    assert answer.status_code == status, answer.text
    if status == 200:
        body = stages.events(people, number)[-1]["data"]
        assert (body["reason_code"], body["text"]) == (code, "请依法诉讼")


def test_joint_offices_see_it_and_note_but_one_leads(people: People, clock: StillClock) -> None:
    number = given.ticket(people)
    body = {"office_code": stages.DONGHUAMEN, "joint_office_codes": [WANGJING], "reason": "跨界"}
    people.dispatcher.does("dispatch", number, **body)
    joint, lead = people.street(), people.street(stages.DONGHUAMEN)
    joint.does("note", number, text="路北侧我街处理")
    for action in ("acknowledge", "contact", "object", "reply"):
        assert tries(joint, action, number).status_code in (403, 409, 422)
    lead.does("acknowledge", number)
    assert stages.news(joint, number)[-2:] == ["note", "acknowledge"]
    assert stages.news(people.district("110101"), number)[-1] == "acknowledge"
    assert stages.news(people.district(CHAOYANG), number)[-1] == "acknowledge"
    active = "SELECT office_code, role FROM dispatch WHERE ended_at IS NULL ORDER BY office_code"
    assert stages.rows(people, active) == [
        ("110101", "informed"),
        (stages.DONGHUAMEN, "lead"),
        (CHAOYANG, "informed"),
        (WANGJING, "joint"),
    ]


def test_a_district_takes_nothing_from_another_districts_office(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    move = {
        "office_code": stages.DONGHUAMEN,
        "joint_office_codes": [WANGJING],
        "reason": "跨区",
    }
    refused(tries(people.district(), "dispatch", number, **move), 403, "not-your-part")
    people.dispatcher.does("dispatch", number, **move)
    back = {"office_code": WANGJING, "reason": "收回"}
    refused(tries(people.district(), "dispatch", number, **back), 403, "not-your-part")


def test_another_urgency_in_rework_changes_no_limit_of_the_first_reply(
    people: People, clock: StillClock
) -> None:
    number = stages.rework(people, clock)
    query = f"SELECT due_at FROM dispatch WHERE ticket_number = '{number}' AND role = 'lead'"
    first = stages.rows(people, query)
    clock.tick(days=8)
    people.supervisor.does("grade", number, urgency="L2", reason="升级")
    assert stages.rows(people, query) == first


def test_a_district_has_no_part_in_what_was_found_to_lie_in_another(
    people: People, clock: StillClock
) -> None:
    number = stages.objected_outside(people, clock)
    people.dispatcher.does("rule-objection", number, decision="uphold", text="属东华门")
    given.replied(people, number, stages.DONGHUAMEN)
    assert tries(people.district(), "review", number, approve=True).status_code == 404
    assert people.district("110101").does("review", number, approve=True)


@pytest.mark.parametrize(("waited", "left"), [(10, 3), (14, 1)])
def test_an_enquiry_made_urgent_is_dispatched_in_its_new_time_and_not_in_the_past(
    people: People, app: FastAPI, clock: StillClock, waited: int, left: int
) -> None:
    number = given.ticket(people, type="consult")
    clock.tick(minutes=waited)
    people.operator.does("grade", number, urgency="L1", reason="有人受困。")
    raised = clock.at

    clock.tick(minutes=left)
    assert sweep(app.state.sessions, app.state.city, clock) == 0
    assert people.operator.get(f"/tickets/{number}").json()["status"] == "received"
    clock.tick(microseconds=1)
    sweep(app.state.sessions, app.state.city, clock)
    ticket = people.operator.get(f"/tickets/{number}").json()
    assert ticket["status"] == "dispatched"
    assert stages.instant(ticket["dispatched_at"]) == raised + timedelta(minutes=left)


def test_an_objection_made_urgent_is_not_rejected_in_the_past(
    people: People, clock: StillClock
) -> None:
    number = stages.objected(people)
    clock.tick(hours=2)
    people.operator.does("grade", number, urgency="L1", reason="有人受困。")

    ruling = {"decision": "uphold", "text": "属实。"}
    assert people.district().does("rule-objection", number, **ruling)["status"] == "dispatched"


def test_a_question_that_is_no_longer_urgent_has_a_day(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = given.ticket(people, urgency="L1", address={"text": "不知道在哪"})
    people.dispatcher.does("ask", number, text="在哪条路上？")
    people.dispatcher.does("contact", number, method="call", reached=False)
    clock.tick(minutes=2)
    people.supervisor.does("grade", number, urgency="L3", reason="误定")
    clock.tick(hours=23, minutes=58)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, number) == "need_info"
    clock.tick(microseconds=1)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, number) == "not_accepted"
    assert [e["at"] for e in stages.events(people, number)] == sorted(
        e["at"] for e in stages.events(people, number)
    )


def test_a_question_that_becomes_urgent_goes_to_the_dispatcher_soon(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    """Counted from the raise, never from before it."""
    number = stages.stands(people, "nowhere")
    people.operator.does("ask", number, text="在哪条路上？")
    clock.tick(hours=1)
    people.operator.does("grade", number, urgency="L1", reason="有人受困")
    clock.tick(minutes=3)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, number) == "need_info"
    clock.tick(microseconds=1)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, number) == "to_dispatch"
