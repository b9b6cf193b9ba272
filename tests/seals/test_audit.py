"""The audit: an honest record has no fault; a forged one names what was forged."""

from fastapi import FastAPI

from app.seals import auditing
from app.seals.audit.faults import Fault
from tests.given import People
from tests.seals.test_seals_of_before import before, restored

__all__ = ["before", "restored"]


def audited(app: FastAPI) -> list[Fault]:
    with app.state.sessions() as session:
        return list(auditing.whole(session, app.state.city.periods))


def test_a_city_of_before_has_no_fault(before: People) -> None:
    app = before.client.app
    assert isinstance(app, FastAPI)
    assert audited(app) == []
