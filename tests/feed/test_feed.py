"""The feed: one higher each time, none skipped, in the order of commits, and no person in it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, DISCONTENT, WANGJING, People, Person
from tests.conftest import StillClock


def entries(person: Person, **asked: Any) -> list[dict[str, Any]]:
    return list(person.get("/feed", **asked).json()["items"])


def test_an_office_hears_of_each_step_of_its_ticket(people: People, clock: StillClock) -> None:
    number = stages.stands(people, "awaiting_callback")
    people.callback.post(f"/tickets/{number}/callbacks", DISCONTENT)

    heard = entries(people.street())

    assert [entry["seq"] for entry in heard] == [1, 2, 3, 4, 5, 6]
    assert [(entry["kind"], entry["data"]["status"]) for entry in heard] == [
        ("route", "dispatched"),
        ("acknowledge", "acknowledged"),
        ("contact", "in_progress"),
        ("reply", "replied"),
        ("review", "awaiting_callback"),
        ("callback", "rework"),
    ]
    assert {entry["ticket_number"] for entry in heard} == {number}
    assert datetime.fromisoformat(heard[0]["at"]) == clock.at
    assert [e["data"]["role"] for e in entries(people.district())] == ["informed"] * 6
    assert entries(people.street("110105001")) == []


def test_a_reader_goes_on_from_the_last_number_he_saw(people: People) -> None:
    for _ in range(5):
        given.ticket(people)
    street = people.street()

    first = street.get("/feed", limit=2).json()
    rest = street.get("/feed", after=first["last_seq"]).json()

    assert [entry["seq"] for entry in first["items"] + rest["items"]] == [1, 2, 3, 4, 5]
    assert (first["last_seq"], rest["last_seq"]) == (2, 5)
    assert street.get("/feed", after=5).json() == {"items": [], "last_seq": 5}
    assert street.get("/feed", after=99).json() == {"items": [], "last_seq": 5}


def test_numbers_have_no_gap_whatever_was_refused_in_between(people: People) -> None:
    street, number = people.street(), given.ticket(people)
    for _ in range(3):
        assert street.post(f"/tickets/{number}/reply", given.BODIES["reply"]).status_code == 409
    street.does("acknowledge", number)

    assert [entry["seq"] for entry in entries(street)] == [1, 2]


def test_many_at_once_are_numbered_without_gap_and_no_number_appears_behind_another(
    people: People,
) -> None:
    """A reader follows while eight writers write: what he has seen once never changes."""
    street = people.street()
    operator, _ = people.operator, people.district()

    def write(n: int) -> int:
        citizen = {"name": "张三", "phone": f"139{n:08}"}
        return operator.post("/tickets", given.request(citizen=citizen)).status_code

    seen: list[tuple[int, str]] = []
    with ThreadPoolExecutor(8) as threads:
        written = [threads.submit(write, n) for n in range(40)]
        while len(seen) < 40:
            after, all_written = (
                seen[-1][0] if seen else 0,
                all(answer.done() for answer in written),
            )
            new = street.get("/feed", after=after, limit=500).json()["items"]
            seen += [(entry["seq"], entry["ticket_number"]) for entry in new]
            if all_written and not new:
                break
        assert {answer.result() for answer in written} == {201}

    assert [seq for seq, _ in seen] == list(range(1, 41))
    assert len({number for _, number in seen}) == 40
    assert [(e["seq"], e["ticket_number"]) for e in entries(street, limit=500)] == seen


def test_no_entry_tells_of_a_person(people: People) -> None:
    number = given.ticket(
        people, title="投诉李四", type="report", citizen={"name": "张三", "phone": "13800000000"}
    )
    given.replied(people, number)
    people.operator.does("note", number, text="张三又来电。")

    for office in (people.street(), people.district()):
        feed = given.without_chance(json.dumps(entries(office), ensure_ascii=False))
        assert not [word for word in ("张", "李四", "138", "已停工", "又来电") if word in feed]


def test_the_feed_does_not_tell_who_looked(people: People) -> None:
    number = given.ticket(people)
    people.callback.post(f"/tickets/{number}/reveal", {"reason": "回拨。"})

    assert [entry["kind"] for entry in entries(people.street())] == ["route"]


@pytest.mark.parametrize("role", ["operator", "auditor", "analyst", "evaluator"])
def test_a_key_without_an_office_has_no_feed(people: People, role: str) -> None:
    answer = people(role).get("/feed")

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("after", ["-1", "x", "1.5", str(2**63)])
def test_a_bad_number_is_refused(people: People, after: str) -> None:
    answer = people.street().get("/feed", after=after)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/after"


def test_a_district_hears_of_what_lies_in_its_queue(people: People) -> None:
    number = stages.stands(people, "queued")

    heard = entries(people.district(CHAOYANG))
    assert [(e["ticket_number"], e["data"]) for e in heard] == [
        (number, {"status": "to_dispatch", "role": "queue"})
    ]
    assert entries(people.street(WANGJING)) == []
