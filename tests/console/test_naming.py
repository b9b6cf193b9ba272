"""Offices typed by their names become codes; what names no office goes as it is."""

from datetime import date

import pytest

from app.console.naming import Names
from app.offices.directory import OfficeEntry, OfficeKind
from tests.aids.given import People, ticket
from tests.console.visitor import Forms, Visitor

TODAY = date(2026, 11, 20)
OFFICES = {
    code: OfficeEntry(code, name, OfficeKind.STREET, district, aliases=aliases, active_to=until)
    for code, name, district, aliases, until in (
        ("1", "东区", None, (), None),
        ("2", "西区", None, (), None),
        ("11", "新街", "1", ("新街办", "老街"), None),
        ("21", "新街", "2", ("老街",), None),
        ("22", "旧街", "2", (), date(2026, 1, 1)),
        ("12", "旧街", "1", (), None),
    )
}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("新街（东区）", "11"),
        ("新街（西区）", "21"),
        (" 旧街 ", "12"),
        ("新街办", "11"),
        ("21", "21"),
        ("新街", "新街"),
        ("老街", "老街"),
        ("无此街", "无此街"),
    ],
)
def test_a_name_is_its_offices_where_it_is_one_offices(typed: str, code: str) -> None:
    names = Names(OFFICES, TODAY)
    body = {"to_office_code": typed, "joint_office_codes": [typed], "text": typed}
    wanted = {"to_office_code": code, "joint_office_codes": [code], "text": typed}
    assert names.coded({"people": [body]}) == {"people": [wanted]}


def test_a_form_takes_an_office_by_its_name(people: People) -> None:
    number = ticket(people, address={"text": "望京"})
    visitor = Visitor(people.client).signs_in(people.dispatcher)
    named = visitor.get("/offices?joint_office_codes=望京街道，东湖街").text
    assert 'value="望京街道，东湖街道"' in named
    page = visitor.get(f"/dispatch/{number}")
    fields = {"office_code": "望京东里", "joint_office_codes": "东湖街道", "reason": "地址"}
    fields |= {**Forms(page.text).by_action[f"/console/dispatch/{number}/let-go"], **fields}
    refused = visitor.post(f"/dispatch/{number}/dispatch", fields)
    assert refused.status_code == 422
    assert 'value="望京东里"' in refused.text
    taken = visitor.post(f"/dispatch/{number}/dispatch", fields | {"office_code": "望京街道"})
    assert taken.status_code == 303, taken.text
    shown = people.dispatcher.get(f"/tickets/{number}").json()
    assert shown["office"]["name"] == "望京街道"
    assert [office["name"] for office in shown["joint_offices"]] == ["东湖街道"]
