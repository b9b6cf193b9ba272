"""Asking for more time over HTTP: once, in time, decided by another, and told (D.6.5)."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.aids import stages
from tests.aids.given import People
from tests.aids.stages import refused, tries
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
WEEK = timedelta(days=7)


def more(people: People, number: str, by: timedelta = timedelta(days=3), **changed: Any) -> Any:
    """So much later than it is due."""
    due_at = stages.instant(stages.seen(people, number)["due_at"])
    asked = {"reason_code": "materials", "plan": "等待配件", "due_at": (due_at + by).isoformat()}
    return asked | changed


def asked(people: People, by: timedelta = timedelta(days=3), **changed: Any) -> str:
    number = stages.working(people, **changed)
    people.street().does("request-extension", number, **more(people, number, by))
    return number


def granted(people: People, clock: StillClock) -> str:
    number = asked(people)
    clock.tick(minutes=5)
    people.district().does("decide-extension", number, **GRANT)
    return number


GRANT = {"approve": True, "text": "同意"}


def test_granted_time_counts_once_the_citizen_is_told(people: People, clock: StillClock) -> None:
    number = asked(people)
    before = stages.instant(stages.seen(people, number)["due_at"])
    people.district().does("decide-extension", number, **GRANT)
    people.street().does("contact", number, method="call", reached=True)
    clock.at = before + timedelta(days=2)
    ticket = people.supervisor.does("note", number, text="在办")
    assert stages.instant(ticket["due_at"]) == before + timedelta(days=3)
    assert not ticket["overdue"]


def test_untold_to_the_citizen_it_is_void(people: People, clock: StillClock) -> None:
    before = (clock() + WEEK).isoformat().replace("+00:00", "Z")
    number = granted(people, clock)
    people.street().does("contact", number, method="call", reached=False)
    clock.at = stages.instant(before) + TICK
    ticket = people.supervisor.does("note", number, text="未告知")
    assert (ticket["due_at"], ticket["overdue"]) == (before, True)
    assert "void_extension" in stages.actions(people, number)
    assert stages.warned(people, number) == ["before-48h", "before-24h", "overdue-chief"]


def test_who_is_tried_often_enough_counts_as_told(people: People, clock: StillClock) -> None:
    number = granted(people, clock)
    for _ in range(3):
        clock.tick(hours=1)
        people.street().does("contact", number, method="call", reached=False)
    clock.tick(days=8)
    assert not people.supervisor.does("note", number, text="在办")["overdue"]


def test_asked_at_the_due_time_is_in_time(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    clock.at = stages.instant(stages.seen(people, number)["due_at"])
    people.street().does("request-extension", number, **more(people, number))


def test_asked_one_microsecond_later_is_late(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    body = more(people, number)
    clock.at = stages.instant(stages.seen(people, number)["due_at"]) + TICK
    answer = tries(people.street(), "request-extension", number, **body)
    refused(answer, 409, "extension-late")


def test_undecided_at_the_due_time_is_refused(people: People, clock: StillClock) -> None:
    number = asked(people)
    due_at = stages.seen(people, number)["due_at"]
    clock.at = stages.instant(due_at) + TICK
    refused(tries(people.district(), "decide-extension", number, **GRANT), 409, "illegal-move")
    people.supervisor.does("note", number, text="已过期")
    last = [event for event in stages.events(people, number) if event["due_at"]][-1]
    assert (last["action"], last["due_at"]) == ("refuse_extension", due_at)
    assert stages.seen(people, number)["due_at"] == due_at


def test_decided_at_the_due_time_is_in_time(people: People, clock: StillClock) -> None:
    number = asked(people)
    clock.at = stages.instant(stages.seen(people, number)["due_at"])
    assert not people.district().does("decide-extension", number, **GRANT)["overdue"]


def test_it_is_granted_once(people: People, clock: StillClock) -> None:
    number = asked(people)
    people.district().does("decide-extension", number, **GRANT)
    people.street().does("contact", number, method="call", reached=True)
    answer = tries(people.street(), "request-extension", number, **more(people, number))
    refused(answer, 409, "extension-spent")


def test_it_is_asked_for_once_at_a_time(people: People, clock: StillClock) -> None:
    number = asked(people)
    answer = tries(people.street(), "request-extension", number, **more(people, number))
    refused(answer, 409, "extension-spent")


def test_what_was_refused_gives_no_time(people: People, clock: StillClock) -> None:
    number = asked(people)
    due_at = stages.seen(people, number)["due_at"]
    body = {"approve": False, "text": "理由不足"}
    assert people.district().does("decide-extension", number, **body)["due_at"] == due_at
    refused(tries(people.district(), "decide-extension", number, **GRANT), 409, "illegal-move")


@pytest.mark.parametrize("urgency", ["L1", "L2"])
def test_what_is_urgent_is_not_extended(people: People, clock: StillClock, urgency: str) -> None:
    number = stages.working(people, urgency=urgency)
    body = more(people, number, timedelta(minutes=30))
    refused(tries(people.street(), "request-extension", number, **body), 409, "not-extendable")


@pytest.mark.parametrize(
    ("urgency", "by", "decider"),
    [
        ("L3", WEEK, "district"),
        ("L4", WEEK, "district"),
        ("L4", WEEK + TICK, "supervisor"),
        ("L4", timedelta(days=15), "supervisor"),
    ],
)
def test_up_to_a_week_the_district_decides_beyond_the_city(
    people: People, clock: StillClock, urgency: str, by: timedelta, decider: str
) -> None:
    number = asked(people, by, urgency=urgency)
    district, supervisor = people.district(), people.supervisor
    first, other = (district, supervisor) if decider == "district" else (supervisor, district)
    assert (stages.inbox(district) == [number]) == (decider == "district")
    refused(tries(other, "decide-extension", number, **GRANT), 409, "illegal-move")
    first.does("decide-extension", number, **GRANT)
    assert stages.inbox(district) == []
    assert stages.inbox(people.street()) == [number]


@pytest.mark.parametrize(
    ("urgency", "by"),
    [
        ("L3", WEEK + TICK),
        ("L4", timedelta(days=15) + TICK),
        ("L3", timedelta(0)),
        ("L3", -timedelta(days=1)),
    ],
)
def test_not_longer_than_the_limit_and_not_backwards(
    people: People, clock: StillClock, urgency: str, by: timedelta
) -> None:
    number = stages.working(people, urgency=urgency)
    answer = tries(people.street(), "request-extension", number, **more(people, number, by))
    assert refused(answer, 422, "extension-unfit")["errors"][0]["pointer"] == "/due_at"


@pytest.mark.parametrize(
    "wrong", [{"plan": None}, {"plan": " "}, {"reason_code": None}, {"due_at": "2026-10-30"}]
)
def test_a_wrong_form_asks_for_nothing(
    people: People, clock: StillClock, wrong: dict[str, Any]
) -> None:
    number = stages.working(people)
    answer = tries(people.street(), "request-extension", number, **more(people, number, **wrong))
    assert answer.status_code == 422
    assert stages.actions(people, number)[-1] == "contact"


def test_what_is_asked_for_lapses_with_the_reply(people: People, clock: StillClock) -> None:
    number = asked(people)
    feedback = {"method": "call"}
    people.street().does("reply", number, text="已办结", citizen_feedback=feedback)
    people.district().does("review", number, approve=False, text="不完整")
    refused(tries(people.district(), "decide-extension", number, **GRANT), 409, "illegal-move")
    people.street().does("request-extension", number, **more(people, number))


def test_who_objects_asks_for_no_time(people: People, clock: StillClock) -> None:
    number = stages.acknowledged(people, clock)
    people.street().does("request-extension", number, **more(people, number))
    people.street().does("object", number, **stages.objection())
    people.district().does("rule-objection", number, decision="reject", text="属望京")
    refused(tries(people.district(), "decide-extension", number, **GRANT), 409, "illegal-move")


def test_warnings_begin_anew_with_the_new_time(people: People, clock: StillClock) -> None:
    number = stages.working(people)
    clock.tick(days=6, hours=1)
    people.street().does("request-extension", number, **more(people, number))
    people.district().does("decide-extension", number, **GRANT)
    people.street().does("contact", number, method="call", reached=True)
    clock.tick(days=3)
    people.supervisor.does("note", number, text="在办")
    assert stages.warned(people, number) == ["before-48h", "before-24h"] * 2


def test_two_decisions_at_once_have_one_winner(people: People, clock: StillClock) -> None:
    number = asked(people)
    decide = partial(tries, people.district(), "decide-extension", number, **GRANT)
    assert stages.at_once([decide] * 6) == [200] + [409] * 5


def test_what_was_asked_for_lapses_when_the_urgency_is_raised(
    people: People, clock: StillClock
) -> None:
    number = asked(people)
    due_at = people.supervisor.does("grade", number, urgency="L1", reason="有险情")["due_at"]
    assert stages.actions(people, number)[-2:] == ["refuse_extension", "grade"]
    refused(tries(people.district(), "decide-extension", number, **GRANT), 409, "illegal-move")
    assert stages.seen(people, number)["due_at"] == due_at


def test_what_a_raise_cut_short_is_not_prolonged_when_the_citizen_was_not_told(
    people: People, clock: StillClock
) -> None:
    number = asked(people)
    before = stages.instant(stages.seen(people, number)["due_at"])
    people.district().does("decide-extension", number, **GRANT)
    clock.at = before - timedelta(hours=36)
    due_at = people.supervisor.does("grade", number, urgency="L2", reason="停热")["due_at"]
    clock.at = before + TICK
    assert people.supervisor.does("note", number, text="在办")["due_at"] == due_at
    assert "void_extension" not in stages.actions(people, number)


def test_a_longer_limit_is_not_void_with_an_extension_before_it(
    people: People, clock: StillClock
) -> None:
    number = granted(people, clock)
    due_at = people.district().does("grade", number, urgency="L4", reason="需施工")["due_at"]
    clock.tick(days=8)
    assert people.supervisor.does("note", number, text="在办")["due_at"] == due_at
