"""空哨, 乱吹哨, the wrong department: the ruling, the appeal, what is left (RULEBOOK D.14.7)."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.stages import DONGHUAMEN
from tests.conftest import StillClock
from tests.stories.test_races import at_once, statuses
from tests.whistles import blown
from tests.whistles.acts.test_settling import SEEN, fed_back
from tests.whistles.blown import MARKET, POLICE, act, does, of

CHIEF = ("chief", WANGJING)
DISTRICT = ("district", CHAOYANG)
SUPERVISOR = ("supervisor", None)


def statements(*offices: str) -> list[dict[str, str]]:
    return [{"office_code": office, "text": f"{office} 的陈述"} for office in offices]


def ruling(finding: str, *offices: str, **more: Any) -> dict[str, Any]:
    heard = offices or (WANGJING, MARKET)
    return {"finding": finding, "text": "经核实", "statements": statements(*heard), **more}


@pytest.mark.parametrize("finding", ["empty", "reckless"])
def test_the_district_rules_after_both_sides(people: People, finding: str) -> None:
    number = blown.blow(people)["number"]
    blown.reports_in(people, number, MARKET)
    after = does(people, DISTRICT, number, "rule-false", **ruling(finding))
    assert (after["status"], after["finding"]) == ("false", finding)
    refused = act(people, ("handler", POLICE), number, f"summonses/{POLICE}/accept")
    assert refused.status_code == 409
    inbox = people("handler", POLICE).get("/inbox").json()["items"]
    assert all(row.get("whistle_number") != number for row in inbox)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (ruling("empty", MARKET), "/statements"),
        (ruling("empty", WANGJING), "/statements"),
        (ruling("empty", WANGJING, "ent-water"), "/statements/1/office_code"),
        (ruling("reckless", WANGJING, DONGHUAMEN), "/statements"),  # two streets are one side
        (ruling("wrong_department", WANGJING, DONGHUAMEN), "/statements"),
    ],
)
def test_one_side_is_not_enough(people: People, body: dict[str, Any], pointer: str) -> None:
    number = blown.blow(people, MARKET, POLICE, DONGHUAMEN)["number"]
    answer = act(people, DISTRICT, number, "rule-false", body)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/both-sides")
    assert answer.json()["errors"][0]["pointer"] == pointer
    for who in (CHIEF, ("handler", MARKET), SUPERVISOR):
        assert act(people, who, number, "rule-false", ruling("empty")).status_code == 403


def test_an_emergency_in_good_faith_is_never_false(people: People) -> None:
    number = blown.blow(people, kind="emergency")["number"]
    unsaid = act(people, DISTRICT, number, "rule-false", ruling("empty"))
    assert (unsaid.status_code, unsaid.json()["type"]) == (422, "/problems/hazard-unsaid")
    plausible = ruling("empty", hazard_plausible=True)
    kept = act(people, DISTRICT, number, "rule-false", plausible)
    assert (kept.status_code, kept.json()["type"]) == (409, "/problems/good-faith")
    invented = ruling("empty", hazard_plausible=False)
    assert does(people, DISTRICT, number, "rule-false", **invented)["status"] == "false"


def test_the_wrong_department_goes_and_the_whistle_goes_on(people: People) -> None:
    number = fed_back(people)
    after = does(people, DISTRICT, number, "rule-false", **ruling("wrong_department"))
    assert (after["status"], of(after, MARKET)["status"]) == ("fed_back", "withdrawn_by_ruling")
    both = ruling("wrong_department", WANGJING, POLICE)
    last = act(people, DISTRICT, number, "rule-false", both)
    assert (last.status_code, last.json()["type"]) == (409, "/problems/nobody-left")


def test_a_settled_whistle_is_found_false_within_five_days_and_no_later(
    people: People, clock: StillClock
) -> None:
    clock.at = datetime(2026, 9, 30, 2, tzinfo=UTC)  # before the holidays: evaluated after them
    number = fed_back(people)
    does(people, ("handler", WANGJING), number, "verify", **SEEN)
    for office in (MARKET, POLICE):
        blown.releases(people, number, office)
    does(people, DISTRICT, number, "settle", text="结项")
    clock.tick(days=5, microseconds=1)
    late = act(people, DISTRICT, number, "rule-false", ruling("reckless"))
    assert (late.status_code, late.json()["type"]) == (409, "/problems/ruling-late")
    clock.tick(microseconds=-1)
    assert does(people, DISTRICT, number, "rule-false", **ruling("reckless"))["status"] == "false"


def test_one_appeal_to_the_city_within_five_days(people: People, clock: StillClock) -> None:
    number = blown.blow(people)["number"]
    blown.reports_in(people, number, MARKET)
    does(people, DISTRICT, number, "rule-false", **ruling("reckless"))
    nothing = act(people, SUPERVISOR, number, "decide-appeal", {"uphold": True, "text": "x"})
    assert nothing.json()["type"] == "/problems/no-appeal"
    clock.tick(days=5)
    does(people, CHIEF, number, "appeal", text="确有占道")
    waiting = people(*SUPERVISOR).get("/inbox").json()["items"]
    assert [row["because"] for row in waiting if row.get("whistle_number") == number] == [
        "decide-appeal"
    ]
    again = act(people, CHIEF, number, "appeal", {"text": "再申"})
    assert again.json()["type"] == "/problems/appealed-before"
    assert (
        act(people, DISTRICT, number, "decide-appeal", {"uphold": True, "text": "x"}).status_code
        == 403
    )
    restored = does(people, SUPERVISOR, number, "decide-appeal", uphold=True, text="撤销裁定")
    assert (restored["status"], restored["finding"]) == ("assembling", None)
    # who had not come has its limits anew; who came keeps its arrival
    assert of(restored, POLICE)["arrive_due_at"] == "2026-10-25T02:30:00Z"
    assert of(restored, MARKET)["on_time"] is True


def test_an_appeal_that_fails_and_one_that_is_late(people: People, clock: StillClock) -> None:
    number = blown.blow(people)["number"]
    does(people, DISTRICT, number, "rule-false", **ruling("empty"))
    does(people, CHIEF, number, "appeal", text="申诉")
    after = does(people, SUPERVISOR, number, "decide-appeal", uphold=False, text="维持")
    assert (after["status"], after["finding"]) == ("false", "empty")
    other = blown.blow(people)["number"]
    does(people, DISTRICT, other, "rule-false", **ruling("empty"))
    clock.tick(days=5, microseconds=1)
    late = act(people, CHIEF, other, "appeal", {"text": "申诉"})
    assert late.json()["type"] == "/problems/appeal-late"


def test_the_days_to_rule_outlast_the_evaluation(people: People, clock: StillClock) -> None:
    """D.14.7: what is evaluated is found false within the same days, and given back as it was."""
    number = str(blown.settled(people)["number"])
    for office in (MARKET, POLICE):
        points = {"effect": 12, "attitude": 13}
        after = does(people, CHIEF, number, f"evaluations/{office}", **points)
    assert after["status"] == "evaluated"
    clock.tick(days=5)
    untrue = does(people, DISTRICT, number, "rule-false", **ruling("reckless"))
    assert (untrue["status"], untrue["evaluations"]) == ("false", [])
    does(people, CHIEF, number, "appeal", text="确有占道")
    given = does(people, SUPERVISOR, number, "decide-appeal", uphold=True, text="撤销裁定")
    assert (given["status"], given["settled_at"]) == ("evaluated", after["settled_at"])
    assert [record["total"] for record in given["evaluations"]] == [95.0, 95.0]


def test_the_city_s_word_is_final(people: People, clock: StillClock) -> None:
    number = str(blown.settled(people)["number"])
    settled_at = people(*CHIEF).get(f"/whistles/{number}").json()["settled_at"]
    clock.tick(days=1)
    does(people, DISTRICT, number, "rule-false", **ruling("reckless"))
    does(people, CHIEF, number, "appeal", text="确有占道")
    clock.tick(days=3)
    given = does(people, SUPERVISOR, number, "decide-appeal", uphold=True, text="撤销裁定")
    assert (given["status"], given["settled_at"]) == ("settled", settled_at)
    assert {record["status"] for record in given["evaluations"]} == {"open"}
    again = act(people, DISTRICT, number, "rule-false", ruling("empty"))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/ruled-by-city")
    wrong = does(people, DISTRICT, number, "rule-false", **ruling("wrong_department"))
    assert [record["office_code"] for record in wrong["evaluations"]] == [POLICE]
    does(people, CHIEF, number, f"evaluations/{POLICE}", effect=12, attitude=13)


def test_too_many_false_whistles_are_told_to_the_district_once_a_period(
    people: People, clock: StillClock
) -> None:
    """Two rulings at once, and a third: one signal in feed and inbox; the next period, another."""

    def waiting() -> list[str]:
        rows = people(*DISTRICT).get("/inbox").json()["items"]
        return [row["whistle_number"] for row in rows if row["because"] == "read-signal"]

    district = people(*DISTRICT)
    numbers = [str(blown.blow(people, MARKET)["number"]) for _ in range(3)]
    paths = [f"/whistles/{number}/rule-false" for number in numbers[:2]]
    answers = at_once(*[partial(district.post, path, ruling("empty")) for path in paths])
    assert statuses(answers) == [200, 200]
    [signalled] = waiting()
    does(people, DISTRICT, numbers[2], "rule-false", **ruling("empty"))
    assert waiting() == [signalled]
    events = people(*CHIEF).get(f"/whistles/{signalled}/events").json()
    signals = {e["actor"]: e["data"]["period"] for e in events if e["action"] == "too-many-false"}
    assert signals == {"system": "2026-11"}
    hidden = people("handler", MARKET).get(f"/whistles/{signalled}/events").json()
    assert "too-many-false" not in {event["action"] for event in hidden}
    does(people, DISTRICT, signalled, "read-signal", text="约谈街道主要负责人")
    again = act(people, DISTRICT, signalled, "read-signal", {"text": "约谈"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/no-signal")
    heard = [entry["kind"] for entry in district.get("/feed").json()["items"]]
    assert (heard.count("too-many-false"), waiting()) == (1, [])

    clock.tick(days=31)
    later = str(blown.blow(people, MARKET)["number"])
    does(people, DISTRICT, later, "rule-false", **ruling("reckless"))
    assert waiting() == [later]
