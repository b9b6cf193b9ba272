"""The thirteen forgeries of FAULTS.md (A5), made before the seal, are named."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from fastapi import FastAPI

from tests.aids.given import People
from tests.aids.linking import relink
from tests.aids.sealing import LATER, finished, sealed, verified
from tests.conftest import StillClock
from tests.seals.test_audit import audited

MONTH = "2026-11"
NUMBER = "ticket_number = '{number}'"
OF = f"WHERE {NUMBER}"
BETTER = "resolved = 'resolved', satisfied = 'very'"
MUCH_LATER = "+ interval '1 month'"
ERASED = [
    "exclusion",
    "assessment",
    "callback",
    "statement",
    "event",
    "contact",
    "dispatch",
    "citizen",
    "request",
]

FORGED: dict[str, Sequence[str]] = {
    "assessment and callback": [
        f"UPDATE assessment SET {BETTER} {OF}",
        f"UPDATE callback SET {BETTER} {OF}",
    ],
    "assessment, callback and the event's data": [
        f"UPDATE assessment SET {BETTER} {OF}",
        f"UPDATE callback SET {BETTER} {OF}",
        'UPDATE event SET data = data || \'{{"resolved": "resolved", "satisfied": "very"}}\''
        f" {OF} AND action = 'callback'",
    ],
    "a contact before its limit": [
        f"UPDATE contact SET at = at - interval '2 days' {OF}",
        f"UPDATE assessment SET contact_ok = true {OF}",
    ],
    "the limit of the contact": [
        f"UPDATE dispatch SET contact_due_at = contact_due_at + interval '30 days' {OF}",
        f"UPDATE assessment SET contact_ok = true {OF}",
    ],
    "a contact that nobody made": [
        "INSERT INTO contact SELECT '{number}', 9, 1, office_code, received_at, 'call', true"
        " FROM ticket WHERE number = '{number}'",
        f"UPDATE assessment SET contact_ok = true {OF}",
    ],
    "the due time": [
        f"UPDATE dispatch SET due_at = due_at + interval '60 days' {OF}",
        f"UPDATE assessment SET late = false {OF}",
    ],
    "another street": [
        f"UPDATE dispatch SET office_code = '110101001' {OF} AND role = 'lead'",
        f"UPDATE assessment SET office_code = '110101001' {OF}",
    ],
    "another month": [
        f"UPDATE callback SET at = at {MUCH_LATER} {OF}",
        f"UPDATE assessment SET assessed_at = assessed_at {MUCH_LATER},"
        f" recorded_at = recorded_at {MUCH_LATER} {OF}",
    ],
    "callback, assessment and all events since erased": [
        f"DELETE FROM assessment {OF}",
        f"DELETE FROM event {OF} AND seq >= (SELECT seq FROM callback {OF})",
        f"DELETE FROM callback {OF}",
    ],
    "a ticket erased whole": [
        *(f"DELETE FROM {table} {OF}" for table in ERASED),
        "DELETE FROM ticket WHERE number = '{number}'",
    ],
    "an exclusion with two invented events": [
        "INSERT INTO exclusion SELECT ticket_number, 'X2', assessed_at, assessed_at"
        f" FROM assessment {OF}",
        "INSERT INTO event (ticket_number, seq, at, actor, action, from_status, to_status, data,"
        " link) SELECT '{number}', (SELECT max(seq) + n FROM event {of}), assessed_at,"
        " 'k', action, 'closed', 'closed', data::jsonb, ''"
        " FROM assessment, (VALUES (1, 'request-exclusion', '{{\"code\": \"X2\"}}'),"
        ' (2, \'decide-exclusion\', \'{{"code": "X2", "approve": true}}\')) AS made'
        f" (n, action, data) {OF}",
        "UPDATE ticket SET version = version + 2 WHERE number = '{number}'",
    ],
    "an assessment alone": [f"UPDATE assessment SET {BETTER} {OF}"],
    "the type": [
        "UPDATE ticket SET type = 'praise' WHERE number = '{number}'",
        f"UPDATE assessment SET type = 'praise' {OF}",
    ],
}


def forge(app: FastAPI, number: str, statements: Sequence[str]) -> None:
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for statement in statements:
            of = OF.format(number=number)
            connection.exec_driver_sql(statement.format(number=number, of=of))


def names(proof: dict[str, list[dict[str, list[dict[str, str]]]]]) -> set[str]:
    return {ticket["number"] for row in proof["differences"] for ticket in row["tickets"]}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forgery_before_the_seal_is_named(
    people: People, clock: StillClock, handled: str, app: FastAPI, forged: str
) -> None:
    other = finished(people, clock)
    clock.at = LATER
    honest = audited(app)
    forge(app, handled, FORGED[forged])
    sealed(people, MONTH)

    assert honest == []
    assert {fault.number for fault in audited(app)} == {handled}
    assert names(verified(people, MONTH)) == {handled} != {other}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forgery_with_all_its_links_after_its_day_was_hashed_is_named(
    people: People, clock: StillClock, handled: str, app: FastAPI, forged: str
) -> None:
    """Also where the other ways to find it are shut: only the day still knows its links."""
    clock.at = LATER
    sealed(people, MONTH)
    clock.at += timedelta(days=1)
    forge(app, handled, FORGED[forged])
    with app.state.engine.begin() as connection:
        relink(connection)

    assert {fault.number for fault in audited(app)} == {handled}
    assert handled in names(verified(people, MONTH))
