"""Reporting in, feeding back, leaving and being released (H2 to H5), with all that is refused."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import FAR, MARKET, NEAR, POLICE, POWER, act, does, of

CHIEF, AT_MARKET = ("chief", WANGJING), ("handler", MARKET)
REPORT = {"person": "王强", "duty": "执法队长", **NEAR}
IN = f"summonses/{MARKET}/report-in"


def whistle(people: People, number: str) -> dict[str, Any]:
    return dict(people(*CHIEF).get(f"/whistles/{number}").json())


@pytest.mark.parametrize(("late", "on_time"), [(0, True), (1, False)])
def test_on_time_to_the_microsecond_and_absence_stays(
    people: People, app: FastAPI, clock: StillClock, late: int, on_time: bool
) -> None:
    number = blown.blow(people, MARKET, kind="emergency")["number"]
    clock.tick(minutes=30, microseconds=late)
    assert sweep(app.state.sessions, app.state.city, clock) == late
    assert sweep(app.state.sessions, app.state.city, clock) == 0

    after = of(blown.reports_in(people, number, MARKET), MARKET)
    assert (after["status"], after["on_time"], after["absent"]) == ("arrived", on_time, not on_time)
    assert after["accepted_at"] == after["arrived_at"]


def test_an_absence_is_recorded_once_whether_or_not_the_sweep_came(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    """An act applies what fell due before it; the others are not stopped by who is absent."""
    number = blown.blow(people, MARKET, POLICE)["number"]
    clock.tick(minutes=31)
    blown.reports_in(people, number, POLICE)
    assert does(people, CHIEF, number, "start")["status"] == "in_action"
    sweep(app.state.sessions, app.state.city, clock)

    history = people(*CHIEF).get(f"/whistles/{number}/events").json()
    events = [(e["action"], e["data"].get("office_code"), e["due_at"]) for e in history]
    due = "2026-10-20T02:30:00Z"
    assert events[1:] == [
        ("absent", MARKET, due),
        ("absent", POLICE, due),
        ("report-in", POLICE, None),
        ("start", None, None),
    ]
    assert [s["status"] for s in whistle(people, number)["summonses"]] == ["absent", "working"]


@pytest.mark.parametrize(
    ("who", "body", "status", "problem"),
    [
        (("handler", POLICE), REPORT, 403, "not-your-whistle"),
        (("handler", "110105-water"), REPORT, 404, "no-such-whistle"),
        (("chief", WANGJING), REPORT, 403, "not-your-whistle"),
        (("district", CHAOYANG), REPORT, 403, "wrong-role"),
        (AT_MARKET, {**REPORT, **FAR}, 422, "too-far"),
        (AT_MARKET, {"person": "王强", "duty": "队长"}, 422, "invalid"),
        (AT_MARKET, {**REPORT, "lat": None}, 422, "invalid"),
        (AT_MARKET, {**REPORT, "person": ""}, 422, "invalid"),
        (AT_MARKET, {"duty": "队长", **NEAR}, 422, "invalid"),
        (AT_MARKET, {**REPORT, "code": "aaaaaaaaaaaaaaaa-bbbbbbbb"}, 422, "code-unknown"),
    ],
)
def test_a_report_that_is_refused_changes_nothing(
    people: People, who: tuple[str, str], body: dict[str, Any], status: int, problem: str
) -> None:
    number = blown.blow(people, MARKET, POLICE)["number"]
    answer = act(people, who, number, IN, body)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")
    after = whistle(people, number)
    assert (after["version"], of(after, MARKET)["status"]) == (1, "sent")


def test_twice_and_from_afar(people: People) -> None:
    number = blown.blow(people, MARKET)["number"]
    far = act(people, AT_MARKET, number, IN, {**REPORT, **FAR}).json()
    assert (far["most_m"], far["distance_m"] > 5_000) == (500, True)
    blown.reports_in(people, number, MARKET)
    twice = act(people, AT_MARKET, number, IN, REPORT)
    assert (twice.status_code, twice.json()["type"]) == (409, "/problems/reported-in-before")
    assert twice.json()["allowed"] == ["feed-back", "leave", "object"]


def test_a_meeting_point_without_a_position_needs_the_code(people: People) -> None:
    number = blown.blow(people, MARKET, place={"text": "村口"}, meeting_point=None)["number"]
    answer = act(people, AT_MARKET, number, IN, REPORT)
    assert answer.json()["type"] == "/problems/no-meeting-position"
    code = people("handler", WANGJING).post(f"/whistles/{number}/codes").json()["code"]
    assert blown.reports_in(people, number, MARKET, code=code)["status"] == "in_action"


RESULT = {"action": 1, "result": "已查处", "document": "罚〔2026〕1号"}


@pytest.mark.parametrize(
    ("results", "pointer"),
    [
        ([], "/results"),
        ([RESULT], "/results"),
        ([RESULT, {**RESULT, "action": 3}], "/results/1/action"),
        ([RESULT, {**RESULT, "action": "查处"}], "/results/1/action"),
        ([RESULT, {**RESULT, "action": "去别处"}], "/results/1/action"),
        ([RESULT, {"action": 2, "result": "已清退"}], "/results/1/document"),
        ([RESULT, {**RESULT, "action": 2, "result": " "}], "/results/1/result"),
    ],
)
def test_each_action_has_one_result_with_its_document(
    people: People, results: list[Any], pointer: str
) -> None:
    calls = [blown.call(MARKET, "查处", "清退")]
    number = blown.blow(people, summonses=calls)["number"]
    blown.reports_in(people, number, MARKET)
    path = f"summonses/{MARKET}/feed-back"

    answer = act(people, AT_MARKET, number, path, {"results": results})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    fit = [RESULT, {**RESULT, "action": "清退", "result": "已清退"}]
    after = of(does(people, AT_MARKET, number, path, results=fit), MARKET)
    assert [(a["seq"], a["result"]) for a in after["actions"]] == [(1, "已查处"), (2, "已清退")]
    again = act(people, AT_MARKET, number, path, {"results": fit})
    assert (again.status_code, again.json()["status_now"]) == (409, "fed_back")


def test_an_enterprise_has_no_legal_document_and_others_none_outside_enforcement(
    people: People,
) -> None:
    bare = [{"action": 1, "result": "已断电"}]
    for office, changed in ((POWER, {}), (MARKET, {"kind": "key_work"})):
        number = blown.blow(people, office, **changed)["number"]
        blown.reports_in(people, number, office)
        path = f"summonses/{office}/feed-back"
        assert does(people, ("handler", office), number, path, results=bare)["status"] == "fed_back"


def test_nobody_leaves_before_the_street_lets_go(people: People, clock: StillClock) -> None:
    """事不完、人不撤."""
    number = blown.blow(people, MARKET, POLICE)["number"]
    leave, left = f"summonses/{MARKET}/leave", {"reason": "另有任务"}
    early = act(people, AT_MARKET, number, leave, left)
    assert early.status_code == 409  # it has not come yet
    blown.reports_in(people, number, MARKET)
    for who in (AT_MARKET, ("chief", MARKET), ("handler", WANGJING), ("district", CHAOYANG)):
        refused = act(people, who, number, f"summonses/{MARKET}/release", {"text": "先走"})
        assert refused.status_code == 403
    too_soon = act(people, CHIEF, number, f"summonses/{MARKET}/release", {"text": "可"})
    assert (too_soon.status_code, too_soon.json()["status_now"]) == (409, "arrived")

    clock.tick(minutes=10)
    gone = of(does(people, AT_MARKET, number, leave, **left), MARKET)
    assert (gone["left_at"], gone["early_leave"]) == ("2026-10-20T02:10:00Z", True)
    assert of(does(people, AT_MARKET, number, leave, **left), MARKET)["status"] == "arrived"
    back = of(blown.reports_in(people, number, MARKET), MARKET)
    assert (back["left_at"], back["early_leave"], back["arrived_at"]) == (
        None,
        True,
        "2026-10-20T02:00:00Z",
    )
    visits = [
        (v["came_at"][14:16], v["left_at"] and v["left_at"][14:16]) for v in back["attendance"]
    ]
    assert visits == [("00", "10"), ("10", None)]
    blown.feeds_back(people, number, MARKET)
    after = of(blown.releases(people, number, MARKET), MARKET)
    assert (after["status"], after["actions"][0]["verified_at"]) == (
        "released",
        "2026-10-20T02:10:00Z",
    )


def test_leaving_after_the_release_is_no_violation(people: People) -> None:
    number = blown.blow(people, MARKET)["number"]
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    blown.releases(people, number, MARKET)
    after = of(does(people, AT_MARKET, number, f"summonses/{MARKET}/leave", reason="完成"), MARKET)
    assert (after["left_at"], after["early_leave"]) == ("2026-10-20T02:00:00Z", False)


def test_an_interim_release_brings_the_office_back_at_its_appointment(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people, MARKET, kind="key_work")["number"]
    interim, morning = f"summonses/{MARKET}/interim-release", "2026-10-21T02:00:00Z"
    blown.reports_in(people, number, MARKET)
    past = act(people, CHIEF, number, interim, {"text": "回", "next_at": "2026-10-20T02:00:00Z"})
    assert past.json()["type"] == "/problems/appointment-past"
    own = act(people, AT_MARKET, number, interim, {"text": "回", "next_at": morning})
    assert own.status_code == 403

    after = of(does(people, CHIEF, number, interim, text="明早再来", next_at=morning), MARKET)
    assert (after["status"], after["next_at"], after["early_leave"]) == ("working", morning, False)
    clock.tick(days=1)
    assert of(blown.reports_in(people, number, MARKET), MARKET)["missed"] == 0
    does(people, CHIEF, number, interim, text="明早再来", next_at="2026-10-22T02:00:00Z")
    clock.tick(days=1, microseconds=1)
    assert sweep(app.state.sessions, app.state.city, clock) == 1
    missed = of(whistle(people, number), MARKET)
    assert (missed["missed"], missed["next_at"], missed["status"]) == (1, None, "working")
    assert of(blown.reports_in(people, number, MARKET), MARKET)["missed"] == 1


def test_a_w1_ends_on_the_spot(people: People) -> None:
    number = blown.blow(people, MARKET, kind="emergency")["number"]
    blown.reports_in(people, number, MARKET)
    interim = {"text": "明早再来", "next_at": "2026-10-21T02:00:00Z"}
    refused = act(people, CHIEF, number, f"summonses/{MARKET}/interim-release", interim)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/no-interim-release")


OBJECTION = {"ground": "not_my_duty", "text": "属城管职责"}
OBJECT = f"summonses/{MARKET}/object"
RULE = f"summonses/{MARKET}/rule-objection"


def test_at_w1_an_office_arrives_first_and_objects_after(people: People, clock: StillClock) -> None:
    number = blown.blow(people, MARKET, POLICE, kind="emergency")["number"]
    first = act(people, AT_MARKET, number, OBJECT, OBJECTION)
    assert (first.status_code, first.json()["type"]) == (409, "/problems/arrive-first")
    blown.reports_in(people, number, MARKET)
    clock.tick(hours=1)
    objected = of(does(people, AT_MARKET, number, OBJECT, **OBJECTION), MARKET)
    assert (objected["status"], objected["objection_due_at"]) == (
        "objected",
        "2026-10-20T07:00:00Z",
    )
    stands = {"uphold": False, "text": "属市场监管职责"}
    assert act(people, CHIEF, number, RULE, stands).status_code == 403
    ruled = of(does(people, ("district", CHAOYANG), number, RULE, **stands), MARKET)
    assert ruled["status"] == "arrived"
    twice = act(people, AT_MARKET, number, OBJECT, OBJECTION)
    assert twice.json()["type"] == "/problems/whistle-objection-repeated"


@pytest.mark.parametrize(("late", "status"), [(0, 200), (1, 409)])
def test_at_w2_an_office_objects_within_half_of_the_time_to_accept(
    people: People, clock: StillClock, late: int, status: int
) -> None:
    number = blown.blow(people, MARKET)["number"]
    clock.tick(minutes=15, microseconds=late)
    assert act(people, AT_MARKET, number, OBJECT, OBJECTION).status_code == status


def test_an_upheld_objection_lets_go_and_a_rejected_one_calls_anew(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people, MARKET, POLICE)["number"]
    does(people, AT_MARKET, number, OBJECT, **OBJECTION)
    does(people, ("handler", POLICE), number, f"summonses/{POLICE}/object", **OBJECTION)
    clock.tick(hours=3)
    sweep(app.state.sessions, app.state.city, clock)  # nobody is absent who has objected
    district = ("district", CHAOYANG)
    does(people, district, number, RULE, uphold=True, text="异议成立")
    rejected = f"summonses/{POLICE}/rule-objection"
    after = does(people, district, number, rejected, uphold=False, text="应到场")

    market, police = of(after, MARKET), of(after, POLICE)
    assert (market["status"], market["withdrawn_at"]) == (
        "withdrawn_by_ruling",
        "2026-10-20T05:00:00Z",
    )
    assert (police["status"], police["absent"]) == ("sent", False)
    assert police["arrive_due_at"] == "2026-10-20T05:30:00Z"
    assert act(people, AT_MARKET, number, IN, REPORT).status_code == 409
    assert blown.reports_in(people, number, POLICE)["status"] == "in_action"


def test_allowed_is_what_is_done_and_nothing_else(people: People, clock: StillClock) -> None:
    """At each stage, for each role: what is not allowed is refused, and leaves the whistle as it
    is."""
    number = blown.blow(people, MARKET, POLICE)["number"]
    roles = (CHIEF, ("handler", WANGJING), AT_MARKET, ("chief", MARKET), ("district", CHAOYANG))
    bodies: dict[str, dict[str, Any]] = {
        "accept": {},
        "report-in": REPORT,
        "feed-back": {"results": [RESULT]},
        "leave": {"reason": "x"},
        "release": {"text": "x"},
        "interim-release": {"text": "x", "next_at": "2026-10-21T02:00:00Z"},
        "object": OBJECTION,
        "rule-objection": {"uphold": True, "text": "x"},
    }
    steps = ("accept", "report-in", "feed-back", "release")
    for step in (*steps, None):
        version = whistle(people, number)["version"]
        for who in roles:
            seen = of(people(*who).get(f"/whistles/{number}").json(), MARKET)
            for action in bodies.keys() - set(seen["allowed"]):
                path = f"summonses/{MARKET}/{action}"
                assert act(people, who, number, path, bodies[action]).status_code in (403, 409)
        assert whistle(people, number)["version"] == version
        if step:
            doer = CHIEF if step == "release" else AT_MARKET
            assert step in of(people(*doer).get(f"/whistles/{number}").json(), MARKET)["allowed"]
            does(people, doer, number, f"summonses/{MARKET}/{step}", **bodies[step])


def test_sweeps_and_acts_at_once_record_an_absence_once(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people, MARKET, POLICE)["number"]
    clock.tick(minutes=31)
    city, sessions = app.state.city, app.state.sessions
    with ThreadPoolExecutor(4) as threads:
        sweeping = [threads.submit(sweep, sessions, city, clock) for _ in range(3)]
        acting = threads.submit(blown.reports_in, people, number, MARKET)
        assert acting.result()["status"] == "assembling"
        assert sum(each.result() for each in sweeping) <= 2

    history = people(*CHIEF).get(f"/whistles/{number}/events").json()
    absent = [e["data"]["office_code"] for e in history if e["action"] == "absent"]
    assert sorted(absent) == [MARKET, POLICE]
    assert [e["seq"] for e in history] == [1, 2, 3, 4]
