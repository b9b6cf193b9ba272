"""A street's standing force over HTTP: what its chief makes of it, who sees whom, what is kept."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select

from app.access.roles import Role
from app.forces.models import ForceEvent, ForceMember, ForceStatement
from app.forces.recording import MEMBERS
from app.tickets.life import links
from tests.aids.given import CHAOYANG, CHINESE, WANGJING, People, Person
from tests.conftest import StillClock

OTHER = "110105001"
POLICE, FIRE, MARKET = "110105-police", "110105-fire", "110105-market"
ROSTER = f"/offices/{WANGJING}/roster"
TODAY = "2026-10-20"
WHY = {"reason": "工作需要。"}
FOREIGN = (
    ("operator", None, 403),
    ("dispatcher", None, 403),
    ("analyst", None, 403),
    ("admin", None, 403),
    ("chief", OTHER, 404),
    ("district", "110102", 404),
    ("handler", FIRE, 404),
)


def member(**changed: Any) -> dict[str, Any]:
    return {
        "office_code": POLICE,
        "kind": "posted",
        "name": "王伟",
        "phone": "13800000001",
        "duty": "治安执法",
        **changed,
    }


def put(person: Person, path: str, body: object, headers: dict[str, str] | None = None) -> Response:
    sent = {**person.headers, **(headers or {})}
    answer: Response = person.client.put(f"/v1{path}", json=body, headers=sent)
    return answer


def note(people: People, member_id: int, day: str = TODAY, **attendance: Any) -> Response:
    body = {"members": [{"member_id": member_id, **attendance}]}
    return put(people.street(), f"{ROSTER}/days/{day}", body)


def joined(people: People, **changed: Any) -> dict[str, Any]:
    """A person just taken into the roster, as it shows him."""
    answer = people("chief", WANGJING).post(f"{ROSTER}/members", {"members": [member(**changed)]})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()["members"][-1]
    return shown


def test_a_chief_makes_up_his_centre_and_sees_what_it_lacks(people: People) -> None:
    chief = people("chief", WANGJING)
    empty = chief.get(ROSTER).json()
    assert (empty["model"], empty["version"], empty["members"]) == (None, 0, [])

    assert put(chief, ROSTER, {"model": "1+4+N"}).status_code == 200
    two = [member(), member(office_code=WANGJING, kind="core", name="李娜", phone="13800000002")]
    answer = chief.post(f"{ROSTER}/members", {"members": two})

    assert answer.status_code == 201
    roster = answer.json()
    assert answer.headers["ETag"] == '"3"'
    seats = {seat["name"]: (len(seat["members"]), seat["lacking"]) for seat in roster["seats"]}
    assert seats == {
        "街乡综合执法队": (1, 0),
        "公安": (1, 0),
        "消防": (0, 1),
        "交通": (0, 1),
        "市场监管": (0, 1),
    }
    assert [shown["phone"] for shown in roster["members"]] == ["138****0001", "138****0002"]
    assert not any(shown["on_duty"] for shown in roster["members"])


@pytest.mark.parametrize(
    ("second", "status", "slug"),
    [
        ({}, 409, "twice-in-roster"),
        ({"office_code": FIRE, "name": "李娜"}, 409, "twice-in-roster"),
        ({"phone": "138-0000-0002"}, 409, "twice-in-roster"),
        ({"office_code": "110105-nobody", "phone": "13800000002"}, 422, "no-such-office"),
        ({"office_code": "110102-police", "phone": "13800000002"}, 422, "not-posted-here"),
        ({"office_code": OTHER, "phone": "13800000002"}, 422, "not-posted-here"),
        ({"kind": "core", "phone": "13800000002"}, 422, "not-posted-here"),
        ({"name": "李娜", "phone": "13800000002", "seat": "1+5+N-fire"}, 422, "no-such-seat"),
        ({"name": "李娜", "phone": "many"}, 422, "invalid"),
        ({"name": "李娜", "phone": "13800000002", "rank": 1}, 422, "invalid"),
    ],
)
def test_who_does_not_belong_is_refused_and_nobody_of_his_list_comes(
    people: People, second: dict[str, Any], status: int, slug: str
) -> None:
    joined(people)
    chief = people("chief", WANGJING)
    good = member(office_code=MARKET, name="赵敏", phone="13800000009")

    answer = chief.post(f"{ROSTER}/members", {"members": [good, member(**second)]})

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert "/members/1" in answer.json()["errors"][0]["pointer"]
    assert len(chief.get(ROSTER).json()["members"]) == 1


def test_a_list_that_names_a_person_twice_is_refused(people: People) -> None:
    answer = people("chief", WANGJING).post(f"{ROSTER}/members", {"members": [member(), member()]})

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/same-twice")


def test_two_chiefs_at_once_take_a_person_in_once(people: People) -> None:
    chief = people("chief", WANGJING)

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(
            lambda _: chief.post(f"{ROSTER}/members", {"members": [member()]}), range(4)
        )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


def test_whoever_read_another_version_is_told(people: People) -> None:
    joined(people)
    chief, stale = people("chief", WANGJING), {"If-Match": '"0"'}

    changed = put(chief, ROSTER, {"model": "1+3+N"}, stale)
    unknown = put(chief, ROSTER, {"model": "2+2"}, stale)

    assert (changed.status_code, changed.json()["type"]) == (412, "/problems/roster-changed")
    assert (unknown.status_code, unknown.json()["type"]) == (422, "/problems/no-such-model")
    assert put(chief, ROSTER, {"model": "1+3+N"}, {"If-Match": '"1"'}).status_code == 200


def test_a_key_takes_a_person_in_once(people: People) -> None:
    chief, key = people("chief", WANGJING), {"Idempotency-Key": "k1"}

    first, again = (chief.post(f"{ROSTER}/members", {"members": [member()]}, key) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["members"] == first.json()["members"]


def test_changes_have_their_reason_and_their_history(people: People) -> None:
    chief, officer = people("chief", WANGJING), joined(people)
    path = f"{ROSTER}/members/{officer['id']}"
    body = {"duty": "消防安全", "phone": "13800000005", "kind": "on_call", **WHY}

    changed = chief.post(f"{path}/change", body)
    same = chief.post(f"{path}/change", {"duty": "消防安全", **WHY}, CHINESE)
    gone = chief.post(f"{path}/remove", WHY)

    assert changed.status_code == 200, changed.text
    [shown] = changed.json()["members"]
    assert (shown["duty"], shown["kind"], shown["phone"]) == ("消防安全", "on_call", "138****0005")
    assert (same.status_code, same.json()["type"]) == (422, "/problems/nothing-changed")
    assert "类别、席位、姓名、电话、职务" in same.json()["detail"]
    assert gone.json()["members"] == []
    assert chief.post(f"{path}/change", {"duty": "甲", **WHY}).status_code == 404
    events = chief.get(f"{ROSTER}/events").json()["items"]
    assert [event["action"] for event in events] == ["add", "change", "remove"]
    assert events[1]["data"] == {"kind": "on_call", "changed": ["duty", "kind", "phone"]}
    assert events[1]["words"]["former"] == {"duty": "治安执法", "phone": "138****0001"}
    assert events[2]["words"] == WHY


@pytest.mark.parametrize(
    ("changed", "status", "slug"),
    [
        ({"phone": "13800000001"}, 409, "twice-in-roster"),
        ({"name": "王伟"}, 409, "twice-in-roster"),
        ({"kind": "core"}, 422, "not-posted-here"),
        ({"seat": "1+4+N-fire"}, 422, "no-such-seat"),
        ({"name": None, "kind": None}, 422, "nothing-changed"),
        ({"office_code": FIRE}, 422, "invalid"),
        ({"seat": "1+4+N-police"}, 200, ""),
    ],
)
def test_a_change_makes_nobody_stand_twice_or_where_he_may_not(
    people: People, changed: dict[str, Any], status: int, slug: str
) -> None:
    put(people("chief", WANGJING), ROSTER, {"model": "1+4+N"})
    joined(people)
    other = joined(people, name="李娜", phone="13800000002")

    path = f"{ROSTER}/members/{other['id']}/change"
    answer = people("chief", WANGJING).post(path, {**changed, **WHY})

    assert answer.status_code == status, answer.text
    assert answer.json().get("type", "/problems/") == f"/problems/{slug}"


def test_a_roster_is_seen_as_it_was(people: People, clock: StillClock) -> None:
    chief = people("chief", WANGJING)
    before = clock.at
    clock.tick(hours=1)
    officer = joined(people)
    clock.tick(hours=1)
    chief.post(f"{ROSTER}/members/{officer['id']}/remove", WHY)
    at_removal = clock.at

    counts = [
        len(chief.get(ROSTER, at=at.isoformat()).json()["members"])
        for at in (before, before.replace(hour=before.hour + 1), at_removal)
    ]

    assert counts == [0, 1, 0]


def test_who_is_on_duty_is_told_to_the_edge(people: People, clock: StillClock) -> None:
    street, officer = people.street(), joined(people)
    shift = {"member_id": officer["id"], "starts_at": "2026-10-20T11:00:00+08:00"}
    shift["ends_at"] = "2026-10-20T12:00:00+08:00"

    planned = street.post(f"{ROSTER}/shifts", {"shifts": [shift]})

    assert planned.status_code == 201, planned.text
    assert planned.json()[0]["starts_at"] == "2026-10-20T03:00:00Z"
    instants = ("02:59:59.999999", "03:00:00", "03:59:59.999999", "04:00:00")
    rosters = [street.get(ROSTER, at=f"{TODAY}T{at}Z").json() for at in instants]
    assert [r["members"][0]["on_duty"] for r in rosters] == [False, True, True, False]
    again = street.post(f"{ROSTER}/shifts", {"shifts": [shift]})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/shifts-overlap")


def test_a_shift_that_is_cancelled_counts_until_then(people: People, clock: StillClock) -> None:
    street, officer = people.street(), joined(people)
    shift = {"member_id": officer["id"], "starts_at": f"{TODAY}T02:00:00Z"}
    shift["ends_at"] = f"{TODAY}T08:00:00Z"
    [planned] = street.post(f"{ROSTER}/shifts", {"shifts": [shift]}).json()
    clock.tick(hours=1)

    cancelled = street.post(f"{ROSTER}/shifts/{planned['id']}/cancel", WHY)
    again = street.post(f"{ROSTER}/shifts/{planned['id']}/cancel", WHY)

    assert cancelled.json()["cancelled_at"] == f"{TODAY}T03:00:00Z"
    assert (again.status_code, again.json()["type"]) == (409, "/problems/shift-over")
    rosters = [street.get(ROSTER, at=f"{TODAY}T{at}Z").json() for at in ("02:59:59", "03:00:00")]
    assert [r["members"][0]["on_duty"] for r in rosters] == [True, False]
    shift["starts_at"] = f"{TODAY}T03:00:00Z"
    assert street.post(f"{ROSTER}/shifts", {"shifts": [shift]}).status_code == 201
    listed = street.get(f"{ROSTER}/shifts", since=f"{TODAY}T00:00:00Z").json()["items"]
    assert [item["cancelled_at"] is None for item in listed] == [False, True]


@pytest.mark.parametrize(
    ("changed", "slug"),
    [
        ({"ends_at": f"{TODAY}T02:00:00Z"}, "shift-unfit"),
        ({"ends_at": "2026-10-24T00:00:00Z"}, "shift-unfit"),
        ({"starts_at": "2026-10-20 09:00"}, "invalid"),
        ({"member_id": "1"}, "invalid"),
    ],
)
def test_a_bad_shift_is_refused(people: People, changed: dict[str, Any], slug: str) -> None:
    officer = joined(people)
    shift = {"member_id": officer["id"], "starts_at": f"{TODAY}T03:00:00Z"}
    shift["ends_at"] = f"{TODAY}T04:00:00Z"

    answer = people.street().post(f"{ROSTER}/shifts", {"shifts": [{**shift, **changed}]})

    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{slug}")


def test_days_and_marks_are_kept_once_and_changed_with_a_reason(people: People) -> None:
    chief, officer = people("chief", WANGJING), joined(people)
    path = f"{ROSTER}/members/{officer['id']}"

    steps = [
        note(people, officer["id"], present=True),
        note(people, officer["id"], present=True),
        note(people, officer["id"], present=False),
        note(people, officer["id"], present=False, **WHY),
        put(chief, f"{path}/marks/2026-10", {"mark": 90}),
        put(chief, f"{path}/marks/2026-10", {"mark": 95}),
        put(chief, f"{path}/marks/2026-10", {"mark": 95, **WHY}),
    ]

    assert [step.status_code for step in steps] == [200, 200, 422, 200, 200, 422, 200]
    assert steps[2].json()["type"] == "/problems/reason-needed"
    [month] = chief.get(f"{ROSTER}/months/2026-10").json()["items"]
    assert month["days"] == [{"day": TODAY, "present": False}]
    assert (month["present"], month["absent"], month["mark"]) == (0, 1, 95)
    events = chief.get(f"{ROSTER}/events").json()["items"]
    assert [e["action"] for e in events] == ["add", "attend", "attend", "mark", "mark"]
    assert events[-1]["data"] == {"month": "2026-10", "mark": 95, "former": 90}


@pytest.mark.parametrize(
    ("path", "body", "slug"),
    [
        ("marks/2026-11", {"mark": 90}, "day-unfit"),
        ("marks/2026-09", {"mark": 90}, "day-unfit"),
        ("marks/2026-13", {"mark": 90}, "invalid"),
        ("marks/2026-10", {"mark": 101}, "invalid"),
        ("marks/2026-10", {"mark": -1}, "invalid"),
        ("marks/2026-10", {"mark": "90"}, "invalid"),
    ],
)
def test_bad_marks_are_refused(people: People, path: str, body: dict[str, Any], slug: str) -> None:
    officer = joined(people)

    answer = put(people("chief", WANGJING), f"{ROSTER}/members/{officer['id']}/{path}", body)

    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{slug}")


@pytest.mark.parametrize(
    ("day", "changed", "pointer", "slug"),
    [
        ("2026-10-21", {}, "/members/0", "day-unfit"),
        ("2026-10-19", {}, "/members/0", "day-unfit"),
        ("20261020", {}, "/path/day", "invalid"),
        (TODAY, {"present": 1}, "/members/0/present", "invalid"),
        (TODAY, {"member_id": 10**9}, "/members/0/member_id", "unknown-member"),
    ],
)
def test_bad_days_are_refused(
    people: People, day: str, changed: dict[str, Any], pointer: str, slug: str
) -> None:
    officer = joined(people)
    attendance = {"present": True, **changed}

    answer = note(people, attendance.pop("member_id", officer["id"]), day, **attendance)

    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{slug}")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_day_is_noted_of_all_or_of_none(people: People) -> None:
    officer, other = joined(people), joined(people, name="李娜", phone="13800000002")
    present = [{"member_id": person["id"], "present": True} for person in (officer, other)]

    twice = put(people.street(), f"{ROSTER}/days/{TODAY}", {"members": [present[0]] * 2})
    both = put(people.street(), f"{ROSTER}/days/{TODAY}", {"members": present})

    assert (twice.status_code, twice.json()["type"]) == (422, "/problems/same-twice")
    assert [item["present"] for item in both.json()["items"]] == [1, 1]
    assert len(people.street().get(f"{ROSTER}/events").json()["items"]) == 4


def test_a_handler_notes_days_and_marks_nobody(people: People) -> None:
    street, officer = people.street(), joined(people)
    path = f"{ROSTER}/members/{officer['id']}"

    refused = [
        put(street, f"{path}/marks/2026-10", {"mark": 90}),
        put(street, ROSTER, {"model": "1+4+N"}),
        street.post(f"{ROSTER}/members", {"members": [member()]}),
        street.post(f"{path}/change", {"duty": "甲", **WHY}),
        street.post(f"{path}/remove", WHY),
    ]

    assert {answer.status_code for answer in refused} == {403}


def test_a_roster_is_seen_by_its_street_its_district_the_auditor_and_each_home_office_its_own(
    people: People,
) -> None:
    joined(people)
    joined(people, office_code=MARKET, name="赵敏", phone="13800000009")
    put(people("chief", WANGJING), ROSTER, {"model": "1+4+N"})

    for reader in (people.street(), people.district(), people("auditor")):
        roster = reader.get(ROSTER).json()
        assert (len(roster["members"]), roster["whole"], len(roster["seats"])) == (2, True, 5)
    police = people("handler", POLICE)
    theirs = police.get(ROSTER).json()
    assert ([m["name"] for m in theirs["members"]], theirs["whole"]) == (["王伟"], False)
    assert theirs["seats"] == []
    events = police.get(f"{ROSTER}/events").json()["items"]
    assert [event["words"]["name"] for event in events] == ["王伟"]
    assert len(police.get(f"{ROSTER}/months/2026-10").json()["items"]) == 1
    own = police.get(f"/offices/{POLICE}/posted-people").json()["items"]
    assert [(m["street_code"], m["name"]) for m in own] == [(WANGJING, "王伟")]
    assert police.get(f"/offices/{MARKET}/posted-people").status_code == 404
    assert people("auditor").get(f"/offices/{MARKET}/posted-people").json()["items"]
    for role, office, status in FOREIGN:
        for path in ("", "/events", "/shifts", "/months/2026-10"):
            assert people(role, office).get(ROSTER + path).status_code == status, (role, path)


def test_a_telephone_is_shown_with_a_reason_and_on_record(people: People) -> None:
    officer = joined(people)
    path = f"{ROSTER}/members/{officer['id']}/reveal"

    answers = {
        "street": people.street().post(path, WHY),
        "district": people.district().post(path, WHY),
        "home": people("chief", POLICE).post(path, WHY),
    }

    for answer in answers.values():
        assert answer.json() == {"name": "王伟", "phone": "13800000001"}
        assert answer.headers["Cache-Control"] == "no-store"
    assert people.street().post(path, {}).status_code == 422
    assert people("auditor").post(path, WHY).status_code == 403
    assert people("handler", FIRE).post(path, WHY).status_code == 404
    joined(people, office_code=FIRE, name="赵敏", phone="13800000009")
    assert people("handler", FIRE).post(path, WHY).status_code == 404
    assert people.street().post(path, WHY, {"Idempotency-Key": "a"}).status_code == 422
    events = people("auditor").get(f"{ROSTER}/events").json()["items"]
    reveals = [event["office_code"] for event in events if event["action"] == "reveal"]
    assert reveals == [WANGJING, CHAOYANG, POLICE]


def test_only_the_own_streets_people_change_a_roster(people: People) -> None:
    joined(people)
    for person in (people("chief", OTHER), people("chief", POLICE)):
        assert put(person, ROSTER, {"model": "1+4+N"}).status_code == 404
        answer = person.post(f"{ROSTER}/members", {"members": [member()]})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-roster")
    assert put(people.district(), ROSTER, {"model": "1+4+N"}).status_code == 403
    other = people("chief", OTHER)
    assert other.get(f"/offices/{POLICE}/roster").status_code == 404
    path = f"/offices/{OTHER}/roster/members/1/remove"
    assert other.post(path, WHY).json()["type"] == "/problems/no-such-member"


def test_sheets_tell_what_the_pages_tell(people: People) -> None:
    chief = people("chief", WANGJING)
    officer = joined(people, name="=王伟")
    note(people, officer["id"], present=True)
    put(chief, f"{ROSTER}/members/{officer['id']}/marks/2026-10", {"mark": 88})

    roster = chief.get(ROSTER, headers={"Accept": "text/csv"})
    month = chief.get(f"{ROSTER}/months/2026-10", headers={"Accept": "text/csv"})

    [row] = csv.DictReader(io.StringIO(roster.text))
    assert (row["name"], row["phone"], row["kind"]) == ("'=王伟", "138****0001", "posted")
    [line] = csv.DictReader(io.StringIO(month.text))
    assert (line["present"], line["absent"], line["mark"], line[TODAY]) == ("1", "0", "88", "1")
    exports = people.admin.get("/exports").json()["items"]
    assert {export["path"] for export in exports} >= {f"/v1{ROSTER}"}


def test_who_leaves_has_no_shift_left(people: People, clock: StillClock) -> None:
    chief, officer = people("chief", WANGJING), joined(people)
    shift = {"member_id": officer["id"], "starts_at": f"{TODAY}T02:00:00Z"}
    chief.post(f"{ROSTER}/shifts", {"shifts": [{**shift, "ends_at": f"{TODAY}T08:00:00Z"}]})
    clock.tick(hours=1)

    chief.post(f"{ROSTER}/members/{officer['id']}/remove", WHY)

    [left] = chief.get(f"{ROSTER}/shifts", since=f"{TODAY}T00:00:00Z").json()["items"]
    assert left["cancelled_at"] == f"{TODAY}T03:00:00Z"
    again = chief.post(f"{ROSTER}/shifts", {"shifts": [{**shift, "ends_at": f"{TODAY}T08:00:00Z"}]})
    assert (again.status_code, again.json()["type"]) == (422, "/problems/unknown-member")


def test_events_are_linked_and_name_nobody(people: People, app: FastAPI) -> None:
    officer = joined(people)
    note(people, officer["id"], present=True)
    people("chief", WANGJING).post(f"{ROSTER}/members/{officer['id']}/remove", WHY)

    with app.state.sessions() as session:
        events = session.scalars(select(ForceEvent).order_by(ForceEvent.seq)).all()
        words = {s.seq: s for s in session.scalars(select(ForceStatement))}
        name = session.scalar(select(ForceMember.name))
    former = links.BEFORE_ALL
    for event in events:
        former = links.link(former, {m: getattr(event, m) for m in MEMBERS}, MEMBERS)
        assert event.link == former
        assert name not in str(event.data)
        if event.seq in words:
            statement = words[event.seq]
            assert event.words_hash == links.words_hash(statement.salt, statement.words)
    assert [event.action.value for event in events] == ["add", "attend", "remove"]


def test_the_models_are_told_to_staff(people: People) -> None:
    models = people.operator.get("/centre-models").json()["items"]

    assert [model["name"] for model in models] == ["1+3+N", "1+4+N", "1+5+N"]
    assert people(Role.ANALYST).get("/centre-models").status_code == 403


def test_a_district_sees_which_centres_lack_people(people: People) -> None:
    officer = joined(people)
    put(people("chief", WANGJING), ROSTER, {"model": "1+4+N"})
    shift = {"member_id": officer["id"], "starts_at": f"{TODAY}T02:00:00Z"}
    people.street().post(
        f"{ROSTER}/shifts", {"shifts": [{**shift, "ends_at": f"{TODAY}T08:00:00Z"}]}
    )

    centres = people.district().get("/centres").json()["items"]

    of_streets = {centre["street_code"]: centre for centre in centres}
    assert {centre["district_code"] for centre in centres} == {CHAOYANG}
    wangjing, other = of_streets[WANGJING], of_streets[OTHER]
    assert (wangjing["posted"], wangjing["on_duty"], wangjing["lacking"]) == (1, 1, 4)
    assert (other["model"], other["posted"], other["lacking"]) == (None, 0, 0)
    city = people("auditor").get("/centres").json()["items"]
    assert len(city) > len(centres)
    assert people("auditor").get("/centres", district_code=CHAOYANG).json()["items"] == centres
    assert people.district().get("/centres", district_code="110102").json()["items"] == []
    assert people.street().get("/centres").status_code == 403


def test_a_closed_office_posts_nobody_and_a_closed_street_changes_nothing(
    people: People, app: FastAPI
) -> None:
    joined(people)
    chief, city = people("chief", WANGJING), app.state.city
    ended = {
        code: replace(city.offices[code], active_to=date(2026, 10, 20)) for code in (FIRE, WANGJING)
    }
    try:
        app.state.city = replace(city, offices={**city.offices, **ended})
        new = member(office_code=FIRE, name="赵敏", phone="13800000009")
        refused = chief.post(f"{ROSTER}/members", {"members": [new]})
        closed = put(chief, ROSTER, {"model": "1+4+N"})
        shown = chief.get(ROSTER)
    finally:
        app.state.city = city

    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/no-such-office")
    assert (closed.status_code, closed.json()["type"]) == (409, "/problems/street-closed")
    assert len(shown.json()["members"]) == 1
