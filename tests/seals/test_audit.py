"""The audit: an honest record has no fault; a forged one names what was forged."""

from fastapi import FastAPI

from app.kit.workdays import day_of
from app.seals import auditing
from app.seals.audit import days
from app.seals.audit.faults import Fault
from tests.aids import given
from tests.aids.given import People
from tests.aids.sealing import LATER, SEALED, finished, force, sealed, tampered
from tests.conftest import StillClock
from tests.seals.test_seals_of_before import before, restored

__all__ = ["before", "restored"]


def audited(app: FastAPI) -> list[Fault]:
    with app.state.sessions() as session:
        return list(auditing.whole(session, app.state.city))


def test_a_city_of_before_has_no_fault(before: People) -> None:
    app = before.client.app
    assert isinstance(app, FastAPI)
    assert audited(app) == []


def test_who_acted_is_under_the_link_and_what_his_key_is_called_is_not(
    app: FastAPI, people: People
) -> None:
    number = given.ticket(people)
    force(app, "UPDATE key SET label = 'somebody else' WHERE role = 'operator'")
    force(app, "UPDATE feed_entry SET kind = 'void'")
    assert audited(app) == []

    force(app, "UPDATE event SET actor = 'somebody else' WHERE seq = 1")
    force(app, "UPDATE key SET label = 'operator None' WHERE role = 'operator'")
    assert {fault.number for fault in audited(app)} == {number}


def test_the_last_seal_is_missed_once_its_day_is_hashed(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    """No later seal has its hash; the day on which it was made has."""
    finished(people, clock)
    clock.at = LATER
    sealed(people, "2026-11")
    day = day_of(clock.at)
    clock.tick(days=1)
    assert not days.keep_some(app.state.sessions, clock)
    assert audited(app) == []

    gone = "; ".join(f"DELETE FROM {table} WHERE period = '2026-11'" for table in reversed(SEALED))
    with tampered(app, gone):
        assert [(fault.table, fault.day) for fault in audited(app)] == [("seal", day)]
    assert audited(app) == []
