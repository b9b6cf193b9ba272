"""Whom to call and what speaks against it, over HTTP; and 什刹海, whose force stands ready."""

from typing import Any

import pytest

from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE

FIRE = "110105-fire"
WATER = "110105-water"
SHICHAHAI = "110102012"
XICHENG = "110102"
PATH = "/whistles/proposal"


def posted(people: People, office: str, phone: str, street: str = WANGJING) -> int:
    member = {"office_code": office, "kind": "posted", "duty": "执法", "name": f"员{phone}"}
    body = {"members": [{**member, "phone": f"138000000{phone}"}]}
    answer = people("chief", street).post(f"/offices/{street}/roster/members", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["members"][-1]["id"])


def on_duty(people: People, member_id: int, street: str = WANGJING) -> None:
    shift = {"member_id": member_id, "starts_at": "2026-10-20T09:00:00+08:00"}
    shifts = {"shifts": [{**shift, "ends_at": "2026-10-20T18:00:00+08:00"}]}
    answer = people.street(street).post(f"/offices/{street}/roster/shifts", shifts)
    assert answer.status_code == 201, answer.text


def sources(item: dict[str, Any]) -> list[str]:
    return [ground["source"] for ground in item["because"]]


def test_each_office_is_proposed_with_its_grounds_and_its_people(people: People) -> None:
    for _ in range(2):
        number = given.ticket(people, category="060401")
        blown.settled(people, MARKET, WATER, ticket_numbers=[number])
    on_duty(people, posted(people, MARKET, "01"))
    posted(people, POLICE, "02")

    asked = {"kind": "enforcement", "category": "060402"}
    answer = people.street().get(PATH, **asked).json()

    assert (answer["past"], answer["alike"], answer["suggested"]) == (2, "category", False)
    items = {item["office_code"]: item for item in answer["items"]}
    assert sources(items[MARKET]) == ["joint", "duty", "past", "roster"]
    assert [person["on_duty"] for person in items[MARKET]["people"]] == [True]
    assert items[MARKET]["people"][0]["phone"] == "138****0001"
    assert sources(items[POLICE]) == ["duty", "roster"]
    assert (sources(items[WATER]), items[WATER]["required"]) == (["past"], True)
    assert next(iter(items)) == MARKET
    [past] = [g for g in items[WATER]["because"] if g["source"] == "past"]
    assert (past["called"], past["whistles"]) == (2, 2)


def test_words_without_a_category_are_read(people: People) -> None:
    answer = people.street().get(PATH, kind="appeal", text="流动商贩占道摆摊卖菜").json()

    assert answer["suggested"]
    assert answer["category"].startswith("0604")
    assert MARKET in {item["office_code"] for item in answer["items"]}


def test_open_whistles_and_those_of_another_kind_teach_nothing(people: People) -> None:
    for changed in ({"kind": "appeal"}, {}, {}):
        blow = blown.settled if changed else blown.blow
        blow(people, MARKET, WATER, **changed)

    answer = people.street().get(PATH, kind="enforcement").json()

    assert (answer["past"], answer["alike"], answer["items"]) == (0, "street", [])


@pytest.mark.parametrize(
    ("asked", "status", "slug"),
    [
        ({}, 422, "invalid"),
        ({"kind": "party"}, 422, "invalid"),
        ({"kind": "appeal", "category": "9999"}, 422, "no-such-category"),
        ({"kind": "appeal", "street": "110105001"}, 422, "no-such-office"),
        ({"kind": "appeal", "street": MARKET}, 422, "no-such-office"),
        ({"kind": "appeal", "level": "w1"}, 422, "invalid"),
    ],
)
def test_a_bad_question_is_refused(
    people: People, asked: dict[str, str], status: int, slug: str
) -> None:
    answer = people.street().get(PATH, **asked)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")


def test_the_district_asks_for_its_streets_and_departments_do_not_ask(people: People) -> None:
    named = {"kind": "appeal", "street": WANGJING}

    assert people.district().get(PATH, **named).json()["street_code"] == WANGJING
    assert people.district().get(PATH, kind="appeal").status_code == 422
    assert people.district("110102").get(PATH, **named).status_code == 422
    assert people("handler", MARKET).get(PATH, kind="appeal").status_code == 422
    assert people.operator.get(PATH, **named).status_code == 403


def test_a_whistle_is_warned_by_its_tickets_and_its_centre(people: People) -> None:
    posted(people, MARKET, "01")
    rubbish = given.ticket(people, category="060101")

    whistle = blown.blow(people, MARKET, kind="appeal", ticket_numbers=[rubbish])

    codes = [warning["code"] for warning in whistle["warnings"]]
    assert codes == ["own_duty", "posted_member"]
    path = f"/whistles/{whistle['number']}/warnings"
    for reader in (people.street(), people.district(), people.supervisor):
        assert [w["code"] for w in reader.get(path).json()["items"]] == codes
    assert people("handler", MARKET).get(path).status_code == 404


def test_shichahai_calls_those_who_stand_ready(people: People, clock: StillClock) -> None:
    """S0: the centre of 什刹海 holds twenty-three departments; bars that trade without licence are
    shut by those of them who are on duty."""
    chief = people("chief", SHICHAHAI)
    lines = (
        *("police", "traffic-police", "fire", "transport", "market", "urban-enforcement"),
        *("urban-management", "housing", "planning", "greening", "culture-tourism", "sports"),
        *("ecology", "water", "emergency", "health", "labour", "civil-affairs", "education"),
        *("commerce", "development", "tax", "tobacco"),
    )
    assert len(lines) == 23
    members = [
        {
            "office_code": f"{XICHENG}-{line}",
            "kind": "posted" if place < 6 else "on_call",
            "name": f"什{place}",
            "phone": f"1390000{place:04}",
            "duty": "联合执法",
        }
        for place, line in enumerate(lines)
    ]
    roster = f"/offices/{SHICHAHAI}/roster"
    put = {"json": {"model": "1+5+N"}, "headers": chief.headers}
    assert chief.client.put(f"/v1{roster}", **put).status_code == 200
    whole = chief.post(f"{roster}/members", {"members": members}).json()
    ids = {m["office_code"]: m["id"] for m in whole["members"]}
    assert len(ids) == 23
    assert [seat["name"] for seat in whole["seats"] if seat["lacking"]] == [
        "街乡城管执法队",
        "食药",
    ]
    for line in ("police", "market", "urban-enforcement"):
        on_duty(people, ids[f"{XICHENG}-{line}"], SHICHAHAI)

    asked = {"kind": "enforcement", "category": "010601", "text": "酒吧无照经营，夜间噪声扰民"}
    proposal = chief.get(PATH, **asked).json()

    ready = [
        item["office_code"]
        for item in proposal["items"]
        if any(person["on_duty"] for person in item["people"])
    ]
    assert {f"{XICHENG}-police", f"{XICHENG}-market", f"{XICHENG}-urban-enforcement"} == set(ready)
    whistle = blown.blow(people, *ready, street=SHICHAHAI, matter="酒吧无照经营，夜间噪声扰民")
    assert [s["office_code"] for s in whistle["summonses"]] == sorted(ready)
    assert "few_departments" not in {w["code"] for w in whistle["warnings"]}
    for item in proposal["items"]:
        for person in item["people"]:
            assert "*" in person["phone"]
    assert CHAOYANG not in str(proposal)
