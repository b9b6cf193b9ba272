"""街乡 → 区 → 市 → 中央: what raises a whistle, and who then coordinates (RULEBOOK D.14.5)."""

from typing import Any

import pytest
from fastapi import FastAPI

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, POWER, act, call, does, of, swept

CHIEF = ("chief", WANGJING)
DISTRICT = ("district", CHAOYANG)
SUPERVISOR = ("supervisor", None)
OTHER_STREET = "110108010"
RAILWAY = "central-railway"


def raised(people: People, number: str) -> list[tuple[str, str, str]]:
    """Of each step: trigger, former tier, new tier."""
    history = people(*DISTRICT).get(f"/whistles/{number}/events").json()
    steps = [event["data"] for event in history if event["action"] == "escalate"]
    return [(step["trigger"], step["from_tier"], step["to_tier"]) for step in steps]


def tier(people: People, number: str) -> str:
    return str(people(*DISTRICT).get(f"/whistles/{number}").json()["tier"])


@pytest.mark.parametrize(
    ("level", "arrive", "span"),
    [
        ("w1", {"minutes": 30}, {"minutes": 15}),
        ("w2", {"minutes": 30}, {"days": 1}),
        ("w3", {"days": 3}, {"days": 1}),
    ],
)
def test_an_absent_office_raises_it_once_after_its_grace(
    people: People, app: FastAPI, clock: StillClock, level: str, arrive: Any, span: Any
) -> None:
    kind = "key_work" if level == "w3" else "enforcement"
    number = blown.blow(people, MARKET, kind=kind, level=level)["number"]
    clock.tick(**arrive)
    clock.tick(**span)
    swept(app)
    assert (tier(people, number), raised(people, number)) == ("street", [])
    clock.tick(microseconds=1)
    swept(app)
    swept(app)
    assert raised(people, number) == [("absent", "street", "district")]
    coordinate = {"lead_office_code": MARKET, "new_date_at": "2026-10-30T02:00:00Z", "text": "限期"}
    assert act(people, CHIEF, number, "coordinate", coordinate).status_code == 403
    after = does(people, DISTRICT, number, "coordinate", **coordinate)
    assert (after["lead_office_code"], after["new_date_at"]) == (MARKET, "2026-10-30T02:00:00Z")
    late = blown.reports_in(people, number, MARKET)
    assert (late["status"], of(late, MARKET)["absent"]) == ("in_action", True)


def test_who_comes_late_before_the_grace_is_over_raises_nothing(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people, MARKET)["number"]
    clock.tick(minutes=31)
    swept(app)
    blown.reports_in(people, number, MARKET)
    clock.tick(days=2)
    swept(app)
    assert raised(people, number) == []


def test_an_office_that_is_not_required_raises_nothing(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    called = [call(MARKET), call(POLICE, required=False)]
    number = blown.blow(people, summonses=called)["number"]
    blown.reports_in(people, number, MARKET)
    clock.tick(days=3)
    swept(app)
    assert raised(people, number) == []


def test_an_objection_without_a_ruling_and_the_plan_date_raise_it_each(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people, MARKET, POLICE)["number"]
    for office in (MARKET, POLICE):
        blown.reports_in(people, number, office)
    path = f"summonses/{MARKET}/object"
    clock.tick(minutes=15)
    does(people, ("handler", MARKET), number, path, ground="not_my_duty", text="非我局职责")
    clock.tick(hours=4, microseconds=1)
    swept(app)
    assert raised(people, number) == [("objection", "street", "district")]
    ruling = f"summonses/{MARKET}/rule-objection"
    does(people, DISTRICT, number, ruling, uphold=False, text="是你局职责")
    clock.tick(days=7)
    swept(app)
    assert raised(people, number)[1:] == [("plan", "district", "city")]
    clock.tick(days=70)
    swept(app)
    assert len(raised(people, number)) == 2
    assert "coordinate" in people(*SUPERVISOR).get(f"/whistles/{number}").json()["allowed"]


def test_two_streets_that_do_not_agree_in_three_days_go_to_the_city(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    called = [call(OTHER_STREET, "联合值守"), call(MARKET)]
    number = blown.blow(people, summonses=called)["number"]
    blown.reports_in(people, number, MARKET)
    clock.tick(days=3)
    swept(app)
    assert raised(people, number) == []
    clock.tick(microseconds=1)
    swept(app)
    assert raised(people, number) == [("peer", "street", "city")]
    desk = people(*SUPERVISOR).get("/feed").json()["items"]
    assert [entry["kind"] for entry in desk if entry["whistle_number"] == number] == ["escalate"]
    # the city took over: it settles without the street that never came
    blown.feeds_back(people, number, MARKET)
    seen = {"text": "看过", "evidence": "照片"}
    does(people, ("handler", WANGJING), number, "verify", **seen)
    blown.releases(people, number, MARKET)
    assert does(people, SUPERVISOR, number, "settle", text="结项")["status"] == "settled"


def test_a_street_that_joined_is_not_asked_again_after_an_upheld_appeal(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    called = [call(OTHER_STREET, "联合值守"), call(MARKET)]
    number = blown.blow(people, summonses=called)["number"]
    blown.reports_in(people, number, MARKET)
    joined = of(does(people, ("chief", OTHER_STREET), number, "join"), OTHER_STREET)
    heard = [{"office_code": code, "text": "陈述"} for code in (WANGJING, MARKET)]
    false = {"finding": "empty", "text": "经核实", "statements": heard}
    does(people, DISTRICT, number, "rule-false", **false)
    does(people, CHIEF, number, "appeal", text="确有占道")
    clock.tick(hours=1)
    restored = does(people, SUPERVISOR, number, "decide-appeal", uphold=True, text="撤销裁定")
    assert of(restored, OTHER_STREET) == joined

    clock.tick(days=3)
    swept(app)
    blown.feeds_back(people, number, MARKET)
    assert raised(people, number) == []


def test_up_to_a_central_office_with_a_liaison_and_no_further(people: People) -> None:
    number = blown.blow(people, MARKET, RAILWAY)["number"]
    for who, above in ((CHIEF, "district"), (DISTRICT, "city"), (SUPERVISOR, "central")):
        assert does(people, who, number, "escalate", reason="权属在上")["tier"] == above
    top = act(people, SUPERVISOR, number, "escalate", {"reason": "再上"})
    assert (top.status_code, top.json()["type"]) == (409, "/problems/top-of-ladder")
    plan = {"lead_office_code": RAILWAY, "new_date_at": "2026-12-01T00:00:00Z", "text": "牵头"}
    liaison = {"office_code": RAILWAY, "person": "赵工"}
    wrong = [
        {**plan, "lead_office_code": POWER},
        {**plan, "new_date_at": "2026-10-20T02:00:00Z"},
        {**plan, "new_date_at": "2027-10-22T02:00:00Z"},
        {**plan, "liaison": {**liaison, "office_code": MARKET}},
    ]
    for body in wrong:
        answer = act(people, SUPERVISOR, number, "coordinate", body)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-coordination")
    does(people, SUPERVISOR, number, "coordinate", **plan, liaison=liaison)
    assert raised(people, number) == [
        ("request", "street", "district"),
        ("request", "district", "city"),
        ("request", "city", "central"),
    ]
    history = people(*SUPERVISOR).get(f"/whistles/{number}/events").json()
    steps = [event["data"] for event in history if event["action"] == "escalate"]
    owners = [CHAOYANG, "city:supervision", "city:supervision"]
    assert [(step["owner"], step["reason"]) for step in steps] == [(o, "权属在上") for o in owners]
    planned = history[-1]["data"]
    assert (planned["new_date_at"], planned["lead_office_code"]) == (
        "2026-12-01T00:00:00Z",
        RAILWAY,
    )
    assert (planned["liaison"], planned["liaison_person"]) == (RAILWAY, "赵工")


def test_who_coordinates_goes_on_without_an_office_that_never_came(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people, MARKET, POLICE)["number"]
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    waive = f"summonses/{POLICE}/waive"
    assert act(people, CHIEF, number, waive, {"text": "算了"}).status_code == 403
    after = does(people, DISTRICT, number, waive, text="改由市场监管局单独处置")
    assert (after["status"], of(after, POLICE)["required"]) == ("fed_back", False)
    clock.tick(hours=1)
    swept(app)
    assert of(people(*CHIEF).get(f"/whistles/{number}").json(), POLICE)["absent"] is True
    assert act(people, DISTRICT, number, waive, {"text": "再"}).status_code == 409
