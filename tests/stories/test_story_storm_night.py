"""A storm night, told end to end: forty calls about one flooded underpass, merged into one matter.

In other systems such a night buries a street under forty clocks, or merging loses the thirty-nine.
"""

from fractions import Fraction
from typing import Any

from fastapi import FastAPI

from app.kit.db import Sessions
from tests.aids import given
from tests.aids.given import CONTENT, WANGJING, People
from tests.conftest import StillClock

CALLS = 40
FLOOD = {
    "category": "0701",
    "title": "桥下积水",
    "address": {"text": "朝阳区望京街道望京西园三区南门桥下"},
}
UNHAPPY = {**CONTENT, "resolved": "unresolved", "satisfied": "dissatisfied"}
SILENT = {"reach": "refused"}


def requested(people: People, clock: StillClock, citizen: int, **changed: Any) -> Any:
    """A citizen calls, in words of his own, some minutes after the one before."""
    clock.tick(minutes=3)
    caller = {"name": f"市民{citizen}", "phone": f"137{citizen:08}"}
    words = f"第{citizen}位市民来电，雨太大，水很深，车过不去。"
    return people.operator.post(
        "/tickets", given.request(**{**FLOOD, "citizen": caller, "content": words, **changed})
    )


def confirmed(people: People) -> int:
    """The dispatcher confirms what is proposed, until nothing is."""
    done = 0
    while items := people.dispatcher.get("/merges/proposals", limit=10).json()["items"]:
        for item in items:
            child, parent = item["ticket"]["number"], item["parent"]["number"]
            people.dispatcher.does("merge", child, parent_number=parent)
            done += 1
    return done


def test_forty_calls_of_a_storm_night_are_one_matter_and_nobody_is_forgotten(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    numbers = forty_calls(people, clock)
    one_group_with_one_clock(people, numbers)
    assert (
        requested(people, clock, 9).json()["number"] == numbers[0]
    )  # a third call of a merged caller

    stranger = numbers.pop(20)
    people.supervisor.does("unmerge", stranger, reason="说的是另一座桥。")
    assert people.street().get(f"/tickets/{stranger}").json()["status"] == "dispatched"

    the_street_pumps_and_tells_everyone(people, numbers)
    called_back(people, numbers, [CONTENT] * 30 + [UNHAPPY] * 5 + [SILENT] * 4)
    assert status(people, numbers[0]) == "rework"  # for the five
    replied_to(people, numbers[0], "已加装水泵。")
    called_back(people, numbers[::-1], [CONTENT] * 39)
    assert status(people, numbers[0]) == "closed"

    one_unit_of_account(people)
    assert lost(app.state.sessions, numbers) == []


def forty_calls(people: People, clock: StillClock) -> list[str]:
    """Three call again and urge what they have; in the twelfth's words a car is under water."""
    answers = [requested(people, clock, citizen) for citizen in range(CALLS)]
    assert [answer.status_code for answer in answers] == [201] * CALLS
    numbers = [answer.json()["number"] for answer in answers]
    for citizen in (5, 9, 9):
        again = requested(people, clock, citizen)
        assert (again.status_code, again.json()["number"]) == (200, numbers[citizen])
    people.operator.does("grade", numbers[12], urgency="L2", reason="有车被淹。")
    return numbers


def one_group_with_one_clock(people: People, numbers: list[str]) -> None:
    assert confirmed(people) == CALLS - 1
    parent = people.operator.get(f"/tickets/{numbers[0]}").json()
    assert (parent["status"], parent["members"]) == ("dispatched", CALLS - 1)
    assert parent["urgency"] == "L2"
    street = people.street()
    assert [item["number"] for item in street.get("/inbox").json()["items"]] == numbers[:1]
    members = street.get(f"/tickets/{numbers[0]}/members").json()
    assert [item["number"] for item in members] == numbers[1:]


def the_street_pumps_and_tells_everyone(people: People, numbers: list[str]) -> None:
    """All but the last of them are reached."""
    street = people.street()
    street.does("acknowledge", numbers[0])
    for number in numbers:
        street.does("contact", number, method="call", reached=number != numbers[-1])
    replied_to(people, numbers[0], "积水已排除。")


def replied_to(people: People, number: str, text: str) -> None:
    people.street().does("reply", number, text=text, citizen_feedback={"method": "call"})
    people.supervisor.does("review", number, approve=True)


def called_back(people: People, numbers: list[str], answers: list[dict[str, str]]) -> None:
    """Each by itself; until the last was called the matter awaits."""
    queue = people.callback.get("/callbacks/queue", limit=100).json()["items"]
    assert sorted(item["number"] for item in queue) == sorted(numbers)
    for number, answer in zip(numbers, answers, strict=True):
        assert "awaiting_callback" in (status(people, numbers[0]), status(people, numbers[-1]))
        made = people.callback.post(f"/tickets/{number}/callbacks", answer)
        assert made.status_code == 201, made.text
    assert people.callback.get("/callbacks/queue").json()["items"] == []


def status(people: People, number: str) -> str:
    return str(people.operator.get(f"/tickets/{number}").json()["status"])


def one_unit_of_account(people: People) -> None:
    """The first callbacks as an exact mean; yet forty requests, for nobody was lost."""
    ranking = people("analyst").get("/rankings/2026-11").json()
    [row] = [r for r in ranking["rows"] if r["office_code"] == WANGJING]
    assert (row["assessed"], row["volume"]) == (1, CALLS)
    assert row["response"]["numerator"] == "0"  # one of them was never reached
    assert Fraction(row["resolution"]["numerator"]) == Fraction(30, 35)
    assert (row["resolution"]["denominator"], row["satisfaction"]["denominator"]) == (1, 1)


def lost(sessions: Sessions, numbers: list[str]) -> list[str]:
    """Those of whom no assessment speaks, or whose history has a gap."""
    with sessions() as session:
        connection = session.connection()
        assessed = set(connection.exec_driver_sql("SELECT ticket_number FROM assessment").scalars())
        gaps = set(
            connection.exec_driver_sql(
                "SELECT number FROM ticket t WHERE version <> ALL (SELECT count(*) FROM event e"
                " WHERE e.ticket_number = t.number)"
            ).scalars()
        )
    return [number for number in numbers if number not in assessed or number in gaps]
