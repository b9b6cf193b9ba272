"""Leagues over HTTP: groups of streets, numbers opened in every league, one without offices."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from app.offices.directory import STREET_KINDS
from app.policy.documents import Policies
from app.seals import offline
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.past import DONGHUAMEN, JIANWAI, WORKED_EXAMPLE, Json, Store, case

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()
TOWNSHIP = "110105021"
UNRESOLVED = {"resolved": "unresolved"}
ENTERPRISE, CITY, INDUSTRY = "ent-water", "city-police", "city-market"
Change = Callable[..., None]


@pytest.fixture
def city(app: FastAPI, people: People) -> Iterator[Change]:
    """Changes what the services hold in memory, for one test."""
    kept = app.state.city

    def change(**changed: Any) -> None:
        app.state.city = replace(app.state.city, **changed)

    yield change
    app.state.city = kept


def rows(people: People, league: str = "streets") -> list[Json]:
    answer = people("analyst").get("/rankings/2026-09", league=league)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


def grouped(text: str) -> Policies:
    return Policies.read({"beijing-2019": DOCUMENT.replace('groups = "none" ', text)})


def test_streets_and_townships_may_be_ranked_apart(
    people: People, store: Store, city: Change
) -> None:
    city(policies=grouped('groups = "kind" '))
    store([*(case(n) for n in range(3)), case(3, office_code=JIANWAI, answers=UNRESOLVED)])
    store([case(4, office_code=TOWNSHIP, answers={"satisfied": "dissatisfied"}), case(5)])

    by_office = {row["office_code"]: row for row in rows(people)}

    shown = [
        (by_office[c]["group"], by_office[c]["rank"], by_office[c]["group_rank"]) for c in PLACED
    ]
    assert shown == [("street", 1, 1), ("street", 2, 2), ("township", 2, 1)]
    assert {row["group"] for row in by_office.values()} == {"street", "township"}
    assert (by_office[DONGHUAMEN]["group"], by_office[DONGHUAMEN]["group_rank"]) == ("street", None)


PLACED = (WANGJING, JIANWAI, TOWNSHIP)


def test_streets_may_be_ranked_among_those_that_bear_as_much(
    people: People, store: Store, city: Change
) -> None:
    city(policies=grouped('groups = "volume" '))
    store([*(case(n) for n in range(3)), case(3, office_code=JIANWAI, answers=UNRESOLVED)])

    by_office = {row["office_code"]: row for row in rows(people)}

    assert [by_office[code]["group"] for code in (WANGJING, JIANWAI, DONGHUAMEN)] == ["q1"] * 3
    assert [by_office[code]["group_rank"] for code in (WANGJING, JIANWAI)] == [1, 2]


def test_without_groups_nobody_has_one(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    assert {(row["group"], row["group_rank"]) for row in rows(people)} == {(None, None)}


def test_every_street_is_counted_once_wherever_it_stands_in_the_order_of_codes(
    people: People, store: Store, app: FastAPI
) -> None:
    offices = app.state.city.offices.values()
    streets = [office.code for office in offices if office.kind in STREET_KINDS]
    store(case(n, office_code=code) for n, code in enumerate(streets))

    assert len(streets) == 343
    assert {row["office_code"]: (row["assessed"], row["volume"]) for row in rows(people)} == (
        dict.fromkeys(streets, (1, 1))
    )


LEAGUES = {
    "districts": CHAOYANG,
    "city_departments": CITY,
    "district_departments": "110105-market",
    "industries": INDUSTRY,
    "enterprises": ENTERPRISE,
}


@pytest.mark.parametrize("league", LEAGUES)
def test_every_number_of_every_league_opens(people: People, store: Store, league: str) -> None:
    offices = (WANGJING, "110105-market", CITY, ENTERPRISE)
    answers: tuple[Json, ...] = ({}, UNRESOLVED, {"satisfied": "dissatisfied"}, {"contacted": "no"})
    store(
        case(n, office_code=office, answers=dict(answer), industry_office=INDUSTRY)
        for n, (office, answer) in enumerate((o, s) for o in offices for s in answers)
    )
    store([case(90, office_code=WANGJING, industry_office=INDUSTRY, excluded={"code": "X1"})])

    code = LEAGUES[league]
    row = next(row for row in rows(people, league) if row["office_code"] == code)

    assert row["assessed"] >= 4
    for rate in ("response", "resolution", "satisfaction"):
        for part in ("numerator", "denominator"):
            items = opened(people, league, rate=rate, counts=part)
            assert sum(Fraction(item["value"]) for item in items) == Fraction(row[rate][part])
        assert len(opened(people, league, rate=rate, counts="excluded")) == row["excluded"]


def opened(people: People, league: str, **asked: str) -> list[Json]:
    path = f"/rankings/2026-09/offices/{LEAGUES[league]}/tickets"
    answer = people("auditor").get(path, league=league, limit=500, **asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_league_without_offices_has_no_rows_and_can_be_sealed(
    people: People, store: Store, reseeded: Change, app: FastAPI
) -> None:
    others = {c: o for c, o in app.state.city.offices.items() if o.kind != "enterprise"}
    reseeded(offices=others)
    store(WORKED_EXAMPLE)

    before = people("analyst").get("/rankings/2026-09", league="enterprises")
    assert people("evaluator").post("/rankings/2026-09/seal").status_code == 201
    after = people("analyst").get("/rankings/2026-09", league="enterprises")

    assert (before.status_code, before.json()["rows"], after.json()["rows"]) == (200, [], [])
    assert after.json()["content_hash"] == before.json()["content_hash"]
    assert people("auditor").post("/rankings/2026-09/verify").json()["same"]


MARKETS = ("110101-market", "110105-market", "110108-market", "110106-market")


def departments(people: People, **asked: str) -> Json:
    query = {"league": "district_departments", **asked}
    answer = people("analyst").get("/rankings/2026-09", **query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_districts_departments_are_ranked_each_line_in_itself(
    people: People, store: Store, app: FastAPI
) -> None:
    poor = {**UNRESOLVED, "satisfied": "dissatisfied"}
    answers: list[Json] = [{}, UNRESOLVED, poor, {}]
    store(case(n, office_code=c, answers=answers[n]) for n, c in enumerate(MARKETS))
    store([case(8, office_code="110105-housing", answers=UNRESOLVED), case(9)])

    whole = departments(people)
    line = departments(people, line="market")

    assert len(whole["rows"]) == 16 * 35
    assert {row["group"] for row in whole["rows"]} == {
        office.line for office in app.state.city.offices.values() if office.line
    }
    ranked = {row["office_code"]: row for row in whole["rows"] if row["rank"]}
    places = {code: (row["rank"], row["group_rank"]) for code, row in ranked.items()}
    assert places == {
        "110101-market": (1, 1),
        "110106-market": (1, 1),
        "110105-housing": (3, 1),
        "110105-market": (3, 3),
        "110108-market": (5, 4),
    }
    assert [row["office_code"] for row in line["rows"][:4]] == [
        "110101-market",
        "110106-market",
        "110105-market",
        "110108-market",
    ]
    assert [row["rank"] for row in line["rows"]] == [1, 1, 3, 4, *[None] * 12]
    assert line["content_hash"] != whole["content_hash"]
    for part in ({}, {"line": "market"}, {"line": "market", "district_code": CHAOYANG}):
        query = {"league": "district_departments", **part}
        text = people("analyst").get("/rankings/2026-09", **query).content
        assert offline.faults(text) == []
    assert [row["office_code"] for row in departments(people, district_code=CHAOYANG)["rows"]][
        :2
    ] == ["110105-housing", "110105-market"]
    sheet = people("analyst").get(
        "/rankings/2026-09", league="district_departments", line="market", format="csv"
    )
    assert len(sheet.text.splitlines()) == 1 + 16
    explained = people("analyst").get("/rankings/2026-09/offices/110105-market").json()
    assert (explained["group_rank"], explained["explained"][:5]) == (3, "65.00")


def test_a_line_is_sealed_with_its_league(people: People, store: Store) -> None:
    store(case(n, office_code=code) for n, code in enumerate(MARKETS[:2]))
    before = departments(people, line="market")

    assert people("evaluator").post("/rankings/2026-09/seal").status_code == 201

    sealed = departments(people, line="market")
    assert sealed == {**before, "sealed": True}
    assert people("auditor").post("/rankings/2026-09/verify").json()["same"]


@pytest.mark.parametrize(
    "asked",
    [
        {"league": "district_departments", "line": "fishery"},
        {"league": "streets", "line": "market"},
        {"line": "market"},
        {"league": "district_departments", "line": ""},
    ],
)
def test_a_line_that_there_is_not_is_refused(people: People, store: Store, asked: Json) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").get("/rankings/2026-09", **asked)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/query/line"]
