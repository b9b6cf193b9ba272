"""Rankings over HTTP: the shape, the refusals, and every number against the independent recount."""

import csv
import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.callbacks.models import Assessment
from app.callbacks.outcome import KIND, KINDS, OUTCOMES, code, tally
from app.kit.messages import ENGLISH
from app.kit.rows import insertion_of
from app.rankings.counting.assessments import plan_anew
from app.rankings.counting.outcomes import outcome_of
from app.rankings.exports.sheet import as_csv
from app.rankings.forms import recognised
from app.tickets.models import Ticket
from tests.aids import recount
from tests.aids.cases import random_cases
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.past import (
    BORDER,
    DONGHUAMEN,
    JIANWAI,
    STREETS,
    UNREACHED,
    WORKED_EXAMPLE,
    Json,
    Store,
    assessment,
    case,
    storing,
    ticket,
)
from tests.conftest import StillClock, empty


def row(people: People, office: str = WANGJING, period: str = "2026-09", **asked: Any) -> Json:
    answer = people("analyst").get(f"/rankings/{period}", **asked)
    assert answer.status_code == 200, answer.text
    rows: list[Json] = [r for r in answer.json()["rows"] if r["office_code"] == office]
    return rows[0]


def test_the_worked_example_has_the_contracts_shape(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").get("/rankings/2026-09")

    assert '"percent":100.00,' in answer.text
    assert '"composite":86.88,' in answer.text
    body = answer.json()
    rows = body.pop("rows")
    assert re.fullmatch("sha256:[0-9a-f]{64}", body.pop("content_hash"))
    assert body == {
        "period": "2026-09",
        "league": "streets",
        "sealed": False,
        "policy": "beijing-2019",
        "weights": {"response": "0.30", "resolution": "0.35", "satisfaction": "0.35"},
    }
    assert len(rows) == 343
    assert rows[0] == {
        "office_code": WANGJING,
        "office_name": "望京街道",
        "district_code": CHAOYANG,
        "status": "ranked",
        "rank": 1,
        "previous_rank": None,
        "assessed": 10,
        "response": {"percent": 100.0, "numerator": "10", "denominator": 10},
        "resolution": {"percent": 75.0, "numerator": "6", "denominator": 8},
        "satisfaction": {"percent": 87.5, "numerator": "7", "denominator": 8},
        "composite": 86.88,
        "composite_exact": "695/8",
        "volume": 10,
        "per_10k": None,
        "excluded": 0,
        "not_assessed": 0,
        "on_hold": 0,
        "overdue": 0,
        "classes": [],
        "primary_class": None,
        "grade": "fair",
        "group": None,
        "group_rank": None,
        "intervals": {
            "response": {"low": 72.25, "high": 100.0},
            "resolution": {"low": 40.93, "high": 92.85},
            "satisfaction": {"low": 52.91, "high": 97.76},
        },
    }


def test_an_office_without_a_case_is_listed_and_not_ranked(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    empty = row(people, DONGHUAMEN)

    assert empty.keys() == row(people).keys()
    assert (empty["status"], empty["rank"]) == ("no_sample", None)
    assert (empty["composite"], empty["composite_exact"]) == (None, None)
    assert empty["response"] == {"percent": None, "numerator": "0", "denominator": 0}


def test_one_row_is_explained(people: People, store: Store) -> None:
    store([*WORKED_EXAMPLE, case(10, office_code=JIANWAI, answers=UNREACHED)])

    ranked = people("analyst").get(f"/rankings/2026-09/offices/{WANGJING}").json()
    unranked = people("analyst").get(f"/rankings/2026-09/offices/{JIANWAI}").json()
    district = people("analyst").get(f"/rankings/2026-09/offices/{CHAOYANG}").json()

    assert ranked.pop("explained") == "86.88 = 0.30·100 + 0.35·75 + 0.35·87.5"
    assert ranked == row(people)
    assert unranked["status"] == "insufficient"
    assert unranked["explained"].startswith("not ranked: of 1 assessed, 0 citizens said")
    assert district["office_name"] == "朝阳区"


def test_a_callback_at_the_border_instant_counts_once_and_in_the_later_period(
    people: People, store: Store
) -> None:
    store([case(0, at=BORDER - timedelta(microseconds=1)), case(1, at=BORDER)])

    periods = ("2026-09", "2026-10", "2026-11")
    assert [row(people, period=period)["assessed"] for period in periods] == [1, 1, 0]


def test_a_row_knows_its_place_in_the_period_before(people: People, store: Store) -> None:
    store(
        [
            case(0, answers={"resolved": "unresolved"}),
            case(1, office_code=JIANWAI),
            case(2, at=BORDER),
            case(3, at=BORDER, office_code=JIANWAI, answers={"satisfied": "dissatisfied"}),
        ]
    )

    rows = [row(people, office, "2026-10") for office in (WANGJING, JIANWAI)]

    assert [(r["rank"], r["previous_rank"]) for r in rows] == [(1, 2), (2, 1)]


def test_merged_tickets_count_once_with_the_mean_of_their_answers(
    people: People, store: Store
) -> None:
    merged = [case(n, merge_group="G") for n in range(3)]
    merged[2]["callback"]["resolved"] = "unresolved"
    store([*merged, case(3)])

    counted = row(people)

    assert counted["assessed"] == 2
    assert counted["resolution"] == {"percent": 83.33, "numerator": "5/3", "denominator": 2}
    assert counted["volume"] == 4


def test_a_thousand_random_cases_equal_the_recount(people: People, store: Store) -> None:
    cases = random_cases(Random(12345), 1000, STREETS, BORDER)
    store(cases)

    for period in ("2026-09", "2026-10"):
        expected = recount.recount(cases, period)
        rows = people("analyst").get(f"/rankings/{period}").json()["rows"]

        assert {r["office_code"] for r in rows if r["assessed"]} == set(expected)
        for office, counted in expected.items():
            check(next(r for r in rows if r["office_code"] == office), counted)
        assert [r["rank"] for r in rows[:4]] == sorted(r.rank or 9 for r in expected.values())


def check(shown: Json, counted: recount.Row) -> None:
    rates = [shown[name] for name in ("response", "resolution", "satisfaction")]
    assert [(rate["numerator"], rate["denominator"]) for rate in rates] == [
        (str(counted.response), counted.assessed),
        (str(counted.resolution), counted.resolution_of),
        (str(counted.satisfaction), counted.satisfaction_of),
    ]
    assert shown["composite_exact"] == str(counted.composite)
    assert shown["rank"] == counted.rank
    beside = ("assessed", "excluded", "not_assessed", "overdue")
    assert {name: shown[name] for name in beside} == {n: getattr(counted, n) for n in beside}


def test_a_district_is_pooled_over_its_streets_and_departments(
    people: People, store: Store
) -> None:
    store(
        [
            *(case(n) for n in range(3)),
            case(3, office_code=JIANWAI, answers={"resolved": "unresolved"}),
            case(4, office_code="110105-market", answers={"satisfied": "dissatisfied"}),
            case(5, office_code=DONGHUAMEN),
        ]
    )

    rows = people("analyst").get("/rankings/2026-09", league="districts").json()["rows"]

    assert len(rows) == 16
    chaoyang = next(r for r in rows if r["office_code"] == CHAOYANG)
    assert chaoyang["resolution"] == {"percent": 80.0, "numerator": "4", "denominator": 5}
    assert chaoyang["satisfaction"] == {"percent": 80.0, "numerator": "4", "denominator": 5}
    assert (chaoyang["assessed"], chaoyang["rank"], chaoyang["volume"]) == (5, 2, 5)


@pytest.mark.parametrize("league", ["city_departments", "industries", "enterprises"])
def test_every_league_has_rows(people: People, store: Store, league: str) -> None:
    store(WORKED_EXAMPLE)

    rows = people("analyst").get("/rankings/2026-09", league=league).json()["rows"]

    assert {r["status"] for r in rows} == {"no_sample"}


def test_a_district_may_be_shown_alone_with_the_places_of_the_whole_league(
    people: People, store: Store
) -> None:
    store([case(0, answers={"resolved": "unresolved"}), case(1, office_code=DONGHUAMEN)])

    rows = people("analyst").get("/rankings/2026-09", district_code=CHAOYANG).json()["rows"]

    assert {r["district_code"] for r in rows} == {CHAOYANG}
    assert rows[0]["rank"] == 2


def test_the_same_facts_give_the_same_bytes_whatever_their_order(
    people: People, store: Store, app: FastAPI
) -> None:
    cases = random_cases(Random(7), 60, STREETS, BORDER)
    for merged in cases:
        merged.pop("merge_group", None)
    store(cases)
    first = people("analyst").get("/rankings/2026-09")
    again = people("auditor").get("/rankings/2026-09")

    with app.state.engine.begin() as connection:
        empty(connection, "ticket")
    storing(app)(Random(8).sample(cases, len(cases)))
    shuffled = people("analyst").get("/rankings/2026-09")

    assert first.content == again.content == shuffled.content
    canonical = re.sub(rb'"(sealed":false|content_hash":"[^"]*"),', b"", first.content)
    assert first.json()["content_hash"] == f"sha256:{sha256(canonical).hexdigest()}"


def test_what_the_client_has_is_not_sent_again(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)
    analyst = people("analyst")
    tag = analyst.get("/rankings/2026-09").headers["ETag"]

    known = analyst.get("/rankings/2026-09", headers={"If-None-Match": tag})
    other = analyst.get("/rankings/2026-09", headers={"If-None-Match": tag}, format="csv")

    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag)
    assert other.status_code == 200


def test_the_csv_has_the_same_rows(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").get("/rankings/2026-09", format="csv")
    shown = people("analyst").get("/rankings/2026-09").json()["rows"]

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["office_code"] for line in lines] == [line["office_code"] for line in shown]
    first = lines[0]
    assert (first["office_name"], first["rank"], first["composite"]) == ("望京街道", "1", "86.88")
    assert (first["resolution_percent"], first["resolution_numerator"]) == ("75.00", "6")
    assert (lines[1]["composite"], lines[1]["response_percent"]) == ("", "")


def test_no_cell_of_the_csv_is_a_formula(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)
    _, ranking = recognised(people("analyst").get("/rankings/2026-09").content)
    hostile = replace(ranking.rows[0], office_name="=1+1")

    written = as_csv(replace(ranking, rows=[hostile]), ENGLISH)

    assert b",'=1+1," in written


@pytest.mark.parametrize(
    ("path", "asked", "status", "problem"),
    [
        ("/rankings/2026-13", {}, 422, "malformed-period"),
        ("/rankings/october", {}, 422, "malformed-period"),
        ("/rankings/%00", {}, 422, "malformed-period"),
        ("/rankings/2026-12", {}, 404, "no-such-period"),
        ("/rankings/2019-01", {}, 404, "no-such-period"),
        ("/rankings/2026-09", {"league": "parks"}, 422, "invalid"),
        ("/rankings/2026-09", {"format": "xml"}, 422, "invalid"),
        ("/rankings/2026-09", {"district_code": "110999"}, 422, "no-such-district"),
        ("/rankings/2026-09", {"as_of": "2026-09-01"}, 422, "invalid"),
        ("/rankings/2026-09/offices/110105-market", {"league": "streets"}, 404, "not-in-league"),
        ("/rankings/2026-09/offices/nobody", {}, 404, "not-in-league"),
        ("/rankings/2026-9/offices/110105026", {}, 422, "malformed-period"),
        (f"/rankings/2026-09/offices/{WANGJING}", {"league": "districts"}, 404, "not-in-league"),
    ],
)
def test_what_is_refused(
    people: People, store: Store, path: str, asked: dict[str, Any], status: int, problem: str
) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").get(path, **asked)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")


def test_a_key_is_needed(people: People) -> None:
    assert people.client.get("/v1/rankings/2026-13?x=1").status_code == 401
    assert people.client.get("/v1/periods").status_code == 401


def test_periods_run_from_the_first_with_a_fact_to_the_present_one(
    people: People, store: Store, clock: StillClock
) -> None:
    clock.at = datetime.fromisoformat("2026-11-18T23:59:59+08:00")
    store([case(0, at=BORDER)])

    assert people("analyst").get("/periods").json() == [
        {
            "name": "2026-10",
            "starts_at": "2026-09-18T16:00:00Z",
            "ends_at": "2026-10-18T16:00:00Z",
            "state": "closed",
        },
        {
            "name": "2026-11",
            "starts_at": "2026-10-18T16:00:00Z",
            "ends_at": "2026-11-18T16:00:00Z",
            "state": "open",
        },
    ]


def test_without_any_fact_there_is_the_present_period(people: People, clock: StillClock) -> None:
    assert [p["name"] for p in people("analyst").get("/periods").json()] == ["2026-11"]
    assert row(people, period="2026-11")["status"] == "no_sample"


def test_a_period_is_planned_for_itself_and_nothing_after_it(app: FastAPI) -> None:
    asked = sa.text("SHOW plan_cache_mode")
    with app.state.sessions() as session:
        plan_anew(session)
        planned = session.scalar(asked)
        session.rollback()

        assert planned == "force_custom_plan" != session.scalar(asked)


def test_the_database_packs_every_kind_and_outcome_as_we_do(people: People, app: FastAPI) -> None:
    tickets, outcomes = [], []
    for n, outcome in enumerate(OUTCOMES):
        kind, number = KINDS[n % len(KINDS)], f"BJ20260901{n:07}"
        parts = {name: getattr(of, name) for of in (kind, outcome) for name in of.__slots__}
        tickets.append(ticket(case(n), number))
        outcomes.append({**assessment(case(n), number), **parts})
    with app.state.sessions.begin() as session:
        insertion_of({Ticket: tickets, Assessment: outcomes}).run(session.connection())
        facts = session.scalars(sa.select(Assessment))
        packed = [
            fact.kind == code(KIND, fact)
            and fact.office_tally == tally(fact.office_code, outcome_of(fact, fact))
            for fact in facts
        ]

    assert packed == [True] * len(OUTCOMES)
