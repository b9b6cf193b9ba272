"""督办 of an office that a whistle summoned, the answer that it owes, and its silence (D.2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app.sweep import sweep
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, of

CHIEF = ("chief", WANGJING)
AT_MARKET = ("handler", MARKET)
QUARTER_ENDS = datetime(2026, 12, 18, 16, tzinfo=UTC)


def supervises(
    people: People, clock: StillClock, number: str, who: tuple[str, str] = CHIEF, hours: int = 2
) -> Response:
    body = {
        "reason": "请立即到场。",
        "answer_due_at": (clock.at + timedelta(hours=hours)).isoformat(),
    }
    return blown.act(people, who, number, f"summonses/{MARKET}/supervise", body)


def answers(people: People, number: str, who: tuple[str, str] = AT_MARKET) -> Response:
    return blown.act(people, who, number, f"summonses/{MARKET}/answer", {"text": "已出发。"})


def owed(people: People, role: str, office: str) -> list[tuple[str, str]]:
    rows = people(role, office).get("/inbox").json()["items"]
    return [(row["because"], row["waits_until"]) for row in rows if "answer" in row["because"]]


def beside(people: People, period: str = "2026-Q4") -> dict[str, Any]:
    form = people(*CHIEF).get(f"/evaluations/{period}").json()
    row = next(row for row in form["rows"] if row["office_code"] == MARKET)
    return dict(row["supervisions"])


def test_an_answer_is_owed_and_given(people: People, clock: StillClock) -> None:
    number = blown.blow(people)["number"]

    after = supervises(people, clock, number).json()

    assert of(after, MARKET)["answer_due_at"] == "2026-10-20T04:00:00Z"
    assert owed(people, "handler", MARKET) == [("answer", "2026-10-20T04:00:00Z")]
    assert supervises(people, clock, number).json()["type"] == "/problems/answer-owed"
    clock.tick(hours=2)
    answered = answers(people, number).json()
    assert of(answered, MARKET)["supervised_at"] is None
    assert owed(people, "handler", MARKET) == []
    assert beside(people) == {"asked": 1, "answered": 1, "late": 0, "missed": 0}
    assert answers(people, number).json()["type"] == "/problems/nothing-asked"
    assert supervises(people, clock, number).status_code == 200


def test_what_is_allowed_is_asked_and_answered_in_turn(people: People, clock: StillClock) -> None:
    number = blown.blow(people)["number"]

    def allowed(who: tuple[str, str]) -> set[str]:
        summons = of(people(*who).get(f"/whistles/{number}").json(), MARKET)
        return {"supervise", "answer"} & set(summons["allowed"])

    assert (allowed(CHIEF), allowed(AT_MARKET)) == ({"supervise"}, set())
    supervises(people, clock, number)
    assert (allowed(CHIEF), allowed(AT_MARKET)) == (set(), {"answer"})
    answers(people, number)
    assert (allowed(CHIEF), allowed(AT_MARKET)) == ({"supervise"}, set())


def test_silence_is_told_to_the_district_once(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people, level="w3", kind="key_work")["number"]
    supervises(people, clock, number)
    clock.tick(hours=2, microseconds=1)

    for _ in range(2):
        sweep(app.state.own_sessions, app.state.city, app.state.clock)

    entries = people("district", CHAOYANG).get("/feed", after=0).json()["items"]
    assert [entry["kind"] for entry in entries].count("unanswered") == 1
    assert owed(people, "district", CHAOYANG) == [("unanswered", "2026-10-20T02:00:00Z")]
    assert beside(people)["missed"] == 1
    assert answers(people, number).status_code == 200
    assert owed(people, "district", CHAOYANG) == []
    assert beside(people) == {"asked": 1, "answered": 1, "late": 1, "missed": 0}


def test_an_answer_of_the_next_period_belongs_to_its_supervision(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people, level="w3", kind="key_work")["number"]
    clock.at = QUARTER_ENDS - timedelta(hours=3)
    supervises(people, clock, number)
    clock.at = QUARTER_ENDS + timedelta(hours=1)
    sweep(app.state.own_sessions, app.state.city, app.state.clock)
    assert beside(people) == {"asked": 1, "answered": 0, "late": 0, "missed": 1}

    answers(people, number)

    assert beside(people) == {"asked": 1, "answered": 1, "late": 1, "missed": 0}
    assert set(beside(people, "2027-Q1").values()) == {0}


@pytest.mark.parametrize("hours", [0, -1, 24 * 367])
def test_an_answer_is_asked_for_by_a_time_to_come(
    people: People, clock: StillClock, hours: int
) -> None:
    number = blown.blow(people)["number"]

    answer = supervises(people, clock, number, hours=hours)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/answer-time-past")


def test_who_supervises_and_who_answers(people: People, clock: StillClock) -> None:
    number = blown.blow(people)["number"]

    for who in (("handler", WANGJING), ("chief", MARKET), ("district", CHAOYANG)):
        assert supervises(people, clock, number, who).status_code == 403
    assert supervises(people, clock, number, ("chief", "110105001")).status_code == 404
    supervises(people, clock, number)
    assert answers(people, number, ("handler", POLICE)).status_code == 403
    assert answers(people, number, CHIEF).status_code == 403
