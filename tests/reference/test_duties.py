"""The duty list and the powers over HTTP: what is at hand, and what is not."""

import pytest

from app.access.roles import STAFF, Role
from tests.aids.given import CHAOYANG, WANGJING, People

TOWNSHIP = "110105035"
PATHS = ("/duties", "/powers", f"/offices/{WANGJING}/duties")
OFFICES = {Role.DISTRICT: CHAOYANG, Role.HANDLER: WANGJING, Role.CHIEF: WANGJING}


def test_the_list_tells_how_much_of_it_is_at_hand(people: People) -> None:
    answer = people.operator.get("/duties").json()

    assert (answer["complete"], answer["listed"], answer["mapped_by"]) == (False, 111, "ours")
    assert answer["named"] == len(answer["items"]) < 111
    assert answer["percentages"] == {"bear": 25, "organise": 35, "assist": 40}
    assert sum(board["named"] for board in answer["boards"]) == answer["named"]


def test_it_is_filtered_by_board_share_and_words(people: People) -> None:
    for wanted in ({"board": "city"}, {"share": "bear"}, {"q": "老旧小区"}):
        items = people.operator.get("/duties", **wanted).json()["items"]
        assert items
        for name, value in wanted.items():
            assert all(value in item["name" if name == "q" else name] for item in items)
    assert people.operator.get("/duties", board="city", share="assist").json()["items"] == []
    assert people.operator.get("/duties", share="own").status_code == 422


def test_the_powers_of_a_day_are_those_that_had_come_down(people: People) -> None:
    before, today = (
        people.operator.get("/powers", as_of=day).json() for day in ("2020-06-30", "2020-07-01")
    )

    assert (before["named"], before["items"]) == (0, [])
    assert [(item["former"], item["number"]) for item in today["items"]][:2] == [
        ("*-urban-enforcement", 393),
        ("*-water", 22),
    ]
    assert (today["named"], today["listed"], today["complete"]) == (431, 431, False)


def test_a_street_sees_what_it_bears_organises_and_assists(people: People) -> None:
    mine = people.street().get(f"/offices/{WANGJING}/duties").json()

    assert {item["code"] for item in mine["bear"]} >= {"city-rubbish", "livelihood-hotline"}
    assert {item["share"] for item in mine["organise"]} == {"organise"}
    assert mine["assist"] == []
    assert {item["share"] for item in mine["unshared"]} == {None}
    named = sum(len(mine[part]) for part in ("bear", "organise", "assist", "unshared"))
    assert (mine["complete"], mine["missing"]) == (False, 111 - named)


def test_a_townships_list_is_not_at_hand(people: People) -> None:
    theirs = people.operator.get(f"/offices/{TOWNSHIP}/duties").json()

    assert theirs["missing"] is None
    assert "livelihood-hotline" not in str(theirs)
    assert sum(group["number"] for group in theirs["powers"]) == 431


@pytest.mark.parametrize("code", [CHAOYANG, "110105-market", "110105999", "x"])
def test_the_list_is_streets_and_townships_only(people: People, code: str) -> None:
    answer = people.operator.get(f"/offices/{code}/duties")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-office")


def test_a_category_tells_its_board_duties_and_powers(people: People) -> None:
    items = people.operator.get("/categories").json()["items"]
    by_code = {item["code"]: item for item in items}

    stalls = by_code["060401"]
    assert (stalls["board"], stalls["duties"]) == ("city", ["city-enforcement"])
    assert stalls["powers"] == ["urban-enforcement"]
    assert by_code["030301"]["board"] == "community"
    assert (by_code["0101"]["board"], by_code["0101"]["powers"]) == (None, [])


@pytest.mark.parametrize("path", PATHS)
def test_all_staff_may_read_and_nobody_else(people: People, path: str) -> None:
    for role in STAFF - {Role.ADMIN}:
        assert people(role, OFFICES.get(role)).get(path).status_code == 200, role
    assert people("analyst").get(path).status_code == 403
    answer = people.operator.get(path)
    again = people.operator.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
