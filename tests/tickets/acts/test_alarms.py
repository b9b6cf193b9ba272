"""Alarms in the whole service: each rings once, in the feeds of those who must act (D.6.3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.feed import service as feed
from app.kit.db import Sessions, make_sessions
from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.aids.stages import Build
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)


def swept(app: FastAPI, sessions: Sessions | None = None) -> int:
    return sweep(sessions or app.state.sessions, app.state.city, app.state.clock)


def heard(person: Person) -> list[tuple[str, str, str]]:
    """The alarms in a feed: of which ticket, which, and as whose they ring."""
    entries = person.get("/feed", limit=500).json()["items"]
    return [
        (entry["ticket_number"], entry["data"]["alarm"], entry["data"]["role"])
        for entry in entries
        if entry["kind"] == "alarm"
    ]


def everybody(people: People) -> dict[str, Person]:
    offices = {"chief": people("chief", WANGJING), "district": people.district(CHAOYANG)}
    desks = ("dispatcher", "callback", "supervisor", "panel")
    return {**offices, **{role: people(role) for role in desks}}


URGENT = {"urgency": "L1"}


def dispatched(**request: Any) -> Build:
    def build(people: People, clock: StillClock) -> str:
        return given.ticket(people, **request)

    return build


def dangerous(people: People, clock: StillClock) -> str:
    """People in a lift, of whom 119 must be told, and on whom an office works."""
    number = given.ticket(people, category="030101")
    people.street().does("acknowledge", number)
    people.street().does("contact", number, method="call", reached=True)
    return number


RINGS: list[tuple[Build, timedelta, str, set[str]]] = [
    # a wait, its limit, the alarm, and for whom it rings
    (dispatched(), timedelta(hours=2), "unsigned", {"chief"}),
    (dispatched(**URGENT), timedelta(minutes=10), "unsigned", {"chief", "district", "dispatcher"}),
    (stages.acknowledged, timedelta(hours=24), "uncontacted", {"chief"}),
    (stages.to_dispatch, timedelta(minutes=15), "undispatched", {"dispatcher"}),
    (stages.queued, timedelta(hours=2), "undispatched", {"district", "dispatcher"}),
    (stages.replied, timedelta(hours=8), "unreviewed", {"district"}),
    (stages.objected_outside, timedelta(hours=8), "unruled", {"dispatcher"}),
    (stages.awaiting, timedelta(hours=72), "uncalled", {"callback"}),
]


@pytest.mark.parametrize("wait", RINGS, ids=lambda wait: wait[2])
def test_each_rings_once_with_those_who_must_act_however_many_sweep(
    people: People, app: FastAPI, clock: StillClock, wait: tuple[Build, timedelta, str, set[str]]
) -> None:
    build, limit, alarm, expected = wait
    number, persons = build(people, clock), everybody(people)
    clock.at += limit
    swept(app)
    assert {role for role, person in persons.items() if heard(person)} == set()
    clock.at += TICK
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: swept(app), range(4)))
    swept(app)

    rung = {role: heard(person) for role, person in persons.items() if heard(person)}
    assert rung == {role: [(number, alarm, role)] for role in expected}
    due_at = (clock.at - TICK).isoformat().replace("+00:00", "Z")
    [(name, to, at)] = stages.alarms(people, number)
    assert (name, set(to), at) == (alarm, expected, due_at)


def test_what_rang_does_not_ring_again_when_the_clock_goes_back_or_a_sweeper_dies(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    numbers = [given.ticket(people, urgency="L1") for _ in range(3)]

    def die(session: Session) -> None:
        raise SystemExit("killed before the commit")

    doomed = make_sessions(app.state.engine, before_commit=[feed.number, die])
    clock.tick(minutes=11)
    with pytest.raises(SystemExit):
        swept(app, doomed)
    assert [stages.alarms(people, number) for number in numbers] == [[], [], []]
    for minutes in (0, -10, 10, 5, -3):
        clock.tick(minutes=minutes)
        swept(app)
    assert [[alarm[0] for alarm in stages.alarms(people, n)] for n in numbers] == [["unsigned"]] * 3
    assert heard(people.dispatcher) == [(number, "unsigned", "dispatcher") for number in numbers]


@pytest.mark.parametrize("urgency", ["L1", "L2", "L3"])
def test_nobody_knows_where_and_it_rings_in_the_call_itself(
    people: People, clock: StillClock, urgency: str
) -> None:
    number = given.ticket(people, urgency=urgency, address=stages.UNCLEAR)

    expected = [(number, "unplaced", "dispatcher")] if urgency != "L3" else []
    assert heard(people.dispatcher) == expected
    seen = stages.seen(people, number)
    assert seen["version"] == len(stages.events(people, number)) == 2 + len(expected)


def test_a_new_office_has_an_alarm_of_its_own_and_an_act_in_time_has_none(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = given.ticket(people)
    clock.tick(hours=3)
    swept(app)
    people.dispatcher.does("dispatch", number, office_code=stages.JIUXIANQIAO, reason="属酒仙桥")
    clock.tick(hours=1)
    people.street(stages.JIUXIANQIAO).does("acknowledge", number)
    clock.tick(hours=23, microseconds=1)
    swept(app)

    assert [(name, to) for name, to, _ in stages.alarms(people, number)] == [
        ("unsigned", ["chief"]),
        ("uncontacted", ["chief"]),
    ]
    assert [alarm for _, alarm, _ in heard(people.street())] == ["unsigned"]
    assert [alarm for _, alarm, _ in heard(people.street(stages.JIUXIANQIAO))] == ["uncontacted"]


def test_danger_to_life_that_nobody_handed_on_rings(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = dangerous(people, clock)
    assert stages.seen(people, number)["urgency"] == "L1"
    clock.tick(minutes=3)
    swept(app)
    assert heard(people.dispatcher) == []
    clock.at += TICK
    swept(app)
    assert heard(people.dispatcher) == [(number, "not-handed-on", "dispatcher")]


def test_danger_to_life_that_an_urging_tells_of_rings(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    request = given.request(category="0701", citizen={"name": "张三", "phone": "13800000077"})
    number = people.operator.post("/tickets", request).json()["number"]
    clock.tick(minutes=30)
    fire = {**request, "urgency": "L1", "content": "楼道着火了，有人困在里面！"}
    answer = people.operator.post("/tickets", fire).json()
    assert (answer["number"], answer["tell"]) == (number, ["119"])
    clock.tick(minutes=3, microseconds=1)
    swept(app)

    assert (number, "not-handed-on", "dispatcher") in heard(people.dispatcher)


@pytest.mark.parametrize("handed_on", [False, True])
def test_danger_to_life_that_is_merged_rings_with_the_group(
    people: People, app: FastAPI, clock: StillClock, handed_on: bool
) -> None:
    parent = given.ticket(people)
    people.street().does("acknowledge", parent)
    people.street().does("contact", parent, method="call", reached=True)
    member = given.ticket(people, category="030101")
    if handed_on:
        people.operator.does("hand-on", member, service="119", text="已告知")
    people.dispatcher.does("merge", member, parent_number=parent)
    clock.tick(minutes=3, microseconds=1)
    swept(app)

    expected = [] if handed_on else [(parent, "not-handed-on", "dispatcher")]
    assert [ring for ring in heard(people.dispatcher) if ring[1] == "not-handed-on"] == expected


def test_each_citizen_of_a_group_is_called_or_rings(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    member = stages.merged(people, clock)
    parent = stages.seen(people, member)["merged_into"]
    people.street().does("contact", member, method="call", reached=True)
    given.awaiting(people, parent)
    stages.called(people, parent)
    clock.tick(hours=72, microseconds=1)
    swept(app)

    assert heard(people.callback) == [(member, "uncalled", "callback")]
    stages.called(people, member)
    clock.tick(days=9)
    assert swept(app) == 0


def test_what_is_overdue_for_three_days_comes_to_the_supervisors(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.working(people)
    clock.tick(days=10, microseconds=1)
    swept(app)

    entries = people.supervisor.get("/feed").json()["items"]
    [(kind, data)] = [(e["kind"], e["data"]) for e in entries if e["kind"] == "escalate"]
    assert (kind, data["warning"]) == ("escalate", "overdue-supervisor")
    assert stages.news(people.supervisor, number)


def test_a_desk_hears_no_other_desks_alarms(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    stages.consulting(people, clock)
    clock.tick(hours=24, microseconds=1)
    swept(app)

    rung = {role: [a for _, a, _ in heard(people(role))] for role in ("panel", "callback")}
    assert rung == {"panel": ["unconcluded"], "callback": []}


@pytest.mark.parametrize("alarm", ["unsigned", "uncontacted"])
def test_what_becomes_urgent_rings_anew_for_all_whom_that_concerns(
    people: People, app: FastAPI, clock: StillClock, alarm: str
) -> None:
    number = given.ticket(people)
    if alarm == "uncontacted":
        people.street().does("acknowledge", number)
    clock.tick(hours=25)
    swept(app)
    assert (number, alarm, "dispatcher") not in heard(people.dispatcher)
    people.operator.does("grade", number, urgency="L1", reason="墙要倒了")
    clock.tick(seconds=1)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: swept(app), range(2)))

    assert heard(people.dispatcher).count((number, alarm, "dispatcher")) == 1
    assert (number, alarm, "district") in heard(people.district(CHAOYANG))
    assert heard(people("chief", WANGJING)).count((number, alarm, "chief")) == 2


def test_a_call_that_was_begun_and_is_not_finished_in_time_rings(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.awaiting(people, clock)
    vain = people.callback.post(f"/tickets/{number}/callbacks", {"reach": "unreached"})
    assert vain.status_code == 201
    clock.tick(hours=72)
    assert swept(app) == 0
    clock.at += TICK
    swept(app)

    assert heard(people.callback) == [(number, "uncalled", "callback")]
    assert heard(people.supervisor) == [(number, "uncalled", "supervisor")]
    [row] = people.callback.get("/inbox").json()["items"]
    assert (row["number"], row["because"]) == (number, "uncalled")
    people.callback.post(f"/tickets/{number}/callbacks", {"reach": "unreached"})
    assert stages.status(people, number) == "closed"
    assert people.supervisor.get("/inbox").json()["items"] == []


def test_a_text_for_a_secret_citizen_that_nobody_passes_on_rings_each_time(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = given.ticket(people, type="report")
    people.street().does("acknowledge", number)
    for times in (1, 2):
        people.street().does("relay", number, text="请问在哪个单元？")
        clock.tick(hours=4)
        swept(app)
        assert heard(people.callback).count((number, "unrelayed", "callback")) == times - 1
        clock.tick(hours=4, microseconds=1)
        swept(app)
        assert heard(people.callback).count((number, "unrelayed", "callback")) == times
        assert heard(people.supervisor).count((number, "unrelayed", "supervisor")) == times
        people.operator.does("relay", number, done=True, text="三单元。")
        assert people.callback.get("/inbox").json()["items"] == []
