"""A danger that may be meant, told while nobody is on the line who could ask (RULEBOOK D.4)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import People, Person
from tests.conftest import StillClock

BLOOD = {"title": "求助", "content": "酒吧门口两拨人抡酒瓶子，有个人脖子上血直往外滋。"}
GAS = {"title": "楼道里有气味", "content": "煤气味很大，头都晕了。", "category": "0701"}
RINGS = ("possible-danger", ["dispatcher"])


def by_app(people: People, matter: dict[str, Any]) -> str:
    return given.ticket(people, channel="app", **matter)


def in_batch(people: People, matter: dict[str, Any]) -> str:
    operator, line = people.operator, json.dumps(given.request(citizen={}, **matter))
    answer = operator.client.post("/v1/tickets/batch", content=line, headers=operator.headers)
    return str(answer.json()["number"])


def later(people: People, matter: dict[str, Any]) -> str:
    number = given.ticket(people, category="0701")
    people.operator.does("urge", number, text=matter["content"])
    return number


def rung(people: People, app: FastAPI, clock: StillClock, number: str) -> list[Any]:
    clock.tick(seconds=1)
    sweep(app.state.sessions, app.state.city, clock)
    sweep(app.state.sessions, app.state.city, clock)
    every = (alarm[:2] for alarm in stages.alarms(people, number))
    return [alarm for alarm in every if alarm[0] == "possible-danger"]


@pytest.mark.parametrize("matter", [BLOOD, GAS], ids=["no-word-of-the-list", "another-category"])
@pytest.mark.parametrize("way", [by_app, in_batch, later])
def test_the_dispatcher_is_to_look_until_the_supervisor_is(
    people: People,
    app: FastAPI,
    clock: StillClock,
    way: Callable[[People, dict[str, Any]], str],
    matter: dict[str, Any],
) -> None:
    number = way(people, matter)

    assert rung(people, app, clock, number) == [RINGS]
    [row] = people.dispatcher.get("/inbox").json()["items"]
    assert (row["number"], row["urgency"]) == (number, "L3")
    assert (row["because"], row["alarms"]) == ("possible-danger", ["possible-danger"])
    clock.tick(minutes=15)
    assert rung(people, app, clock, number) == [RINGS, ("possible-danger", ["supervisor"])]


def test_nobody_rings_where_an_operator_asks_or_no_danger_is_meant(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    on_the_line = given.ticket(people, **BLOOD)
    lamp = given.ticket(people, channel="app", title="路灯不亮", content="路灯坏了三天。")
    raised = given.ticket(people, channel="app", **{**GAS, "category": None})

    assert stages.seen(people, raised)["urgency"] == "L1"
    for number in (on_the_line, lamp, raised):
        assert rung(people, app, clock, number) == []


def noted(person: Person, number: str) -> None:
    person.does("note", number, text="已打电话问过，没有险情。")


def raised(person: Person, number: str) -> None:
    person.does("grade", number, urgency="L1", reason="确有人受伤")


def spoken(person: Person, number: str) -> None:
    person.does("acknowledge", number)
    person.does("contact", number, method="call", reached=True)


def tried(person: Person, number: str) -> None:
    person.does("acknowledge", number)
    person.does("contact", number, method="call", reached=False)


@pytest.mark.parametrize(
    ("who", "act", "settles"),
    [
        ("dispatcher", noted, True),
        ("supervisor", raised, True),
        ("street", spoken, True),
        ("street", tried, False),
        ("street", noted, False),
    ],
)
def test_it_rings_on_until_somebody_of_the_city_has_looked_or_the_citizen_was_spoken_with(
    people: People,
    app: FastAPI,
    clock: StillClock,
    who: str,
    act: Callable[[Person, str], None],
    settles: bool,
) -> None:
    number = by_app(people, BLOOD)
    rung(people, app, clock, number)

    act(people.street() if who == "street" else getattr(people, who), number)

    assert (stages.seen(people, number)["danger_asked_at"] is None) is settles
    assert (number in stages.inbox(people.dispatcher)) is not settles
    clock.tick(minutes=14)
    people.operator.does("urge", number, text=BLOOD["content"])
    again = settles and act is not raised
    assert rung(people, app, clock, number) == [RINGS, *[RINGS] * again]
