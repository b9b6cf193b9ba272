"""The audit: an honest record has no fault; a forged one names what was forged."""

from fastapi import FastAPI

from app.seals import auditing
from app.seals.audit.faults import Fault
from tests import given
from tests.given import People
from tests.sealing import force
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
