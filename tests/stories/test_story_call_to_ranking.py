"""Over HTTP, from the call to the ranking: one ticket's whole way, and a month of two streets."""

from typing import Any

from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, CONTENT, DISCONTENT, WANGJING, People, Person
from tests.conftest import StillClock

CHAOWAI = "110105001"


def test_a_request_finds_its_street_is_worked_called_back_and_counted(
    people: People, clock: StillClock
) -> None:
    number = taken_in(people)
    worked(people, number, clock)
    called_back(people, number)

    ticket = people.operator.get(f"/tickets/{number}").json()
    assert (ticket["status"], ticket["overdue"], ticket["version"]) == ("closed", False, 8)
    history = people.operator.get(f"/tickets/{number}/events").json()
    assert [event["action"] for event in history] == [
        *("receive", "route", "acknowledge", "contact", "note", "reply", "review", "callback")
    ]
    heard = people.street().get("/feed").json()["items"]
    assert [entry["seq"] for entry in heard] == [1, 2, 3, 4, 5, 6, 7]
    ranking = people("analyst").get("/rankings/2026-11").json()
    row = ranking["rows"][0]
    assert (row["office_code"], row["rank"], row["assessed"]) == (WANGJING, 1, 1)
    assert (row["composite"], row["composite_exact"]) == (100.0, "100")
    assert {other["status"] for other in ranking["rows"][1:]} == {"no_sample"}
    assert len(ranking["rows"]) == 343


def taken_in(people: People) -> str:
    taken = people.operator.post("/tickets", given.request(category="0701"))
    assert taken.status_code == 201, taken.text
    ticket = taken.json()
    assert ticket["status"] == "dispatched"
    assert ticket["office"] == {"code": WANGJING, "name": "望京街道", "district_code": CHAOYANG}
    assert ticket["route"]["decision"] == "dispatch"
    assert waiting(people.street()) == [ticket["number"]]
    return str(ticket["number"])


def worked(people: People, number: str, clock: StillClock) -> None:
    street, district = people.street(), people.district()
    clock.tick(minutes=20)
    street.does("acknowledge", number)
    clock.tick(hours=2)
    street.does("contact", number, method="call", reached=True)
    street.does("note", number, text="已约谈施工方。")
    clock.tick(days=2)
    street.does("reply", number, text="夜间已停工。", citizen_feedback={"method": "call"})
    assert waiting(street) == []
    assert waiting(district) == [number]
    district.does("review", number, approve=True)
    assert waiting(district) == []


def called_back(people: People, number: str) -> None:
    queued = people.callback.get("/callbacks/queue").json()["items"]
    assert [(item["number"], item["callable_now"]) for item in queued] == [(number, True)]
    assert callback(people, number, CONTENT)["final"] is True


def test_a_month_of_two_streets(people: People, app: FastAPI, clock: StillClock) -> None:
    for status in ("closed", "answered", "withdrawn"):
        stages.stands(people, status)
    silent = given.ticket(people)
    reached_by_nobody(people, clock)
    helped_by_another_street(people)
    reworked_to_content(people)
    clock.tick(days=8)
    sweep(app.state.sessions, app.state.city, clock)
    callback(people, silent, {**DISCONTENT, "contacted": "no", "reasonable": False})
    people.supervisor.does("review", silent, approve=True)

    assert len(people.operator.get("/tickets", status="closed").json()["items"]) == 5
    first, second = people("analyst").get("/rankings/2026-11").json()["rows"][:2]
    assert (first["office_code"], first["rank"], first["composite"]) == (CHAOWAI, 1, 100.0)
    assert (second["office_code"], second["rank"], second["assessed"]) == (WANGJING, 2, 4)
    assert share(second, "response") == ("3", 4)
    assert share(second, "resolution") == ("1", 3)
    assert share(second, "satisfaction") == ("1", 3)
    assert second["composite_exact"] == "275/6"  # 30·3/4 + 35·1/3 + 35·1/3
    assert second["overdue"] == 1
    districts = people("analyst").get("/rankings/2026-11", league="districts").json()["rows"]
    assert (districts[0]["office_code"], districts[0]["composite"]) == (CHAOYANG, 59.0)


def reached_by_nobody(people: People, clock: StillClock) -> None:
    number = stages.stands(people, "awaiting_callback")
    for _ in range(3):
        callback(people, number, {"reach": "unreached"})
        clock.tick(hours=4)


def helped_by_another_street(people: People) -> None:
    number = given.ticket(people)
    people.dispatcher.does("dispatch", number, office_code=CHAOWAI, reason="实在朝外。")
    given.awaiting(people, number, CHAOWAI)
    callback(people, number, CONTENT)


def reworked_to_content(people: People) -> None:
    """A second callback is recorded and not scored."""
    number = stages.stands(people, "rework")
    people.street().does("reply", number, **given.BODIES["reply"])
    people.supervisor.does("review", number, approve=True)
    assert callback(people, number, CONTENT)["status_now"] == "closed"


def waiting(office: Person) -> list[str]:
    return [item["number"] for item in office.get("/inbox").json()["items"]]


def callback(people: People, number: str, answers: dict[str, Any]) -> dict[str, Any]:
    answer = people.callback.post(f"/tickets/{number}/callbacks", answers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def share(row: dict[str, Any], rate: str) -> tuple[str, int]:
    return row[rate]["numerator"], row[rate]["denominator"]
