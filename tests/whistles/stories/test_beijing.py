"""The founding documents' own whistles, lived over HTTP; each is named after its place [S0, S2]."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.kit.workdays import BEIJING
from app.policy.documents import Policies
from app.sweep import sweep
from app.whistles.life import clocks
from app.whistles.life.clocks import Call
from app.whistles.life.loop import WhistleKind, WhistleLevel
from tests.aids.given import People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import act, call, does, of

PINGGU = Path("app/data/policy/examples/pinggu-2017.toml")
SEEN = {"text": "现场已清理。", "evidence": ["照片 1"]}


@pytest.fixture
def pinggu(app: FastAPI) -> Iterator[Policies]:
    kept = app.state.city
    policies = Policies.read({PINGGU.stem: PINGGU.read_text(encoding="utf-8")})
    app.state.city = replace(kept, policies=policies)
    yield policies
    app.state.city = kept


def whistle(people: People, street: str, place: str, *calls: Any, **changed: Any) -> dict[str, Any]:
    """Blown by the chief; its people meet at the place."""
    spot = {**blown.POINT, "text": place}
    body = {"kind": "key_work", "matter": place, "place": spot, "meeting_point": spot, **changed}
    return blown.blow(people, street=street, summonses=list(calls), **body)


def comes_and_does(people: People, number: str, street: str, *offices: str) -> None:
    for office in offices:
        blown.reports_in(people, number, office)
        blown.feeds_back(people, number, office)
        blown.releases(people, number, office, street)


def actions(people: People, number: str, street: str) -> list[str]:
    history = people("chief", street).get(f"/whistles/{number}/events").json()
    return [event["action"] for event in history]


def test_dongxiejie_calls_enterprises_beside_departments(people: People) -> None:
    """东斜街 组合哨: the owner gives land, a state enterprise money, 园林 moves soil: 88 places."""
    street, district = "110102001", "110102"
    owner, builder, greening = "ent-public-housing", "ent-road-care", "110102-greening"
    calls = (
        call(owner, "腾出空地"),
        call(builder, "出资建设"),
        call(greening, "清运渣土"),
        call("110102-traffic-police", "施划车位", required=False),
    )
    number = whistle(people, street, "东斜街停车场", *calls, meet_at="2026-10-21T02:00:00Z")[
        "number"
    ]
    assert act(people, ("handler", owner), number, f"summonses/{builder}/accept").status_code == 403
    comes_and_does(people, number, street, owner, builder, greening)

    does(people, ("handler", street), number, "verify", **SEEN)
    after = does(people, ("district", district), number, "settle", text="88 个车位投用。")

    assert after["status"] == "settled"
    came = [of(after, office)["status"] for office in (owner, builder, greening)]
    assert came == ["released"] * 3
    assert of(after, "110102-traffic-police")["status"] == "sent", "it was free to stay away"


def test_taipingqiao_and_guangwai_act_together_at_half_past_nine(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    """太平桥 and 广外: a building astride the border of two districts, taken down at 9:30."""
    street, peer = "110106002", "110102020"
    own, theirs, late = "110106-urban-enforcement", "110102-urban-enforcement", "110106-planning"
    half_past_nine = "2026-10-21T01:30:00Z"
    calls = [call(peer, "共同拆除"), *(call(office) for office in (own, theirs, late))]
    number = whistle(people, street, "骑线违建", *calls, meet_at=half_past_nine)["number"]
    for centre in ("110106", "110102"):
        assert people("district", centre).get(f"/whistles/{number}").status_code == 200
    does(people, ("chief", peer), number, "join")

    clock.at = clock.at.replace(day=21, hour=1, minute=30)
    assert clock.at.astimezone(BEIJING).strftime("%H:%M") == "09:30"
    for office in (own, theirs):
        blown.reports_in(people, number, office)
    clock.tick(microseconds=1)
    sweep(app.state.sessions, app.state.city, clock)
    blown.reports_in(people, number, late)
    came = [of(blown_now(people, street, number), office) for office in (own, theirs, late)]
    assert [each["on_time"] for each in came] == [True, True, False]

    for office, chief in ((own, street), (theirs, peer), (late, street)):
        blown.feeds_back(people, number, office)
        blown.releases(people, number, office, chief)
    does(people, ("handler", street), number, "verify", **SEEN)
    alone = act(people, ("district", "110106"), number, "settle", {"text": "结项"})
    assert alone.json()["type"] == "/problems/other-street-unverified"
    does(people, ("handler", peer), number, "verify", **SEEN)
    after = does(people, ("district", "110106"), number, "settle", text="已拆除。")
    assert after["status"] == "settled"


def blown_now(people: People, street: str, number: str) -> dict[str, Any]:
    return dict(people("chief", street).get(f"/whistles/{number}").json())


def test_tianlong_gas_goes_up_to_the_ministry(people: People, clock: StillClock) -> None:
    """天龙燃气 at 五里坨: the tanks' owner is above the street, its district and the city."""
    street, district, supervisor = "110107010", ("district", "110107"), ("supervisor", None)
    emergency, gas, ministry = "110107-emergency", "ent-gas", "central-state-assets"
    number = whistle(people, street, "五里坨天龙燃气储罐", call(emergency), call(gas))["number"]
    blown.reports_in(people, number, emergency)

    rises = (("chief", street), "district"), (district, "city"), (supervisor, "central")
    for who, tier in rises:
        assert does(people, who, number, "escalate", reason="产权在上级")["tier"] == tier
    above = act(people, supervisor, number, "escalate", {"reason": "再上报"})
    assert above.json()["type"] == "/problems/top-of-ladder"
    date = (clock() + timedelta(days=20)).isoformat()
    plan = {"lead_office_code": gas, "new_date_at": date, "text": "会同部委限期搬迁"}
    liaison = {"office_code": ministry, "person": "李处"}
    assert act(people, district, number, "coordinate", plan).status_code == 403
    does(people, supervisor, number, "coordinate", **plan, liaison=liaison)

    blown.reports_in(people, number, gas)
    for office in (emergency, gas):
        blown.feeds_back(people, number, office)
        blown.releases(people, number, office, street)
    does(people, ("handler", street), number, "verify", **SEEN)
    assert does(people, supervisor, number, "settle", text="储罐已搬迁。")["tier"] == "central"
    assert actions(people, number, street).count("escalate") == 3


def test_a_grid_member_of_daanshan_blows_ten_minutes_before_the_slope_comes_down(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    """大安山: what a patrol sees is blown at once; the chief stands for it afterwards."""
    street, district = "110111211", "110111"
    rescue, road = f"{district}-emergency", f"{district}-transport"
    spot = {**blown.POINT, "text": "大安山乡军红路"}
    seen = {"kind": "emergency", "origin": "patrol", "place": spot, "meeting_point": spot}
    body = blown.body(rescue, road, **seen, matter="山体有滚石，10 分钟内可能塌方")
    answer = people("handler", street).post("/whistles", body)
    assert answer.status_code == 201, answer.text
    number, level = answer.json()["number"], answer.json()["level"]
    assert level == "w1"
    blown_at = clock()

    clock.at = blown_at + timedelta(minutes=10)
    blown.reports_in(people, number, rescue)
    clock.at = blown_at + timedelta(minutes=30)
    blown.reports_in(people, number, road)
    does(people, ("chief", street), number, "confirm")
    empty = {
        "finding": "empty",
        "text": "到场时未塌方",
        "hazard_plausible": True,
        "statements": [{"office_code": code, "text": "情况"} for code in (street, road)],
    }
    never = act(people, ("district", district), number, "rule-false", empty)
    assert never.json()["type"] == "/problems/good-faith", "an emergency in good faith"
    for office in (rescue, road):
        blown.feeds_back(people, number, office)
        blown.releases(people, number, office, street)
    does(people, ("handler", street), number, "verify", **SEEN)
    after = does(people, ("district", district), number, "settle", text="无人伤亡。")
    assert [summons["on_time"] for summons in after["summonses"]] == [True, True]


def test_at_jinhaihu_everybody_is_there_within_thirty_minutes(
    people: People, clock: StillClock, app: FastAPI, pinggu: Policies
) -> None:
    """金海湖, where it began: the town blows, and whatever the matter, all come in half an hour."""
    town, offices = "110117006", ("110117-police", "110117-planning", "110117-water")
    calls = [call(office, "联合执法") for office in offices]
    made = whistle(people, town, "金海湖盗采金矿点", *calls, level="w3")
    number, half_an_hour = made["number"], clock() + timedelta(minutes=30)
    assert made["conductor"]["code"] == town, "the chief of the town commands"
    assert {summons["arrive_due_at"] for summons in made["summonses"]} == {
        half_an_hour.strftime("%Y-%m-%dT%H:%M:%SZ")
    }
    clock.at = half_an_hour
    for office in offices[:2]:
        blown.reports_in(people, number, office)
    clock.tick(microseconds=1)
    sweep(app.state.sessions, app.state.city, clock)

    after = blown_now(people, town, number)
    assert [of(after, office)["on_time"] for office in offices[:2]] == [True, True]
    assert of(after, offices[2])["status"] == "absent"


def test_pinggu_s_policy_knows_one_limit_for_every_kind_and_level(
    pinggu: Policies, clock: StillClock
) -> None:
    [policy], now = pinggu.documents, clock()
    for kind, level in product(WhistleKind, WhistleLevel):
        assert clocks.arrive_due(policy, Call(kind, level), now) == now + timedelta(minutes=30)
    assert policy.whistle.conductor == "street"
