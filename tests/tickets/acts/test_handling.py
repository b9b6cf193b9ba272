"""An office works: contacts (D.6.4), replies to both sides (T15), review, or no reply at all."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import BODIES, CONTENT, DISCONTENT, WANGJING, People
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)


def swept(app: FastAPI) -> int:
    return sweep(app.state.sessions, app.state.city, app.state.clock)


def assessed(app: FastAPI, number: str) -> dict[str, Any]:
    with app.state.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT contact_ok, late, anonymous, resolved, reach, assessed_at FROM assessment"
            f" WHERE ticket_number = '{number}'"
        ).mappings()
        return dict(rows.one())


def test_an_l1_may_be_contacted_first_and_signed_for_afterwards(people: People) -> None:
    number = given.ticket(people, urgency="L1")
    street = people.street()

    assert street.does("contact", number, method="call", reached=True)["status"] == "dispatched"
    ticket = street.does("acknowledge", number)

    assert ticket["status"] == "in_progress"
    steps = [(e["from"], e["to"]) for e in street.get(f"/tickets/{number}/events").json()]
    assert steps[-2:] == [("dispatched", "acknowledged"), ("acknowledged", "in_progress")]


def tried(people: People, clock: StillClock, number: str) -> list[str]:
    """Three attempts in vain, an hour apart; the statuses afterwards."""
    statuses = []
    for _ in range(3):
        clock.tick(hours=1)
        ticket = people.street().does("contact", number, method="call", reached=False)
        statuses.append(ticket["status"])
    return statuses


def test_a_try_is_no_contact_but_the_third_opens_the_way(people: People, clock: StillClock) -> None:
    statuses = tried(people, clock, stages.stands(people, "acknowledged"))

    assert statuses == ["acknowledged", "acknowledged", "in_progress"]


CONTACTS = [
    # minutes after dispatch at which the citizen was tried, `+` reached; does it count (D.6.4)
    ("0+", True),
    ("1440+", True),
    ("0 60 120", True),
    ("0 59 120 1441", False),
    ("0 60 1440", True),
    ("0 60 1441", False),
    ("1441+", False),
]


@pytest.mark.parametrize(("tries", "counts"), CONTACTS)
def test_what_counts_as_a_response_is_what_was_recorded_in_time(
    people: People, app: FastAPI, clock: StillClock, tries: str, counts: bool
) -> None:
    start, number = clock.at, stages.stands(people, "acknowledged")
    street = people.street()

    for attempt in tries.split():
        clock.at = start + timedelta(minutes=int(attempt.strip("+")))
        street.does("contact", number, method="call", reached="+" in attempt)
    street.does("reply", number, text="已办。", citizen_feedback={"method": "call"})
    people.supervisor.does("review", number, approve=True)
    people.callback.post(f"/tickets/{number}/callbacks", CONTENT)

    assert assessed(app, number)["contact_ok"] is counts


def test_one_microsecond_decides_about_a_response(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    in_time, late = stages.stands(people, "acknowledged"), stages.stands(people, "acknowledged")

    clock.tick(hours=24)
    people.street().does("contact", in_time, method="call", reached=True)
    clock.at += TICK
    people.street().does("contact", late, method="call", reached=True)
    clock.tick(days=8)
    for number in (in_time, late):
        assert people.callback.post(f"/tickets/{number}/callbacks", CONTENT).status_code == 201

    assert assessed(app, in_time)["contact_ok"] is True
    assert assessed(app, late)["contact_ok"] is False


def test_a_client_does_not_say_when_it_was(people: People, clock: StillClock) -> None:
    number = stages.stands(people, "in_progress")
    early = "2020-01-01T00:00:00+08:00"
    clock.tick(hours=1)

    ticket = people.street().does(
        "reply", number, text="已办。", citizen_feedback={"method": "call", "at": early}
    )

    assert datetime.fromisoformat(ticket["replied_at"]) == clock.at
    event = people.street().get(f"/tickets/{number}/events").json()[-1]
    assert datetime.fromisoformat(event["at"]) == clock.at
    assert datetime.fromisoformat(event["data"]["claimed_at"]) == datetime.fromisoformat(early)


def test_a_reply_tells_how_the_citizen_was_answered_or_the_record_says_why_not(
    people: People, clock: StillClock
) -> None:
    street = people.street()
    reached, in_vain, nameless = (
        stages.stands(people, "in_progress"),
        stages.stands(people, "acknowledged"),
        given.ticket(people, citizen={"anonymous": True}),
    )
    tried(people, clock, in_vain)
    street.does("acknowledge", nameless)
    street.does("contact", nameless, method="visit", reached=True)

    refused = street.post(f"/tickets/{reached}/reply", {"text": "已办。"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/citizen_feedback"
    assert street.does("reply", in_vain, text="三次未接通。")["status"] == "replied"
    assert street.does("reply", nameless, text="已办。")["status"] == "replied"


def test_a_reply_is_sent_back_twice_at_the_most_and_the_clock_runs_on(
    people: People, clock: StillClock
) -> None:
    number = stages.stands(people, "replied")
    due_at = people.operator.get(f"/tickets/{number}").json()["due_at"]

    for _ in range(2):
        clock.tick(hours=1)
        back = people.district().does("review", number, approve=False, text="未说明措施。")
        assert (back["status"], back["due_at"]) == ("in_progress", due_at)
        people.street().does("reply", number, **BODIES["reply"])
    third = people.district().post(
        f"/tickets/{number}/review", {"approve": False, "text": "还不行。"}
    )

    assert third.status_code == 409
    assert (third.json()["status_now"], "review" in third.json()["allowed"]) == ("replied", True)


def test_silence_passes_a_reply_after_a_day(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.stands(people, "replied")
    start = clock.at

    clock.tick(hours=24)
    assert swept(app) == 2  # twice it rang that nobody had reviewed it
    clock.at += TICK
    late = people.district().post(f"/tickets/{number}/review", {"approve": False, "text": "晚。"})
    assert late.json()["status_now"] == "awaiting_callback"
    assert swept(app) == 1

    event = people.operator.get(f"/tickets/{number}/events").json()[-1]
    assert event["action"] == "pass_review"
    assert datetime.fromisoformat(event["due_at"]) == start + timedelta(hours=24)


@pytest.mark.parametrize("status", ["dispatched", "acknowledged", "in_progress", "rework"])
def test_an_office_that_does_not_reply_is_assessed_all_the_same(
    people: People, app: FastAPI, clock: StillClock, status: str
) -> None:
    number = stages.stands(people, status)
    due_at = datetime.fromisoformat(people.operator.get(f"/tickets/{number}").json()["due_at"])

    clock.at = due_at + timedelta(days=1)
    swept(app)
    assert stages.warned(people, number) == ["before-48h", "before-24h", "overdue-chief"]
    assert stages.status(people, number) == status
    clock.at += TICK
    assert swept(app) == 2

    newest = stages.events(people, number)[-2:]
    assert [event["action"] for event in newest] == ["escalate", "force_callback"]
    ticket = people.operator.get(f"/tickets/{number}").json()
    assert (ticket["status"], ticket["overdue"]) == ("awaiting_callback", True)
    queued = people.callback.get("/callbacks/queue").json()["items"]
    assert [item["number"] for item in queued] == [number]
    begun = due_at + timedelta(days=1)
    assert datetime.fromisoformat(queued[0]["callback_due_at"]) == begun + timedelta(hours=72)
    late = people.street().does("reply", number, **BODIES["reply"])
    assert (late["status"], late["overdue"]) == ("awaiting_callback", True)
    assert people.callback.post(f"/tickets/{number}/callbacks", CONTENT).status_code == 201


def test_a_reply_that_was_sent_back_may_be_given_late_too(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.stands(people, "replied")
    people.district().does("review", number, approve=False, text="未说明措施。")
    clock.tick(days=9)

    assert people.street().does("reply", number, **BODIES["reply"])["status"] == (
        "awaiting_callback"
    )


def test_it_does_not_matter_whether_the_sweep_came_before_the_act(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    by_sweep, by_act = stages.stands(people, "in_progress"), stages.stands(people, "in_progress")
    clock.tick(days=9)
    people.callback.post(f"/tickets/{by_act}/callbacks", DISCONTENT)
    assert swept(app) == 5  # four warnings, and the forced callback
    people.callback.post(f"/tickets/{by_sweep}/callbacks", DISCONTENT)

    def history(number: str) -> list[tuple[Any, ...]]:
        events = people.operator.get(f"/tickets/{number}/events").json()
        return [(e["action"], e["from"], e["to"], e["at"], e["due_at"]) for e in events]

    def shown(number: str) -> dict[str, Any]:
        ticket = people.operator.get(f"/tickets/{number}").json()
        return {name: ticket[name] for name in ticket.keys() - {"number", "citizen"}}

    assert history(by_sweep) == history(by_act)
    assert shown(by_sweep) == shown(by_act)


def test_several_things_that_fell_due_are_applied_in_their_order(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    start, number = clock.at, given.ticket(people, type="consult")
    clock.tick(days=30)

    swept(app)

    events = people.operator.get(f"/tickets/{number}/events").json()
    applied = [
        (
            e["data"].get("warning") or e["action"],
            datetime.fromisoformat(e["due_at"]) - start - timedelta(minutes=15),
        )
        for e in events[1:]
        if e["action"] != "alarm"
    ]
    assert applied == [
        ("route", timedelta(0)),
        ("before-48h", timedelta(days=5)),
        ("before-24h", timedelta(days=6)),
        ("overdue-chief", timedelta(days=7)),
        ("overdue-district", timedelta(days=8)),
        ("force_callback", timedelta(days=8)),
        ("overdue-supervisor", timedelta(days=10)),
    ]
    assert [(alarm, to) for alarm, to, _ in stages.alarms(people, number)] == [
        ("unsigned", ["chief"]),
        ("unsigned", ["district"]),
        ("uncontacted", ["chief"]),
        ("uncontacted", ["district"]),
        ("uncalled", ["callback"]),
        ("uncalled", ["supervisor"]),
    ]


def test_rework_has_its_own_limit_its_own_reply_and_no_second_score(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = stages.stands(people, "awaiting_callback")
    clock.tick(hours=5)
    first = people.callback.post(f"/tickets/{number}/callbacks", DISCONTENT).json()
    assert (first["final"], first["status_now"]) == (True, "rework")
    ticket = people.operator.get(f"/tickets/{number}").json()
    assert datetime.fromisoformat(ticket["due_at"]) == clock.at + timedelta(days=7)
    assert datetime.fromisoformat(ticket["assessed_at"]) == clock.at
    scored = assessed(app, number)

    clock.tick(days=7, seconds=1)
    assert people.operator.get(f"/tickets/{number}").json()["overdue"] is True
    replied = people.street().does("reply", number, **BODIES["reply"])
    assert (replied["status"], replied["overdue"]) == ("replied", True)
    people.district().does("review", number, approve=True)
    second = people.callback.post(f"/tickets/{number}/callbacks", CONTENT).json()

    assert second["status_now"] == "closed"
    assert assessed(app, number) == scored
    assert scored["resolved"] == "unresolved"


def test_a_rework_that_is_forced_too_takes_its_late_reply(
    people: People, clock: StillClock
) -> None:
    number = stages.stands(people, "rework")
    clock.tick(days=9)

    ticket = people.street().does("reply", number, **BODIES["reply"])

    assert ticket["status"] == "awaiting_callback"
    assert people.street().get(f"/tickets/{number}").json()["replied_at"] is not None


def test_the_head_of_the_office_marks_it_read(people: People, app: FastAPI) -> None:
    number = given.ticket(people)
    chief = people("chief", WANGJING)
    last_seq = people.street().get("/feed").json()["last_seq"]

    assert chief.does("read", number)["status"] == "dispatched"

    assert people.street().get("/feed").json()["last_seq"] == last_seq  # no news to an office
    with app.state.engine.connect() as connection:
        read = connection.exec_driver_sql(
            "SELECT office_code FROM dispatch WHERE read_at IS NOT NULL"
        ).scalars()
        assert list(read) == [WANGJING]
