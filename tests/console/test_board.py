"""The board: a ranking opened down to its tickets, tried, compared, sealed and verified."""

import json
from html import unescape

import pytest

from app.console.board import charts, drawing
from app.console.board.trial import body
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.console.visitor import Visitor

PERIOD = "2026-11"


def assessed(people: People) -> str:
    number = given.ticket(people)
    given.awaiting(people, number)
    stages.called(people, number)
    return number


def visitor(people: People, role: str) -> Visitor:
    return Visitor(people.client).signs_in(people(role))


def test_a_number_opens_to_its_tickets(people: People) -> None:
    number = assessed(people)
    evaluator = visitor(people, "evaluator")
    table = evaluator.get(f"/board?period={PERIOD}").text
    assert "望京街道" in table
    assert "100.00" in table
    office = evaluator.get(f"/board/offices/{WANGJING}?period={PERIOD}").text
    assert "20.65–100.00" in office
    assert 'class="wilson"' in office
    rows = evaluator.get(
        f"/board/offices/{WANGJING}/tickets?period={PERIOD}&rate=resolution&counts=numerator"
    ).text
    assert number in rows


def test_who_may_not_open_the_tickets_is_told_so(people: People) -> None:
    assessed(people)
    analyst = visitor(people, "analyst")
    assert analyst.get(f"/board?period={PERIOD}").status_code == 200
    answer = analyst.get(f"/board/offices/{WANGJING}/tickets?period={PERIOD}")
    assert answer.status_code == 403
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    ("role", "office"),
    [
        ("analyst", None),
        ("supervisor", None),
        ("auditor", None),
        ("district", CHAOYANG),
        ("district", "110101"),
        ("chief", WANGJING),
        ("chief", stages.JIUXIANQIAO),
    ],
)
def test_a_number_is_a_link_for_whom_it_opens(
    people: People, role: str, office: str | None
) -> None:
    assessed(people)
    person = Visitor(people.client).signs_in(people(role, office))
    tickets = f"/board/offices/{WANGJING}/tickets?period={PERIOD}"
    opens = person.get(tickets).status_code == 200
    for page in ("/board", f"/board/offices/{WANGJING}"):
        shown = person.get(f"{page}?period={PERIOD}").text
        assert (f"/offices/{WANGJING}/tickets" in shown) is opens, page


def test_other_values_show_who_gains_and_are_stored_nowhere(people: People) -> None:
    assessed(people)
    analyst = visitor(people, "analyst")
    official = people("analyst").get(f"/rankings/{PERIOD}").json()
    page = analyst.get(
        f"/board/trial?period={PERIOD}&response=0.2&resolution=0.4&satisfaction=0.4&min_reached=3"
    )
    assert page.status_code == 200
    assert "望京街道" in page.text
    assert people("analyst").get(f"/rankings/{PERIOD}").json() == official
    wrong = analyst.get(f"/board/trial?period={PERIOD}&response=0.9&resolution=0.4")
    assert wrong.status_code == 422
    assert 'value="0.9"' in wrong.text
    assert visitor(people, "supervisor").get("/board/trial").status_code == 403


def test_a_form_of_values_is_the_apis() -> None:
    assert body({}) == {}
    assert body({"response": " ", "partly": "1/3", "min_reached": "5"}) == {
        "partly": "1/3",
        "min_reached": 5,
    }
    assert body({"min_reached": "viel"}) == {"min_reached": "viel"}


def test_two_periods_stand_beside_each_other(people: People, clock: StillClock) -> None:
    assessed(people)
    clock.tick(days=31)
    assessed(people)
    page = visitor(people, "analyst").get("/board/compare?period=2026-12&with=2026-11")
    assert page.status_code == 200
    assert "100.00 → 100.00" in page.text


def test_a_period_is_sealed_and_verified_by_a_click(people: People, clock: StillClock) -> None:
    assessed(people)
    clock.tick(days=40)
    evaluator = visitor(people, "evaluator")
    page = evaluator.get(f"/board?period={PERIOD}")
    sealed = evaluator.fills_in(page, f"/board/seal?period={PERIOD}")
    assert sealed.status_code == 200, sealed.text
    assert "已封账" in sealed.text
    verified = evaluator.fills_in(sealed, f"/board/verify?period={PERIOD}")
    assert "记录与封账一致" in verified.text
    assert "verify?period" not in visitor(people, "analyst").get(f"/board?period={PERIOD}").text


def test_charts_have_their_tables_and_their_figures(people: People) -> None:
    assessed(people)
    analyst = visitor(people, "analyst")
    page = analyst.get(f"/board/charts?period={PERIOD}").text
    figures = json.loads(unescape(page.split('data-figures="')[1].split('"')[0]))
    assert figures["months"][-1] == PERIOD
    assert figures["volume"][-1] == 1
    assert figures["rates"]["响应率"][-1] == 100.0


def test_rates_of_several_offices_are_pooled_by_their_cases() -> None:
    rows = [
        {"response": {"numerator": "20/3", "denominator": 10}},
        {"response": {"numerator": "1", "denominator": 1}},
        {"response": {"numerator": "0", "denominator": 0}},
    ]
    assert charts.pooled(rows, "response") == 69.70
    assert charts.pooled(rows[2:], "response") is None


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_table_is_taken_away_as_a_file(people: People, kind: str) -> None:
    assessed(people)
    answer = visitor(people, "analyst").get(f"/board/files/{PERIOD}?league=streets&format={kind}")
    assert answer.status_code == 200
    assert "filename" in answer.headers["content-disposition"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_months_bulletin_opens(people: People) -> None:
    assessed(people)
    answer = visitor(people, "analyst").get(f"/board/bulletins/month/{PERIOD}")
    for kind, name in (("quarter", "2026-Q4"), ("year", "2026")):
        page = visitor(people, "analyst").get(f"/board/bulletins/{kind}/{name}")
        assert (page.status_code, page.text[:9].lower()) == (200, "<!doctype"), kind
    assert visitor(people, "analyst").get(f"/board/bulletins/week/{PERIOD}").status_code == 404
    assert answer.status_code == 200
    assert "text/html" in answer.headers["content-type"]


@pytest.mark.parametrize("query", ["period=1999-01", "league=x", "period=2026-11&district=x", ""])
def test_an_odd_choice_shows_a_ranking_all_the_same(people: People, query: str) -> None:
    assessed(people)
    answer = Visitor(people.client).signs_in(people.district(CHAOYANG)).get(f"/board?{query}")
    assert answer.status_code in (200, 422)
    assert "<main" in answer.text


def test_drawings_bear_no_style() -> None:
    spark = drawing.line([None, 10.0, 20.0, None, 15.0], "a<b")
    assert spark.count(",") == 3
    assert "style" not in spark
    assert "a&lt;b" in spark
    assert drawing.line([None, None], "") == ""
    assert drawing.line([5.0], "") != ""
    assert drawing.interval(None, 1.0, 2.0, "") == ""
    assert "style=" not in drawing.interval(20.0, 50.0, 80.0, "x")


def test_every_assessment_is_taken_along_by_whom_it_concerns(people: People) -> None:
    number = assessed(people)
    facts = f"/board/files/{PERIOD}/facts?format=csv"
    assert facts in visitor(people, "analyst").get(f"/board?period={PERIOD}").text
    assert number in visitor(people, "analyst").get(facts).text
    chief = Visitor(people.client).signs_in(people("chief", WANGJING))
    assert facts not in chief.get(f"/board?period={PERIOD}").text
    assert chief.get(facts).status_code == 403


def test_what_came_to_light_after_a_seal_has_its_page(people: People) -> None:
    page = visitor(people, "evaluator")
    assert "封账后记录" in page.get(f"/board/adjustments?period={PERIOD}").text
