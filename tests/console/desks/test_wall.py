"""The wall: figures that anybody of the staff may put on a screen."""

import re

import pytest
from fastapi import FastAPI

from tests.aids.given import CHAOYANG, People, ticket
from tests.conftest import StillClock
from tests.console.visitor import Visitor


def tiles(page: str) -> dict[str, str]:
    cut = re.findall(r'tile-name">([^<]+)</span> <strong>([^<]+)</strong>', page)
    return dict(reversed(cut))  # the city's stand before a district's own


def test_the_day_in_figures(people: People, app: FastAPI, clock: StillClock) -> None:
    for _ in range(2):
        ticket(people)
    ticket(people, address={"text": "望京"})
    app.state.figures.read_at = float("-inf")
    visitor = Visitor(people.client).signs_in(people.supervisor)
    shown = tiles(visitor.get("/wall").text)
    assert shown["今日诉求（已知地点）"] == "2"
    assert shown["未办结"] == "3"
    assert shown["待派单"] == "1"
    assert "望京街道" in visitor.get("/wall").text
    assert "<html" not in visitor.get("/wall", {"HX-Request": "true"}).text


def test_a_district_sees_its_own_beside_the_citys(people: People) -> None:
    ticket(people)
    ticket(people, address={"text": "海淀区学院路街道"})
    page = Visitor(people.client).signs_in(people.district(CHAOYANG)).get("/wall").text
    own = page[page.index("<h2>朝阳区") :]
    assert tiles(own)["未办结"] == "1"


@pytest.mark.parametrize("role", ["analyst", "evaluator", "auditor", "operator", "panel"])
def test_everybody_of_the_city_may_see_it(people: People, role: str) -> None:
    assert Visitor(people.client).signs_in(people(role)).get("/wall").status_code == 200
