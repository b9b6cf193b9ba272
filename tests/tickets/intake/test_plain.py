"""New requests are told from the rows that are written: as anybody reads them afterwards."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from typing import Any

import pytest
from fastapi import FastAPI

from app.routing.decide import Router
from tests.aids import given, stages
from tests.aids.given import People

BY_ROUTE = {"text": "朝阳区望京街道望京西园三区308楼"}
REQUESTS: dict[str, dict[str, Any]] = {
    "dispatched": {},
    "with coordinates": {"address": {**BY_ROUTE, "lon": 116.47, "lat": 39.99}},
    "with its district apart": {"address": {**BY_ROUTE, "district_code": "110105"}},
    "to the district's queue": {"address": {"text": "朝阳区"}},
    "without a place": {"address": {"text": "楼下"}},
    "an enquiry": {"type": "consult"},
    "praise": {"type": "praise"},
    "a report": {"type": "report"},
    "by somebody who wants secrecy": {
        "citizen": {"name": "李四", "phone": "13700000001", "confidential": True}
    },
    "by an anonymous caller": {"citizen": {"anonymous": True}},
    "without a telephone": {"citizen": {"name": "李四"}},
    "urgent": {"urgency": "L1"},
    "from elsewhere": {
        "channel": "web",
        "external_id": "12345-1",
        "occurred_at": "2026-10-19T23:30:00+08:00",
    },
    "in words that JSON escapes": {"title": '"引号"\\ 与 %', "content": "一\n二\t三 %(number)s %%"},
}


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_new_ticket_is_told_as_it_is_read(people: People, kind: str) -> None:
    answer = people.operator.post("/tickets", given.request(**REQUESTS[kind]))

    assert answer.status_code == 201, answer.text
    read = people.operator.get(f"/tickets/{answer.json()['number']}")
    ticket = given.alone(answer.json())
    assert ticket == read.json()
    assert list(ticket) == list(read.json())
    assert answer.headers["ETag"] == read.headers["ETag"]


def test_a_repetition_is_told_as_it_is_read(people: People) -> None:
    first = given.ticket(people, citizen={"name": "张三", "phone": "13600000000"})
    given.awaiting(people, first)
    stages.called(people, first)

    answer = people.operator.post(
        "/tickets", given.request(citizen={"name": "张三", "phone": "13600000000"})
    )

    assert (answer.status_code, answer.json()["repeat_of"]) == (201, first)
    read = people.operator.get(f"/tickets/{answer.json()['number']}")
    assert given.alone(answer.json()) == read.json()


@pytest.mark.usefixtures("clock")
def test_a_request_that_waits_over_midnight_goes_by_the_names_of_its_day(
    people: People, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is routed while the database looks up, and again where another day has begun meanwhile."""
    operator, days, route = people.operator, list[date](), Router.route
    midnight = datetime(2026, 10, 20, 16, 0, tzinfo=UTC)
    instants: Iterator[datetime] = iter([midnight - timedelta(seconds=1)])
    later = repeat(midnight)
    app.state.clock = lambda: next(instants, None) or next(later)

    def noted(router: Router, query: Any, policy: Any, on: date) -> Any:
        days.append(on)
        return route(router, query, policy, on)

    monkeypatch.setattr(Router, "route", noted)
    answer = operator.post("/tickets", given.request())

    assert answer.json()["number"].startswith("BJ20261021")
    assert days == [date(2026, 10, 20), date(2026, 10, 21)]
