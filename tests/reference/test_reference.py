"""Categories, catalogue and policies, as consoles read them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from fastapi import FastAPI

from app.access.roles import STAFF, Role
from app.offices.files import DATA, read_catalogue
from app.policy.documents import Policies
from app.preparation import POLICIES
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock

PATHS = ("/categories", "/catalogue", "/policies", "/policies/beijing-2019")
OFFICES = {Role.DISTRICT: CHAOYANG, Role.HANDLER: WANGJING, Role.CHIEF: WANGJING}


def test_the_tree_has_every_category_of_the_file_with_its_parent(people: People) -> None:
    items = people.operator.get("/categories").json()["items"]

    lines = (DATA / "catalogue" / "categories.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [item["code"] for item in items] == sorted(line.partition(",")[0] for line in lines)
    codes = {item["code"] for item in items}
    assert all(item["parent_code"] in codes for item in items if item["level"] > 1)
    assert {item["level"] for item in items} == {1, 2, 3}


def test_the_catalogue_of_a_day_has_the_rules_of_that_day(people: People) -> None:
    before, after = (
        {rule["id"] for rule in people.operator.get("/catalogue", as_of=day).json()["items"]}
        for day in ("2020-06-30", "2020-07-01")
    )

    assert before - after >= {"stalls-before-powers", "billboards-before-powers"}
    today = people.operator.get("/catalogue").json()
    assert today["as_of"] == "2026-10-20"
    assert {rule["id"] for rule in today["items"]} == after


def test_the_rules_of_a_category_stand_in_the_order_in_which_they_are_tried(
    people: People,
) -> None:
    rules = [rule["id"] for rule in people.operator.get("/catalogue").json()["items"]]

    tried = [rule.id for rule in read_catalogue().rules["0902"]]
    assert [rule for rule in rules if rule in tried] == tried


@pytest.mark.parametrize(
    "day", ["20201301", "2020-13-01", "1592000000", "2020-06-30T00:00:00Z", ""]
)
def test_what_is_no_day_is_refused_by_name(people: People, day: str) -> None:
    answer = people.operator.get("/catalogue", as_of=day)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/as_of"


def test_a_policy_ends_where_the_next_begins(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    text = (POLICIES / "beijing-2019.toml").read_text(encoding="utf-8")
    begins = clock.at.date() + timedelta(days=30)
    later = text.replace("effective_from = 2019-01-01", f"effective_from = {begins}", 1)
    both = Policies.read({"beijing-2019": text, "beijing-2027": later})
    app.state.city = replace(app.state.city, policies=both)

    first, second = people.operator.get("/policies").json()["items"]

    assert (first["name"], first["in_force"]) == ("beijing-2019", True)
    assert (second["name"], second["in_force"]) == ("beijing-2027", False)
    assert first["effective_to"] == second["effective_from"]
    assert second["effective_to"] is None
    shown = people.operator.get("/policies/beijing-2027").json()
    assert date.fromisoformat(shown["document"]["effective_from"]) == begins
    assert people.operator.get("/policies/beijing-2028").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_every_staff_role_reads_them_and_hears_when_nothing_changed(
    people: People, path: str
) -> None:
    assert people("analyst").get(path).status_code == 403
    for role in STAFF - {Role.ADMIN}:
        answer = people(role, OFFICES.get(role)).get(path)
        assert answer.status_code == 200, (role, answer.text)
    known = {"If-None-Match": answer.headers["ETag"]}
    assert people.operator.get(path, known).status_code == 304
    assert people.operator.get(path, {"If-None-Match": '"other"'}).status_code == 200
