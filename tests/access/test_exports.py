"""Who streamed whole lists out of the service is on record, with what was asked for."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.access.service import OtherSecret, keep_secret
from tests.aids import given
from tests.aids.given import People
from tests.conftest import LONG_AGO


def exports(people: People) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = people.admin.get("/exports").json()["items"]
    return items


@pytest.mark.parametrize("accept", ["text/csv", "application/x-ndjson"])
def test_a_list_streamed_out_is_on_record(people: People, accept: str) -> None:
    given.ticket(people)
    url = "/v1/tickets?status=dispatched"
    headers = people.operator.headers | {"Accept": accept}
    answer = people.client.get(url, headers=headers)

    (export, *_) = exports(people)

    assert export["path"] == "/v1/tickets"
    assert export["query"] == {"status": "dispatched"}
    assert export["role"] == "operator"
    assert export["bytes"] == len(answer.content)
    assert export["ended_at"] is not None


def test_a_page_is_no_export(people: People) -> None:
    before = exports(people)
    people.operator.get("/tickets")
    assert exports(people) == before


def test_one_who_may_not_is_not_told_who_exported(people: People) -> None:
    assert people.operator.get("/exports").status_code == 403
    assert people("auditor").get("/exports").status_code == 200


def test_a_secret_that_is_not_the_databases_own_is_refused(app: FastAPI) -> None:
    with app.state.sessions() as session, pytest.raises(OtherSecret, match="JIESU_SECRET_KEY"):
        keep_secret(session, bytes(32), b"", LONG_AGO)
