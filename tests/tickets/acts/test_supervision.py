"""督办 (D.6.3): an answer that does not come in time is told of once, and nothing else changes."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import stages
from tests.aids.given import People, Person
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def asks(
    who: Person, number: str, clock: StillClock, hours: int, level: str = "district"
) -> dict[str, Any]:
    by = (clock() + hours * HOUR).isoformat()
    return who.does("supervise", number, level=level, reason="请说明", answer_due_at=by)


def swept(app: FastAPI, clock: StillClock) -> int:
    return sweep(app.state.sessions, app.state.city, clock)


def escalations(people: People, number: str) -> list[tuple[str, str]]:
    """When a supervision was passed over, and whose it was."""
    return [
        (event["due_at"], event["data"]["level"])
        for event in stages.events(people, number)
        if event["data"].get("alarm") == "unanswered"
    ]


@pytest.mark.parametrize("level", ["district", "city"])
def test_unanswered_it_is_told_of_once_a_microsecond_after_its_time(
    people: People, app: FastAPI, clock: StillClock, level: str
) -> None:
    number = stages.working(people)
    before = asks(people.supervisor, number, clock, 2, level)
    clock.at += 2 * HOUR
    swept(app, clock)
    assert escalations(people, number) == []
    clock.at += TICK
    swept(app, clock)
    assert escalations(people, number) == [("2026-10-20T04:00:00Z", level)]
    assert stages.news(people.district(), number)[-1] == "alarm"
    after = stages.seen(people, number)
    assert (after["status"], after["due_at"]) == (before["status"], before["due_at"])
    clock.at += 2 * HOUR
    assert swept(app, clock) == 0


def test_each_of_several_is_told_of_at_its_own_time(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.working(people)
    for hours, level in [(5, "city"), (2, "district"), (2, "city")]:
        asks(people.supervisor, number, clock, hours, level)
    clock.tick(hours=6)
    swept(app, clock)
    assert escalations(people, number) == [
        ("2026-10-20T04:00:00Z", "city"),
        ("2026-10-20T07:00:00Z", "city"),
    ]
    asks(people.district(), number, clock, 1)
    clock.tick(hours=2)
    swept(app, clock)
    assert escalations(people, number)[2:] == [("2026-10-20T09:00:00Z", "district")]


@pytest.mark.parametrize("late", [False, True])
def test_the_lead_offices_note_answers_up_to_the_very_time(
    people: People, app: FastAPI, clock: StillClock, late: bool
) -> None:
    number = stages.working(people)
    asks(people.district(), number, clock, 2)
    clock.at += 2 * HOUR + late * TICK
    people.street().does("note", number, text="已安排施工")
    clock.at += HOUR
    swept(app, clock)
    assert len(escalations(people, number)) == late


def test_of_a_finished_ticket_no_answer_is_missed(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.awaiting(people, clock)
    asks(people.district(), number, clock, 2)
    stages.called(people, number)
    clock.at += 3 * HOUR
    assert swept(app, clock) == 0
    assert escalations(people, number) == []


def test_while_nobody_leads_the_district_is_told_too(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.to_dispatch(people, clock)
    asks(people.district(), number, clock, 2)
    clock.at += 2 * HOUR + TICK
    swept(app, clock)
    assert escalations(people, number) == [("2026-10-20T04:00:00Z", "district")]
