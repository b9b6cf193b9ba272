"""What waits for an office: by due time, under an ETag, and gone when it is done."""

from typing import Any

import pytest

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock


def numbers(person: given.Person) -> list[str]:
    return [item["number"] for item in person.get("/inbox").json()["items"]]


def test_the_earliest_due_stands_first(people: People, clock: StillClock) -> None:
    slow = given.ticket(people, urgency="L4")
    plain = given.ticket(people)
    clock.tick(hours=1)
    urgent = given.ticket(people, urgency="L1")

    assert numbers(people.street()) == [urgent, plain, slow]


def test_pages_walk_through_the_inbox(people: People) -> None:
    made = sorted(given.ticket(people) for _ in range(5))
    numbers: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = people.street().get("/inbox", limit=2, **cursor).json()
        numbers += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert numbers == made


WAITS = {
    "received": "",
    "nowhere": "",
    "queued": "district",
    "dispatched": "street",
    "acknowledged": "street",
    "in_progress": "street",
    "replied": "district",
    "awaiting_callback": "",
    "doubted": "",
    "rework": "street",
    "closed": "",
    "withdrawn": "",
    "void": "",
}


@pytest.mark.parametrize(("status", "whose"), WAITS.items())
def test_a_ticket_waits_for_whoever_must_act(people: People, status: str, whose: str) -> None:
    number = stages.stands(people, status)

    assert numbers(people.street()) == ([number] if whose == "street" else [])
    assert numbers(people("chief", WANGJING)) == numbers(people.street())
    assert numbers(people.district()) == ([number] if whose == "district" else [])
    assert numbers(people.street("110105001")) == []
    assert numbers(people.district("110108")) == []


def test_nothing_new_costs_nothing(people: People, clock: StillClock) -> None:
    street, number = people.street(), given.ticket(people)
    first = street.get("/inbox")

    again = street.get("/inbox", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]

    people.operator.does("note", number, text="补充。")
    changed = street.get("/inbox", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    clock.tick(days=8)  # overdue now, without a change
    late = street.get("/inbox", headers={"If-None-Match": changed.headers["etag"]})
    assert late.json()["items"][0]["overdue"] is True


def test_a_ticket_is_tagged_by_its_version(people: People) -> None:
    number = given.ticket(people)
    street = people.street()
    tag = street.get(f"/tickets/{number}").headers["etag"]

    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = street.get(f"/tickets/{number}", headers={"If-None-Match": known})
        assert answer.status_code == 304
    street.does("acknowledge", number)
    assert street.get(f"/tickets/{number}", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"0", "{}"', "*"])
def test_who_acts_on_what_he_saw_is_let(people: People, tag: str) -> None:
    number = given.ticket(people)
    version = people.operator.get(f"/tickets/{number}").json()["version"]

    answer = people.street().post(
        f"/tickets/{number}/acknowledge", {}, headers={"If-Match": tag.format(version)}
    )

    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{version + 1}-en"'


@pytest.mark.parametrize("role", ["operator", "evaluator", "auditor", "analyst"])
def test_who_acts_for_no_office_has_no_inbox(people: People, role: str) -> None:
    assert people(role).get("/inbox").status_code == 403


def test_a_district_has_what_it_must_dispatch_and_review_by_time(
    people: People, clock: StillClock
) -> None:
    replied = stages.stands(people, "replied")
    queued = stages.stands(people, "queued")

    assert numbers(people.district(CHAOYANG)) == [queued, replied]  # two hours, and a day


ROLES = ("dispatcher", "callback", "supervisor", "panel")
DESKS = {
    "to_dispatch": ("dispatcher", "dispatch", "to_dispatch"),
    "objected": ("dispatcher", "objection", "objected"),
    "consulting": ("panel", "consulting", "consulting"),
    "awaiting_callback": ("callback", "callback", "awaiting_callback"),
    "doubted": ("supervisor", "review", "doubted"),
}


@pytest.mark.parametrize(("stage", "waits"), DESKS.items())
def test_each_desk_of_the_city_has_what_waits_for_it_and_nothing_else(
    people: People, stage: str, waits: tuple[str, str, str]
) -> None:
    number = stages.stands(people, stage)

    rows = {role: people(role).get("/inbox").json()["items"] for role in ROLES}
    rows = {role: items for role, items in rows.items() if items}
    desk, kind, because = waits
    assert {role: [row["number"] for row in items] for role, items in rows.items()} == {
        desk: [number]
    }
    assert (rows[desk][0]["kind"], rows[desk][0]["because"]) == (kind, because)


def test_a_desk_has_the_most_urgent_first_then_the_oldest_and_pages_through_them(
    people: People, clock: StillClock
) -> None:
    made = {}
    for urgency in ("L3", "L1", "L3", "L2", "L1"):
        made[given.ticket(people, urgency=urgency, address={"text": "朝阳区望京地铁站"})] = urgency
        clock.tick(seconds=1)
    desk, read = people.dispatcher, []
    waiting = [n for n in made if stages.status(people, n) == "to_dispatch"]
    cursor: dict[str, Any] = {}
    while True:
        page = desk.get("/inbox", limit=2, **cursor).json()
        read += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert len(waiting) == 5
    assert read == sorted(waiting, key=lambda number: (made[number], number))
    assert desk.get("/inbox", cursor="nonsense").status_code == 422


def test_a_chief_sees_the_alarms_of_his_office_until_he_acts(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people, urgency="L1")
    clock.tick(minutes=31)
    people.operator.does("note", number, text="催")
    chief, district, dispatcher = people("chief", WANGJING), people.district(), people.dispatcher

    for person, kind in ((chief, "lead"), (district, "alarm"), (dispatcher, "alarm")):
        [row] = person.get("/inbox").json()["items"]
        assert (row["kind"], row["because"]) == (kind, "uncontacted")
        assert row["alarms"] == ["unsigned", "uncontacted"]
        assert row["citizen"]["phone"] == "139****" + row["citizen"]["phone"][-4:]
    people.street().does("contact", number, method="call", reached=True)
    people.street().does("acknowledge", number)
    assert (numbers(district), numbers(dispatcher)) == ([], [])
    [row] = chief.get("/inbox").json()["items"]
    assert (row["because"], row["alarms"]) == ("reply", [])
