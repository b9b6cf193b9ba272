"""What was decided about an assessment later, and what came late, is derived from the events again:
falsified before the seal or after it, it is named."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from tests.aids import given, stages
from tests.aids.given import DISCONTENT, People, ticket
from tests.aids.sealing import LATER, finished, force, sealed, tickets_under, verified
from tests.callbacks import test_disputes, test_exclusions
from tests.conftest import StillClock
from tests.imports.test_imports import DISSATISFIED, EXCLUDED, called_back, imported, line

OCTOBER, MONTH = "2026-10", "2026-11"
BEFORE, AFTER = LATER - timedelta(days=9), LATER + timedelta(hours=1)
FORGED = {
    "exclusion": "INSERT INTO exclusion SELECT ticket_number, 'X2', '{at}', '{at}' FROM assessment",
    "correction": "INSERT INTO correction (ticket_number, callback_id, reach, contacted, resolved,"
    " satisfied, corrected_at, recorded_at) SELECT ticket_number, id, 'reached', 'yes', 'resolved',"
    " 'very', '{at}', '{at}' FROM callback",
}


def excluded(people: People) -> str:
    number = test_exclusions.assessed(people)
    test_exclusions.ask(people, number)
    test_exclusions.review(people, number)
    assert test_exclusions.decide(people, number).status_code == 200
    return number


def corrected(people: People) -> str:
    number, callback = test_disputes.called(people)
    assert test_disputes.correct(people, callback).status_code == 200
    return number


def came_excluded(people: People) -> str:
    """Called back and excluded by an older system in 2026-10, with all that it tells."""
    assert imported(people, line(**EXCLUDED, **called_back(**DISSATISFIED)))["accepted"] == 1
    items = people.supervisor.get("/tickets").json()["items"]
    return next(str(item["number"]) for item in items if item["excluded"])


@pytest.mark.parametrize("row", FORGED)
@pytest.mark.parametrize("at", [BEFORE, AFTER], ids=["before the seal", "after it"])
def test_a_decision_that_no_event_tells_of_is_tickets_under(
    people: People, clock: StillClock, handled: str, app: FastAPI, row: str, at: object
) -> None:
    clock.at = LATER
    forged = FORGED[row].format(at=at)
    if at == BEFORE:
        force(app, forged)
    sealed(people, MONTH)
    if at == AFTER:
        force(app, forged)

    assert tickets_under(verified(people, MONTH), "evidence") == [handled]


CHANGED = [
    (excluded, "DELETE FROM exclusion"),
    (excluded, "UPDATE exclusion SET code = 'X4'"),
    (excluded, "UPDATE exclusion SET recorded_at = recorded_at + interval '1 hour'"),
    (excluded, "DELETE FROM event WHERE action = 'request-exclusion'"),
    (corrected, "DELETE FROM correction"),
    (corrected, "UPDATE correction SET satisfied = 'very'"),
    (corrected, "UPDATE correction SET corrected_at = corrected_at - interval '1 hour'"),
]


@pytest.mark.parametrize(("decided", "change"), CHANGED)
def test_a_decision_that_is_not_what_its_events_say_is_tickets_under(
    people: People,
    clock: StillClock,
    app: FastAPI,
    decided: Callable[[People], str],
    change: str,
) -> None:
    number = decided(people)
    clock.at = LATER
    force(app, change)
    sealed(people, MONTH)

    assert tickets_under(verified(people, MONTH), "evidence") == [number]


def test_decisions_that_the_events_tell_of_are_no_difference(
    people: People, clock: StillClock
) -> None:
    excluded(people)
    corrected(people)
    refused = test_exclusions.assessed(people)
    test_exclusions.ask(people, refused)
    test_exclusions.review(people, refused)
    test_exclusions.decide(people, refused, approve=False)
    disputed, callback = test_disputes.called(people)
    test_disputes.dispute(people, callback)
    test_disputes.correct(people, callback, **test_disputes.DENIED)
    clock.at = LATER
    sealed(people, MONTH)

    assert verified(people, MONTH)["differences"] == []
    assert refused != disputed


def test_what_is_heard_again_after_the_seal_is_late_and_nothing_else(
    people: People, clock: StillClock
) -> None:
    number, callback = test_disputes.called(people)
    clock.at = LATER
    sealed(people, MONTH)
    clock.tick(hours=1)
    assert test_disputes.correct(people, callback).status_code == 200

    proof = verified(people, MONTH)

    assert tickets_under(proof, "evidence") == []
    assert {t["why"] for d in proof["differences"] for t in d["tickets"]} == {"late"}
    assert number in tickets_under(proof, "facts")


@pytest.mark.parametrize(
    "change", ["DELETE FROM exclusion", "UPDATE exclusion SET code = 'X1'", FORGED["correction"]]
)
def test_what_an_older_system_excluded_is_derived_from_its_import(
    people: People, clock: StillClock, app: FastAPI, change: str
) -> None:
    number = came_excluded(people)
    clock.at = LATER
    sealed(people, OCTOBER)
    honest = verified(people, OCTOBER)
    force(app, change.format(at=BEFORE))

    assert honest["differences"] == []
    assert tickets_under(verified(people, OCTOBER), "evidence") == [number]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET data = data - 'excluded'",
        "UPDATE exclusion SET recorded_at = recorded_at - interval '1 hour'",
    ],
)
def test_imports_from_before_they_told_of_exclusions_leave_them_out(
    people: People, clock: StillClock, app: FastAPI, change: str
) -> None:
    """But what was decided at another time than the import's has no event."""
    number = came_excluded(people)
    force(app, "UPDATE event SET data = data - 'excluded'")
    force(app, change)
    clock.at = LATER
    sealed(people, OCTOBER)

    moved = "recorded_at" in change
    assert tickets_under(verified(people, OCTOBER), "evidence") == [number] * moved


LATE = (
    "INSERT INTO assessment (ticket_number, office_code, type, channel, urgency, anonymous,"
    " reach, contact_ok, late, assessed_at, recorded_at) SELECT"
    " '{number}', office_code, type, channel, urgency, false, 'unreached', true, false,"
    f" assessed_at, '{AFTER}' FROM assessment"
)


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.usefixtures("handled")
def test_an_assessment_that_came_after_the_seal_from_nowhere_is_tickets_under(
    people: People, clock: StillClock, app: FastAPI, exists: bool
) -> None:
    number = ticket(people) if exists else "BJ202611309999999"
    clock.at = LATER
    sealed(people, MONTH)
    force(app, LATE.format(number=number))

    assert tickets_under(verified(people, MONTH), "evidence") == [number]


def test_a_case_imported_after_the_seal_is_late_and_nothing_else(
    people: People, clock: StillClock
) -> None:
    imported(people, line(external_id="OLD-0"))
    clock.at = LATER
    sealed(people, OCTOBER)
    clock.tick(hours=1)
    number = came_excluded(people)

    proof = verified(people, OCTOBER)

    assert {t["why"] for d in proof["differences"] for t in d["tickets"]} == {"late"}
    assert (tickets_under(proof, "evidence"), tickets_under(proof, "facts")) == ([], [number])


@pytest.mark.parametrize("content", [{}, DISCONTENT])
@pytest.mark.parametrize("hours", [0, 1])
@pytest.mark.parametrize("last", ["parent", "member"])
def test_whoever_of_a_group_is_called_last_found_it_awaiting_that_call(
    people: People, clock: StillClock, content: dict[str, str], hours: int, last: str
) -> None:
    """Nobody contacted the member, who joined after the reply: that is not the office's fault."""
    parent = stages.awaiting(people, clock)
    clock.tick(hours=1)
    member = given.ticket(people)
    people.dispatcher.does("merge", member, parent_number=parent)
    clock.tick(minutes=1)
    for number in (parent, member) if last == "member" else (member, parent):
        stages.called(people, number, **content)
        clock.tick(hours=hours)
    rows = stages.rows(people, "SELECT contact_ok FROM assessment")
    clock.at = LATER
    sealed(people, MONTH)

    assert rows == [(True,), (True,)]
    assert verified(people, MONTH)["differences"] == []


def test_an_assessment_that_was_taken_away_before_the_seal_is_tickets_under(
    people: People, clock: StillClock, handled: str, app: FastAPI
) -> None:
    finished(people, clock)
    clock.at = LATER
    force(app, f"DELETE FROM assessment WHERE ticket_number = '{handled}'")
    sealed(people, MONTH)

    proof = verified(people, MONTH)

    assert tickets_under(proof, "evidence") == [handled]
    assert [t["why"] for d in proof["differences"] for t in d["tickets"]] == ["missing"]


def test_what_came_excluded_is_not_excluded_again(people: People, clock: StillClock) -> None:
    number = came_excluded(people)
    clock.at = datetime.fromisoformat(line()["callback"]["at"]) + timedelta(hours=1)

    answer = test_exclusions.ask(people, number)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/exclusion-repeated")
