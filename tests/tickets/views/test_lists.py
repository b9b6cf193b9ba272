"""Lists: every filter at its border, pages without loss or repeat, exports whole and harmless."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.access.roles import Role
from app.tickets.views import pages
from app.tickets.views.lists import Asked
from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.aids.wire import statements
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)


def numbers(person: Person, **asked: Any) -> list[str]:
    """Every ticket of a list, walked page by page."""
    listed: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        answer = person.get("/tickets", **asked, **cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        listed += [item["number"] for item in page["items"]]
        if page["next"] is None:
            return listed
        cursor = {"cursor": page["next"]}


def test_the_newest_stands_first(people: People, clock: StillClock) -> None:
    together = [given.ticket(people) for _ in range(2)]
    clock.tick(hours=1)
    newest = given.ticket(people)

    assert numbers(people.operator) == [newest, *sorted(together, reverse=True)]


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({"office_code": WANGJING}, "plain urgent"),
    ({"office_code": "110105-market"}, "shopping"),
    ({"district_code": CHAOYANG}, "plain urgent shopping vague"),
    ({"status": "to_dispatch"}, "vague"),
    ({"status": ["to_dispatch", "need_info"]}, "vague lost"),
    ({"category": "01"}, "shopping"),
    ({"category": "0101"}, "shopping"),
    ({"category": "010101"}, ""),
    ({"urgency": "L1"}, "urgent"),
    ({"urgency": ["L1", "L3"]}, "plain urgent shopping vague lost"),
    ({"external_id": "K-7"}, "plain"),
    ({"external_id": "k-7"}, ""),
    ({"overdue": True}, ""),
    ({"overdue": False, "status": "dispatched"}, "plain urgent shopping"),
    ({}, "plain urgent shopping vague lost"),
]


def test_a_filter_leaves_what_it_says(people: People) -> None:
    made = {
        "plain": given.ticket(people, external_id="K-7"),
        "urgent": given.ticket(people, urgency="L1"),
        "shopping": given.ticket(people, category="0101"),
        "vague": given.ticket(people, address={"text": "朝阳区某处"}),
        "lost": given.ticket(people, address={"text": "不知道在哪"}),
    }

    for asked, names in FILTERS:
        expected = {made[name] for name in names.split()}
        assert set(numbers(people.operator, **asked)) == expected, asked


def test_times_are_half_open_and_a_date_is_a_day_in_beijing(
    people: People, clock: StillClock
) -> None:
    midnight = datetime.fromisoformat("2026-10-20T00:00:00+08:00")
    made = []
    for at in (midnight - TICK, midnight, midnight + timedelta(days=1) - TICK):
        clock.at = at
        made.append(given.ticket(people))
    clock.at = midnight + timedelta(days=1)
    made.append(given.ticket(people))
    city = people.operator

    assert numbers(city, received_from="2026-10-20", received_to="2026-10-20") == made[2:0:-1]
    assert numbers(city, received_from=midnight.isoformat()) == made[:0:-1]
    assert numbers(city, received_to="2026-10-19T16:00:00Z") == made[:1]
    assert numbers(city, received_to=(midnight + TICK).isoformat()) == made[1::-1]
    assert numbers(city, received_from="2026-10-22") == []


def test_pages_lose_and_repeat_nothing_while_tickets_change(
    people: People, clock: StillClock
) -> None:
    made = []
    for _ in range(7):
        made.append(given.ticket(people))
        clock.tick(seconds=1)
    city, street = people.operator, people.street()

    first = city.get("/tickets", limit=3).json()
    street.does("acknowledge", made[5])
    street.does("acknowledge", made[3])
    new = given.ticket(people)
    second = city.get("/tickets", limit=3, cursor=first["next"]).json()
    third = city.get("/tickets", limit=3, cursor=second["next"]).json()

    walked = [item["number"] for page in (first, second, third) for item in page["items"]]
    assert walked == made[::-1]
    assert new not in walked
    assert third["next"] is None


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 500])
def test_whatever_the_page_the_walk_is_the_same(people: People, limit: int) -> None:
    made = [given.ticket(people) for _ in range(4)]  # all of one instant

    assert numbers(people.operator, limit=limit) == sorted(made, reverse=True)


def test_a_poller_goes_on_from_the_last_change_that_it_saw(
    people: People, clock: StillClock
) -> None:
    made = []
    for _ in range(3):
        made.append(given.ticket(people))
        clock.tick(seconds=1)
    people.street().does("acknowledge", made[0])
    changed_at = clock.at
    clock.tick(seconds=1)

    begin = "2026-10-20T10:00:00+08:00"
    assert numbers(people.operator, updated_after="2026-10-20", limit=2) == [*made[1:], made[0]]
    assert numbers(people.operator, updated_after=begin) == [*made[1:], made[0]]
    assert numbers(people.operator, updated_after=(changed_at - TICK).isoformat()) == made[:1]
    assert numbers(people.operator, updated_after=changed_at.isoformat()) == []


def test_a_cursor_of_another_list_leads_nowhere_unexpected(people: People) -> None:
    for _ in range(2):
        given.ticket(people)
    keys = people.admin.get("/keys", limit=1).json()["next"]
    inbox = people.street().get("/inbox", limit=1).json()["next"]

    assert keys
    assert people.street().get("/inbox", cursor=inbox).status_code == 200
    assert people.operator.get("/tickets", cursor=inbox[:-4]).status_code == 422


def test_ndjson_streams_everything_as_the_list_shows_it(people: People) -> None:
    for _ in range(3):
        given.ticket(people)
    listed = people.operator.get("/tickets").json()["items"]

    answer = people.operator.get("/tickets", limit=1, headers={"Accept": "application/x-ndjson"})

    assert answer.headers["content-type"] == "application/x-ndjson; charset=utf-8"
    assert [json.loads(line) for line in answer.text.splitlines()] == listed


@pytest.mark.parametrize("kind", ["text/csv", "application/x-ndjson"])
def test_an_export_is_longer_than_a_page_and_a_batch(
    people: People, app: FastAPI, kind: str
) -> None:
    number = given.ticket(people)
    with app.state.engine.begin() as connection:
        for table in ("ticket", "request", "citizen"):
            key = "number" if table == "ticket" else "ticket_number"
            connection.exec_driver_sql(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object('{key}',"
                f" 'BJ20261020' || lpad((1000000 + n)::text, 7, '0')))).*"
                f" FROM {table} t, generate_series(1, 1200) n WHERE {key} = '{number}'"
            )

    answer = people.operator.get("/tickets", headers={"Accept": kind})

    lines = answer.text.splitlines()
    assert len(lines) == 1201 + (kind == "text/csv")
    assert len(set(lines)) == len(lines)


def test_csv_is_utf8_and_runs_no_formula(people: People) -> None:
    formula = '=HYPERLINK("http://x")'
    number = given.ticket(
        people, title=formula, content='第一行\n"第二行", 完', external_id="@SUM(A1)"
    )
    plus = given.ticket(people, title="+1", content="-1", external_id="＝1")

    answer = people.operator.get("/tickets", headers={"Accept": "text/csv"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = {row["number"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert rows[number]["title"] == f"'{formula}"
    assert rows[number]["external_id"] == "'@SUM(A1)"
    assert rows[number]["content"] == '第一行\n"第二行", 完'
    assert rows[number]["office_name"] == "望京街道"
    assert (rows[plus]["title"], rows[plus]["content"]) == ("'+1", "'-1")


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/html", "text/csv;q=0.1, a/b"])
def test_accept_chooses_the_form(people: People, accept: str) -> None:
    given.ticket(people)

    answer = people.operator.get("/tickets", headers={"Accept": accept})

    kind = "text/csv" if "csv" in accept else "application/json"
    assert answer.headers["content-type"].startswith(kind)


@pytest.mark.parametrize("kind", ["text/csv", "application/x-ndjson"])
def test_an_export_keeps_scope_filters_and_refusals(people: People, kind: str) -> None:
    mine, hers = given.ticket(people), given.ticket(people, address={"text": "海淀区学院路街道"})
    accept = {"Accept": kind}

    exported = people.street().get("/tickets", headers=accept).text
    assert mine in exported
    assert hers not in exported
    assert hers not in people.operator.get("/tickets", headers=accept, office_code=WANGJING).text
    assert people.operator.get("/tickets", headers=accept, status="lost").status_code == 422
    assert people("analyst").get("/tickets", headers=accept).status_code == 403


@pytest.mark.usefixtures("callers_remembered")
def test_a_page_costs_as_many_queries_as_one_ticket(people: People, app: FastAPI) -> None:
    for _ in range(3):
        given.ticket(people)

    assert queries(people, app.state.engine, limit=1) == queries(people, app.state.engine, limit=3)


def queries(people: People, engine: sa.Engine, limit: int) -> int:
    people.operator.get("/tickets", limit=limit)  # the key is then remembered
    with statements(engine) as sent:
        people.operator.get("/tickets", limit=limit)
    return len(sent)


def test_the_list_of_an_office_does_not_grow_with_the_city(people: People, app: FastAPI) -> None:
    """3,000 tickets that others had: of the table's pages it reads few."""
    number = given.ticket(people)
    statement = pages.stamped(Asked(Role.HANDLER, WANGJING, 50, None, ()).shape)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO ticket SELECT (jsonb_populate_record(t, jsonb_build_object('number',"
            " 'BJ20261020' || lpad((1000000 + n)::text, 7, '0'), 'received_at',"
            " t.received_at + n * interval '1 second'))).*"
            f" FROM ticket t, generate_series(1, 3000) n WHERE number = '{number}'"
        )
    with app.state.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE ticket, dispatch")
        [[size]] = connection.exec_driver_sql("SELECT pg_relation_size('ticket') / 8192")
        [[[plan]]] = connection.exec_driver_sql(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.text}", {"own_office": WANGJING}
        )

    blocks = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    assert plan["Plan"]["Actual Rows"] == 1
    assert blocks < size / 4
