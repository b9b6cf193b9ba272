"""A matter of two months: on hold with a plan, renewed, looked at, done, called back, counted."""

from datetime import timedelta

from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import stages
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock


def test_a_matter_of_two_months_is_held_renewed_done_and_counted(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    number = begin(people, clock)
    district = people.district()

    # weeks pass: nothing falls due, nothing is counted, the register shows it
    clock.tick(days=25)
    assert sweep(app.state.sessions, app.state.city, clock) == 0
    assert [line["ticket_number"] for line in stages.register(district)] == [number]
    ranking = people("analyst").get("/rankings/2026-11")
    rows = ranking.json()["rows"] if ranking.status_code == 200 else []
    assert sum(row["assessed"] for row in rows) == 0

    # before its day it is renewed once, for the works themselves
    stages.held(people, number, clock, 40)
    assert stages.register(district)[0]["renewals"] == 1

    # the citizen asks how it goes: on the record, and no new ticket
    people.operator.does("urge", number, text="什么时候完工")

    finish(people, clock, number)
    held = stages.rows(people, "SELECT ended_at IS NOT NULL, done FROM hold ORDER BY seq")
    assert held == [(True, None), (True, True)]


def begin(people: People, clock: StillClock) -> str:
    # 20 October: a leaking main that needs a project; the office responds and asks for a hold
    number = stages.working(people)
    clock.tick(days=3)
    steps = [
        {"at": (clock() + timedelta(days=20)).isoformat(), "text": "立项"},
        {"at": (clock() + timedelta(days=50)).isoformat(), "text": "完工"},
    ]
    body = {**stages.hold(clock, 30), "milestones": steps}
    people.street().does("request-hold", number, **body)
    people.district().does("decide-hold", number, approve=True, text="情况属实")
    people.supervisor.does("decide-hold", number, approve=True, text="已书面告知诉求人")
    return number


def finish(people: People, clock: StillClock, number: str) -> None:
    # the works are done: a supervisor ends the hold, the clock has what was left
    clock.tick(days=35)
    ticket = people.supervisor.does("resume", number, done=True, text="已完工，现场核实")
    assert ticket["status"] == "awaiting_callback"
    assert not ticket["overdue"]
    assert stages.register(people.district()) == []

    # the citizen is called, and it counts in the period of the call
    clock.tick(hours=1)
    stages.called(people, number, satisfied="very")
    row = people("analyst").get("/rankings/2027-01").json()["rows"][0]
    assert (row["office_code"], row["assessed"], row["overdue"]) == (WANGJING, 1, 0)
    assert stages.warned(people, number) == []
