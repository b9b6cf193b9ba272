"""The dispatcher's screens: one ticket in one person's hand, candidates, and pairs to be merged."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from tests.aids.given import People, Person, ticket
from tests.conftest import StillClock
from tests.console.visitor import Forms, Visitor
from tests.whistles.blown import swept

VAGUE = {"text": "望京"}


def dispatchers(people: People) -> tuple[Visitor, Visitor]:
    """Two persons, each with a key of his own."""
    made = people.admin.post("/keys", {"role": "dispatcher", "label": "派单二席"}).json()
    second = Person(people.client, made["key"])
    return (
        Visitor(people.client).signs_in(people.dispatcher),
        Visitor(people.client).signs_in(second),
    )


def test_two_dispatchers_do_not_take_the_same(people: People) -> None:
    numbers = {ticket(people, address=VAGUE) for _ in range(2)}
    first, another = dispatchers(people)
    took = [each.fills_in(each.get("/inbox"), "/dispatch/next") for each in (first, another)]
    opened = [answer.headers["location"].rpartition("/")[2] for answer in took]
    assert set(opened) == numbers
    third = first.fills_in(first.get("/inbox"), "/dispatch/next")
    assert third.headers["location"].endswith(opened[0])  # his own, which he still holds
    assert "派单二席 正在处理" in first.get("/inbox").text
    assert "派单二席 正在处理" in first.get(f"/dispatch/{opened[1]}").text
    assert "正在处理" not in another.get(f"/dispatch/{opened[1]}").text


def test_what_is_put_back_or_forgotten_is_anybodys(people: People, app: FastAPI) -> None:
    number = ticket(people, address=VAGUE)
    first, another = dispatchers(people)
    page = first.get(f"/dispatch/{number}")
    assert "正在处理" in another.get(f"/dispatch/{number}").text
    assert first.fills_in(page, f"/dispatch/{number}/let-go").status_code == 303
    assert "正在处理" not in another.get(f"/dispatch/{number}").text
    assert "正在处理" in first.get(f"/dispatch/{number}").text
    with app.state.engine.begin() as connection:
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        connection.execute(sa.text("UPDATE console_claim SET until = :at"), {"at": long_ago})
    assert "正在处理" not in first.get(f"/dispatch/{number}").text


def test_the_queue_is_by_urgency_and_age_with_the_alarm_in_front(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    alarmed = ticket(people, address=VAGUE)
    clock.at += timedelta(hours=3)
    assert swept(app)
    older = ticket(people, address=VAGUE)
    clock.at += timedelta(minutes=1)
    newer = ticket(people, address=VAGUE)
    grave = ticket(people, address=VAGUE, urgency="L2")
    page = Visitor(people.client).signs_in(people.dispatcher).get("/inbox").text
    places = [page.index(f"/dispatch/{number}") for number in (alarmed, grave, older, newer)]
    assert places == sorted(places)


def test_a_candidate_is_chosen_with_one_click(people: People) -> None:
    number = ticket(people, address=VAGUE)
    first, _ = dispatchers(people)
    page = first.get(f"/dispatch/{number}")
    fields = Forms(page.text).by_action[f"/console/dispatch/{number}/dispatch"]
    answer = first.post(f"/dispatch/{number}/dispatch", {**fields, "office_code": "110105026"})
    assert answer.status_code == 303, answer.text
    view = people.dispatcher.get(f"/tickets/{number}").json()
    assert (view["status"], view["office"]["code"]) == ("dispatched", "110105026")


def test_who_comes_second_sees_that_another_acted(people: People) -> None:
    number = ticket(people, address=VAGUE)
    first, another = dispatchers(people)
    pages = [each.get(f"/dispatch/{number}") for each in (first, another)]
    act = f"/dispatch/{number}/dispatch"
    chosen = {"office_code": "110105026", "reason": "门牌属望京。"}
    fields = [Forms(page.text).by_action[f"/console{act}"] for page in pages]
    earlier = first.post(act, {**fields[0], **chosen})
    later = another.post(act, {**fields[1], **chosen, "reason": "另一个理由"})
    assert (earlier.status_code, later.status_code) == (303, 412)
    assert "另一个理由" in later.text


def test_pairs_are_merged_by_a_click(people: People) -> None:
    address = {"text": "朝阳区望京街道望京西园三区308楼"}
    parent, later = (ticket(people, address=address, category="070101") for _ in range(2))
    first, _ = dispatchers(people)
    page = first.get("/merges")
    assert parent in page.text
    assert later in page.text
    answer = first.fills_in(page, f"/tickets/{later}/merge")
    assert answer.headers["location"].startswith("/console/merges")
    assert people.dispatcher.get(f"/tickets/{later}").json()["merged_into"] == parent
    assert "没有疑似同一事项的工单" in first.get("/merges").text


@pytest.mark.parametrize("path", ["/dispatch/BJ202610200000001", "/merges"])
def test_an_operator_dispatches_nothing(people: People, path: str) -> None:
    assert Visitor(people.client).signs_in(people.operator).get(path).status_code == 403
