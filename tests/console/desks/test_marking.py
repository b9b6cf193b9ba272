"""A period's marks by its pages: the chief's, the department's appeal, the district's decision."""

import pytest

from tests.aids.given import WANGJING, People
from tests.console.visitor import Visitor, alert

MARKET = "110105-market"
ITEMS = {
    "items.response": "22",
    "items.effect": "30.5",
    "items.cooperation": "18",
    "items.lawfulness": "18",
}


@pytest.fixture
def chief(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people("chief", WANGJING))


def period(people: People) -> str:
    return str(people("chief", WANGJING).get("/evaluations").json()[-1]["name"])


def test_a_mark_an_appeal_and_its_decision(people: People, chief: Visitor) -> None:
    form = f"/marks/{period(people)}"
    typed = {**ITEMS, "reason": "到场及时 & 到位", "word": "items"}
    page = chief.get("/marks")
    too_much = chief.fills_in(page, f"{form}/{MARKET}", **{**typed, "items.response": "26"})
    assert too_much.status_code == 422
    assert "到场及时 &amp; 到位</textarea>" in too_much.text
    assert chief.fills_in(too_much, f"{form}/{MARKET}", **typed).status_code == 303
    market = Visitor(people.client).signs_in(people("chief", MARKET))
    own = market.get(form)
    assert "88.5" in own.text
    answer = market.fills_in(own, f"{form}/{MARKET}/appeal", text="均在三十分钟内到场。")
    assert answer.status_code == 303, alert(answer.text)
    district = Visitor(people.client).signs_in(people.district())
    asked = district.get(f"{form}?street_code={WANGJING}")
    assert "均在三十分钟内到场。" in asked.text
    decision = {"approve": "no", "text": "评价有据。"}
    answer = district.fills_in(asked, f"{form}/{MARKET}/decision", **decision)
    assert answer.status_code == 303, alert(answer.text)
    assert "评价有据。" in chief.get(form).text


def test_no_dealings_is_one_tap(people: People, chief: Visitor) -> None:
    form = f"/marks/{period(people)}"
    page = chief.get(form)
    answer = chief.fills_in(page, f"{form}/110105-water", word="no_dealings")
    assert answer.status_code == 303, alert(answer.text)


def test_a_handler_reads_and_does_not_mark(people: People) -> None:
    handler = Visitor(people.client).signs_in(people.street())
    page = handler.get("/marks")
    assert page.status_code == 200
    assert f"/marks/{period(people)}/{MARKET}" not in page.text


def test_communities_and_sections_are_marked(people: People, chief: Visitor) -> None:
    units = f"/marks/{period(people)}/units"
    section = {"code": "urban", "name": "城市管理办公室"}
    assert chief.fills_in(chief.get(units), units, **section).status_code == 303
    page = chief.get(units)
    assert "望京西园三区" in page.text
    too_much = chief.fills_in(page, f"{units}/urban", **{**ITEMS, "items.effect": "99"})
    assert too_much.status_code == 422
    assert 'value="99"' in too_much.text
    assert chief.fills_in(page, f"{units}/urban", **ITEMS, word="items").status_code == 303
    assert "88.5" in chief.get(units).text
    handler = Visitor(people.client).signs_in(people.street())
    assert f"{units}/urban" not in handler.get(units).text


def test_a_section_is_renamed_and_closed(people: People, chief: Visitor) -> None:
    units = f"/marks/{period(people)}/units"
    section = {"code": "urban", "name": "城市管理办公室"}
    assert chief.fills_in(chief.get(units), units, **section).status_code == 303
    kept = {"name": "城管办", "closed": "yes"}
    assert chief.fills_in(chief.get(units), f"{units}/urban/keep", **kept).status_code == 303
    [unit] = [
        unit for unit in people("chief", WANGJING).get("/units").json() if unit["code"] == "urban"
    ]
    assert (unit["name"], unit["closed_at"] is not None) == ("城管办", True)
    assert "已撤销" in chief.get(units).text


def test_the_rest_of_a_performance_is_entered(people: People) -> None:
    evaluator = Visitor(people.client).signs_in(people("evaluator"))
    of_office = f"/performance/{period(people)}/of/{MARKET}"
    table = f"/performance/{period(people)}"
    assert of_office not in evaluator.get(table).text
    assert of_office in evaluator.get(f"{table}?all=1").text
    assert of_office in evaluator.get(f"{table}?q=朝阳区市场监督管理局").text
    too_much = evaluator.fills_in(evaluator.get(of_office), of_office, other="101")
    assert too_much.status_code == 422
    assert 'value="101"' in too_much.text
    assert evaluator.fills_in(too_much, of_office, other="91.5").status_code == 303
    assert "91.5" in evaluator.get(of_office).text
    running = evaluator.get(f"/performance/{period(people)}")
    early = evaluator.fills_in(running, f"/performance/{period(people)}/seal")
    assert early.status_code == 409
    assert 'role="alert"' in early.text
    sheet = evaluator.get(f"/performance/file?period={period(people)}&format=csv")
    assert "text/csv" in sheet.headers["content-type"]


def test_a_supervisor_reads_performance_and_changes_nothing(people: People) -> None:
    supervisor = Visitor(people.client).signs_in(people.supervisor)
    of_office = f"/performance/{period(people)}/of/{MARKET}"
    assert 'name="other"' not in supervisor.get(of_office).text
    assert "/seal" not in supervisor.get(f"/performance/{period(people)}").text
