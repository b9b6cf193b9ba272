"""Streets mark departments, and their performance follows, over HTTP (RULEBOOK D.15)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app import rounds
from app.evaluations import books
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.stages import DONGHUAMEN, JIUXIANQIAO, MAIZIDIAN, MARKET
from tests.conftest import StillClock
from tests.rankings.test_workbook import cells

TERM = "2026-Q4"
ITEMS = {"response": 25, "effect": 30, "cooperation": 18, "lawfulness": 15}
POWER = "city-power"


def items(total: int) -> dict[str, int]:
    """Points of an item each, up to its most."""
    left, points = total, {}
    for name, most in zip(ITEMS, (25, 35, 20, 20), strict=True):
        points[name] = min(left, most)
        left -= points[name]
    return points


def marks(
    people: People, street: str, office: str = MARKET, term: str = TERM, **body: Any
) -> Response:
    return people("chief", street).put(f"/evaluations/{term}/{office}", body)


def marked(people: People, street: str, total: int, **body: Any) -> dict[str, Any]:
    answer = marks(people, street, items=items(total), **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def three_mark(people: People) -> None:
    """The rulebook's example."""
    for street, total in ((WANGJING, 95), (JIUXIANQIAO, 88), (MAIZIDIAN, 81)):
        marked(people, street, total)


def entered(people: People, other: float = 84, term: str = TERM) -> dict[str, Any]:
    path = f"/departments/{MARKET}/performance/{term}"
    answer = people("evaluator").put(path, {"other": other})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def row(people: People, office: str = MARKET, term: str = TERM) -> dict[str, Any]:
    answer = people("analyst").get("/departments/performance", period=term)
    assert answer.status_code == 200, answer.text
    return next(dict(r) for r in answer.json()["rows"] if r["office_code"] == office)


def test_the_form_has_every_department_of_the_district(people: People) -> None:
    form = people("chief", WANGJING).get(f"/evaluations/{TERM}").json()

    assert form["term"]["deadline_at"] == "2026-12-28T16:00:00Z"
    assert form["term"]["state"] == "open"
    assert {row["office_code"][:6] for row in form["rows"]} == {CHAOYANG}
    market = next(row for row in form["rows"] if row["office_code"] == MARKET)
    assert (market["status"], market["proposed"], market["line"]) == ("open", None, "market")


def test_the_terms_that_have_begun_are_listed(people: People) -> None:
    terms = people("chief", WANGJING).get("/evaluations").json()

    assert [term["name"] for term in terms[-2:]] == ["2026-Q3", TERM]
    assert [term["state"] for term in terms[-2:]] == ["closed", "open"]
    assert len(terms) == 8


def test_the_rulebooks_example_is_ranked_in_its_line(people: People) -> None:
    three_mark(people)
    entered(people)

    market = row(people)

    assert market["evaluation"] == 88
    assert (market["performance"], market["performance_exact"]) == (85.33, "256/3")
    assert (market["rank"], market["status"], market["streets"]) == (1, "ranked", 3)
    line = people("analyst").get("/departments/performance", period=TERM, line="market").json()
    assert {row["line"] for row in line["rows"]} == {"market"}
    assert len(line["rows"]) == 16


def test_two_streets_are_too_few(people: People) -> None:
    marked(people, WANGJING, 95)
    marked(people, JIUXIANQIAO, 88)

    market = entered(people)

    assert (market["status"], market["performance"], market["rank"]) == ("insufficient", None, None)
    assert market["evaluation_exact"] == "183/2"


def test_the_newest_mark_stands_until_the_deadline(people: People, clock: StillClock) -> None:
    marked(people, WANGJING, 60)
    marked(people, WANGJING, 90)
    clock.at = clock.at.replace(month=12, day=28, hour=16)

    assert marked(people, WANGJING, 91)["mark"] == 91
    clock.tick(microseconds=1)
    late = marks(people, WANGJING, items=items(92))

    assert (late.status_code, late.json()["type"]) == (409, "/problems/evaluation-late")
    opened = people("chief", MARKET).get(f"/departments/{MARKET}/performance/{TERM}").json()
    assert [mark["mark"] for mark in opened["marks"]] == [91]


def test_a_veto_keeps_a_department_from_excellence(people: People) -> None:
    for street in (WANGJING, JIUXIANQIAO, MAIZIDIAN):
        marked(people, street, 100)
    entered(people, 100)
    assert row(people)["grade"] == "excellent"

    vetoed = marked(people, WANGJING, 100, veto={"text": "多次拒不到场。"})

    assert vetoed["veto"] == {"text": "多次拒不到场。", "stands": True}
    market = row(people)
    assert (market["vetoes"], market["grade"], market["performance"]) == (1, "good", 100)


def appeals(people: People, street: str = WANGJING) -> Response:
    body = {"street_code": street, "text": "当日已到场。"}
    return people("handler", MARKET).post(f"/evaluations/{TERM}/{MARKET}/appeal", body)


def decides(people: People, approve: bool, district: str = CHAOYANG) -> Response:
    body = {"street_code": WANGJING, "approve": approve, "text": "经核实。"}
    path = f"/evaluations/{TERM}/{MARKET}/appeal/decision"
    return people("district", district).post(path, body)


def test_an_approved_appeal_sets_mark_and_veto_aside(people: People) -> None:
    marked(people, WANGJING, 10, veto={"text": "作风粗暴。"})
    assert appeals(people).status_code == 200

    decided = decides(people, approve=True).json()

    assert (decided["status"], decided["mark"]) == ("open", None)
    assert decided["veto"]["stands"] is False
    assert decided["appeal"]["approved"] is True
    again = marks(people, WANGJING, items=items(10))
    assert again.json()["type"] == "/problems/mark-set-aside"


def test_a_refused_appeal_leaves_the_mark(people: People, clock: StillClock) -> None:
    marked(people, WANGJING, 10)
    clock.at = clock.at.replace(month=12, day=28, hour=16)
    clock.tick(days=5)
    assert appeals(people).status_code == 200
    clock.tick(days=5)

    assert decides(people, approve=False).json()["mark"] == 10
    assert decides(people, approve=True).json()["type"] == "/problems/appeal-repeated"


def test_appeals_have_their_time_and_their_people(people: People, clock: StillClock) -> None:
    assert appeals(people).json()["type"] == "/problems/nothing-to-appeal"
    marked(people, WANGJING, 10)

    assert decides(people, approve=True).json()["type"] == "/problems/nothing-to-appeal"
    assert decides(people, True, "110101").json()["type"] == "/problems/no-such-street"
    assert appeals(people, "110105999").json()["type"] == "/problems/no-such-street"
    assert appeals(people).status_code == 200
    assert appeals(people).json()["type"] == "/problems/appeal-repeated"
    body = {"street_code": WANGJING, "text": "当日已到场。"}
    path = f"/evaluations/{TERM}/{MARKET}/appeal"
    assert people("handler", "110105-water").post(path, body).status_code == 404
    assert people("operator").post(path, body).status_code == 403
    clock.at = clock.at.replace(month=12, day=28, hour=16)
    clock.tick(days=10, microseconds=1)
    assert decides(people, approve=True).json()["type"] == "/problems/evaluation-late"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"confirm": True, "no_dealings": True}, ""),
        ({"confirm": False}, "/confirm"),
        ({"items": {**ITEMS, "response": 26}}, "/items/response"),
        ({"items": {**ITEMS, "effect": -1}}, "/items/effect"),
        ({"items": {**ITEMS, "effect": 10.125}}, "/items/effect"),
        ({"items": {**ITEMS, "effect": True}}, "/items/effect"),
        ({"items": {**ITEMS, "more": 1}}, "/items/more"),
        ({"items": {"response": 1}}, "/items/effect"),
        ({"items": ITEMS, "veto": {}}, "/veto/text"),
        ({"items": ITEMS, "veto": {"text": " "}}, "/veto/text"),
        ({"no_dealings": True, "veto": {"text": "不知道。"}}, ""),
        ({"items": ITEMS, "mark": 100}, "/mark"),
    ],
)
def test_a_mark_of_bad_form_is_refused(people: People, body: dict[str, Any], pointer: str) -> None:
    answer = marks(people, WANGJING, **body)

    assert answer.status_code == 422, answer.text
    assert pointer in {fault["pointer"] for fault in answer.json()["errors"]}


def test_who_may_not_mark(people: People) -> None:
    body = {"items": ITEMS}
    path = f"/evaluations/{TERM}/{MARKET}"

    assert people("handler", WANGJING).put(path, body).status_code == 403
    assert people("chief", MARKET).put(path, body).json()["type"] == "/problems/streets-evaluate"
    assert marks(people, DONGHUAMEN, items=ITEMS).json()["type"] == "/problems/not-on-form"
    assert marks(people, WANGJING, confirm=True).json()["type"] == "/problems/nothing-proposed"


@pytest.mark.parametrize(
    ("office", "term", "status"),
    [
        (POWER, TERM, 404),  # the street has not dealt with it
        (WANGJING, TERM, 404),
        (MARKET, "2027-Q1", 404),
        (MARKET, "2026-10", 404),
        (MARKET, "2026-Q9", 422),
    ],
)
def test_nothing_else_is_marked(people: People, office: str, term: str, status: int) -> None:
    assert marks(people, WANGJING, office, term, items=ITEMS).status_code == status


def test_who_may_read_a_form(people: People) -> None:
    path = f"/evaluations/{TERM}"
    named = {"street_code": WANGJING}

    assert people("district", CHAOYANG).get(path, **named).status_code == 200
    assert people("auditor").get(path, **named).status_code == 200
    assert people("auditor").get(path).status_code == 422
    assert people("district", "110101").get(path, **named).status_code == 404
    assert people("chief", JIUXIANQIAO).get(path, **named).status_code == 404
    assert people("operator").get(path).status_code == 403


def test_who_may_open_a_departments_performance(people: People) -> None:
    path = f"/departments/{MARKET}/performance/{TERM}"

    for reader in (people("handler", MARKET), people("district", CHAOYANG), people("auditor")):
        assert reader.get(path).status_code == 200
    assert people("handler", WANGJING).get(path).status_code == 404
    assert people("district", "110101").get(path).status_code == 404
    assert people("operator").get(path).status_code == 403
    assert people("auditor").get(f"/departments/{WANGJING}/performance/{TERM}").status_code == 404


@pytest.mark.parametrize("other", [-1, 100.5, "x", None, 84.125, True])
def test_the_rest_is_of_a_hundred(people: People, other: Any) -> None:
    path = f"/departments/{MARKET}/performance/{TERM}"

    assert people("evaluator").put(path, {"other": other}).status_code == 422


def test_performance_as_a_sheet(people: People) -> None:
    three_mark(people)
    entered(people)

    book = people("analyst").get("/departments/performance", period=TERM, format="xlsx")
    assert book.headers["Content-Disposition"].startswith(f'attachment; filename="{TERM}')
    [line] = [row for row in cells(book.content) if row[0] == MARKET]
    assert line[1].endswith("市场监督管理局")
    sheet = people("analyst").get("/departments/performance", period=TERM, format="csv")

    assert sheet.headers["content-type"].startswith("text/csv")
    names, *lines = sheet.text.splitlines()
    assert names.startswith("office_code,office_name,district_code,line,status,rank,streets")
    assert any(line.startswith(f"{MARKET},") and ",256/3," in line for line in lines)
    unknown = people("analyst").get("/departments/performance", period=TERM, line="nobody")
    assert unknown.json()["type"] == "/problems/no-such-line"


def test_inside_the_street(people: People) -> None:
    chief = people("chief", WANGJING)
    assert chief.put("/units/urban", {"name": "城市管理办公室"}).status_code == 200
    community = chief.get("/units").json()[0]["code"]
    path = f"/evaluations/{TERM}/units"

    chief.put(f"{path}/{community}", {"items": items(90)})
    form = chief.put(f"{path}/urban", {"items": items(80)}).json()

    places = {row["code"]: (row["kind"], row["mark"], row["rank"]) for row in form["rows"]}
    assert places[community] == ("community", 90, 1)
    assert places["urban"] == ("section", 80, 1)
    assert people("district", CHAOYANG).get(path, street_code=WANGJING).json() == form
    assert people("auditor").get(path, street_code=WANGJING).json() == form
    assert people("chief", JIUXIANQIAO).get(path, street_code=WANGJING).status_code == 404
    assert people("evaluator").get(path, street_code=WANGJING).status_code == 403
    assert chief.put(f"{path}/nobody", {"items": items(80)}).status_code == 404
    assert chief.put(f"/units/{community}", {"name": "社区"}).status_code == 409
    assert (
        people("chief", JIUXIANQIAO).put(f"{path}/urban", {"no_dealings": True}).status_code == 404
    )


def test_a_closed_section_is_marked_no_more(people: People, clock: StillClock) -> None:
    chief = people("chief", WANGJING)
    chief.put("/units/urban", {"name": "城市管理办公室"})
    closed = chief.put("/units/urban", {"name": "城市管理办公室", "closed": True}).json()
    assert closed["closed_at"] is not None
    clock.at = clock.at.replace(month=12, day=20)

    codes = {row["code"] for row in chief.get("/evaluations/2027-Q1/units").json()["rows"]}

    assert "urban" not in codes


def waiting(people: People, role: str, office: str) -> list[tuple[str, str, Any]]:
    rows = people(role, office).get("/inbox").json()["items"]
    return [(row["because"], row["waits_until"], row["evaluation"]) for row in rows]


def entries(people: People, role: str, office: str) -> list[str]:
    items = people(role, office).get("/feed", after=0).json()["items"]
    return [f"{item['kind']} {item['data']['office_code']}" for item in items]


def test_an_appeal_waits_for_the_district_and_each_party_is_told(people: People) -> None:
    marked(people, WANGJING, 10)
    appeals(people)
    about = {"period": TERM, "street_code": WANGJING, "office_code": MARKET}

    assert waiting(people, "district", CHAOYANG) == [
        ("decide-appeal", "2027-01-07T16:00:00Z", about)
    ]
    decides(people, approve=False)
    assert waiting(people, "district", CHAOYANG) == []
    assert entries(people, "district", CHAOYANG) == [f"evaluation-appeal {MARKET}"]
    assert entries(people, "handler", MARKET) == [
        f"evaluation-mark {MARKET}",
        f"evaluation-decide {MARKET}",
    ]
    assert entries(people, "chief", WANGJING) == [
        f"evaluation-appeal {MARKET}",
        f"evaluation-decide {MARKET}",
    ]


def test_a_mark_that_is_changed_is_appealed_against_anew(people: People) -> None:
    """Nothing waits for the district that it could not decide."""
    marked(people, WANGJING, 10)
    appeals(people)
    marked(people, WANGJING, 12)
    assert waiting(people, "district", CHAOYANG) == []
    appeals(people)
    assert len(waiting(people, "district", CHAOYANG)) == 1


def test_a_form_lies_with_each_street_from_the_end_to_the_deadline(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    marked(people, WANGJING, 90)
    rounds.ask_forms(app)
    assert waiting(people, "chief", WANGJING) == []
    clock.at = clock.at.replace(month=12, day=18, hour=16)

    rounds.ask_forms(app)
    rounds.ask_forms(app)

    about = {"period": TERM, "street_code": WANGJING, "office_code": None}
    assert waiting(people, "chief", WANGJING) == [("mark", "2026-12-28T16:00:00Z", about)]
    assert len(waiting(people, "chief", DONGHUAMEN)) == 1
    form = people("chief", WANGJING).get(f"/evaluations/{TERM}").json()
    for row in form["rows"]:
        marks(people, WANGJING, row["office_code"], no_dealings=True)
    assert waiting(people, "chief", WANGJING) == []
    rounds.ask_forms(app)
    assert waiting(people, "chief", WANGJING) == []
    clock.at = clock.at.replace(month=12, day=28, microsecond=1)
    rounds.ask_forms(app)
    assert waiting(people, "chief", DONGHUAMEN) == []


def test_two_chiefs_at_once_leave_one_chain(people: People, app: FastAPI) -> None:
    with ThreadPoolExecutor(8) as pool:
        totals = list(range(60, 84))
        answers = list(pool.map(lambda total: marks(people, WANGJING, items=items(total)), totals))

    assert {answer.status_code for answer in answers} == {200}
    with app.state.sessions() as session:
        assert list(books.faults(session, [TERM])) == []
        assert len(list(books.events(session, [TERM]))) == len(totals)
