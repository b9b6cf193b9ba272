"""The audit: an honest record has no fault, whatever happened to its tickets."""

import pytest
from fastapi import FastAPI

from app.seals.audit import service as audit
from tests.seals.test_seals_of_before import before, restored  # noqa: F401


def audited(app: FastAPI) -> list[audit.Fault]:
    with app.state.sessions() as session:
        policies = app.state.city.policies
        numbers = audit.numbers_of_all(session)
        return [*audit.of_tickets(session, policies, list(numbers)), *audit.lost(session)]


@pytest.mark.usefixtures("people")
def test_a_city_of_before_has_no_fault(app: FastAPI, before: object) -> None:  # noqa: F811
    lived = before.client.app
    assert audited(lived) == []
