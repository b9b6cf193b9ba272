"""七有五性 by street (RULEBOOK D.17): requests, for 10,000 residents, and rates."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from tests.aids.given import WANGJING, People
from tests.aids.past import JIANWAI, Json, Store, case
from tests.aids.wire import statements

UNRESOLVED = {"resolved": "unresolved"}


@pytest.fixture
def lived(store: Store) -> None:
    """Seven about heating in 望京, one of them excluded and two merged; one about noise in 建外."""
    store([case(n, category="0201", merge_group="G" if n < 2 else None) for n in range(6)])
    store([case(6, category="0201", answers=UNRESOLVED, excluded={"code": "X1"})])
    store([case(7, category="0701", office_code=JIANWAI, answers=UNRESOLVED), case(8)])


def goals(people: People, **asked: Any) -> dict[tuple[str, str], Json]:
    answer = people("analyst").get("/statistics/2026-09/goals", **asked)
    assert answer.status_code == 200, answer.text
    return {(row["office_code"], row["goal"]): row for row in answer.json()["rows"]}


def test_each_goal_has_its_figures_in_each_street(
    people: People, lived: None, app: FastAPI, reseeded: Callable[..., None]
) -> None:
    catalogue = app.state.city.catalogue
    [goal] = catalogue.categories["0201"].goals
    offices = dict(app.state.city.offices)
    reseeded(offices={**offices, WANGJING: replace(offices[WANGJING], population=20_000)})

    rows = goals(people)

    assert len(rows) == 343 * 12
    heating = rows[WANGJING, goal]
    assert (heating["received"], heating["per_10k"], heating["assessed"]) == (7, 3.5, 5)
    assert heating["resolution"] == {"percent": 100.0, "numerator": "5", "denominator": 5}
    [noise] = [r for r in rows.values() if r["office_code"] == JIANWAI and r["received"]]
    assert (noise["goal"], noise["per_10k"]) == (*catalogue.categories["0701"].goals, None)
    assert noise["resolution"]["numerator"] == "0"


def test_private_cells_are_left_out(people: People, lived: None) -> None:
    rows = goals(people, published=True, office_code=WANGJING)

    assert {code for code, _ in rows} == {WANGJING}
    [heating] = [row for row in rows.values() if row["received"]]
    assert (heating["received"], heating["assessed"]) == (7, 5)
    [noise] = [row for row in goals(people, published=True).values() if row["received"] is None]
    assert (noise["office_code"], noise["assessed"]) == (JIANWAI, None)
    assert noise["resolution"] == {"percent": None, "numerator": "0", "denominator": 0}


def test_goals_are_counted_again_only_when_a_table_behind_them_changed(
    people: People, store: Store, app: FastAPI
) -> None:
    store([case(1, category="0201")])
    first = goals(people)
    with statements(app.state.engine) as sent:
        again = goals(people, office_code=WANGJING)
        recalled = [text for text in sent if "assessment" in text and "GROUP BY" in text]
    store([case(2, category="0201")])
    more = goals(people, office_code=WANGJING)

    [key] = [key for key, row in again.items() if row["assessed"]]
    assert recalled == []
    assert (first[key]["assessed"], again[key]["assessed"], more[key]["assessed"]) == (1, 1, 2)
