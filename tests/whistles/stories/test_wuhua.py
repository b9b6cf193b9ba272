"""五华区: 西站's market under a flyover, and 黄土坡's market of used goods (SOURCES A, seed 003).

Lived by 望京街道, since the offices are Beijing's.
"""

from typing import Any

from tests.aids.given import WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import act, does
from tests.whistles.campaigns import CHIEF, crew, person, seen

TEN = [
    f"110105-{line}"
    for line in (
        *("police", "urban-enforcement", "fire", "traffic-police", "market"),
        *("urban-management", "justice", "transport", "commerce", "emergency"),
    )
]
"""公安、城管、消防、交警、市场监管、环卫、司法 …: ten departments."""

STREET = ("handler", WANGJING)


def joint(people: People, offices: list[str], matter: str) -> str:
    calls = [blown.call(office, "联合整治") for office in offices]
    whistle = blown.blow(people, kind="key_work", matter=matter, summonses=calls)
    return str(whistle["number"])


def ends(people: People, number: str, offices: list[str], summary: str) -> dict[str, Any]:
    for office in offices:
        blown.feeds_back(people, number, office)
    does(people, CHIEF, number, "campaign/conclude", text=summary)
    for office in offices:
        blown.releases(people, number, office)
    return blown.settles(people, number)


def test_xizhan_ten_departments_and_86_stalls(people: People, clock: StillClock) -> None:
    """西站立交桥: the unlawful market is closed and cleared in three days."""
    number = joint(people, TEN, "立交桥下违规市场，占道经营，交通堵塞")
    teams = [
        {
            "name": "清理组",
            "liaison": person("王队长", TEN[1]),
            "members": crew("城", 9, TEN[1]),
        },
        {"name": "交通组", "liaison": person("陈警官", TEN[3]), "members": crew("警", 4, TEN[3])},
    ]
    head = {"head": person("街道书记", WANGJING, "总指挥")}
    does(people, CHIEF, number, "campaign", command=head, teams=teams)
    for stalls in (30, 40, 16):
        for office in TEN:
            blown.reports_in(people, number, office)
        today = {"day": f"{clock().date()}", "work": "清理摊点，调整交通组织"}
        cleared = {"people": crew("城", 9, TEN[1]), "figures": {"摊点": stalls}}
        does(people, ("handler", TEN[1]), number, "campaign/log", team=1, **today, **cleared)
        lines = {"people": crew("警", 4, TEN[3]), "figures": {"标线": 2}}
        does(people, ("chief", TEN[3]), number, "campaign/log", team=2, **today, **lines)
        swapped = act(
            people, ("chief", TEN[3]), number, "campaign/log", {"team": 1, **today, **lines}
        )
        assert swapped.status_code == 403
        clock.tick(days=1)

    campaign = seen(people, number)
    assert campaign["figures"] == {"摊点": 86, "标线": 6}
    assert {(row["days"], row["absent"]) for row in campaign["attendance"]} == {(3, 0)}
    assert len(campaign["attendance"]) == 10
    assert ends(people, number, TEN, "86个摊点全部拆除。")["status"] == "settled"


CALLED = [f"110105-{line}" for line in ("urban-enforcement", "market", "emergency", "fire")]
GROUPS = 5


def groups() -> list[dict[str, Any]]:
    """Five groups of six, each with a deputy head of the street as its liaison."""
    return [
        {
            "name": f"第{place}组",
            "liaison": person(f"副主任{place}", duty="联络员"),
            "members": crew(f"组{'甲乙丙丁戊'[place - 1]}", 6),
        }
        for place in range(1, GROUPS + 1)
    ]


def test_huangtupo_five_groups_and_thirty_people_a_day(people: People, clock: StillClock) -> None:
    """黄土坡: the street composes; 每日分析, 进展通报, 联席研判会议; 9 000 m²."""
    number = joint(people, CALLED, "旧货市场消防隐患突出，需关停拆除")
    deputies = [person(f"副局长{place}", office) for place, office in enumerate(CALLED)]
    head = {"head": person("街道书记", duty="总指挥"), "members": deputies}
    does(people, CHIEF, number, "campaign", command=head, teams=groups())
    for metres in (1_800, 3_600.5, 3_599.5):
        for office in CALLED:
            blown.reports_in(people, number, office)
        for place, group in enumerate(groups(), 1):
            log = {"team": place, "day": f"{clock().date()}", "people": group["members"]}
            figures = {"m²": metres / GROUPS, "商户": 3}
            form = {**log, "work": "入户动员，腾退，拆除", "figures": figures}
            does(people, STREET, number, "campaign/log", **form)
        does(people, CHIEF, number, "campaign/notify", text="今日进展通报")
        clock.tick(days=1)
    meeting = {"held_at": "2026-10-22T02:00:00Z", "people": deputies, "text": "联席研判"}
    does(people, CHIEF, number, "campaign/meet", **meeting, resolutions=["周末前断电", "分片包户"])

    campaign = seen(people, number)
    assert [day["present"] for day in campaign["days"]] == [30, 30, 30]
    assert campaign["figures"] == {"m²": 9_000, "商户": 45}
    assert {team["liaison"]["duty"] for team in campaign["teams"]} == {"联络员"}
    assert [len(day["logs"]) for day in campaign["days"]] == [GROUPS] * 3
    assert len(campaign["notices"]) == 3
    assert campaign["meetings"][0]["resolutions"] == ["周末前断电", "分片包户"]
    heard = people("handler", CALLED[0]).get("/feed").json()["items"]
    assert [entry["kind"] for entry in heard].count("notify") == 3
    assert "log" not in {entry["kind"] for entry in heard}
    assert ends(people, number, CALLED, "关停、拆除近9000平方米。")["status"] == "settled"
