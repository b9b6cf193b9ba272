"""The street verifies, the district settles or sends back (RULEBOOK D.14.4 H7, H8; D.14.6)."""

from typing import Any

import pytest

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, act, call, does, of

CHIEF = ("chief", WANGJING)
STREET = ("handler", WANGJING)
DISTRICT = ("district", CHAOYANG)
OTHER_STREET = "110108010"
HAIDIAN = "110108"
SEEN = {"text": "现场复核，占道摊位已清", "evidence": ["照片 1", "执法记录 2026-15"]}


def fed_back(people: People, *offices: str, **changed: Any) -> str:
    """A whistle whose offices have all fed back."""
    offices = offices or (MARKET, POLICE)
    number = str(blown.blow(people, *offices, **changed)["number"])
    for office in offices:
        blown.reports_in(people, number, office)
        blown.feeds_back(people, number, office)
    return number


def test_an_emergency_is_verified_once_its_hazard_is_removed(people: People) -> None:
    number = fed_back(people, MARKET, kind="emergency")
    left = act(people, STREET, number, "verify", {**SEEN, "hazard_removed": False})
    assert (left.status_code, left.json()["type"]) == (409, "/problems/hazard-remains")
    does(people, STREET, number, "verify", **SEEN, hazard_removed=True)
    *_, event = people(*STREET).get(f"/whistles/{number}/events").json()
    assert event["data"]["hazard_removed"] is True
    other = fed_back(people, MARKET)
    asked = act(people, STREET, other, "verify", {**SEEN, "hazard_removed": True})
    assert (asked.status_code, asked.json()["type"]) == (422, "/problems/no-emergency")


def test_a_unit_of_the_area_that_helped_is_thanked_and_not_marked(people: People) -> None:
    """驻区单位 are not assessed, but thanked (D.14.4)."""
    unit = "central-state-assets"
    number = fed_back(people, MARKET, unit, kind="key_work")
    for office in (MARKET, unit):
        blown.releases(people, number, office)
    path, words = f"summonses/{unit}/thank", {"text": "感谢贵单位提供场地和人员"}
    assert act(people, CHIEF, number, path, words).status_code == 409
    blown.settles(people, number)
    rows = people(*CHIEF).get("/inbox").json()["items"]
    due = {(row["because"], row["whistle"]["summoned_office_code"]) for row in rows}
    assert due == {("evaluate", None), ("thank", unit)}
    assert of(does(people, CHIEF, number, path, **words), unit)["thanked_at"]
    kinds = [entry["kind"] for entry in people("handler", unit).get("/feed").json()["items"]]
    assert kinds[-1] == "thank"
    again = act(people, CHIEF, number, path, words)
    assert again.json()["type"] == "/problems/thanked-before"
    marked = act(people, CHIEF, number, f"summonses/{MARKET}/thank", words)
    assert (marked.status_code, marked.json()["type"]) == (409, "/problems/marked-not-thanked")


def test_a_whistle_ends_when_the_street_has_looked_and_the_district_has_checked(
    people: People, clock: StillClock
) -> None:
    number = fed_back(people)
    early = act(people, DISTRICT, number, "settle", {"text": "同意结项"})
    assert (early.status_code, early.json()["status_now"]) == (409, "fed_back")
    verifying = does(people, STREET, number, "verify", **SEEN)
    assert (verifying["status"], verifying["verified_at"]) == ("verifying", "2026-10-20T02:00:00Z")
    unreleased = act(people, DISTRICT, number, "settle", {"text": "同意结项"})
    assert unreleased.json()["type"] == "/problems/still-summoned"
    assert unreleased.json()["office_codes"] == [MARKET, POLICE]
    for office in (MARKET, POLICE):
        blown.releases(people, number, office)
    settled = does(people, DISTRICT, number, "settle", text="同意结项")
    assert (settled["status"], settled["settled_at"]) == ("settled", "2026-10-20T02:00:00Z")
    assert (
        people(*DISTRICT).get(f"/whistles/{number}").json()["rule_until"].startswith("2026-10-25")
    )
    again = act(people, DISTRICT, number, "settle", {"text": "同意结项"})
    assert again.status_code == 409
    [verified] = [e for e in events(people, number) if e["action"] == "verify"]
    assert verified["data"]["evidence"] == SEEN["evidence"]


def events(people: People, number: str) -> list[dict[str, Any]]:
    return list(people(*DISTRICT).get(f"/whistles/{number}/events").json())


def test_what_was_not_done_goes_back_and_the_second_time_up(people: People) -> None:
    number = fed_back(people)
    does(people, STREET, number, "verify", **SEEN)
    back = does(people, DISTRICT, number, "send-back", reason="摊位仍在")
    assert (back["status"], back["returns"], back["tier"]) == ("returned", 1, "street")
    assert [s["status"] for s in back["summonses"]] == ["working", "working"]
    assert of(back, MARKET)["fed_back_at"] is None
    blown.feeds_back(people, number, MARKET)
    assert blown.feeds_back(people, number, POLICE)["status"] == "fed_back"
    does(people, STREET, number, "verify", **SEEN)
    up = does(people, STREET, number, "send-back", reason="又摆出来了")
    assert (up["status"], up["returns"], up["tier"]) == ("escalated", 2, "district")
    actions = [event["action"] for event in events(people, number)]
    assert actions[-2:] == ["send-back", "escalate"]


def test_of_two_streets_both_verify(people: People) -> None:
    called = [call(OTHER_STREET, "联合值守"), call(MARKET)]
    number = str(blown.blow(people, summonses=called)["number"])
    peer = ("handler", OTHER_STREET)
    does(people, peer, number, "join")
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    does(people, peer, number, "verify", **SEEN)
    twice = act(people, peer, number, "verify", SEEN)
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/verified-before")
    blown.releases(people, number, MARKET)
    does(people, STREET, number, "verify", **SEEN)
    assert act(people, STREET, number, "verify", SEEN).status_code == 409
    assert does(people, DISTRICT, number, "settle", text="结项")["status"] == "settled"


@pytest.mark.parametrize(("first", "awaited"), [(WANGJING, OTHER_STREET), (OTHER_STREET, WANGJING)])
def test_the_district_waits_for_either_street(people: People, first: str, awaited: str) -> None:
    called = [call(OTHER_STREET, "联合值守"), call(MARKET)]
    number = str(blown.blow(people, summonses=called)["number"])
    does(people, ("handler", OTHER_STREET), number, "join")
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    after = does(people, ("handler", first), number, "verify", **SEEN)
    blown.releases(people, number, MARKET)
    answer = act(people, DISTRICT, number, "settle", {"text": "结项"})
    assert answer.json()["type"] == "/problems/other-street-unverified"
    assert answer.json()["office_codes"] == [awaited]
    assert "verify" not in after["allowed"]
    assert "verify" in people("handler", awaited).get(f"/whistles/{number}").json()["allowed"]


def test_bad_verifications_change_nothing(people: People) -> None:
    number = fed_back(people)
    for body in ({"text": "看过"}, {"text": "", "evidence": ["x"]}, {"text": "看", "evidence": []}):
        assert act(people, STREET, number, "verify", body).status_code == 422
    assert act(people, ("handler", MARKET), number, "verify", SEEN).status_code == 403
    assert act(people, ("handler", "110101001"), number, "verify", SEEN).status_code == 404
    assert people(*STREET).get(f"/whistles/{number}").json()["status"] == "fed_back"
