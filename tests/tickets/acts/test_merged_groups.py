"""D.11: a group of merged tickets in every state of its parent's life."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from fastapi import FastAPI

from app.policy.documents import Policies
from app.sweep import sweep
from tests import policies
from tests.aids import given, stages
from tests.aids.given import DISCONTENT, WANGJING, People
from tests.aids.stages import JIUXIANQIAO, refused, tries
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
NONE_IS_CALLED = ("sample = 1.0", "sample = 0.000000001")


def group(people: People, clock: StillClock, members: int = 1, **changed: Any) -> list[str]:
    """A parent and its members, a minute apart."""
    numbers = []
    for _ in range(members + 1):
        numbers.append(given.ticket(people, **changed))
        clock.tick(minutes=1)
    for member in numbers[1:]:
        people.dispatcher.does("merge", member, parent_number=numbers[0])
    return numbers


def begun(people: People, parent: str) -> None:
    people.street().does("acknowledge", parent)
    people.street().does("contact", parent, method="call", reached=True)


def members_of(people: People, parent: str, office: str = WANGJING) -> list[dict[str, Any]]:
    return list(people.street(office).get(f"/tickets/{parent}/members").json())


def test_it_stays_as_urgent_as_its_most_urgent_member(people: People, clock: StillClock) -> None:
    parent = given.ticket(people)
    urgent = given.ticket(people, urgency="L2")
    people.dispatcher.does("merge", urgent, parent_number=parent)
    less = {"urgency": "L3", "reason": "误定"}
    refused(tries(people.supervisor, "grade", parent, **less), 409, "too-late-to-lower")
    people.supervisor.does("unmerge", urgent, reason="不是同一件事")
    assert people.supervisor.does("grade", parent, **less)["urgency"] == "L3"


def test_an_urgent_member_does_not_decide_an_objection_in_the_past(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    parent = stages.objected(people)
    clock.tick(hours=2)
    urgent = given.ticket(people, urgency="L1")
    people.dispatcher.does("merge", urgent, parent_number=parent)
    clock.tick(minutes=20)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, parent) == "objected"
    clock.at += TICK
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, parent) == "acknowledged"


def test_a_new_lead_contacts_each_member_himself(people: People, clock: StillClock) -> None:
    parent, member = group(people, clock)
    people.street().does("contact", member, method="call", reached=True)
    people.dispatcher.does("dispatch", parent, office_code=JIUXIANQIAO, reason="属酒仙桥街道")
    assert members_of(people, parent, JIUXIANQIAO)[0]["contacted_at"] is None
    people.street(JIUXIANQIAO).does("contact", member, method="call", reached=True)
    assert members_of(people, parent, JIUXIANQIAO)[0]["contacted_at"]


@pytest.mark.parametrize("build", [stages.to_dispatch, stages.need_info])
def test_who_keeps_the_duty_of_contact_keeps_it_for_the_members(
    people: People, clock: StillClock, build: stages.Build
) -> None:
    parent = build(people, clock)
    clock.tick(seconds=1)
    member = given.ticket(people)
    people.dispatcher.does("merge", member, parent_number=parent)
    assert stages.news(people.street(), member)[-1] == "merge"
    seen = people.street().get(f"/tickets/{member}").json()
    assert set(seen["allowed"]) == {"contact", "reveal"}
    people.street().does("contact", member, method="call", reached=True)
    assert stages.actions(people, member)[-1] == "contact"
    assert people.street(JIUXIANQIAO).get(f"/tickets/{member}").status_code == 404


@pytest.mark.parametrize("is_told", [True, False])
def test_a_hold_hides_no_missing_response_to_a_member(
    people: People, clock: StillClock, is_told: bool
) -> None:
    parent, member = group(people, clock)
    begun(people, parent)
    if is_told:
        people.street().does("contact", member, method="call", reached=True)
    clock.tick(days=2)
    answer = tries(people.street(), "request-hold", parent, **stages.hold(clock))
    if is_told:
        assert answer.status_code == 200, answer.text
    else:
        refused(answer, 409, "no-response")


MORE_TIME = {"reason_code": "materials", "plan": "等配件"}


@pytest.mark.parametrize(
    ("citizen", "is_told", "void"),
    [
        ({"phone": "13700000001"}, False, True),
        ({"phone": "13700000001"}, True, False),
        ({"name": "李四"}, False, False),
        ({"phone": "13700000001", "anonymous": True}, False, False),
    ],
)
def test_an_extension_is_told_to_every_member_who_can_be(
    people: People, clock: StillClock, citizen: dict[str, Any], is_told: bool, void: bool
) -> None:
    parent = given.ticket(people)
    clock.tick(minutes=1)
    member = given.ticket(people, citizen=citizen)
    people.dispatcher.does("merge", member, parent_number=parent)
    extended(people, clock, parent)
    people.street().does("contact", parent, method="call", reached=True)
    if is_told:
        people.street().does("contact", member, method="call", reached=True)
    assert is_void(people, clock, parent) is void


def test_who_joins_after_the_extension_need_not_be_told_of_it(
    people: People, clock: StillClock
) -> None:
    parent = given.ticket(people)
    extended(people, clock, parent)
    people.street().does("contact", parent, method="call", reached=True)
    people.dispatcher.does("merge", given.ticket(people), parent_number=parent)
    assert is_void(people, clock, parent) is False


def extended(people: People, clock: StillClock, number: str) -> None:
    begun(people, number)
    until = stages.instant(stages.seen(people, number)["due_at"]) + timedelta(days=3)
    asks = {**MORE_TIME, "due_at": until.isoformat()}
    people.street().does("request-extension", number, **asks)
    clock.tick(minutes=1)
    people.district().does("decide-extension", number, approve=True, text="同意")
    clock.tick(minutes=1)


def is_void(people: People, clock: StillClock, number: str) -> bool:
    clock.tick(days=7, minutes=5)
    people.operator.does("note", number, text="又来电")
    return "void_extension" in stages.actions(people, number)


def test_a_parent_whose_last_member_was_taken_out_may_end_without_an_answer(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    parent, member = group(people, clock, address={"text": "朝阳区某处"})
    people.operator.does("ask", parent, text="在哪条路上？")
    people.operator.does("contact", parent, method="call", reached=False)
    clock.tick(hours=23)
    people.supervisor.does("unmerge", member, reason="不是同一件事")
    clock.tick(hours=1)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, parent) == "need_info"
    clock.at += TICK
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, parent) == "not_accepted"


@pytest.fixture
def nobody_is_called(app: FastAPI) -> Iterator[None]:
    city = app.state.city
    document = {"beijing-2019": policies.text(NONE_IS_CALLED)}
    app.state.city = replace(city, policies=Policies.read(document))
    yield
    app.state.city = city


@pytest.mark.usefixtures("nobody_is_called")
def test_a_group_that_closed_without_a_callback_stays_as_it_is(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    parent, member = group(people, clock)
    begun(people, parent)
    people.street().does("reply", parent, text="已办", citizen_feedback={"method": "call"})
    people.supervisor.does("review", parent, approve=True)
    clock.tick(seconds=1)
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.status(people, parent) == "closed"
    before = given.record(app)
    refused(tries(people.supervisor, "unmerge", member, reason="拆"), 409, "illegal-move")
    assert given.record(app) == before


def statistics(people: People) -> Any:
    return people("analyst").get("/statistics/2026-11").json()["total"]


def test_its_rework_is_that_of_everyone_who_was_called(people: People, clock: StillClock) -> None:
    parent, member = group(people, clock)
    given.awaiting(people, parent)
    for number in (parent, member):
        stages.called(people, number, **DISCONTENT)
    rate = statistics(people)["rework_rate"]
    assert (rate["numerator"], rate["denominator"]) == ("2", 2)


@pytest.mark.parametrize("who", [0, 1])
def test_it_is_not_done_at_once_when_any_of_its_citizens_asks_again(
    people: People, clock: StillClock, who: int
) -> None:
    phones = ["13700000001", "13700000002"]
    numbers = []
    for phone in phones:
        numbers.append(given.ticket(people, citizen={"phone": phone}))
        clock.tick(minutes=1)
    people.dispatcher.does("merge", numbers[1], parent_number=numbers[0])
    given.awaiting(people, numbers[0])
    for number in numbers:
        stages.called(people, number)
    rate = statistics(people)["first_time_rate"]
    assert (rate["numerator"], rate["denominator"]) == ("1", 1)

    again = given.ticket(people, citizen={"phone": phones[who]})
    assert stages.seen(people, again)["repeat_of"] == numbers[who]
    rate = statistics(people)["first_time_rate"]
    assert (rate["numerator"], rate["denominator"]) == ("0", 1)


def test_taken_out_where_nobody_leads_who_led_it_last_keeps_the_duty_of_contact(
    people: People, clock: StillClock
) -> None:
    """RULEBOOK D.21-8."""
    parent = given.ticket(people, address={"text": "朝阳区某处"})
    clock.tick(minutes=1)
    member = given.ticket(people)
    people.dispatcher.does("merge", member, parent_number=parent)
    assert people.street().get(f"/tickets/{member}").status_code == 404
    ticket = people.supervisor.does("unmerge", member, reason="不是同一件事")
    assert ticket["status"] == "to_dispatch"
    people.street().does("contact", member, method="call", reached=True)


KEEPS = ["contact", "note", "reveal"]


def test_who_kept_the_duty_does_so_no_longer_while_the_citizen_awaits_his_callback(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    people.dispatcher.does("dispatch", number, office_code=JIUXIANQIAO, reason="改派")
    assert people.street().get(f"/tickets/{number}").json()["allowed"] == KEEPS
    clock.tick(days=9)
    people.operator.does("note", number, text="又来电")
    assert stages.status(people, number) == "awaiting_callback"
    assert "contact" not in people.street().get(f"/tickets/{number}").json()["allowed"]


CALL = {**given.CONTENT}
AT_ONCE: dict[str, list[tuple[str, str, str, dict[str, Any]]]] = {
    # what is done at the same time: who, to whom, what, how
    "every citizen is called": [
        ("callback", "parent", "callbacks", CALL),
        ("callback", "member", "callbacks", CALL),
        ("callback", "other", "callbacks", CALL),
    ],
    "one is called and taken out": [
        ("callback", "member", "callbacks", CALL),
        ("supervisor", "member", "unmerge", {"reason": "拆"}),
    ],
    "one is called and another taken out": [
        ("callback", "parent", "callbacks", CALL),
        ("supervisor", "other", "unmerge", {"reason": "拆"}),
    ],
}
MAY_END: dict[str, list[list[int]]] = {
    "every citizen is called": [[201, 201, 201]],
    "one is called and taken out": [[200, 409], [201, 409]],
    "one is called and another taken out": [[200, 201], [201, 409]],
}


@pytest.mark.parametrize("what", AT_ONCE)
def test_what_happens_to_it_at_once_leaves_one_history(
    people: People, clock: StillClock, what: str
) -> None:
    names = dict(zip(["parent", "member", "other"], group(people, clock, 2), strict=True))
    given.awaiting(people, names["parent"])
    answers = stages.at_once(
        [
            partial(people(who).post, f"/tickets/{names[whom]}/{how}", body)
            for who, whom, how, body in AT_ONCE[what]
        ]
    )
    assert answers in MAY_END[what]
    closed = stages.status(people, names["parent"]) == "closed"
    assert closed is (answers == [201, 201, 201])
    for number in names.values():
        history = stages.events(people, number)
        assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
