"""Bulletins of quarters and years; a sealed day; and HEAD for bulletins and rankings."""

import csv
import io
import re
from datetime import timedelta

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import CHINESE, WANGJING, People, awaiting, request, ticket
from tests.aids.past import BORDER, DONGHUAMEN, WORKED_EXAMPLE, Json, Store, case
from tests.conftest import StillClock

QUARTER = "/bulletins/quarters/2026-Q4"
WATER = "city-water"


def read(people: People, path: str) -> Json:
    answer = people("analyst").get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def sheet(people: People, path: str, name: str) -> list[dict[str, str]]:
    text = people("analyst").get(path, format="csv").text
    return [line for line in csv.DictReader(io.StringIO(text)) if line["list"] == name]


def counts(quarter: Json, name: str) -> dict[str, dict[str, int]]:
    return {tally["office_code"]: tally["counts"] for tally in quarter[name]}


def pressed(people: People, clock: StillClock, app: FastAPI) -> None:
    """A ticket overdue beyond the district's notice; two supervised, one answered; two on hold, one
    done."""
    number = ticket(people)
    awaiting(people, number)
    stages.called(people, number)
    done, undone = stages.working(people), stages.working(people)
    for number in (done, undone):
        stages.held(people, number, clock, days=5)
    given.ticket(people)
    for answered in (True, False):
        number = stages.working(people)
        until = (clock.at + timedelta(days=1)).isoformat()
        people.supervisor.does(
            "supervise", number, level="city", answer_due_at=until, reason="限期答复。"
        )
        if answered:
            people.street().does("note", number, text="已到现场。")
    people.supervisor.does("resume", done, done=True, text="已办结。")
    clock.tick(days=8, hours=30)
    sweep(app.state.sessions, app.state.city, clock)


def test_a_quarter_tells_escalations_supervision_and_holds_looked_at(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    pressed(people, clock, app)

    quarter = read(people, QUARTER)

    levels = counts(quarter, "escalations")[WANGJING]
    assert levels["overdue-chief"] >= 1
    assert levels["overdue-district"] >= 1
    assert counts(quarter, "supervisions") == {WANGJING: {"answered": 1, "unanswered": 1}}
    assert counts(quarter, "hold_reviews") == {WANGJING: {"done": 1, "undone": 1}}
    supervised = sheet(people, QUARTER, "supervisions")
    assert [(line["what"], line["number"]) for line in supervised] == [
        ("answered", "1"),
        ("unanswered", "1"),
    ]
    page = people("analyst").get(QUARTER, CHINESE, format="html").text
    assert "超期报区" in page
    assert "未答复" in page
    assert levels["supervision"] >= 1
    assert "督办逾期未答复" in page
    assert not re.search("<td[^>]*>[a-z]", page)


def test_a_sealed_quarter_is_as_it_was_when_it_was_sealed(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store([case(0, at=BORDER)])
    pressed(people, clock, app)
    clock.at = BORDER + timedelta(days=120)
    for period in ("2026-10", "2026-11", "2026-12"):
        assert people("evaluator").post(f"/rankings/{period}/seal").status_code == 201
    before = people("analyst").get(QUARTER)
    answered_at = clock.tick(days=1)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE supervision SET answered_at = %(at)s WHERE answered_at IS NULL",
            {"at": answered_at},
        )

    assert before.json()["sealed"]
    assert counts(before.json(), "supervisions")[WANGJING]["unanswered"] == 1
    assert people("analyst").get(QUARTER).content == before.content


def test_a_year_has_its_sum_and_the_departments_through_it(people: People, store: Store) -> None:
    bad = {"resolved": "unresolved"}
    store([case(0), case(1, answers=bad), case(2, office_code=WATER)])
    store(
        [case(3, at=BORDER + timedelta(days=3)), case(4, at=BORDER, office_code=WATER, answers=bad)]
    )

    year = read(people, "/bulletins/years/2026")

    total = year["total"]
    assert (total["assessed"], total["volume"]) == (3, 3)
    assert total["resolution"] == {"percent": 66.67, "numerator": "2", "denominator": 3}
    assert total["composite"] == 88.33
    water = next(office for office in year["departments"] if office["office_code"] == WATER)
    assert water["composites"] == [100.0, 65.0, None]
    table = sheet(people, "/bulletins/years/2026", "departments")
    mine = [office["composite"] for office in table if office["office_code"] == WATER]
    assert mine == ["100.00", "65.00", ""]
    assert sheet(people, "/bulletins/years/2026", "total")[0]["composite"] == "88.33"
    page = people("analyst").get("/bulletins/years/2026", CHINESE, format="html").text
    assert "市级部门名次" in page
    assert "88.33" in page


def test_a_sealed_day_is_as_it_was_whatever_moves_later(people: People, clock: StillClock) -> None:
    clock.at = BORDER.replace(month=11, day=18, hour=10)
    number = ticket(people)
    awaiting(people, number)
    stages.called(people, number)
    numbers = []
    for n in range(6):
        body = request(
            address={"text": "朝阳区望京街道望京西园三区308楼"},
            citizen={"phone": f"1380000{n:04}"},
            title=f"{n}号楼噪声{n}",
        )
        numbers.append(people.operator.post("/tickets", body).json()["number"])
    clock.at = BORDER.replace(month=11, day=24)
    assert people("evaluator").post("/rankings/2026-11/seal").status_code == 201
    path = "/bulletins/2026-11-18"
    before = people("analyst").get(path)
    clock.tick(hours=1)
    for moved in numbers[:3]:
        people.dispatcher.does("dispatch", moved, office_code=DONGHUAMEN, reason="在东华门街道。")

    after = people("analyst").get(path)

    assert after.content == before.content
    assert [lane["requests"] for lane in before.json()["lanes"]] == [7]
    assert before.json()["lanes"][0]["office_code"] == WANGJING


@pytest.mark.parametrize(
    "path",
    [
        "/rankings/2026-09",
        "/rankings/2026-09/seal",
        "/rankings/2026-09/bulletin",
        "/bulletins/2026-09-16",
        "/periods",
    ],
)
def test_head_is_answered_as_get_is_without_a_body(
    people: People, store: Store, clock: StillClock, path: str
) -> None:
    store(WORKED_EXAMPLE)
    assert people("evaluator").post("/rankings/2026-09/seal").status_code == 201
    analyst = people("analyst")

    got = analyst.get(path)
    head = analyst.client.head(f"/v1{path}", headers=analyst.headers)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers.get("ETag") == got.headers.get("ETag")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    posted = analyst.client.head("/v1/rankings/2026-09/verify", headers=analyst.headers)
    assert posted.status_code == 405
