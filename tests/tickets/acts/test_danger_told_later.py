"""D.4: danger that a citizen tells later raises the level as one that is told at first."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.seals.audit import service as audit
from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import People
from tests.conftest import StillClock

GAS = "刚才没说清楚，楼道里煤气味很大，头都晕了。"
HELD = {"acceptance": {"outcome": "hold"}}
NOWHERE = {"address": {"text": "我家"}}


def tells(people: People, action: str, number: str, text: str) -> Any:
    return people.operator.does(action, number, text=text)


@pytest.mark.parametrize(
    ("action", "request_", "status"),
    [
        ("add", HELD, "received"),
        ("add", NOWHERE, "to_dispatch"),
        ("add", {}, "dispatched"),
        ("urge", {}, "dispatched"),
        ("urge", HELD, "received"),
    ],
)
def test_a_danger_told_later_raises_the_level_and_is_on_record(
    people: People, app: FastAPI, action: str, request_: dict[str, Any], status: str
) -> None:
    number = given.ticket(people, **request_)

    ticket = tells(people, action, number, GAS)

    assert (ticket["status"], ticket["urgency"]) == (status, "L1")
    grades = [e["data"] for e in stages.events(people, number) if e["action"] == "grade"]
    assert [(data["from"], data["to"]) for data in grades] == [("L3", "L1")]
    assert "煤气味" in grades[0]["reason"]
    tells(people, "urge", number, GAS)
    assert stages.actions(people, number).count("grade") == 1
    with app.state.sessions() as session:
        assert not list(audit.of_tickets(session, app.state.city, [number]))


@pytest.mark.parametrize("text", ["昨天漏水已修好。", "没有煤气味。", "怕以后触电。", "请快一点。"])
def test_what_is_no_danger_raises_nothing(people: People, text: str) -> None:
    number = given.ticket(people)
    assert tells(people, "urge", number, text)["urgency"] == "L3"
    assert tells(people, "add", number, text)["urgency"] == "L3"


def test_a_category_that_somebody_named_decides(people: People) -> None:
    number = given.ticket(people, category="0701")
    assert tells(people, "urge", number, GAS)["urgency"] == "L3"


@pytest.mark.parametrize("stage", ["replied", "awaiting_callback", "on_hold"])
def test_of_a_ticket_on_which_nobody_works_the_dispatcher_hears(
    people: People, app: FastAPI, clock: StillClock, stage: str
) -> None:
    number = stages.stands(people, stage)
    clock.tick(hours=1)
    tells(people, "urge", number, GAS)
    clock.tick(seconds=1)
    sweep(app.state.sessions, app.state.city, clock)

    assert ("not-handed-on", ["dispatcher"]) in [a[:2] for a in stages.alarms(people, number)]
    [row] = people.dispatcher.get("/inbox").json()["items"]
    assert (row["number"], row["urgency"], row["because"]) == (number, "L1", "not-handed-on")
