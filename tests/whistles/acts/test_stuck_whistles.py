"""No whistle is stuck, and no ticket is kept for ever: whatever an office leaves undone, the
whistle goes on without it, and its record tells (RULEBOOK D.14.4, D.14.5)."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, POWER, act, call, does, of, swept

CHIEF = ("chief", WANGJING)
DISTRICT = ("district", CHAOYANG)
SEEN = {"text": "看过", "evidence": ["照片"]}


def waive(office: str) -> str:
    return f"summonses/{office}/waive"


@pytest.mark.parametrize("how", ["absent", "left", "silent"])
def test_the_only_office_is_waived_and_the_ticket_is_free(
    people: People, app: FastAPI, clock: StillClock, how: str
) -> None:
    ticket = given.ticket(people)
    number = blown.blow(people, MARKET, ticket_numbers=[ticket])["number"]
    if how == "absent":
        does(people, CHIEF, number, "start")
        clock.tick(hours=1)
        swept(app)
    else:
        blown.reports_in(people, number, MARKET)
    if how == "left":
        leaving = f"summonses/{MARKET}/leave"
        does(people, ("handler", MARKET), number, leaving, reason="另有任务")
    if how == "silent":
        refused = act(people, DISTRICT, number, waive(MARKET), {"text": "不等"})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/still-there")
        does(people, CHIEF, number, "escalate", reason="到场不办")
    after = does(people, DISTRICT, number, waive(MARKET), text="不等了")
    assert (after["status"], of(after, MARKET)["waived_at"] is not None) == ("fed_back", True)
    assert act(people, DISTRICT, number, waive(MARKET), {"text": "再"}).status_code == 409
    shown = people("handler", WANGJING).get(f"/tickets/{ticket}").json()
    assert shown["open_whistles"] == 0
    [record] = blown.settles(people, number)["evaluations"]
    earned = {"absent": (0, 0), "left": (25, 0), "silent": (25, 15)}[how]
    assert (record["items"]["arrive"], record["items"]["stay"]) == earned
    assert record["items"]["feedback"] == 0


def test_of_offices_that_need_not_come_none_keeps_it_for_ever(people: People) -> None:
    calls = [call(MARKET, required=False), call(POLICE, required=False)]
    number = blown.blow(people, summonses=calls)["number"]
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    assert "waive" in of(people(*DISTRICT).get(f"/whistles/{number}").json(), POLICE)["allowed"]
    assert does(people, DISTRICT, number, waive(POLICE), text="不等了")["status"] == "fed_back"
    blown.releases(people, number, MARKET)
    assert blown.settles(people, number)["status"] == "settled"


def test_a_new_date_after_the_verification_leaves_it_verified(people: People) -> None:
    number = blown.blow(people, MARKET)["number"]
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    does(people, CHIEF, number, "escalate", reason="权属在上")
    does(people, CHIEF, number, "verify", **SEEN)
    plan = {"lead_office_code": MARKET, "new_date_at": "2026-12-01T00:00:00Z", "text": "牵头"}
    assert does(people, DISTRICT, number, "coordinate", **plan)["status"] == "verifying"
    blown.releases(people, number, MARKET)
    assert does(people, DISTRICT, number, "settle", text="结项")["status"] == "settled"


def test_an_objection_is_ruled_on_before_the_end_and_after_the_verification(
    people: People,
) -> None:
    calls = [call(MARKET), call(POWER, required=False)]
    number = blown.blow(people, summonses=calls)["number"]
    objection = {"ground": "not_my_duty", "text": "非我司职责"}
    does(people, ("handler", POWER), number, f"summonses/{POWER}/object", **objection)
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    does(people, CHIEF, number, "verify", **SEEN)
    blown.releases(people, number, MARKET)
    refused = act(people, DISTRICT, number, "settle", {"text": "结项"})
    assert refused.json()["type"] == "/problems/objection-undecided"
    assert "settle" not in refused.json()["allowed"]
    ruling = {"uphold": True, "text": "成立"}
    ruled = does(people, DISTRICT, number, f"summonses/{POWER}/rule-objection", **ruling)
    assert (ruled["status"], of(ruled, POWER)["status"]) == ("verifying", "withdrawn_by_ruling")
    ended = does(people, DISTRICT, number, "settle", text="结项")
    assert [record["office_code"] for record in ended["evaluations"]] == [MARKET]


def test_who_can_no_longer_come_is_neither_asked_nor_absent(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    calls = [call(MARKET), call(POLICE, required=False)]
    number = blown.blow(people, summonses=calls)["number"]
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    assert people("handler", POLICE).get("/inbox").json()["items"] != []
    does(people, CHIEF, number, "verify", **SEEN)
    assert people("handler", POLICE).get("/inbox").json()["items"] == []
    clock.tick(hours=1)
    swept(app)
    assert of(people(*CHIEF).get(f"/whistles/{number}").json(), POLICE)["absent"] is False
    # sent back, it is asked again, and its absence is of the instant of its limit
    sent_back = does(people, CHIEF, number, "send-back", reason="未清")
    due_at = of(sent_back, POLICE)["arrive_due_at"]
    swept(app)
    assert of(people(*CHIEF).get(f"/whistles/{number}").json(), POLICE)["absent"] is True
    history = people(*CHIEF).get(f"/whistles/{number}/events").json()
    assert [e["due_at"] for e in history if e["action"] == "absent"] == [due_at]


def test_who_leaves_what_is_settled_or_false_leaves_nothing_undone(
    people: People, clock: StillClock
) -> None:
    calls = [call(MARKET), call(POLICE, required=False)]
    done = str(blown.blow(people, summonses=calls)["number"])
    for office in (MARKET, POLICE):
        blown.reports_in(people, done, office)
    blown.feeds_back(people, done, MARKET)
    blown.releases(people, done, MARKET)
    blown.settles(people, done)
    untrue = str(blown.blow(people, POLICE)["number"])
    blown.reports_in(people, untrue, POLICE)
    statements = [{"office_code": o, "text": "查无此事"} for o in (WANGJING, POLICE)]
    ruling = {"finding": "empty", "text": "空哨", "statements": statements}
    does(people, DISTRICT, untrue, "rule-false", **ruling)
    clock.at += timedelta(minutes=5)
    for number in (done, untrue):
        path = f"summonses/{POLICE}/leave"
        left = does(people, ("handler", POLICE), number, path, reason="已结束")
        assert of(left, POLICE)["early_leave"] is False
