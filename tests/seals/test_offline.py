"""A ranking checked by its file alone: what was falsified is named though its hash is right."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.commands import verify
from app.policy.documents import Policies
from app.rankings.forms import recognised
from app.rankings.leagues import League
from app.rankings.schemas import RowView, as_json
from app.seals import offline
from app.settings import Settings
from tests import policies
from tests.aids.cases import random_cases
from tests.aids.given import CHAOYANG, People
from tests.aids.past import BORDER, WORKED_EXAMPLE, Store, case, storing
from tests.aids.standing import Standing
from tests.conftest import StillClock, clear

Change = Callable[[list[RowView]], Any]
LEAGUES = tuple(League)


class Month(NamedTuple):
    """As it is told, and its excerpt for 朝阳区."""

    whole: bytes
    excerpt: bytes


@pytest.fixture(scope="module")
def streets(app: FastAPI) -> list[str]:
    """Forty in several districts."""
    return sorted(c for c in app.state.city.offices if c.isdigit() and len(c) == 9)[:120:3]


@pytest.fixture(scope="module")
def month(app: FastAPI, everyone: People, streets: list[str]) -> Month:
    """A month with places, ties, all four classes, and streets that are not ranked."""
    app.state.clock, store = StillClock(), storing(app)
    store(random_cases(Random(5), 600, streets, BORDER))
    store(random_cases(Random(6), 600, streets[15:35], BORDER))
    store(case(n, office_code=street) for n, street in enumerate(streets[:3]))
    path, analyst = "/rankings/2026-10", everyone("analyst")
    month = Month(analyst.get(path).content, analyst.get(path, district_code=CHAOYANG).content)
    with app.state.engine.begin() as connection:
        clear(connection)
    return month


@pytest.fixture(scope="module")
def two_months(app: FastAPI, everyone: People, clearing: sa.Engine, streets: list[str]) -> Standing:
    """Cases of streets, departments and enterprises."""
    offices = [*streets, "city-police", "ent-water", "110105-market"]
    storing(app)(random_cases(Random(6), 500, offices, BORDER))
    standing = Standing(clearing)
    with clearing.begin() as connection:
        clear(connection)
    return standing


@pytest.fixture
def text(month: Month) -> bytes:
    return month.whole


def faults(text: bytes) -> list[str]:
    return [str(fault) for fault in offline.faults(text)]


def changed(text: bytes, change: Change) -> list[str]:
    """What is found in a ranking whose rows were changed and whose hash was made anew."""
    _, ranking = recognised(text)
    change(ranking.rows)
    return faults(as_json(replace(ranking, rows=ranking.rows).hashed()))


def of_class(rows: list[RowView], name: str) -> RowView:
    return next(row for row in rows if name in row.classes)


def declassed(row: RowView, *classes: Any) -> None:
    row.classes, row.primary_class = classes, next(iter(classes), None)


def each(rows: list[RowView], name: str, by: int) -> None:
    for row in rows:
        value = getattr(row, name)
        setattr(row, name, value and value + by)


def gap(rows: list[RowView]) -> None:
    for row in rows[20:]:
        row.rank = row.rank and row.rank + 1


def swap(rows: list[RowView], this: int, other: int) -> None:
    rows[this], rows[other] = rows[other], rows[this]


def trade(rows: list[RowView], name: str, this: int, other: int) -> None:
    """Two rows change what they have under a name."""
    pair = rows[this], rows[other]
    values = [getattr(row, name) for row in pair]
    for row, value in zip(pair, reversed(values), strict=True):
        setattr(row, name, value)


def trade_class(rows: list[RowView], name: str) -> None:
    """Somebody else is in a class."""
    member = of_class(rows, name)
    other = next(row for row in rows if row.rank and row.previous_rank and not row.classes)
    pair = (member.classes, member.primary_class), (other.classes, other.primary_class)
    (other.classes, other.primary_class), (member.classes, member.primary_class) = pair


def interval(row: RowView) -> None:
    row.intervals.resolution = replace(row.intervals.resolution, low=Decimal("99.00"))


def counted(row: RowView, name: str, **counts: Any) -> None:
    setattr(row, name, replace(getattr(row, name), **counts))


FALSE: dict[str, tuple[Change, str]] = {
    "every place worse": (lambda rows: each(rows, "rank", 100), "are better"),
    "a gap": (gap, "are better"),
    "the best dropped": (lambda rows: rows.pop(0), "are better"),
    "one in the middle dropped": (lambda rows: rows.pop(20), "are better"),
    "two rows": (lambda rows: rows.insert(5, rows[5]), "two rows"),
    "another order": (lambda rows: swap(rows, 10, 30), "rows go by place and code"),
    "an order of codes": (lambda rows: swap(rows, -1, -2), "rows go by place and code"),
    "not ranked, not last": (lambda rows: rows.insert(0, rows.pop()), "rows go by place"),
    "places traded": (lambda rows: trade(rows, "rank", 12, 30), "not the one of its composite"),
    "no classes of one": (lambda rows: declassed(of_class(rows, "advanced")), "no size"),
    "one less to rectify": (lambda rows: declassed(of_class(rows, "rectify")), "no size"),
    "one less to govern": (lambda rows: declassed(of_class(rows, "govern")), "no size"),
    "another is advanced": (lambda rows: trade_class(rows, "advanced"), "no size"),
    "another is to rectify": (lambda rows: trade_class(rows, "rectify"), "no size"),
    "another is to govern": (lambda rows: trade_class(rows, "govern"), "no size"),
    "improved from nowhere": (
        lambda rows: declassed(rows[-1], "improved"),
        "cannot be improved",
    ),
    "twice in a class": (lambda rows: declassed(rows[0], "govern", "govern"), "cannot be govern"),
    "the best to rectify": (
        lambda rows: declassed(rows[0], "rectify", "advanced"),
        "cannot be rectify",
    ),
    "another class first": (
        lambda rows: setattr(of_class(rows, "advanced"), "primary_class", None),
        "is not the first of",
    ),
    "a better grade": (
        lambda rows: setattr(rows[30], "grade", "excellent"),
        "its grade is not the one",
    ),
    "no grade": (lambda rows: setattr(rows[3], "grade", None), "have a grade"),
    "a grade for none": (lambda rows: setattr(rows[-1], "grade", "good"), "have a grade"),
    "another interval": (lambda rows: interval(rows[4]), "the interval of resolution"),
    "an interval of none": (lambda rows: interval(rows[-1]), "the interval of resolution"),
    "fewer assessed": (lambda rows: setattr(rows[4], "assessed", 1), "1 were assessed, but"),
    "more overdue": (lambda rows: setattr(rows[4], "overdue", 10**6), "overdue counts 1000000"),
    "more than all": (
        lambda rows: counted(rows[4], "resolution", numerator="99"),
        "resolution cannot be 99 of",
    ),
    "less than none": (
        lambda rows: counted(rows[4], "satisfaction", numerator="-1"),
        "satisfaction cannot be -1 of",
    ),
    "half a response": (
        lambda rows: counted(rows[4], "response", numerator="1/2"),
        "response counts whole tickets",
    ),
    "above 100 %": (
        lambda rows: counted(rows[4], "resolution", percent=Decimal("100.01")),
        "resolution is not",
    ),
    "ranked without a sample": (
        lambda rows: setattr(rows[-1], "status", "ranked"),
        "ranked, but by its rates no_sample",
    ),
    "a sample denied": (
        lambda rows: setattr(rows[4], "status", "no_sample"),
        "no_sample, but by its rates ranked",
    ),
    "insufficient with a place": (
        lambda rows: setattr(rows[4], "status", "insufficient"),
        "insufficient with the place",
    ),
    "a group's place": (lambda rows: setattr(rows[4], "group_rank", 1), "in the group None"),
    "fewer than none": (lambda rows: setattr(rows[4], "excluded", -1), "excluded is below 0"),
    "another name for a half": (
        lambda rows: counted(rows[4], "resolution", numerator="1e10000000"),
        "no fraction in lowest terms",
    ),
    "an endless composite": (
        lambda rows: setattr(rows[4], "composite_exact", "1e-10000000"),
        "no fraction in lowest terms",
    ),
}


def test_what_was_falsified_is_named_though_its_hash_fits(text: bytes) -> None:
    assert faults(text) == []

    texts = {name: changed(text, change) for name, (change, _) in FALSE.items()}

    assert {name: fault in " ".join(texts[name]) for name, (_, fault) in FALSE.items()} == (
        dict.fromkeys(FALSE, True)
    ), texts


def test_the_month_has_all_that_is_falsified(text: bytes) -> None:
    _, ranking = recognised(text)
    rows = ranking.rows

    ranks = [row.rank for row in rows if row.rank]
    assert len(ranks) > len(set(ranks)) > 25
    assert {name for row in rows for name in row.classes} == {
        "advanced",
        "improved",
        "rectify",
        "govern",
    }
    assert {row.status for row in rows} == {"ranked", "insufficient", "no_sample"}


def test_an_excerpt_may_have_gaps_but_no_place_before_its_time(month: Month) -> None:
    excerpt = month.excerpt

    assert faults(excerpt) == []
    assert changed(excerpt, lambda rows: rows.pop(0)) == []
    assert "0 are better" in changed(excerpt, lambda rows: each(rows, "rank", -50))[0]


def test_who_is_equal_in_everything_shares_a_place(text: bytes) -> None:
    def parted(rows: list[RowView]) -> None:
        for place, row in enumerate(rows[:6], 1):
            row.rank = place

    assert [row.rank for row in recognised(text)[1].rows[:6]] == [1, 2, 3, 3, 5, 6]
    assert "equals another office" in " ".join(changed(text, parted))


def test_weights_that_are_none_and_more_than_a_ranking_holds_are_named(text: bytes) -> None:
    _, ranking = recognised(text)

    heavy = replace(ranking, weights=replace(ranking.weights, response="0.31")).hashed()
    more = text.replace(b'"rank":1,', b'"rank":1,"note":"the best",', 1)

    assert faults(as_json(heavy)) == ["weights: the weights sum to 101/100, not to 1"]
    assert faults(more) == ["there is more in it than a ranking holds"]


def test_what_is_nested_without_end_is_no_ranking() -> None:
    assert faults(b'{"a":' + b"[" * 100_000)[0].startswith("this is no ranking")


def test_a_what_if_is_no_ranking(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    for body in ({}, {"partly": "1/2"}):
        answer = people("analyst").post("/rankings/2026-09/what-if", body)
        assert faults(answer.content) == ["this is a what-if, which is no ranking"]
    compared = people("analyst").post("/rankings/2026-09/compare", {})
    assert "no ranking" in faults(compared.content)[0]


@pytest.mark.parametrize(
    "changes",
    [
        [('governance_by = "volume"', 'governance_by = "per_10k"')],
        [('progress_by = "score"', 'progress_by = "rank"')],
        [("tiebreak = []", 'tiebreak = ["resolution", "fewer_overdue"]')],
        [("min_reached = ", "min_reached = 4 # "), ("partly = 0 ", 'partly = "1/3" ')],
        [('groups = "none"', 'groups = "volume"'), ("grades = true", "grades = false")],
        [('groups = "none"', 'groups = "kind"'), ('share = "1/4"', 'share = "3/4"')],
        [("size = 10", "size = 0")],
        [("size = 10", "size = 100"), ('share = "1/4"', "share = 1")],
    ],
)
def test_whatever_the_policy_what_the_service_says_holds(
    app: FastAPI,
    people: People,
    two_months: Standing,
    reseeded: Callable[..., None],
    changes: list[tuple[str, str]],
) -> None:
    document = {"beijing-2019": policies.text(*changes)}
    app.state.city = replace(app.state.city, policies=Policies.read(document))
    populous = {
        code: replace(office, population=1 + 997 * n % 40_000)
        for n, (code, office) in enumerate(app.state.city.offices.items())
    }
    reseeded(offices=populous)
    two_months.put_back()

    for period in ("2026-09", "2026-10"):
        asked: list[dict[str, str]] = [{"league": league} for league in LEAGUES]
        for query in [*asked, {"district_code": "110105"}, {"district_code": "110101"}]:
            answer = people("analyst").get(f"/rankings/{period}", **query)
            assert faults(answer.content) == [], (period, query)
        assert people("analyst").get(f"/rankings/{period}").json()["rows"][0]["per_10k"]


@pytest.mark.parametrize("name", ["nowhere.json", "."])
def test_a_file_that_is_not_there_is_told_in_one_line(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    asked = argparse.Namespace(period=None, file=tmp_path / name)

    with pytest.raises(SystemExit, match=r"^jiesu: .* cannot be read: [A-Z][a-z ]+$"):
        verify(settings, asked)
