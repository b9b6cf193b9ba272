"""Whistles and other dealings beside a street's form, and the mark that they propose (D.15)."""

from typing import Any

from fastapi import FastAPI

from tests.aids.given import WANGJING, People
from tests.aids.stages import JIUXIANQIAO, MAIZIDIAN, MARKET
from tests.conftest import StillClock
from tests.evaluations.test_evaluations import TERM, entered, items, marked, marks, row
from tests.tickets.acts.test_streets_powers import shared
from tests.whistles import blown
from tests.whistles.blown import POLICE

CHIEF = ("chief", WANGJING)
POWER = "ent-power"


def evaluated(people: People, effect: int = 12, attitude: int = 13, street: str = WANGJING) -> str:
    """A whistle of which one department was evaluated: the rulebook's example."""
    number = str(blown.settled(people, MARKET, POLICE, street=street)["number"])
    blown.does(
        people,
        ("chief", street),
        number,
        f"evaluations/{MARKET}",
        effect=effect,
        attitude=attitude,
        text="如实评价。",
    )
    return number


def of_form(people: People, office: str = MARKET, term: str = TERM) -> dict[str, Any]:
    form = people(*CHIEF).get(f"/evaluations/{term}").json()
    return next(dict(row) for row in form["rows"] if row["office_code"] == office)


def test_a_whistles_total_is_the_proposed_mark(people: People) -> None:
    number = evaluated(people)

    market = of_form(people)

    assert (market["proposed"], market["status"], market["mark"]) == (95, "open", None)
    assert [whistle["number"] for whistle in market["whistles"]] == [number]
    assert market["whistles"][0]["total_exact"] == "95"
    assert market["summonses"]["called"] == 1


def test_the_mean_of_the_totals_is_confirmed(people: People) -> None:
    evaluated(people)
    evaluated(people, effect=0, attitude=0)

    confirmed = marks(people, WANGJING, confirm=True).json()

    assert (confirmed["mark_exact"], confirmed["status"]) == ("165/2", "marked")
    blown.settled(people, MARKET)  # open: the chief may still mark it
    assert of_form(people)["mark_exact"] == "165/2"
    evaluated(people, effect=15, attitude=15)
    assert of_form(people)["mark_exact"] == "265/3"


def test_another_mark_than_the_proposed_one_has_its_reason(people: People) -> None:
    evaluated(people)

    bare = marks(people, WANGJING, items=items(90))

    assert (bare.status_code, bare.json()["type"]) == (422, "/problems/reason-missing")
    assert marks(people, WANGJING, items=items(95)).status_code == 200
    assert marks(people, WANGJING, items=items(90), reason="到场慢。").json()["mark"] == 90
    none = marks(people, WANGJING, no_dealings=True)
    assert none.json()["type"] == "/problems/dealings-on-record"


def test_what_is_undecided_at_the_deadline_is_the_proposed_mark(
    people: People, clock: StillClock
) -> None:
    evaluated(people)
    clock.at = clock.at.replace(month=12, day=28, hour=16)
    assert row(people)["evaluation"] is None
    clock.tick(microseconds=1)

    assert (of_form(people)["status"], of_form(people)["mark"]) == ("defaulted", 95)
    assert of_form(people, "110105-water")["status"] == "no_dealings"
    assert row(people)["evaluation"] == 95
    assert of_form(people)["whistles"][0]["status"] == "submitted"


def test_a_false_whistle_leaves_no_trace(people: People) -> None:
    for street in (JIUXIANQIAO, MAIZIDIAN):
        marked(people, street, 80)
    number = evaluated(people)
    marks(people, WANGJING, confirm=True)
    entered(people)
    assert row(people)["streets"] == 3
    statements = [
        {"office_code": WANGJING, "text": "群众反映属实。"},
        {"office_code": MARKET, "text": "到场无事可办。"},
    ]
    ruling = {"finding": "empty", "text": "查无此事。", "statements": statements}
    blown.does(people, ("district", "110105"), number, "rule-false", **ruling)

    market = row(people)

    assert (market["streets"], market["evaluation"], market["performance"]) == (2, 80, None)
    assert of_form(people)["whistles"] == []
    assert of_form(people)["summonses"]["called"] == 0


def test_whoever_was_waived_for_its_absence_has_a_record(people: People, clock: StillClock) -> None:
    number = str(blown.blow(people)["number"])
    blown.reports_in(people, number, MARKET)
    clock.tick(hours=2)
    blown.feeds_back(people, number, MARKET)
    district = ("district", "110105")
    blown.does(people, district, number, f"summonses/{POLICE}/waive", text="不等了。")
    blown.releases(people, number, MARKET)
    whistle = blown.settles(people, number)

    absent = next(e for e in whistle["evaluations"] if e["office_code"] == POLICE)

    assert (absent["items"]["arrive"], absent["items"]["stay"]) == (0, 0)
    assert of_form(people, POLICE)["summonses"]["absent"] == 1


def test_one_busy_street_weighs_like_any_other(people: People) -> None:
    for street in (JIUXIANQIAO, MAIZIDIAN):
        marked(people, street, 80)
    evaluated(people)
    marks(people, WANGJING, confirm=True)
    entered(people)
    once = row(people)["performance_exact"]

    for _ in range(2):
        evaluated(people)

    assert row(people)["performance_exact"] == once


def test_an_approved_appeal_against_a_record_moves_the_proposed_mark(people: People) -> None:
    number = evaluated(people, effect=0, attitude=0)
    assert of_form(people)["proposed"] == 70
    path = f"evaluations/{MARKET}/appeal"
    blown.does(people, ("handler", MARKET), number, path, text="不实。")
    district = ("district", "110105")
    blown.does(people, district, number, f"{path}/decision", approve=True, text="经核实。")

    assert of_form(people)["proposed"] == 100


def test_who_was_let_go_by_ruling_has_no_record(people: People) -> None:
    number = str(blown.blow(people)["number"])
    ground = {"ground": "not_my_duty", "text": "不属本单位职责。"}
    blown.does(people, ("handler", POLICE), number, f"summonses/{POLICE}/object", **ground)
    ruling = {"uphold": True, "text": "属实。"}
    path = f"summonses/{POLICE}/rule-objection"
    blown.does(people, ("district", "110105"), number, path, **ruling)
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    blown.releases(people, number, MARKET)

    whistle = blown.settles(people, number)

    assert [e["office_code"] for e in whistle["evaluations"]] == [MARKET]
    assert of_form(people, POLICE)["summonses"]["called"] == 0


def test_enterprises_stand_on_the_form_of_the_street_that_called_them(people: People) -> None:
    number = str(blown.blow(people, MARKET, POWER)["number"])

    assert of_form(people, POWER)["line"] == "enterprise"
    assert marks(people, WANGJING, POWER, items=items(70)).status_code == 200
    assert marks(people, JIUXIANQIAO, POWER, items=items(70)).status_code == 404
    assert number


def test_joint_tickets_and_supervisions_stand_beside(people: People, clock: StillClock) -> None:
    number = shared(people, MARKET)
    asked = {"level": "street", "reason": "请尽快到场。", "to_office_code": MARKET}
    due = (clock.at.replace(day=21)).isoformat()
    people(*CHIEF).does("supervise", number, answer_due_at=due, **asked)

    market = of_form(people)

    assert market["tickets"] == {
        "joint": 1,
        "answered": 0,
        "late": 0,
        "assessed": 0,
        "resolved": 0,
    }
    assert market["supervisions"] == {"asked": 1, "answered": 0, "late": 0, "missed": 0}
    clock.tick(days=2)
    assert of_form(people)["supervisions"]["missed"] == 1


def test_what_was_just_done_is_shown_under_a_clock_that_runs(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    app.state.clock = lambda: clock.tick(microseconds=1)
    for street in (JIUXIANQIAO, MAIZIDIAN):
        marked(people, street, 80)
    whistle = blown.settled(people, MARKET, POLICE)
    assert [e["status"] for e in whistle["evaluations"]] == ["open", "open"]
    points = {"effect": 12, "attitude": 13}
    path = f"evaluations/{MARKET}"

    after = blown.does(people, CHIEF, whistle["number"], path, **points)

    assert [e["total"] for e in after["evaluations"]] == [95, None]
    assert marks(people, WANGJING, confirm=True).json()["mark"] == 95
    assert entered(people)["performance"] == 84.33
    appealed = blown.does(
        people, ("handler", MARKET), whistle["number"], f"{path}/appeal", text="不"
    )
    assert appealed["evaluations"][0]["appealed_at"] is not None
