"""Clocks in the whole service: warnings each once, breaches that stay, calendars (D.6.3)."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI

from app.policy.documents import Policies
from app.sweep import sweep
from tests import policies
from tests.aids import given, stages
from tests.aids.given import WANGJING, People
from tests.aids.stages import JIUXIANQIAO, MAIZIDIAN, tries
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
WORKING = ('calendar = "natural"', 'calendar = "working"')
LIFE = [
    "before-48h",
    "before-24h",
    "overdue-chief",
    "overdue-district",
    "overdue-supervisor",
]


@pytest.fixture
def working_calendar(app: FastAPI) -> Iterator[None]:
    """The city counts limits of days in working days."""
    city = app.state.city
    document = {"beijing-2019": policies.text(WORKING)}
    app.state.city = replace(city, policies=Policies.read(document))
    yield
    app.state.city = city


def the_sweep_comes_by(app: FastAPI, clock: StillClock, hands: int = 1) -> int:
    """With so many hands at once; how much they did together."""
    with ThreadPoolExecutor(hands) as pool:
        runs = [pool.submit(sweep, app.state.sessions, app.state.city, clock) for _ in range(hands)]
        return sum(run.result() for run in runs)


def test_each_warning_is_given_once_however_many_sweep(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    numbers = [given.ticket(people) for _ in range(12)]
    for _ in range(11):
        clock.tick(hours=24, minutes=1)
        the_sweep_comes_by(app, clock, hands=4)
    for number in numbers:
        assert stages.warned(people, number) == LIFE
    assert the_sweep_comes_by(app, clock, hands=4) == 0


def test_an_act_gives_the_warnings_that_the_sweep_has_not(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    number = stages.working(people)
    clock.tick(days=6, hours=1)
    people.operator.does("urge", number, text="催办")
    the_sweep_comes_by(app, clock)
    assert stages.warned(people, number) == ["before-48h", "before-24h"]
    at = [event["due_at"] for event in stages.events(people, number) if event["due_at"]]
    assert at == ["2026-10-25T02:00:00Z", "2026-10-26T02:00:00Z"]


def test_a_refused_act_leaves_the_warning_to_the_sweep(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    number = stages.working(people)
    clock.tick(days=5, hours=1)
    assert tries(people.street(), "acknowledge", number).status_code == 409
    assert stages.warned(people, number) == []
    assert the_sweep_comes_by(app, clock) == 1
    assert stages.warned(people, number) == ["before-48h"]


def test_a_late_sweep_and_a_prompt_one_leave_the_same_record(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    prompt, begun = given.ticket(people), clock()
    for _ in range(24):
        clock.tick(hours=12)
        the_sweep_comes_by(app, clock)
    in_time = facts(people, prompt)
    late, begun_later = given.ticket(people), clock()
    clock.tick(days=12)
    the_sweep_comes_by(app, clock)
    shifted = [(act, to, at - (begun_later - begun)) for act, to, at in facts(people, late)]
    assert shifted == in_time


def facts(people: People, number: str) -> list[tuple[str, str, datetime]]:
    """What fell due by itself, what it made of the ticket, and the instant it was due."""
    return [
        (event["action"], event["to"], stages.instant(event["due_at"]))
        for event in stages.events(people, number)
        if event["due_at"]
    ]


def test_the_chief_then_the_district_then_the_city_learns_of_it(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    number = stages.working(people)
    clock.tick(days=7, microseconds=1)
    the_sweep_comes_by(app, clock)
    chief = people("chief", WANGJING)
    assert stages.news(chief, number)[-3:] == ["warn", "warn", "escalate"]
    assert "escalate" not in stages.news(people.district(), number)
    clock.tick(hours=24)
    the_sweep_comes_by(app, clock)
    assert Counter(stages.news(people.district(), number))["escalate"] == 1
    late = people.supervisor.get("/tickets", overdue=True).json()["items"]
    assert [item["number"] for item in late] == [number]


@pytest.mark.parametrize("then", ["supervised", "held", "reworked", "closed"])
def test_a_breach_stays_whatever_comes_after(
    app: FastAPI, people: People, clock: StillClock, then: str
) -> None:
    number = stages.working(people)
    clock.tick(days=7, hours=1)
    the_sweep_comes_by(app, clock)
    breach = facts(people, number)[-1]
    if then == "supervised":
        people.district().does("supervise", number, **supervision(clock))
    if then == "held":
        stages.held(people, number, clock)
        clock.tick(days=61)
        the_sweep_comes_by(app, clock)
    if then in ("reworked", "closed"):
        feedback = {"method": "call"}
        people.street().does("reply", number, text="已办结", citizen_feedback=feedback)
        people.district().does("review", number, approve=True)
        stages.called(people, number, resolved="unresolved" if then == "reworked" else "resolved")
        assert stages.rows(people, "SELECT late FROM assessment") == [(True,)]
    assert facts(people, number)[2] == breach
    assert stages.warned(people, number).count("overdue-chief") == 1


def supervision(clock: StillClock) -> dict[str, str]:
    by = (clock() + timedelta(days=1)).isoformat()
    return {"level": "district", "reason": "超期", "answer_due_at": by}


@pytest.mark.parametrize("last", [timedelta(0), TICK])
def test_equality_at_the_deadline_is_on_time(
    people: People, clock: StillClock, last: timedelta
) -> None:
    number = stages.working(people)
    clock.at = stages.instant(stages.seen(people, number)["due_at"]) + last
    feedback = {"method": "call"}
    ticket = people.street().does("reply", number, text="已办结", citizen_feedback=feedback)
    assert ticket["overdue"] is bool(last)
    assert ("overdue-chief" in stages.warned(people, number)) is bool(last)


@pytest.mark.usefixtures("working_calendar")
def test_working_days_count_where_the_city_says_so(people: People, clock: StillClock) -> None:
    clock.at = datetime(2025, 9, 26, 2, 0, tzinfo=UTC)
    number = given.ticket(people)
    assert stages.seen(people, number)["due_at"] == "2025-10-13T02:00:00Z"


@pytest.mark.usefixtures("working_calendar")
def test_a_request_due_in_a_year_without_calendar_is_taken_in_all_the_same(
    people: People, clock: StillClock
) -> None:
    clock.at = datetime(2035, 12, 25, 2, 0, tzinfo=UTC)
    request = {
        "channel": "phone",
        "type": "complaint",
        "title": "路灯不亮",
        "content": "路灯三天不亮。",
        "address": {"text": "朝阳区望京街道望京西园三区308楼"},
    }
    answer = people.operator.post("/tickets", request)
    assert answer.status_code == 201
    assert answer.json()["due_at"] == "2036-01-03T02:00:00Z"


@pytest.mark.usefixtures("working_calendar")
def test_an_act_whose_limit_falls_into_such_a_year_is_done(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    number = given.ticket(people, urgency="L2")
    clock.at = datetime(2035, 12, 25, 2, 0, tzinfo=UTC)
    late = given.ticket(people, urgency="L2")
    assert people.supervisor.does("grade", late, urgency="L3", reason="误定")["urgency"] == "L3"
    assert stages.actions(people, late) == ["receive", "route", "grade"]
    the_sweep_comes_by(app, clock)
    assert stages.status(people, number) == "awaiting_callback"


def test_a_ticket_adrift_is_told_of_as_of_its_last_dispatch(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    for office in (JIUXIANQIAO, MAIZIDIAN, WANGJING):
        clock.tick(hours=1)
        people.dispatcher.does("dispatch", number, office_code=office, reason="改派")
    clock.tick(minutes=1)
    the_sweep_comes_by(app, clock)
    assert stages.warned(people, number) == ["problem"]
    assert stages.events(people, number)[-1]["due_at"] == "2026-10-20T05:00:00Z"


def test_what_follows_from_silence_is_dated_like_it(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    number = given.ticket(people, urgency="L1")
    people.street().does("contact", number, method="call", reached=True)
    people.street().does("object", number, **stages.objection())
    clock.tick(minutes=30)
    the_sweep_comes_by(app, clock)
    assert facts(people, number)[-2:] == [
        ("reject_objection", "acknowledged", clock.at - timedelta(minutes=10)),
        ("contact", "in_progress", clock.at - timedelta(minutes=10)),
    ]
