"""What a ticket does later changes no ranking of before: its place and its lead are dated."""

import pytest

from app.rankings.leagues import League
from tests.aids.given import CONTENT, WANGJING, People, awaiting, ticket
from tests.aids.past import BORDER, DONGHUAMEN
from tests.conftest import StillClock

PERIOD = "/rankings/2026-11"
WATER = "city-water"
LEAGUES = tuple(League)


@pytest.fixture(autouse=True)
def assessed(people: People, clock: StillClock) -> None:
    """A period is one from its first assessed ticket on."""
    number = ticket(people)
    awaiting(people, number)
    assert people.callback.post(f"/tickets/{number}/callbacks", CONTENT).status_code == 201
    clock.tick(days=1)


def then(people: People, as_of: str) -> list[bytes]:
    """Every league as it stood at an instant."""
    return [people("analyst").get(PERIOD, league=league, as_of=as_of).content for league in LEAGUES]


def volumes(people: People, league: str, **asked: str) -> dict[str, int]:
    rows = people("analyst").get(PERIOD, league=league, **asked).json()["rows"]
    return {row["office_code"]: row["volume"] for row in rows if row["volume"]}


def test_a_ticket_that_is_given_to_another_street_lay_in_the_first_until_then(
    people: People, clock: StillClock
) -> None:
    number, as_of = ticket(people), clock.at.isoformat()
    before = then(people, as_of)
    clock.tick(hours=1)
    people.dispatcher.does("dispatch", number, office_code=DONGHUAMEN, reason="在东华门街道。")

    assert then(people, as_of) == before
    assert volumes(people, "streets", as_of=as_of) == {WANGJING: 2}
    assert volumes(people, "streets") == {WANGJING: 1, DONGHUAMEN: 1}
    now = clock.tick(hours=1).isoformat()
    assert volumes(people, "streets", as_of=now) == volumes(people, "streets")
    assert volumes(people, "districts", as_of=now) == volumes(people, "districts")


def test_a_department_has_led_from_when_it_was_given_the_ticket(
    people: People, clock: StillClock
) -> None:
    number, as_of = ticket(people), clock.at.isoformat()
    clock.tick(hours=1)
    people.dispatcher.does("dispatch", number, office_code=WATER, reason="属水务部门。")
    given = clock.at.isoformat()
    clock.tick(hours=1)
    people.dispatcher.does("dispatch", number, office_code=WANGJING, reason="属街道。")

    asked = [volumes(people, "city_departments", as_of=at) for at in (as_of, given)]
    assert asked == [{}, {WATER: 1}]
    assert volumes(people, "city_departments") == {}


def test_a_place_that_is_told_later_was_not_known_before(people: People, clock: StillClock) -> None:
    number, as_of = ticket(people, address={"text": "北京市"}), clock.at.isoformat()
    before = then(people, as_of)
    clock.tick(hours=1)
    people.operator.does("add", number, address={"text": "东城区东华门街道"})

    assert then(people, as_of) == before
    assert volumes(people, "streets") == {WANGJING: 1, DONGHUAMEN: 1}


def test_a_ticket_that_moves_after_the_seal_is_no_tampering(
    people: People, clock: StillClock
) -> None:
    clock.at = BORDER.replace(month=11, day=18)
    number = ticket(people)
    clock.at = BORDER.replace(month=11, day=24)
    assert people("evaluator").post(f"{PERIOD}/seal").status_code == 201
    clock.tick(hours=1)
    people.dispatcher.does("dispatch", number, office_code=DONGHUAMEN, reason="在东华门街道。")

    proof = people("auditor").post(f"{PERIOD}/verify").json()

    assert (proof["same"], proof["differences"]) == (True, [])
