"""The first visit of an administrator."""

from tests.aids import given
from tests.aids.given import People
from tests.console.visitor import Forms, Visitor


def test_an_empty_city_offers_a_month_to_look_at(people: People) -> None:
    admin = Visitor(people.client).signs_in(people.admin)
    assert admin.get("/").headers["location"] == "/console/welcome"
    page = admin.get("/welcome").text
    assert "/console/welcome/simulate" in Forms(page).by_action


def test_a_city_with_requests_is_not_simulated_over(people: People) -> None:
    admin = Visitor(people.client).signs_in(people.admin)
    page = admin.get("/welcome")
    given.ticket(people)
    assert admin.get("/").headers["location"] != "/console/welcome"
    assert "/console/welcome/simulate" not in Forms(admin.get("/welcome").text).by_action
    admin.fills_in(page, "/welcome/simulate")  # an old page's button
    assert admin.get("/welcome").text.count('role="status"') == 0


def test_nobody_else_fills_a_city(people: People) -> None:
    operator = Visitor(people.client).signs_in(people.operator)
    assert operator.get("/welcome").status_code == 403
