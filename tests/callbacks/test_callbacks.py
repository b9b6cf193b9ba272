"""The callback desk (RULEBOOK D.9): the queue, the attempts, what is final, what it leads to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import CONTENT, DISCONTENT, People
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
VAIN = {"reach": "unreached"}
DOUBTED = {**DISCONTENT, "reasonable": False}


def called(people: People, number: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = people.callback.post(f"/tickets/{number}/callbacks", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def status(people: People, number: str) -> str:
    return str(people.operator.get(f"/tickets/{number}").json()["status"])


def test_a_callback_says_whether_it_was_final(people: People, clock: StillClock) -> None:
    number = stages.stands(people, "awaiting_callback")

    view = called(people, number, {**CONTENT, "reason": "很快。", "recording": "R-1"})

    assert view["ticket_number"] == number
    assert view["attempt"] == 1
    assert (view["final"], view["status_now"]) == (True, "closed")
    assert datetime.fromisoformat(view["at"]) == clock.at
    ticket = people.operator.get(f"/tickets/{number}").json()
    assert ticket["assessed_at"] == ticket["closed_at"] == view["at"]


OUTCOMES = [
    ({"reach": "refused"}, "closed"),
    ({"reach": "wrong_number"}, "closed"),
    (CONTENT, "closed"),
    ({**CONTENT, "resolved": "partly"}, "closed"),
    ({**CONTENT, "satisfied": "basic"}, "closed"),
    ({**CONTENT, "contacted": "no"}, "closed"),
    ({**CONTENT, "resolved": "no_answer", "satisfied": "no_answer"}, "closed"),
    ({**CONTENT, "resolved": "unresolved"}, "rework"),
    ({**CONTENT, "satisfied": "dissatisfied"}, "rework"),
    ({**CONTENT, "satisfied": "very_dissatisfied"}, "rework"),
    ({**DISCONTENT, "reasonable": True}, "rework"),
    (DOUBTED, "awaiting_callback"),
    ({**CONTENT, "reasonable": False}, "closed"),
]


@pytest.mark.parametrize(("body", "after"), OUTCOMES)
def test_what_the_citizen_says_decides(people: People, body: dict[str, Any], after: str) -> None:
    number = stages.stands(people, "awaiting_callback")

    view = called(people, number, body)

    assert (view["final"], view["status_now"]) == (True, after)


@pytest.mark.parametrize(
    ("citizen", "status"),
    [
        ({"anonymous": True}, 201),
        ({"name": "张三"}, 201),
        ({"anonymous": True, "phone": "13800000000"}, 409),
        ({"callback_phone": "010-65123456"}, 409),
    ],
)
def test_only_who_left_no_telephone_is_anonymous(
    people: People, clock: StillClock, citizen: dict[str, Any], status: int
) -> None:
    number = given.ticket(people, citizen=citizen)
    given.awaiting(people, number)

    answer = people.callback.post(f"/tickets/{number}/callbacks", {"reach": "anonymous"})

    assert answer.status_code == status
    after = people.operator.get(f"/tickets/{number}").json()["status"]
    if status == 409:
        assert answer.json()["type"] == "/problems/telephone-known"
    assert after == {201: "closed", 409: "awaiting_callback"}[status]


def test_a_vain_attempt_is_repeated_after_four_hours_and_the_third_is_final(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.stands(people, "awaiting_callback")
    assert called(people, number, VAIN)["final"] is False

    clock.tick(hours=4)
    clock.at -= TICK
    before = given.record(app)
    soon = people.callback.post(f"/tickets/{number}/callbacks", VAIN)
    assert soon.status_code == 409
    assert (soon.json()["status_now"], "callback" in soon.json()["allowed"]) == (
        "awaiting_callback",
        True,
    )
    assert given.record(app) == before
    clock.at += TICK
    assert called(people, number, VAIN)["final"] is False
    clock.tick(hours=4)
    last = called(people, number, VAIN)

    assert (last["attempt"], last["final"], last["status_now"]) == (3, True, "closed")


def test_an_answer_is_taken_at_any_hour(people: People, clock: StillClock) -> None:
    number = stages.stands(people, "awaiting_callback")
    called(people, number, VAIN)
    clock.at = datetime(2026, 10, 20, 15, 0, tzinfo=UTC)  # 23:00 in Beijing

    assert people.callback.post(f"/tickets/{number}/callbacks", VAIN).status_code == 409
    assert called(people, number, CONTENT)["status_now"] == "closed"


def test_after_three_days_a_vain_attempt_is_the_last(people: People, clock: StillClock) -> None:
    first, second = (stages.stands(people, "awaiting_callback") for _ in range(2))

    clock.tick(days=3)
    assert called(people, first, VAIN)["final"] is False
    clock.at += TICK
    assert called(people, second, VAIN)["final"] is True


def test_the_queue_has_every_ticket_that_awaits_its_callback_by_due_time(
    people: People, clock: StillClock
) -> None:
    slow = stages.stands(people, "awaiting_callback")
    doubted = stages.stands(people, "doubted")
    clock.tick(hours=1)
    urgent = given.ticket(people, urgency="L2")
    given.awaiting(people, urgent)
    called(people, slow, VAIN)

    first = people.callback.get("/callbacks/queue", limit=1).json()
    rest = people.supervisor.get("/callbacks/queue", cursor=first["next"]).json()

    assert doubted not in [item["number"] for item in first["items"] + rest["items"]]
    assert [item["number"] for item in first["items"] + rest["items"]] == [urgent, slow]
    assert rest["next"] is None
    item = rest["items"][0]
    assert (item["attempts"], item["callable_now"]) == (1, False)
    assert first["items"][0]["callable_now"] is True
    assert datetime.fromisoformat(item["callback_due_at"]) == clock.at + timedelta(hours=71)
    phone = people.callback.get(f"/tickets/{slow}").json()["citizen"]["phone"]
    masked = f"{phone[:3]}****{phone[-4:]}"
    assert item["citizen"]["phone"] == masked != phone  # a list masks for everyone


@pytest.mark.parametrize(("approve", "after"), [(True, "closed"), (False, "rework")])
def test_a_supervisor_says_whether_the_demand_is_reasonable(
    people: People, clock: StillClock, approve: bool, after: str
) -> None:
    number = stages.stands(people, "awaiting_callback")
    clock.tick(hours=60)  # the desk took its time; the supervisor has his own
    called(people, number, DOUBTED)
    again = people.callback.post(f"/tickets/{number}/callbacks", CONTENT)
    assert again.status_code == 409

    clock.tick(hours=24)
    ticket = people.supervisor.does("review", number, approve=approve, text="经核实。")

    assert ticket["status"] == after


def test_where_no_supervisor_speaks_the_demand_is_taken_as_reasonable(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.stands(people, "awaiting_callback")
    clock.tick(hours=60)
    asked_at = clock.at
    called(people, number, DOUBTED)

    clock.tick(hours=24)
    assert sweep(app.state.sessions, app.state.city, clock) == 0
    clock.at += TICK
    assert sweep(app.state.sessions, app.state.city, clock) == 1

    ticket = people.operator.get(f"/tickets/{number}").json()
    assert ticket["status"] == "rework"
    begun = asked_at + timedelta(hours=24)
    assert datetime.fromisoformat(ticket["due_at"]) == begun + timedelta(days=7)


ANONYMOUS = [
    # who called; is the ticket left out as one without any means of contact (D.10)
    ({"anonymous": True}, True),
    ({"anonymous": True, "phone": "13800000000"}, False),
    ({"name": "张三", "phone": "13800000000"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("citizen", "left_out"), ANONYMOUS)
def test_only_who_cannot_be_reached_at_all_is_assessed_as_anonymous(
    people: People, app: FastAPI, citizen: dict[str, Any], left_out: bool
) -> None:
    number = given.ticket(people, citizen=citizen)
    given.awaiting(people, number)
    called(people, number, CONTENT)

    with app.state.engine.connect() as connection:
        anonymous = connection.exec_driver_sql("SELECT anonymous FROM assessment").scalar_one()
    assert anonymous is left_out


def test_an_assessment_is_of_the_office_that_leads_at_that_time(
    people: People, app: FastAPI
) -> None:
    number = given.ticket(people)
    people.dispatcher.does("dispatch", number, office_code="110105001", reason="属地。")
    given.awaiting(people, number, "110105001")
    called(people, number, CONTENT)

    with app.state.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT office_code, district_code FROM assessment")
        assert rows.all() == [("110105001", "110105")]


def test_a_second_callback_on_a_finished_ticket_is_refused(people: People, app: FastAPI) -> None:
    number = stages.stands(people, "closed")
    before = given.record(app)

    answer = people.callback.post(f"/tickets/{number}/callbacks", DISCONTENT)

    assert (answer.status_code, answer.json()["status_now"]) == (409, "closed")
    assert given.record(app) == before
    assert status(people, number) == "closed"


def test_who_handles_a_ticket_never_records_its_callback(people: People) -> None:
    number = stages.stands(people, "awaiting_callback")

    for person in (people.street(), people("chief", given.WANGJING), people.district()):
        assert person.post(f"/tickets/{number}/callbacks", CONTENT).status_code == 403


def test_a_citizen_is_not_called_before_the_time_that_he_has_named(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    """The limit of the callback runs from there; what he says himself is taken before."""
    after = clock.at + timedelta(days=5)
    citizen = {"name": "张三", "phone": "13811112222", "callback_after": after.isoformat()}
    number = given.ticket(people, citizen=citizen)
    given.awaiting(people, number)

    def queued() -> dict[str, Any]:
        [row] = people.callback.get("/callbacks/queue").json()["items"]
        return dict(row)

    def attempt() -> Any:
        body = {"reach": "unreached"}
        return people.callback.post(f"/tickets/{number}/callbacks", body)

    assert stages.instant(queued()["callback_due_at"]) == after + timedelta(hours=72)
    assert not queued()["callable_now"]
    stages.refused(attempt(), 409, "not-callable-now")
    clock.at = after - timedelta(microseconds=1)
    assert not queued()["callable_now"]
    clock.at = after
    assert queued()["callable_now"]
    clock.at = after + timedelta(hours=72)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.alarms(people, number) == []
    clock.tick(microseconds=1)
    sweep(app.state.sessions, app.state.city, clock)
    assert [alarm for alarm, *_ in stages.alarms(people, number)] == ["uncalled"]
    assert attempt().json()["final"], "three days from when he could be called"


def test_a_citizen_who_calls_again_names_another_time(people: People, clock: StillClock) -> None:
    citizen = {"name": "张三", "phone": "13811112222"}
    number = given.ticket(people, citizen=citizen)
    after = clock.at + timedelta(days=5)
    again = given.request(citizen={**citizen, "callback_after": after.isoformat()})
    assert people.operator.post("/tickets", again).json()["number"] == number
    given.awaiting(people, number)

    [row] = people.callback.get("/callbacks/queue").json()["items"]
    assert (stages.instant(row["callback_due_at"]), row["callable_now"]) == (
        after + timedelta(hours=72),
        False,
    )


def test_each_citizen_of_a_group_is_called_from_his_own_time_on(
    people: People, clock: StillClock
) -> None:
    after = clock.at + timedelta(days=5)
    parent = given.ticket(people)
    citizen = {"name": "李四", "phone": "13922223333", "callback_after": after.isoformat()}
    member = given.ticket(people, citizen=citizen)
    people.dispatcher.does("merge", member, parent_number=parent)
    people.street().does("acknowledge", parent)
    for number in (parent, member):
        people.street().does("contact", number, method="call", reached=True)
    people.street().does("reply", parent, **given.BODIES["reply"])
    people.district().does("review", parent, approve=True)

    rows = {row["number"]: row for row in people.callback.get("/callbacks/queue").json()["items"]}
    assert stages.instant(rows[parent]["callback_due_at"]) == clock.at + timedelta(hours=72)
    assert stages.instant(rows[member]["callback_due_at"]) == after + timedelta(hours=72)
    assert (rows[parent]["callable_now"], rows[member]["callable_now"]) == (True, False)
