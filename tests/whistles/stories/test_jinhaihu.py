"""金海湖: sixteen heads in the command, thirty minutes, 117 days, 17 cases, 10 detained (SOURCES
A, seeds 001 and 002)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI

from app.kit.workdays import day_of
from app.sweep import sweep
from tests.aids.given import CHINESE, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import act, does, of
from tests.whistles.campaigns import crew, person, seen

PINGGU = "110117"
TOWN = "110117006"
CHIEF, TOWN_PEOPLE = ("chief", TOWN), ("handler", TOWN)
LINES = (
    *("police", "traffic-police", "fire", "transport", "market", "urban-enforcement"),
    *("urban-management", "planning", "greening", "ecology", "water", "emergency"),
    *("agriculture", "development", "justice", "tax"),
)
OFFICES = [f"{PINGGU}-{line}" for line in LINES]
POLICE, PLANNING, WATER = (f"{PINGGU}-{line}" for line in ("police", "planning", "water"))
MINE = {"text": "平谷区金海湖镇上宅村采矿点", "lon": 117.3102, "lat": 40.1807}
NEAR = {"lon": 117.3104, "lat": 40.1808}
DAYS = 117
CASES = dict.fromkeys(range(3, 118, 7), 1)
DETAINED = {10: 3, 45: 4, 90: 3}


def command() -> dict[str, Any]:
    heads = [person(f"局长{place}", office) for place, office in enumerate(OFFICES, 1)]
    return {"head": person("镇党委书记", TOWN, "总指挥"), "members": heads}


def begin(people: People, clock: StillClock) -> str:
    clock.at = datetime(2026, 5, 6, 1, tzinfo=UTC)
    calls = [blown.call(office, "派员驻镇，依法查处盗采") for office in OFFICES]
    whistle = {
        "kind": "key_work",
        "level": "w2",
        "matter": "盗采金矿和砂石屡禁不绝",
        "place": MINE,
        "meeting_point": MINE,
        "meet_at": (clock() + timedelta(minutes=30)).isoformat(),
        "summonses": calls,
    }
    number = str(blown.blow(people, street=TOWN, **whistle)["number"])
    team = {"name": "打击盗采组", "liaison": person("副镇长", TOWN), "members": crew("队", 8, TOWN)}
    until = (clock() + timedelta(days=120)).isoformat()
    body = {"command": command(), "teams": [team], "until": until}
    does(people, CHIEF, number, "campaign", **body)
    return number


def report(people: People, number: str, office: str) -> dict[str, Any]:
    return blown.reports_in(people, number, office, **NEAR)


def lives_a_day(people: People, clock: StillClock, number: str, day: int) -> None:
    """The police come every day, another office in turn; the team keeps its log."""
    for office in {POLICE, OFFICES[day % len(OFFICES)]} if day > 1 else ():
        report(people, number, office)
    figures = {"立案": CASES.get(day, 0), "刑拘": DETAINED.get(day, 0), "巡查": 4}
    log = {"team": 1, "day": f"{day_of(clock())}", "people": crew("队", 8, TOWN)}
    does(people, TOWN_PEOPLE, number, "campaign/log", **log, work="日夜巡查", figures=figures)
    clock.tick(days=1)


def test_a_town_commands_for_117_days(people: People, app: FastAPI, clock: StillClock) -> None:
    number = begin(people, clock)
    clock.tick(minutes=30)
    for office in OFFICES:
        assert of(report(people, number, office), office)["on_time"], office
    for day in range(1, DAYS + 1):
        lives_a_day(people, clock, number, day)
    sweep(app.state.sessions, app.state.city, clock)

    whistle = people(*CHIEF).get(f"/whistles/{number}").json()
    assert (whistle["status"], whistle["tier"]) == ("in_action", "street")  # not its thirty days
    assert not any(summons["early_leave"] for summons in whistle["summonses"])
    campaign = seen(people, number, CHIEF)
    assert len(campaign["command"]["members"]) == len(set(OFFICES)) == 16
    assert len(campaign["days"]) == DAYS
    assert campaign["figures"] == {"刑拘": 10, "巡查": 4 * DAYS, "立案": 17}
    attendance = {row["office_code"]: row["days"] for row in campaign["attendance"]}
    assert attendance[POLICE] == DAYS
    assert all(7 <= attendance[office] <= 9 for office in OFFICES if office != POLICE)
    ends(people, number)


def ends(people: People, number: str) -> None:
    """事不绝，人不撤: who has fed back stays until the summary, then the town lets go."""
    for office in OFFICES:
        blown.feeds_back(people, number, office)
    release = f"summonses/{POLICE}/release"
    assert act(people, CHIEF, number, release, {"text": "可"}).status_code == 409
    does(people, CHIEF, number, "campaign/conclude", text="117天，立案17起，刑拘10人。")
    for office in OFFICES:
        blown.releases(people, number, office, TOWN)
    look = {"text": "盗采点全部封停", "evidence": ["航拍 117"]}
    does(people, TOWN_PEOPLE, number, "verify", **look)
    settled = does(people, ("district", PINGGU), number, "settle", text="结项")
    assert settled["status"] == "settled"
    order = people("handler", WATER).get(f"/whistles/{number}/order", CHINESE).text
    assert all(f"局长{place}" in order for place in range(1, 17))


def test_each_call_in_it_is_answered_in_thirty_minutes(people: People, clock: StillClock) -> None:
    called = (POLICE, PLANNING, WATER)
    night: dict[str, Any] = {"place": MINE, "meeting_point": MINE, "street": TOWN}
    number = str(blown.blow(people, *called, **night)["number"])
    clock.tick(minutes=30)
    assert all(of(report(people, number, office), office)["on_time"] for office in called)
    late = str(blown.blow(people, POLICE, **night)["number"])
    clock.tick(minutes=30, microseconds=1)
    assert not of(report(people, late, POLICE), POLICE)["on_time"]
