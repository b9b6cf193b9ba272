"""`NO_WHISTLE` 知情不报: the rule by a table and for all cases, and its list over HTTP (D.14.7)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given as given_any
from hypothesis import strategies as st

from app.policy.whistles import TicketsWithin
from app.whistles.proposing import signals
from app.whistles.proposing.missing import Missing, Spot, Unresolved, missing
from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown

NOW = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EDGE, MICROSECOND = 30 * DAY, timedelta(microseconds=1)
STALLS, RUBBISH = "060401", "060101"
HERE = Spot(WANGJING, STALLS, "望京西园三区")
THERE = HERE._replace(place="望京西园四区")
OTHER = HERE._replace(category="060402")
RULE = TicketsWithin.model_validate({"tickets": 3, "within": "P30D"})
DUTIES = {HERE: ("110105-market",), THERE: ("110105-market",), OTHER: ("110105-market",)}
PATH = "/whistles/missing"
PLACE = {"text": "朝阳区望京街道望京西园三区308楼"}


def case(number: str, ago: timedelta = DAY, spot: Spot = HERE) -> Unresolved:
    return Unresolved(number, spot, NOW - ago)


def shown(signals: Iterable[Missing]) -> list[tuple[Spot, list[str]]]:
    return [(s.spot, [ticket.ticket_number for ticket in s.tickets]) for s in signals]


@pytest.mark.parametrize(
    ("why", "cases", "numbers"),
    [
        ("three of one matter and place", [case(n) for n in "123"], ["1", "2", "3"]),
        ("two are too few", [case(n) for n in "12"], None),
        ("one ticket twice is one", [case(n) for n in "122"], None),
        ("another place is another", [case("1"), case("2"), case("3", spot=THERE)], None),
        ("another matter is another", [case("1"), case("2"), case("3", spot=OTHER)], None),
        (
            "at the edge of the days it counts",
            [case("1", EDGE), case("2"), case("3")],
            ["1", "2", "3"],
        ),
        (
            "a microsecond older, no more",
            [case("1", EDGE + MICROSECOND), case("2"), case("3")],
            None,
        ),
        ("nor one to come", [case("1", -MICROSECOND), case("2"), case("3")], None),
        ("in order of time", [case("1"), case("2", 2 * DAY), case("3", 3 * DAY)], ["3", "2", "1"]),
    ],
)
def test_a_whistle_is_missing(why: str, cases: list[Unresolved], numbers: list[str] | None) -> None:
    signals = missing(cases, set(), DUTIES, RULE, NOW)

    assert shown(signals) == ([(HERE, numbers)] if numbers else []), why


def test_none_is_missing_where_one_was_blown_or_nobody_else_has_a_duty() -> None:
    cases = [case(n) for n in "123"]

    assert missing(cases, {HERE}, DUTIES, RULE, NOW) == ()
    assert missing(cases, {THERE}, DUTIES, RULE, NOW) != ()
    assert missing(cases, set(), {HERE: ()}, RULE, NOW) == ()


CASES = st.lists(
    st.builds(
        case,
        st.sampled_from("123456"),
        st.integers(0, 40).map(lambda days: days * DAY),
        st.sampled_from([HERE, THERE, OTHER]),
    ),
    max_size=20,
)


@given_any(CASES, st.sets(st.sampled_from([HERE, THERE, OTHER])), st.randoms())
def test_order_changes_nothing_and_a_further_ticket_hides_no_signal(
    cases: list[Unresolved], blown_for: set[Spot], chance: Random
) -> None:
    signals = missing(cases, blown_for, DUTIES, RULE, NOW)

    shuffled = list(cases)
    chance.shuffle(shuffled)
    spots = {signal.spot for signal in signals}
    assert {s.spot for s in missing(shuffled, blown_for, DUTIES, RULE, NOW)} == spots
    assert not spots & blown_for
    more = missing([*cases, case("7")], blown_for, DUTIES, RULE, NOW)
    assert spots <= {signal.spot for signal in more}


def unresolved(people: People, category: str = STALLS, resolved: str = "unresolved") -> None:
    """Three citizens who say that nothing was done about a matter at one place."""
    for _ in range(3):
        number = given.ticket(people, category=category, address=PLACE)
        given.awaiting(people, number)
        answer = people.callback.post(
            f"/tickets/{number}/callbacks", {**given.DISCONTENT, "resolved": resolved}
        )
        assert answer.status_code == 201, answer.text


def test_the_list_tells_the_district_where_its_streets_called_nobody(people: People) -> None:
    unresolved(people)
    unresolved(people, RUBBISH)
    unresolved(people, "060402", "resolved")

    [signal] = people.district().get(PATH).json()["items"]

    assert (signal["street_code"], signal["category"]) == (WANGJING, STALLS)
    assert signal["category_name"] == "流动商贩"
    assert "望京西园" in signal["place"]
    assert len(signal["ticket_numbers"]) == 3
    assert "110105-market" in signal["office_codes"]
    assert signal["first_at"] <= signal["last_at"] == "2026-10-20T02:00:00Z"


def test_who_blew_is_not_told_of(people: People) -> None:
    unresolved(people)
    number = given.ticket(people, category=STALLS, address=PLACE)
    assert people.street().get(PATH).json()["items"] != []

    whistle = blown.blow(people, ticket_numbers=[number])
    assert people.street().get(PATH).json()["items"] == []

    blown.does(people, ("chief", WANGJING), whistle["number"], "cancel", reason="另案处理。")
    assert people.street().get(PATH).json()["items"] != []


def heard(people: People, role: str, office: str) -> list[dict[str, Any]]:
    entries = people(role, office).get("/feed").json()["items"]
    return [entry for entry in entries if entry["kind"] == "no-whistle"]


def test_street_and_district_are_told_once_of_each(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    unresolved(people)

    def new() -> int:
        with app.state.sessions.begin() as session:
            return signals.tell_missing(session, app.state.city, clock())

    assert [new(), new()] == [1, 0]
    [entry] = heard(people, "handler", WANGJING)
    data = {"street_code": WANGJING, "category": STALLS, "tickets": 3}
    assert (entry["data"], heard(people, "district", CHAOYANG)[0]["data"]) == (data, data)
    [street] = [
        row
        for row in people("analyst").get("/statistics/2026-11/whistles").json()["streets"]
        if row["office_code"] == WANGJING
    ]
    assert street["missing"] == 1

    number = entry["ticket_number"]
    whistle = blown.blow(people, ticket_numbers=[number])["number"]
    assert new() == 0
    blown.does(people, ("chief", WANGJING), whistle, "cancel", reason="另案处理。")
    clock.tick(days=1)
    assert [new(), len(heard(people, "handler", WANGJING))] == [1, 2]


def test_each_sees_his_own_and_the_city_names_its_district(people: People) -> None:
    unresolved(people)

    for reader, asked, count in (
        (people.street(), {}, 1),
        (people.street("110105001"), {}, 0),
        (people.street("110105001"), {"street": WANGJING}, 0),
        (people.district(), {"street": WANGJING}, 1),
        (people.district("110102"), {}, 0),
        (people.district("110102"), {"district_code": CHAOYANG}, 0),
        (people.supervisor, {"district_code": CHAOYANG}, 1),
        (people("auditor"), {"street": WANGJING}, 1),
        (people("handler", "110105-market"), {}, 0),
    ):
        assert len(reader.get(PATH, **asked).json()["items"]) == count, asked
    unnamed = people.supervisor.get(PATH)
    assert (unnamed.status_code, unnamed.json()["type"]) == (422, "/problems/area-unnamed")
    assert people("analyst").get(PATH).status_code == 403
