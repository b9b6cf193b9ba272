"""Campaigns 专项行动: command, teams, days, meetings, notices, summary (RULEBOOK D.14.4)."""

from typing import Any

import pytest

from tests.aids.given import CHAOYANG, CHINESE, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown, campaigns
from tests.whistles.blown import MARKET, POLICE, POWER, act, does, of
from tests.whistles.campaigns import CHIEF, crew, day, organised, person, plan, seen

STREET, AT_MARKET = ("handler", WANGJING), ("handler", MARKET)
AT_POLICE, DISTRICT = ("handler", POLICE), ("district", CHAOYANG)
TEAMS: list[dict[str, Any]] = plan()["teams"]


def test_a_campaign_counts_its_days_and_its_figures(people: People, clock: StillClock) -> None:
    number = organised(people)
    does(people, CHIEF, number, "campaign/log", **day())
    does(people, AT_MARKET, number, "campaign/log", **day(2, figures={"立案": 2}))
    clock.tick(days=1)
    does(people, CHIEF, number, "campaign/log", **day(on="2026-10-21", figures={"摊位": 74}))

    campaign = seen(people, number)
    assert campaign["figures"] == {"m²": 30.5, "摊位": 86, "立案": 2}
    days = [(d["day"], d["present"], d["figures"], len(d["logs"])) for d in campaign["days"]]
    assert days == [
        ("2026-10-20", 6, {"m²": 30.5, "摊位": 12, "立案": 2}, 2),
        ("2026-10-21", 3, {"摊位": 74}, 1),
    ]
    assert campaign["command"]["head"] == person("张书记", duty="总指挥")
    assert [(t["team"], t["name"], t["liaison"]["name"]) for t in campaign["teams"]] == [
        (1, "清退组", "李四"),
        (2, "查处组", "王强"),
    ]


def test_a_day_is_corrected_and_what_was_logged_stays_on_record(people: People) -> None:
    number = organised(people)
    does(people, STREET, number, "campaign/log", **day())
    again = act(people, STREET, number, "campaign/log", day())
    assert (again.status_code, again.json()["type"]) == (409, "/problems/logged-before")
    fixed = day(people=crew("甲", 5), figures={"摊位": 11}, reason="重复计数")
    does(people, STREET, number, "campaign/correct-log", **fixed)
    never = act(people, AT_MARKET, number, "campaign/correct-log", day(2, reason="漏记"))
    assert (never.status_code, never.json()["type"]) == (409, "/problems/not-logged")

    [log] = seen(people, number)["days"][0]["logs"]
    assert (log["present"], log["figures"], log["corrections"], log["reason"]) == (
        5,
        {"摊位": 11},
        1,
        "重复计数",
    )
    assert seen(people, number)["figures"] == {"摊位": 11}
    history = people(*CHIEF).get(f"/whistles/{number}/events").json()
    figures = [event["data"]["figures"] for event in history if "log" in event["action"]]
    assert figures == [{"m²": "30.5", "摊位": "12"}, {"摊位": "11"}]


@pytest.mark.parametrize(
    ("path", "who", "status", "problem"),
    [
        ("campaign", STREET, 403, "not-your-whistle"),
        ("campaign", AT_MARKET, 403, "not-your-whistle"),
        ("campaign", ("operator", None), 403, "wrong-role"),
        ("campaign", ("chief", "110105043"), 404, "no-such-whistle"),
        ("campaign/log", AT_MARKET, 403, "not-your-team"),
        ("campaign/log", AT_POLICE, 403, "not-your-whistle"),
        ("campaign/log", DISTRICT, 403, "wrong-role"),
        ("campaign/log", STREET, 200, None),
        ("campaign/log", CHIEF, 200, None),
        ("campaign/notify", AT_POLICE, 403, "not-your-whistle"),
        ("campaign/notify", AT_MARKET, 200, None),
        ("campaign/conclude", STREET, 403, "wrong-role"),
        ("campaign/conclude", AT_MARKET, 403, "wrong-role"),
    ],
)
def test_who_may_do_what(
    people: People, path: str, who: tuple[str, str | None], status: int, problem: str | None
) -> None:
    number = organised(people)
    bodies = {"campaign": plan(), "campaign/log": day()}
    answer = act(people, who, number, path, bodies.get(path, {"text": "小结"}))
    assert answer.status_code == status, answer.text
    if problem:
        assert answer.json()["type"] == f"/problems/{problem}"
        version = people(*CHIEF).get(f"/whistles/{number}").json()["version"]
        assert version == 2


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"teams": []}, "/teams"),
        ({"command": {"head": person("张"), "members": [person("张")]}}, "/command"),
        ({"command": {"head": person("张", "nowhere")}}, "/command/head/office_code"),
        ({"teams": [{**TEAMS[0], "members": [*crew("甲", 2), person("甲1")]}]}, "/teams/0/members"),
        ({"teams": [TEAMS[0], {**TEAMS[1], "members": crew("甲", 1)}]}, "/teams"),
        ({"teams": [TEAMS[0], TEAMS[0]]}, "/teams"),
        ({"teams": [{**TEAMS[0], "members": []}]}, "/teams/0/members"),
        ({"teams": [{**TEAMS[0], "liaison": person("孙", POWER)}]}, "/teams/0/liaison/office_code"),
        (
            {"teams": [{**TEAMS[0], "members": [person("周"), person("吴", "x-1")]}]},
            "/teams/0/members/1/office_code",
        ),
        ({"until": "2026-10-20T02:00:00Z"}, "/until"),
        ({"until": "2027-10-22T02:00:00Z"}, "/until"),
    ],
)
def test_a_command_that_is_none(people: People, changed: dict[str, Any], pointer: str) -> None:
    number = blown.blow(people, kind="key_work")["number"]
    answer = act(people, CHIEF, number, "campaign", plan(**changed))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert people(*CHIEF).get(f"/whistles/{number}/campaign").status_code == 404


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"day": "2026-10-21"}, "/day"),
        ({"day": "2026-10-19"}, "/day"),
        ({"day": 1_792_000_000}, "/day"),
        ({"team": 3}, "/team"),
        ({"team": 0}, "/team"),
        ({"people": []}, "/people"),
        ({"people": [person("甲1"), person("甲1")]}, "/people"),
        ({"people": [person("甲1", "nowhere")]}, "/people/0/office_code"),
        ({"figures": {"摊位": -1}}, "/figures/摊位"),
        ({"figures": {"摊位": "许多"}}, "/figures/摊位"),
        ({"figures": {"13911112222": 1}}, "/figures/13911112222/[key]"),
        ({"figures": {"m²": 1, " m²": 2}}, "/figures/ m²/[key]"),
        ({"work": " "}, "/work"),
    ],
)
def test_a_day_that_is_none(people: People, changed: dict[str, Any], pointer: str) -> None:
    number = organised(people)
    answer = act(people, CHIEF, number, "campaign/log", day(**changed))
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert seen(people, number)["days"] == []


@pytest.mark.parametrize("changed", [{"kind": "enforcement"}, {"kind": "key_work", "level": "w1"}])
def test_only_planned_key_work_is_a_campaign(people: People, changed: dict[str, Any]) -> None:
    number = blown.blow(people, **changed)["number"]
    answer = act(people, CHIEF, number, "campaign", plan())
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/campaign-unfit")
    logged = act(people, CHIEF, number, "campaign/log", day())
    assert (logged.status_code, logged.json()["type"]) == (409, "/problems/no-campaign")
    assert act(people, CHIEF, number, "campaign/conclude", {"text": "完"}).status_code == 409


def test_an_office_comes_every_day_and_goes_home_in_the_evening(
    people: People, clock: StillClock
) -> None:
    """Daily attendance in place of one arrival: no evening is a violation, no absence is hidden."""
    number = organised(people)
    for _ in range(2):
        blown.reports_in(people, number, MARKET)
        twice = act(people, AT_MARKET, number, f"summonses/{MARKET}/report-in", REPORT)
        assert twice.json()["type"] == "/problems/reported-in-before"
        clock.tick(hours=8)
        does(people, AT_MARKET, number, f"summonses/{MARKET}/leave", reason="收工")
        does(people, CHIEF, number, "campaign/log", **day(on=f"{clock().date()}"))
        clock.tick(hours=16)
    blown.reports_in(people, number, MARKET)
    clock.tick(days=1)
    blown.reports_in(people, number, MARKET)  # it had not said that it went

    after = of(people(*CHIEF).get(f"/whistles/{number}").json(), MARKET)
    assert (after["early_leave"], after["arrived_at"]) == (False, "2026-10-20T02:00:00Z")
    visits = [visit["left_at"] and visit["left_at"][8:10] for visit in after["attendance"]]
    assert visits == ["20", "21", None, None]
    campaign = seen(people, number)
    logged = [bool(d["logs"]) for d in campaign["days"]]
    assert logged == [True, True, False]  # a day that is over counts, today when it is logged
    assert [(d["offices"], d["absent"]) for d in campaign["days"]] == [([MARKET], [POLICE])] * 3
    days = {a["office_code"]: (a["days"], a["absent"]) for a in campaign["attendance"]}
    assert days == {MARKET: (3, 0), POLICE: (0, 3)}


def test_a_day_without_a_log_is_an_absence_of_all(people: People, clock: StillClock) -> None:
    number = organised(people)
    clock.tick(days=2)
    does(people, CHIEF, number, "campaign/log", **day(on="2026-10-21"))
    campaign = seen(people, number)
    assert [(d["day"], d["absent"]) for d in campaign["days"]] == [
        ("2026-10-20", [MARKET, POLICE]),
        ("2026-10-21", [MARKET, POLICE]),
    ]
    does(people, CHIEF, number, "cancel", reason="并入全区行动")
    clock.tick(days=9)
    assert len(seen(people, number)["days"]) == 3


def test_nobody_is_in_two_teams_on_one_day(people: People, clock: StillClock) -> None:
    number = organised(people)
    does(people, CHIEF, number, "campaign/log", **day())
    lent = day(2, people=[*crew("乙", 1, MARKET), person("甲1")])
    answer = act(people, CHIEF, number, "campaign/log", lent)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/people/1")
    does(people, CHIEF, number, "campaign/log", **day(2))
    moved = {**lent, "reason": "借调"}
    wrong = act(people, CHIEF, number, "campaign/correct-log", moved)
    assert wrong.status_code == 422
    rest = day(people=crew("甲", 1), reason="甲1借调")
    does(people, CHIEF, number, "campaign/correct-log", **rest)
    does(people, CHIEF, number, "campaign/correct-log", **moved)
    clock.tick(days=1)
    does(people, CHIEF, number, "campaign/log", **{**lent, "day": "2026-10-21"})


REPORT = {"person": "王强", "duty": "执法队长", **blown.NEAR}


def test_nobody_is_released_before_the_summary(people: People, clock: StillClock) -> None:
    number = organised(people, MARKET)
    blown.reports_in(people, number, MARKET)
    does(people, STREET, number, "campaign/log", **day())
    blown.feeds_back(people, number, MARKET)
    release = f"summonses/{MARKET}/release"
    for path, body in ((release, {"text": "可"}), ("verify", SEEN)):
        early = act(people, CHIEF, number, path, body)
        assert (early.status_code, early.json()["type"]) == (409, "/problems/campaign-under-way")
    waits = people(*CHIEF).get("/inbox").json()["items"]
    assert [item["because"] for item in waits] == ["conclude"]

    ended = does(people, CHIEF, number, "campaign/conclude", text="清退摊位12个。")
    assert ended["concluded_at"] == "2026-10-20T02:00:00Z"
    late = act(people, CHIEF, number, "campaign/log", day(on="2026-10-20", team=2))
    assert (late.status_code, late.json()["type"]) == (409, "/problems/campaign-over")
    assert act(people, CHIEF, number, "campaign", plan()).status_code == 409
    concluded = people(*CHIEF).get(f"/whistles/{number}/events").json()[-1]["data"]
    assert (concluded["days"], concluded["figures"]) == (1, {"m²": "30.5", "摊位": "12"})
    blown.releases(people, number, MARKET)
    assert blown.settles(people, number)["status"] == "settled"
    assert seen(people, number)["summary"] == "清退摊位12个。"


SEEN = {"text": "现场已清理。", "evidence": ["照片 0117"]}


def test_a_campaign_that_is_sent_back_goes_on(people: People) -> None:
    number = organised(people, MARKET)
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    does(people, CHIEF, number, "campaign/conclude", text="完成。")
    does(people, STREET, number, "verify", **SEEN)
    back = does(people, DISTRICT, number, "send-back", reason="仍有摊位")
    assert (back["status"], back["concluded_at"]) == ("returned", None)
    assert seen(people, number)["summary"] is None
    does(people, STREET, number, "campaign/log", **day())


def test_meetings_decide_and_notices_reach_everybody(people: People, clock: StillClock) -> None:
    number = organised(people)
    meeting = {
        "held_at": "2026-10-20T01:00:00Z",
        "people": [person("张书记"), person("赵局", POLICE)],
        "text": "研判清退进度",
        "resolutions": ["周五前完成断电", "市监所驻点一周"],
    }
    does(people, CHIEF, number, "campaign/meet", **meeting)
    for changed, pointer in (
        ({"held_at": "2026-10-20T02:00:01Z"}, "/held_at"),
        ({"held_at": "2026-10-18T02:00:00Z"}, "/held_at"),
        ({"resolutions": []}, "/resolutions"),
        ({"people": [person("张书记")] * 2}, "/people"),
    ):
        answer = act(people, CHIEF, number, "campaign/meet", {**meeting, **changed})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    does(people, CHIEF, number, "campaign/notify", text="已清退一半，联系人13911112222")

    for who in (AT_MARKET, AT_POLICE, DISTRICT):
        assert people(*who).get("/feed").json()["items"][-1]["kind"] == "notify"
    [held] = seen(people, number)["meetings"]
    assert (held["resolutions"], held["text"]) == (meeting["resolutions"], "研判清退进度")
    assert seen(people, number)["notices"][0]["text"] == "已清退一半，联系人13911112222"
    hidden = seen(people, number, AT_POLICE)["notices"][0]["text"]
    assert hidden == "已清退一半，联系人***********"
    assert seen(people, number, AT_POLICE)["command"] == seen(people, number)["command"]


def test_a_campaign_has_its_own_plan_date_and_new_people(people: People, clock: StillClock) -> None:
    draft = blown.blow(people, kind="key_work", draft=True)
    number = draft["number"]
    until = "2027-02-14T02:00:00Z"
    does(people, CHIEF, number, "campaign", **plan(until=until))
    assert does(people, CHIEF, number, "blow")["finish_due_at"] == until
    does(people, CHIEF, number, "campaign/log", **day(2))
    short = act(people, CHIEF, number, "campaign", plan(teams=TEAMS[:1]))
    assert (short.status_code, short.json()["errors"][0]["pointer"]) == (422, "/teams")
    third = {"name": "宣传组", "liaison": person("钱", POLICE), "members": crew("丙", 6)}
    longer = {"teams": [*TEAMS, third], "until": "2027-03-01T02:00:00Z"}
    after = does(people, CHIEF, number, "campaign", **plan(**longer))
    assert after["finish_due_at"] == longer["until"]
    own = day(3, people=crew("丙", 3))
    assert act(people, AT_POLICE, number, "campaign/log", own).status_code == 200


def test_the_order_says_who_comes_and_who_commands(people: People) -> None:
    matter = "占道经营，联系人13911112222"
    draft = str(blown.blow(people, kind="key_work", matter=matter, draft=True)["number"])
    unblown = people(*CHIEF).get(f"/whistles/{draft}/order", CHINESE)
    assert (unblown.status_code, unblown.json()["type"]) == (409, "/problems/not-blown")
    does(people, CHIEF, draft, "campaign", **campaigns.plan())
    does(people, CHIEF, draft, "blow")

    for who in (CHIEF, AT_MARKET, DISTRICT):
        order = people(*who).get(f"/whistles/{draft}/order", CHINESE)
        assert order.status_code == 200
        assert order.headers["Content-Security-Policy"].startswith("default-src 'none'")
        for words in (
            draft,
            "重点工作",
            "望京街与阜通东大街路口",
            "张书记",
            "总指挥",
            "2026年10月23日",
        ):
            assert words in order.text
        assert "张书记（望京街道，总指挥）" in order.text
        assert "本部门行政执法" in order.text
        assert "13911112222" not in order.text
    assert people(*STREETS_BESIDE).get(f"/whistles/{draft}/order", CHINESE).status_code == 404
    does(people, CHIEF, draft, "cancel", reason="改期")
    assert "本令作废" in people(*CHIEF).get(f"/whistles/{draft}/order", CHINESE).text


STREETS_BESIDE = ("chief", "110105043")
