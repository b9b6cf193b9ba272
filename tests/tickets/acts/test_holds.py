"""挂账 over HTTP: asked for with a plan, approved twice, looked at again, no way out (D.12)."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.aids import stages
from tests.aids.given import People
from tests.aids.stages import refused, tries
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
YES = {"approve": True, "text": "同意"}


def test_it_is_asked_for_by_the_office_then_approved_twice(
    people: People, clock: StillClock
) -> None:
    number = stages.working(people)
    people.street().does("request-hold", number, **stages.hold(clock))
    assert stages.inbox(people.district()) == [number]
    refused(tries(people.supervisor, "decide-hold", number, **YES), 409, "illegal-move")
    assert people.district().does("decide-hold", number, **YES)["status"] == "in_progress"
    assert stages.inbox(people.district()) == []
    refused(tries(people.district(), "decide-hold", number, **YES), 409, "illegal-move")
    ticket = people.supervisor.does("decide-hold", number, **YES)
    assert (ticket["status"], ticket["due_at"]) == ("on_hold", None)
    assert stages.inbox(people.street()) == [number]


@pytest.mark.parametrize("who", ["district", "supervisor"])
def test_either_may_refuse_it(people: People, clock: StillClock, who: str) -> None:
    number = stages.working(people)
    people.street().does("request-hold", number, **stages.hold(clock))
    if who == "supervisor":
        people.district().does("decide-hold", number, **YES)
    decider = people.supervisor if who == "supervisor" else people.district()
    ticket = decider.does("decide-hold", number, approve=False, text="不具备条件")
    assert ticket["status"] == "in_progress"
    assert ticket["due_at"] is not None
    people.street().does("request-hold", number, **stages.hold(clock))


@pytest.mark.parametrize(
    "wrong",
    [
        {"plan": None},
        {"plan": "  "},
        {"reason_code": "too_hard"},
        {"reason_code": None},
        {"review_at": None},
        {"milestones": [{"text": "立项"}]},
    ],
)
def test_without_plan_or_reason_there_is_no_hold(
    people: People, clock: StillClock, wrong: dict[str, Any]
) -> None:
    number = stages.working(people)
    answer = tries(people.street(), "request-hold", number, **{**stages.hold(clock), **wrong})
    assert answer.status_code == 422
    assert stages.actions(people, number)[-1] == "contact"


def test_six_months_ahead_and_no_further(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    for wrong in ("2027-04-20T02:00:00.000001Z", "2026-10-20T02:00:00Z", "2026-10-19T02:00:00Z"):
        body = {**stages.hold(clock), "review_at": wrong}
        refused(tries(people.street(), "request-hold", number, **body), 422, "review-unfit")
    body = {**stages.hold(clock), "review_at": "2027-04-20T10:00:00+08:00"}
    people.street().does("request-hold", number, **body)


def test_a_hold_hides_no_missing_response(people: People, clock: StillClock) -> None:
    number = stages.acknowledged(people, clock)
    clock.tick(hours=25)
    people.street().does("contact", number, method="call", reached=True)
    answer = tries(people.street(), "request-hold", number, **stages.hold(clock))
    refused(answer, 409, "no-response")


def test_milestones_stand_on_the_record(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    steps = [{"at": "2026-11-20T00:00:00Z", "text": "立项"}]
    people.street().does("request-hold", number, **{**stages.hold(clock), "milestones": steps})
    assert stages.events(people, number)[-1]["data"]["milestones"] == ["立项"]
    register = stages.register(people.supervisor)
    assert register == [], "asked for is not yet held"
    people.district().does("decide-hold", number, **YES)
    people.supervisor.does("decide-hold", number, **YES)
    held = stages.register(people.street())[0]
    assert (held["ticket_number"], held["level"], held["renewals"]) == (number, "street", 0)
    assert held["milestones"] == [{"at": "2026-11-20T00:00:00Z", "text": "立项"}]


def test_the_clock_stands_while_it_is_held(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    clock.tick(days=2)
    stages.held(people, number, clock)
    clock.tick(days=50)
    assert stages.warned(people, number) == []
    now = clock()
    ticket = people.supervisor.does("resume", number, done=False, text="条件已具备")
    assert ticket["status"] == "in_progress"
    assert stages.instant(ticket["due_at"]) == now + timedelta(days=5)


def test_what_was_late_before_is_late_after(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    clock.tick(days=7, hours=2)
    stages.held(people, number, clock)
    clock.tick(days=30)
    ticket = people.supervisor.does("resume", number, done=True, text="已完工")
    assert (ticket["status"], ticket["overdue"]) == ("awaiting_callback", True)
    assert stages.warned(people, number) == ["before-48h", "before-24h", "overdue-chief"]


@pytest.mark.parametrize("done", [True, False])
def test_a_late_reply_is_late_whatever_hold_comes_after(
    people: People, clock: StillClock, done: bool
) -> None:
    number = stages.working(people)
    street, district = people.street(), people.district()
    due_at = datetime.fromisoformat(street.get(f"/tickets/{number}").json()["due_at"])
    clock.at = due_at + timedelta(hours=2)
    feedback = {"method": "call"}
    street.does("reply", number, text="已报规划部门。", citizen_feedback=feedback)
    district.does("review", number, approve=False, text="没有办结。")
    stages.held(people, number, clock)
    clock.tick(days=5)
    people.supervisor.does("resume", number, done=done, text="规划已定。")
    if not done:
        street.does("reply", number, text="已完成。", citizen_feedback=feedback)
        district.does("review", number, approve=True)
    stages.called(people, number)

    row = people("analyst").get("/rankings/2026-11/offices/110105026").json()
    assert (row["assessed"], row["overdue"]) == (1, 1)
    clock.tick(days=60)
    assert people("evaluator").post("/rankings/2026-11/seal").status_code == 201
    assert people("auditor").post("/rankings/2026-11/verify").json()["same"]


def test_done_it_goes_to_the_callback_and_is_assessed_then(
    people: People, clock: StillClock
) -> None:
    number = stages.on_hold(people, clock)
    assert tries(people.callback, "callbacks", number).status_code in (409, 422)
    ticket = people.supervisor.does("resume", number, done=True, text="已完工")
    assert ticket["status"] == "awaiting_callback"
    assert ticket["assessed_at"] is None
    stages.called(people, number)
    assert stages.seen(people, number)["assessed_at"] is not None


def test_at_its_day_it_goes_back_to_work_a_level_higher(people: People, clock: StillClock) -> None:
    number = stages.on_hold(people, clock)
    clock.tick(days=60)
    assert people.supervisor.does("note", number, text="今日复核")["status"] == "on_hold"
    clock.tick(hours=7)
    ticket = people.supervisor.does("note", number, text="逾期")
    assert ticket["status"] == "in_progress"
    ended = stages.events(people, number)[-2]
    assert (ended["action"], ended["data"]["level"]) == ("end_hold", "district")
    stages.held(people, number, clock)
    assert stages.register(people.supervisor)[0]["level"] == "district"


def test_it_is_renewed_three_times_and_no_more(people: People, clock: StillClock) -> None:
    number = stages.on_hold(people, clock)
    for renewals in (1, 2, 3):
        clock.tick(days=50)
        stages.held(people, number, clock)
        held = stages.register(people.supervisor)[0]
        assert (held["renewals"], held["level"]) == (renewals, "street")
    answer = tries(people.street(), "request-hold", number, **stages.hold(clock))
    refused(answer, 409, "renewals-spent")


def test_an_undecided_renewal_does_not_keep_it_held(people: People, clock: StillClock) -> None:
    number = stages.on_hold(people, clock)
    clock.tick(days=59)
    people.street().does("request-hold", number, **stages.hold(clock))
    clock.tick(days=2)
    assert people.supervisor.does("note", number, text="复核")["status"] == "in_progress"
    refused(tries(people.district(), "decide-hold", number, **YES), 409, "illegal-move")


def test_a_hold_in_rework_goes_on_with_what_was_assessed(people: People, clock: StillClock) -> None:
    number = stages.rework(people, clock)
    assessed_at = stages.seen(people, number)["assessed_at"]
    stages.held(people, number, clock)
    clock.tick(days=9)
    people.supervisor.does("resume", number, done=True, text="完工")
    stages.called(people, number)
    ticket = stages.seen(people, number)
    assert (ticket["status"], ticket["assessed_at"]) == ("closed", assessed_at)


def test_only_a_supervisor_ends_it(people: People, clock: StillClock) -> None:
    number = stages.on_hold(people, clock)
    for person in (people.street(), people.district(), people.operator):
        assert tries(person, "resume", number, done=True, text="完工").status_code == 403


def test_two_approvals_at_once_have_one_winner(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    people.street().does("request-hold", number, **stages.hold(clock))
    decide = partial(tries, people.district(), "decide-hold", number, **YES)
    assert stages.at_once([decide] * 6) == [200] + [409] * 5


def test_the_register_names_no_citizen(people: People, clock: StillClock) -> None:
    stages.on_hold(people, clock)
    held = stages.register(people("auditor"))[0]
    assert not {"citizen", "content", "title", "address"} & held.keys()
    assert people("analyst").get("/holds").status_code == 403


@pytest.mark.parametrize("who", ["district", "supervisor"])
def test_it_is_not_approved_when_its_day_has_come(
    people: People, clock: StillClock, who: str
) -> None:
    number = stages.working(people)
    people.street().does("request-hold", number, **stages.hold(clock, 1))
    body = {"approve": True, "text": "同意"}
    if who == "supervisor":
        people.district().does("decide-hold", number, **body)
    decider = people.supervisor if who == "supervisor" else people.district()
    clock.tick(days=1)
    refused(tries(decider, "decide-hold", number, **body), 409, "illegal-move")
    decider.does("decide-hold", number, approve=False, text="复核日已到")
    people.street().does("request-hold", number, **stages.hold(clock, 30))


def on_time(people: People) -> tuple[str, int]:
    total = people("analyst").get("/statistics/2026-11").json()["total"]
    return total["on_time_rate"]["numerator"], total["on_time_rate"]["denominator"]


@pytest.mark.parametrize("withdrawn", [False, True])
@pytest.mark.parametrize(("late", "counted"), [(False, 0), (True, 1)])
def test_what_was_late_before_it_was_held_is_counted_as_late_meanwhile_and_after(
    people: People, clock: StillClock, late: bool, counted: int, withdrawn: bool
) -> None:
    number = stages.working(people)
    clock.tick(days=7, microseconds=int(late))
    stages.held(people, number, clock, days=10)
    clock.tick(minutes=1)
    assert on_time(people) == ("0", counted)
    if withdrawn:
        people.operator.does("withdraw", number, evidence="录音 5")
        assert on_time(people) == ("0", counted)
        return
    people.supervisor.does("resume", number, done=False, text="继续")
    clock.tick(minutes=1)
    assert on_time(people) == ("0", 1)


def test_a_hold_in_rework_takes_nothing_from_the_first_reply_in_time(
    people: People, clock: StillClock
) -> None:
    number = stages.rework(people, clock)
    clock.tick(days=7, microseconds=1)
    assert on_time(people) == ("1", 1)
    stages.held(people, number, clock)
    assert on_time(people) == ("1", 1)
