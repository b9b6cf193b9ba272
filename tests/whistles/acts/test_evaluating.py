"""Evaluating each department of a settled whistle, over HTTP (H9, RULEBOOK D.15)."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app.sweep import sweep
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE

CHIEF = ("chief", WANGJING)
GOOD = {"effect": 12, "attitude": 13}


def evaluates(people: People, number: str, office: str = MARKET, **points: Any) -> Response:
    return blown.act(people, CHIEF, number, f"evaluations/{office}", points or GOOD)


def of(whistle: dict[str, Any], office: str = MARKET) -> dict[str, Any]:
    return next(dict(e) for e in whistle["evaluations"] if e["office_code"] == office)


def test_the_rulebooks_example(people: People) -> None:
    whistle = blown.settled(people)
    own = people(*CHIEF).get(f"/whistles/{whistle['number']}").json()
    assert "evaluate" in own["allowed"]
    assert [e["status"] for e in whistle["evaluations"]] == ["open", "open"]
    assert of(whistle)["total"] is None

    after = evaluates(people, whistle["number"]).json()

    market = of(after)
    assert market["items"] == {
        "arrive": 25,
        "stay": 15,
        "feedback": 10,
        "settled": 20,
        "effect": 12,
        "attitude": 13,
    }
    assert (market["status"], market["total"], market["total_exact"]) == ("submitted", 95, "95")
    assert after["status"] == "settled"
    assert evaluates(people, whistle["number"], POLICE).json()["status"] == "evaluated"


def test_what_nobody_marks_in_time_has_the_record_alone(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    whistle = blown.settled(people)
    number = whistle["number"]
    evaluates(people, number)
    assert whistle["mark_due_at"] == "2026-10-23T02:00:00Z"
    clock.tick(days=3)
    assert sweep(app.state.own_sessions, app.state.city, app.state.clock) == 0
    clock.tick(microseconds=1)

    assert sweep(app.state.own_sessions, app.state.city, app.state.clock) == 1

    closed = people(*CHIEF).get(f"/whistles/{number}").json()
    assert (closed["status"], closed["mark_due_at"]) == ("evaluated", None)
    assert (of(closed, POLICE)["status"], of(closed, POLICE)["total"]) == ("missed", 100)
    assert of(closed)["total"] == 95
    late = evaluates(people, number, POLICE)
    assert (late.status_code, late.json()["status_now"]) == (409, "evaluated")


def test_late_early_and_unreturned(people: People, clock: StillClock) -> None:
    number = blown.blow(people)["number"]
    clock.tick(minutes=31)
    blown.reports_in(people, number, MARKET)
    blown.does(people, ("handler", MARKET), number, f"summonses/{MARKET}/leave", reason="收工")
    clock.tick(minutes=1)
    blown.reports_in(people, number, MARKET)
    blown.reports_in(people, number, POLICE)
    for office in (MARKET, POLICE):
        blown.feeds_back(people, number, office)
        blown.releases(people, number, office)
    whistle = blown.settles(people, number)

    market, police = of(whistle)["items"], of(whistle, POLICE)["items"]

    assert (market["arrive"], market["stay"], market["feedback"]) == (10, 0, 10)
    assert (police["arrive"], police["stay"], police["settled"]) == (10, 15, 20)


@pytest.mark.parametrize(
    ("points", "pointer"),
    [
        ({"effect": 16, "attitude": 13}, "/effect"),
        ({"effect": 12, "attitude": 15.5}, "/attitude"),
        ({"effect": -1, "attitude": 13}, "/effect"),
        ({"effect": 12}, "/attitude"),
        ({"effect": 5.99, "attitude": 13}, "/text"),
        ({"effect": 12, "attitude": 5}, "/text"),
        ({"effect": 12, "attitude": 13, "rough": True}, "/text"),
        ({"effect": 12, "attitude": True}, "/attitude"),
        ({"effect": 12, "attitude": 13, "arrive": 25}, "/arrive"),
    ],
)
def test_points_of_bad_form_are_refused(
    people: People, points: dict[str, Any], pointer: str
) -> None:
    number = blown.settled(people, MARKET)["number"]

    answer = evaluates(people, number, **points)

    assert answer.status_code == 422, answer.text
    assert pointer in {fault["pointer"] for fault in answer.json()["errors"]}
    assert evaluates(people, number, effect=6, attitude=6).status_code == 200


def test_who_may_not_evaluate_and_when(people: People) -> None:
    number = blown.blow(people, MARKET)["number"]
    unsettled = evaluates(people, number)
    assert (unsettled.status_code, unsettled.json()["status_now"]) == (409, "blown")

    number = blown.settled(people, MARKET)["number"]
    path = f"evaluations/{MARKET}"
    assert blown.act(people, ("handler", WANGJING), number, path, GOOD).status_code == 403
    assert blown.act(people, ("chief", MARKET), number, path, GOOD).status_code == 403
    assert blown.act(people, ("chief", "110105011"), number, path, GOOD).status_code == 404
    assert blown.act(people, ("district", CHAOYANG), number, path, GOOD).status_code == 403
    assert evaluates(people, number, POLICE).json()["type"] == "/problems/no-such-summons"
    assert evaluates(people, number).status_code == 200
    assert evaluates(people, number).status_code == 409  # the last one: it is evaluated

    number = blown.settled(people)["number"]
    evaluates(people, number)
    assert evaluates(people, number).json()["type"] == "/problems/evaluated-before"


def appeals(people: People, number: str, who: tuple[str, str] = ("handler", MARKET)) -> Response:
    path = f"evaluations/{MARKET}/appeal"
    return blown.act(people, who, number, path, {"text": "已按时反馈。"})


def decides(people: People, number: str, approve: bool) -> Response:
    path = f"evaluations/{MARKET}/appeal/decision"
    body = {"approve": approve, "text": "经核实。"}
    return blown.act(people, ("district", CHAOYANG), number, path, body)


def test_an_approved_appeal_leaves_the_record_alone(people: People, clock: StillClock) -> None:
    number = blown.settled(people, MARKET)["number"]
    assert appeals(people, number).json()["type"] == "/problems/not-evaluated"
    evaluates(people, number, effect=0, attitude=0, text="态度恶劣。", rough=True)
    clock.tick(days=5)

    appealed = appeals(people, number).json()
    assert appealed["decide_due_at"] == "2026-10-30T02:00:00Z"
    waiting = people("district", CHAOYANG).get("/inbox").json()["items"]
    assert [(w["whistle_number"], w["because"]) for w in waiting] == [(number, "decide-evaluation")]
    assert appeals(people, number).json()["type"] == "/problems/evaluation-appeal-repeated"
    decided = decides(people, number, approve=True).json()

    market = of(decided)
    assert (market["total"], market["set_aside"], market["status"]) == (100, True, "submitted")
    assert (market["items"]["effect"], decided["decide_due_at"]) == (None, None)
    assert decides(people, number, False).json()["type"] == "/problems/evaluation-appeal-repeated"


def test_what_is_allowed_about_a_record_is_what_can_be_done(
    people: People, clock: StillClock
) -> None:
    """Of the whistle, and of the department's record in it."""
    number = blown.settled(people, MARKET)["number"]
    district, market = ("district", CHAOYANG), ("handler", MARKET)
    acts = {CHIEF: "evaluate", market: "appeal-evaluation", district: "decide-evaluation"}

    def open_to() -> set[str]:
        seen = {who: people(*who).get(f"/whistles/{number}").json() for who in acts}
        for who, whistle in seen.items():
            assert of(whistle)["allowed"] == [a for a in whistle["allowed"] if a in acts.values()]
            assert set(of(whistle)["allowed"]) <= {acts[who]}
        return {action for whistle in seen.values() for action in of(whistle)["allowed"]}

    assert open_to() == {"evaluate"}
    evaluates(people, number)
    assert open_to() == {"appeal-evaluation"}
    clock.tick(days=5)
    assert open_to() == {"appeal-evaluation"}
    appeals(people, number)
    assert open_to() == {"decide-evaluation"}
    assert appeals(people, number).json()["allowed"] == []
    decides(people, number, approve=False)
    assert open_to() == set()
    number = blown.settled(people, MARKET)["number"]
    evaluates(people, number)
    clock.tick(days=5, microseconds=1)
    assert open_to() == set()


def test_an_appeal_has_its_time_and_its_people(people: People, clock: StillClock) -> None:
    number = blown.settled(people)["number"]
    evaluates(people, number)
    assert decides(people, number, True).json()["type"] == "/problems/not-evaluated"
    assert appeals(people, number, ("handler", POLICE)).status_code == 403
    clock.tick(days=5, microseconds=1)

    assert appeals(people, number).json()["type"] == "/problems/evaluation-appeal-late"


def test_an_office_sees_its_own_evaluation_alone(people: People) -> None:
    number = blown.settled(people)["number"]
    evaluates(people, number)

    seen = people("handler", POLICE).get(f"/whistles/{number}").json()
    history = people("handler", POLICE).get(f"/whistles/{number}/events").json()

    assert [e["office_code"] for e in seen["evaluations"]] == [POLICE]
    assert "evaluate" not in {event["action"] for event in history}
    assert "evaluate" in {
        event["action"] for event in people(*CHIEF).get(f"/whistles/{number}/events").json()
    }
