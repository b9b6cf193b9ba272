"""Relays: the office of a secret ticket works without a lie (RULEBOOK D.6.4)."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.seals.audit import service as audit
from tests.aids import given, stages
from tests.aids.given import CONTENT, People
from tests.aids.stages import refused, tries
from tests.conftest import StillClock

ASKS = {"text": "请问违建在几层？"}
SECRET: list[dict[str, Any]] = [
    {"type": "report"},
    {"citizen": {"name": "张三", "phone": "13900001111", "confidential": True}},
]


def is_sound(app: FastAPI, *numbers: str) -> bool:
    with app.state.sessions() as session:
        return not list(audit.of_tickets(session, app.state.city, numbers))


@pytest.mark.parametrize("secret", SECRET)
def test_a_secret_ticket_is_worked_on_from_signature_to_callback_without_a_call(
    people: People, app: FastAPI, clock: StillClock, secret: dict[str, Any]
) -> None:
    number, street = given.ticket(people, **secret), people.street()
    street.does("acknowledge", number)
    refused(tries(street, "contact", number, method="call", reached=True), 409, "illegal-move")

    asked = street.does("relay", number, **ASKS)

    assert (asked["status"], asked["relay_asked_at"]) == ("in_progress", asked["contacted_at"])
    assert asked["citizen"]["phone"] is None
    waiting = people.callback.get("/inbox").json()["items"]
    assert [(row["number"], row["kind"]) for row in waiting] == [(number, "relay")]
    clock.tick(hours=1)
    passed_on = people.callback.does("relay", number, done=True, text="来电人说在顶层。")
    assert passed_on["relay_asked_at"] is None
    assert people.callback.get("/inbox").json()["items"] == []
    assert stages.news(street, number)[-1] == "relay"
    last = street.get(f"/tickets/{number}/events").json()[-1]
    assert last["data"] == {"done": True, "text": "来电人说在顶层。"}

    lie = {"text": "已拆除。", "citizen_feedback": {"method": "call"}}
    problem = refused(tries(street, "reply", number, **lie), 422, "feedback-missing")
    assert problem["errors"][0]["pointer"] == "/citizen_feedback/method"
    assert street.does("reply", number, text="已拆除。")["status"] == "replied"
    people.supervisor.does("review", number, approve=True)
    assert people.callback.post(f"/tickets/{number}/callbacks", CONTENT).status_code == 201
    assert stages.rows(people, "SELECT contact_ok FROM assessment") == [(True,)]
    assert is_sound(app, number)


@pytest.mark.parametrize(("hours", "responded"), [(24, True), (24 + 1 / 3600, False)])
def test_what_counts_is_when_the_office_asked_not_when_it_was_passed_on(
    people: People, clock: StillClock, hours: float, responded: bool
) -> None:
    number, street = given.ticket(people, type="report"), people.street()
    street.does("acknowledge", number)
    clock.tick(hours=hours)
    street.does("relay", number, **ASKS)
    clock.tick(days=3)
    people.operator.does("relay", number, done=False, text="电话未接通。")
    feedback = {"method": "relay", "at": clock().isoformat()}
    street.does("reply", number, text="已办。", citizen_feedback=feedback)
    people.supervisor.does("review", number, approve=True)
    people.callback.post(f"/tickets/{number}/callbacks", CONTENT)

    assert stages.rows(people, "SELECT contact_ok FROM assessment") == [(responded,)]


def test_an_l1_is_asked_about_before_the_signature(people: People) -> None:
    number, street = given.ticket(people, type="report", urgency="L1"), people.street()
    assert street.does("relay", number, **ASKS)["status"] == "dispatched"
    assert street.does("acknowledge", number)["status"] == "in_progress"
    other = given.ticket(people, type="report")
    refused(tries(street, "relay", other, **ASKS), 409, "illegal-move")


def test_the_citizen_of_a_merged_report_is_asked_through_the_hotline_too(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    parent = given.ticket(people, type="report")
    clock.tick(seconds=1)
    member = given.ticket(people, type="report")
    people.dispatcher.does("merge", member, parent_number=parent)
    people.street().does("acknowledge", parent)

    people.street().does("relay", member, **ASKS)
    passed_on = people.operator.does("relay", member, done=True, text="已转告。")

    assert (passed_on["status"], passed_on["relay_asked_at"]) == ("merged", None)
    assert is_sound(app, parent, member)


UNFIT: list[tuple[str, dict[str, Any], int, str]] = [
    # who says what, and why it is refused
    ("handler", {"text": "请问", "done": True}, 422, "relay-unclear"),
    ("operator", {"text": "已转告"}, 422, "relay-unclear"),
    ("operator", {"done": True}, 422, "invalid"),
    ("operator", {"done": "yes", "text": "已转告"}, 422, "invalid"),
    ("handler", {"text": ""}, 422, "invalid"),
    ("handler", {"text": "问" * 20_001}, 422, "invalid"),
    ("handler", {"text": "请问", "phone": "13800000000"}, 422, "invalid"),
    ("dispatcher", {"text": "请问"}, 403, "wrong-role"),
]


@pytest.mark.parametrize(("role", "body", "status", "kind"), UNFIT)
def test_a_relay_that_does_not_say_what_it_must_is_refused(
    people: People, role: str, body: dict[str, Any], status: int, kind: str
) -> None:
    number, street = given.ticket(people, type="report", urgency="L1"), people.street()
    street.does("relay", number, **ASKS)
    doer = street if role == "handler" else people(role)
    refused(tries(doer, "relay", number, **body), status, kind)


def test_who_has_a_number_is_called_and_gets_no_relay(people: People, clock: StillClock) -> None:
    number, street = stages.stands(people, "acknowledged"), people.street()
    refused(tries(street, "relay", number, **ASKS), 409, "illegal-move")
    refused(tries(people.operator, "relay", number, done=True, text="。"), 409, "illegal-move")
    wrong = tries(street, "contact", number, method="relay", reached=True)
    assert refused(wrong, 422, "invalid")["errors"][0]["pointer"] == "/method"
    street.does("contact", number, method="call", reached=True)
    feedback = {"text": "已办。", "citizen_feedback": {"method": "relay"}}
    refused(tries(street, "reply", number, **feedback), 422, "feedback-missing")


def test_who_asks_for_secrecy_later_is_told_through_the_hotline_from_then_on(
    people: People, clock: StillClock
) -> None:
    number, street = stages.stands(people, "in_progress"), people.street()
    people.operator.does("conceal", number, reason="担心报复")
    clock.tick(hours=1)
    refused(tries(street, "contact", number, method="call", reached=True), 409, "illegal-move")
    assert street.does("relay", number, **ASKS)["relay_asked_at"] is not None
    later = clock() + timedelta(hours=1)
    clock.at = later
    assert street.does("reply", number, text="已办。")["status"] == "replied"
