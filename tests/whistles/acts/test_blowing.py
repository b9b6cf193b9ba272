"""Who blows a whistle, whom it may summon, how it is confirmed, composed and taken back (H1)."""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from app.policy.documents import Policies, parse
from app.sweep import sweep
from tests import policies
from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.stories.test_races import at_once, statuses
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, POWER, act, body, call, does, of

CHIEF, HANDLER = ("chief", WANGJING), ("handler", WANGJING)
DONGHU, XUEYUANLU, HAIDIAN = "110105043", "110108010", "110108"


def test_a_grid_member_blows_a_w1_at_once_and_the_chief_confirms(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    """As at 大安山: a patrol saw the slope move."""
    danger = body(
        "110105-emergency", kind="emergency", origin="patrol", matter="山体松动，有滑塌危险"
    )
    whistle = people(*HANDLER).post("/whistles", danger).json()
    number = whistle["number"]
    assert (whistle["level"], whistle["status"]) == ("w1", "blown")
    assert whistle["confirm_due_at"] == "2026-10-20T04:00:00Z"
    assert whistle["finish_due_at"] is None
    assert act(people, HANDLER, number, "confirm").status_code == 403

    confirmed = does(people, CHIEF, number, "confirm")
    assert confirmed["confirmed_at"] == "2026-10-20T02:00:00Z"
    again = act(people, CHIEF, number, "confirm")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/confirmed-before")
    clock.tick(hours=3)
    sweep(app.state.sessions, app.state.city, clock)
    assert not people(*CHIEF).get(f"/whistles/{number}").json()["unconfirmed"]


def test_what_nobody_confirms_in_time_stays_valid_and_flagged(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = people(*HANDLER).post("/whistles", body(MARKET, level="w1")).json()["number"]
    blown.reports_in(people, number, MARKET)
    clock.tick(hours=2)
    assert sweep(app.state.sessions, app.state.city, clock) == 0
    clock.tick(microseconds=1)
    assert sweep(app.state.sessions, app.state.city, clock) == 1
    assert sweep(app.state.sessions, app.state.city, clock) == 0

    assert does(people, CHIEF, number, "confirm")["unconfirmed"]
    history = people(*CHIEF).get(f"/whistles/{number}/events").json()
    assert [e["action"] for e in history].count("lapse") == 1


def test_what_is_settled_before_it_is_confirmed_is_flagged_all_the_same(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = people(*HANDLER).post("/whistles", body(MARKET, level="w1")).json()["number"]
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    blown.releases(people, number, MARKET)
    blown.settles(people, number)
    assert "confirm" in people(*CHIEF).get(f"/whistles/{number}").json()["allowed"]
    waiting = people(*CHIEF).get("/inbox").json()["items"]
    assert [item["because"] for item in waiting] == ["confirm", "evaluate"]
    clock.tick(hours=2, microseconds=1)
    sweep(app.state.sessions, app.state.city, clock)

    after = people(*CHIEF).get(f"/whistles/{number}").json()
    assert (after["status"], after["unconfirmed"]) == ("settled", True)


@pytest.mark.parametrize(
    ("who", "changed", "status", "problem"),
    [
        (("handler", WANGJING), {"level": "w2"}, 403, "not-your-whistle"),
        (("handler", WANGJING), {"level": "w3", "origin": "patrol"}, 403, "not-your-whistle"),
        (("handler", MARKET), {}, 403, "not-a-street"),
        (("chief", MARKET), {}, 403, "not-a-street"),
        (("district", CHAOYANG), {}, 403, "wrong-role"),
        (("operator", None), {}, 403, "wrong-role"),
    ],
)
def test_blowing_without_right(
    people: People, who: tuple[str, Any], changed: dict[str, Any], status: int, problem: str
) -> None:
    answer = people(*who).post("/whistles", body(MARKET, POLICE, **changed))
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")


SUMMONED_WRONG = [
    ([], "invalid", "/summonses"),
    ([call(WANGJING)], "bad-summons", "/summonses/0/office_code"),
    ([call(MARKET), call("110105-nothing")], "no-such-office", "/summonses/1/office_code"),
    ([call("110105-closed")], "no-such-office", "/summonses/0/office_code"),
    ([call(CHAOYANG)], "bad-summons", "/summonses/0/office_code"),
    ([call("city-centre")], "bad-summons", "/summonses/0/office_code"),
    ([call("110108-market")], "bad-summons", "/summonses/0/office_code"),
    ([call(MARKET), call(MARKET)], "invalid", ""),
    ([{"office_code": MARKET, "actions": []}], "invalid", "/summonses/0/actions"),
    ([call(MARKET, "查处", "查处")], "invalid", "/summonses/0"),
]


@pytest.mark.parametrize(("summonses", "problem", "pointer"), SUMMONED_WRONG)
def test_whom_a_whistle_may_not_summon(
    people: People, app: FastAPI, summonses: list[Any], problem: str, pointer: str
) -> None:
    before = given.record(app)
    answer = people(*CHIEF).post("/whistles", body(summonses=summonses))

    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert given.record(app) == before
    assert people(*CHIEF).get("/whistles").json()["items"] == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"meet_at": "2026-10-20T02:29:59Z"}, "meeting-too-soon"),
        ({"meet_at": "9999-12-31T00:00:00Z"}, "meeting-too-far"),
        ({"kind": "party"}, "invalid"),
        ({"level": "W1"}, "invalid"),
        ({"matter": " "}, "invalid"),
        ({"place": {"text": "路口", "lon": 116.4}}, "invalid"),
        ({"meeting_point": {"text": "路口", "lon": 0, "lat": 0}}, "invalid"),
        ({"ticket_numbers": ["BJ202610200000099"]}, "no-such-linked-ticket"),
        ({"unheard": 1}, "invalid"),
    ],
)
def test_a_form_that_is_none(people: People, changed: dict[str, Any], problem: str) -> None:
    answer = people(*CHIEF).post("/whistles", body(MARKET, **changed))
    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}")


def test_another_street_s_ticket_is_none(people: People) -> None:
    elsewhere = given.ticket(people, address={"text": "朝阳区朝外街道"})
    own = given.ticket(people)
    refused = people(*CHIEF).post("/whistles", body(MARKET, ticket_numbers=[own, elsewhere]))

    assert refused.json()["errors"][0]["pointer"] == "/ticket_numbers/1"
    whistle = blown.blow(people, MARKET, ticket_numbers=[own, own])
    assert whistle["tickets"] == [own]
    listed = people(*CHIEF).get("/whistles", ticket_number=own).json()["items"]
    assert [item["number"] for item in listed] == [whistle["number"]]
    assert people("handler", MARKET).get("/whistles", ticket_number=own).json()["items"] == []


def test_a_draft_is_the_street_s_own_until_its_chief_blows_it(
    people: People, clock: StillClock
) -> None:
    planned = {"draft": True, "kind": "key_work", "meet_at": "2026-10-22T01:00:00Z"}
    draft = people(*HANDLER).post("/whistles", body(MARKET, **planned)).json()
    number = draft["number"]
    assert (draft["status"], draft["summonses"][0]["status"]) == ("draft", "draft")
    assert draft["allowed"] == ["compose", "cancel", "organise"]
    for outsider in (("handler", MARKET), ("district", CHAOYANG), ("auditor", None)):
        assert people(*outsider).get(f"/whistles/{number}").status_code == 404
        assert people(*outsider).get("/whistles").json()["items"] == []
    report = {"person": "王强", "duty": "队长", **blown.NEAR}
    early = act(people, ("handler", MARKET), number, f"summonses/{MARKET}/report-in", report)
    assert early.status_code == 404
    assert act(people, HANDLER, number, "blow").status_code == 403

    whistle = does(people, CHIEF, number, "blow")
    assert of(whistle, MARKET)["arrive_due_at"] == "2026-10-22T01:00:00Z"
    assert whistle["blown_at"] == whistle["confirmed_at"]
    assert people("auditor").get(f"/whistles/{number}").status_code == 200
    second = act(people, CHIEF, number, "blow")
    assert (second.status_code, second.json()["status_now"]) == (409, "blown")


def test_a_draft_whose_appointed_time_has_come_is_not_blown(
    people: People, clock: StillClock
) -> None:
    planned = {"draft": True, "meet_at": "2026-10-20T03:00:00Z"}
    number = people(*HANDLER).post("/whistles", body(MARKET, **planned)).json()["number"]
    clock.tick(minutes=30, microseconds=1)

    late = act(people, CHIEF, number, "blow")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/meeting-over")
    assert does(people, HANDLER, number, "cancel", reason="改期")["status"] == "cancelled"


def test_a_whistle_is_composed_with_enterprises_and_central_units(people: People) -> None:
    """As at 东斜街: whoever the place needs, each asked for its own actions."""
    whistle = blown.blow(people, MARKET, POLICE)
    more = [
        call(POWER, "断电", "拆除私拉电线", required=False),
        call("central-organs", "协调产权单位", required=False),
        call("city-housing", "认定违法建设"),
    ]
    assert (
        act(people, HANDLER, whistle["number"], "compose", {"summonses": more}).status_code == 403
    )
    whole = does(people, CHIEF, whistle["number"], "compose", summonses=more)

    assert len(whole["summonses"]) == 5
    assert [item["action"] for item in of(whole, POWER)["actions"]] == ["断电", "拆除私拉电线"]
    assert people("handler", POWER).get("/inbox").json()["items"][0]["because"] == "accept"
    twice = act(people, CHIEF, whistle["number"], "compose", {"summonses": [call(POWER)]})
    assert (twice.status_code, twice.json()["type"]) == (422, "/problems/bad-summons")


def test_a_whistle_is_cancelled_before_anybody_has_come(people: People) -> None:
    number = blown.blow(people, MARKET, POLICE)["number"]
    assert act(people, ("district", CHAOYANG), number, "cancel", {"reason": "x"}).status_code == 403
    blown.reports_in(people, number, MARKET)
    late = act(people, CHIEF, number, "cancel", {"reason": "误吹"})
    assert (late.status_code, late.json()["status_now"]) == (409, "assembling")

    other = blown.blow(people, MARKET)["number"]
    ended = does(people, CHIEF, other, "cancel", reason="误吹")
    assert (ended["status"], ended["allowed"]) == ("cancelled", [])
    assert of(ended, MARKET)["allowed"] == []
    path = f"summonses/{MARKET}/report-in"
    report = {"person": "王强", "duty": "队长", **blown.NEAR}
    refused = act(people, ("handler", MARKET), other, path, report)
    assert (refused.status_code, refused.json()["whistle_status"]) == (409, "cancelled")


def test_two_streets_of_two_districts(people: People, clock: StillClock) -> None:
    """As between 太平桥 and 广外: the other street joins, both districts know of it."""
    offices = (MARKET, "110108-market", XUEYUANLU)
    number = blown.blow(people, *offices)["number"]
    peer = ("chief", XUEYUANLU)
    seen = people(*peer).get(f"/whistles/{number}").json()
    assert of(seen, XUEYUANLU)["accept_due_at"] == "2026-10-20T02:30:00Z"
    assert (of(seen, XUEYUANLU)["kind"], seen["allowed"]) == ("peer", ["join"])
    assert people("district", HAIDIAN).get(f"/whistles/{number}").status_code == 200
    assert act(people, peer, number, f"summonses/{XUEYUANLU}/accept").status_code == 409
    assert act(people, CHIEF, number, "join").status_code == 403

    joined = does(people, peer, number, "join")
    assert of(joined, XUEYUANLU)["status"] == "accepted"
    assert act(people, peer, number, "join").status_code == 403
    blown.reports_in(people, number, "110108-market")
    blown.feeds_back(people, number, "110108-market")
    released = blown.releases(people, number, "110108-market", street=XUEYUANLU)
    assert of(released, "110108-market")["status"] == "released"
    assert released["status"] == "assembling"  # the other department of the two
    kinds = [e["kind"] for e in people("district", HAIDIAN).get("/feed").json()["items"]]
    assert kinds == ["blow", "join", "report-in", "feed-back", "release"]


def test_two_chiefs_at_once(people: People) -> None:
    number = blown.blow(people, MARKET)["number"]
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    path, chief = f"/whistles/{number}/summonses/{MARKET}/release", people(*CHIEF)

    answers = at_once(*[lambda: chief.post(path, {"text": "已整改"})] * 4)
    assert statuses(answers) == [200, 409, 409, 409]
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["status_now"] == "released"
            assert answer.json()["allowed"] == ["supervise"]
    history = people(*CHIEF).get(f"/whistles/{number}/events").json()
    assert [e["seq"] for e in history] == [1, 2, 3, 4]


def test_one_key_blows_once_and_versions_are_honoured(people: People) -> None:
    chief, key = people(*CHIEF), {"Idempotency-Key": "哨".encode().hex()}
    first = chief.post("/whistles", body(MARKET), key)
    again = chief.post("/whistles", body(MARKET), key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["Location"] == f"/v1/whistles/{first.json()['number']}"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["number"] == first.json()["number"]
    assert chief.post("/whistles", body(POLICE), key).json()["type"] == "/problems/key-reused"

    number, tag = first.json()["number"], first.headers["ETag"]
    blown.reports_in(people, number, MARKET)
    stale = chief.post(f"/whistles/{number}/cancel", {"reason": "x"}, {"If-Match": tag})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    page = chief.get(f"/whistles/{number}")
    known = {"If-None-Match": page.headers["ETag"]}
    assert chief.get(f"/whistles/{number}", headers=known).status_code == 304


def test_lists_by_filter_and_in_pages(people: People, clock: StillClock) -> None:
    numbers = []
    for offices in ((MARKET,), (POLICE,), (MARKET, POLICE)):
        numbers.append(blown.blow(people, *offices)["number"])
        clock.tick(minutes=1)
    blown.reports_in(people, numbers[0], MARKET)
    chief = people(*CHIEF)

    def listed(who: tuple[str, Any] = CHIEF, **asked: Any) -> list[int]:
        items = people(*who).get("/whistles", **asked).json()["items"]
        return [numbers.index(item["number"]) for item in items]

    assert listed() == [2, 1, 0]
    assert listed(status="open") == [2, 1, 0]
    assert listed(status="in_action") == [0]
    assert listed(office_code=POLICE) == [2, 1]
    assert listed(office_code=MARKET, summons_status="sent") == [2]
    assert listed(("handler", POLICE)) == [2, 1]
    assert listed(("handler", "110105-water")) == []
    assert listed(("supervisor", None), street_code=WANGJING, kind="enforcement") == [2, 1, 0]
    assert listed(created_from="2026-10-20T02:01:00Z", created_to="2026-10-20T02:02:00Z") == [1]
    first = chief.get("/whistles", limit=2).json()
    assert [numbers.index(i["number"]) for i in first["items"]] == [2, 1]
    assert listed(limit=2, cursor=first["next"]) == [0]
    assert chief.get("/whistles", status="nothing").status_code == 422
    assert chief.get("/whistles", cursor="x").json()["type"] == "/problems/bad-cursor"


def test_a_district_conducts_where_policy_says_so(
    people: People, app: FastAPI, conducted_by_districts: None
) -> None:
    """As in Wuhua: the street blows, the district's grid centre composes, commands, supervises."""
    whistle = blown.blow(people, MARKET)
    number, district = whistle["number"], ("district", CHAOYANG)
    assert whistle["conductor"]["code"] == CHAOYANG
    assert not {"compose", "start"} & set(whistle["allowed"])
    more = {"summonses": [call(POLICE)]}
    assert act(people, CHIEF, number, "compose", more).status_code == 403
    assert len(does(people, district, number, "compose", **more)["summonses"]) == 2
    assert does(people, district, number, "start")["status"] == "in_action"
    asked = {"reason": "请到场", "answer_due_at": "2026-10-20T04:00:00Z"}
    does(people, district, number, f"summonses/{POLICE}/supervise", **asked)
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    path = f"summonses/{MARKET}/release"
    assert act(people, district, number, path, {"text": "可"}).status_code == 403
    blown.releases(people, number, MARKET)


def test_a_kind_that_the_policy_does_not_name_is_not_blown(people: People, app: FastAPI) -> None:
    """Beijing's first three, of 2018."""
    named = 'kinds = ["enforcement", "emergency", "key_work"'
    governed_by(app, (f'{named}, "beyond_duty", "appeal"]', f"{named}]"))
    refused = people(*CHIEF).post("/whistles", body(MARKET, kind="beyond_duty"))
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/kind-not-in-use")
    assert refused.json()["errors"][0]["pointer"] == "/kind"
    assert blown.blow(people, MARKET, kind="key_work")["status"] == "blown"


@pytest.fixture
def conducted_by_districts(people: People, app: FastAPI) -> None:
    governed_by(app, ("[whistle]   ", '[whistle]\nconductor = "district"'))


def governed_by(app: FastAPI, change: tuple[str, str]) -> None:
    """Under Beijing's policy with a change."""
    document = parse("beijing-2019", policies.text(change))
    app.state.city = replace(app.state.city, policies=Policies((document,)))
