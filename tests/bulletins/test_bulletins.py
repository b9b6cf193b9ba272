"""Bulletins over HTTP, as JSON and as CSV."""

import csv
import io
from datetime import timedelta

import pytest
from fastapi import FastAPI

from tests.aids.given import CHINESE, WANGJING, People
from tests.aids.past import BORDER, DONGHUAMEN, HEPINGJIE, JIANWAI, Json, Store, case
from tests.aids.wire import statements
from tests.conftest import StillClock

FOUR = (WANGJING, JIANWAI, HEPINGJIE, DONGHUAMEN)
UNRESOLVED = {"resolved": "unresolved"}


def month(people: People, period: str) -> Json:
    answer = people("analyst").get(f"/rankings/{period}/bulletin")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def codes(streets: list[Json]) -> list[str]:
    return [street["office_code"] for street in streets]


def test_it_is_counted_again_only_when_a_table_behind_it_changed(
    people: People, store: Store, app: FastAPI
) -> None:
    store([case(1, category="0201")])
    first = month(people, "2026-09")
    with statements(app.state.engine) as sent:
        again = month(people, "2026-09")
        counted = [text for text in sent if "GROUP BY" in text and "assessment" in text]
    store([case(2, category="0201")])
    more = month(people, "2026-09")

    assert counted == []
    assert again == first
    assert [sum(row["assessed"] for row in each["matters"]) for each in (first, more)] == [1, 2]


def test_the_month_names_the_classes_and_who_moved(people: People, store: Store) -> None:
    store(case(n, office_code=code) for n, code in enumerate(FOUR))
    later = BORDER + timedelta(days=3)
    bad = {"resolved": "unresolved", "satisfied": "dissatisfied"}
    for n in range(0, 40, 4):
        store(
            [
                case(n, at=later, answers=UNRESOLVED),
                case(n + 1, at=later, office_code=JIANWAI, answers={"satisfied": "dissatisfied"}),
                case(n + 2, at=later, office_code=HEPINGJIE),
                case(n + 3, at=later, office_code=DONGHUAMEN, answers=bad),
            ]
        )

    bulletin = month(people, "2026-10")

    classes = {listed["name"]: codes(listed["streets"]) for listed in bulletin["classes"]}
    assert list(classes) == ["rectify", "govern", "advanced", "improved"]
    assert (classes["advanced"], classes["rectify"]) == ([HEPINGJIE], [DONGHUAMEN])
    assert (bulletin["ranked"], bulletin["not_ranked"]) == (4, 339)
    assert (codes(bulletin["rose"]), codes(bulletin["fell"])[0]) == ([], DONGHUAMEN)
    assert bulletin["fell"][0]["gained"] == -3


def test_the_month_names_exclusions_and_who_has_too_many(people: People, store: Store) -> None:
    store([case(0), case(1, excluded={"code": "X4"}, answers=UNRESOLVED)])

    bulletin = month(people, "2026-09")

    assert [(s["excluded"], s["excluded_share"]) for s in bulletin["excluded"]] == [(1, 50.0)]
    assert bulletin["excluded_too_often"] == [WANGJING]


def test_the_month_stays_what_it_is_when_it_is_sealed(
    people: People, store: Store, clock: StillClock
) -> None:
    store([case(0), case(1, office_code=JIANWAI, answers=UNRESOLVED)])
    before = month(people, "2026-09")

    assert people("evaluator").post("/rankings/2026-09/seal").status_code == 201

    assert month(people, "2026-09") == {**before, "sealed": True}


def test_a_day_names_the_places_with_the_most_requests(people: People, store: Store) -> None:
    store(
        [
            *(case(n, answers=UNRESOLVED) for n in range(3)),
            *(case(n, office_code=JIANWAI) for n in (3, 4)),
            case(5, at=BORDER - timedelta(days=5), office_code=DONGHUAMEN),
            case(6, at=BORDER + timedelta(days=1), office_code=HEPINGJIE),
        ]
    )

    day = people("analyst").get("/bulletins/2026-09-16").json()

    assert (day["date"], day["period"], day["requests"]) == ("2026-09-16", "2026-09", 5)
    assert [(t["place"], t["office_code"], t["requests"]) for t in day["top"]] == [
        (1, WANGJING, 3),
        (2, JIANWAI, 2),
    ]
    assert day["top"][0]["resolution"]["denominator"] == 0


def test_the_rates_of_a_day_run_from_the_period_s_start_to_its_end(
    people: People, store: Store
) -> None:
    store([case(0), case(1, at=BORDER - timedelta(days=2)), case(2, at=BORDER)])

    top = people("analyst").get("/bulletins/2026-09-17").json()["top"]

    assert (top[0]["requests"], top[0]["resolution"]["denominator"]) == (1, 1)


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/rankings/2026-09/bulletin", {"list", "office_code", "rank", "excluded_share"}),
        ("/bulletins/2026-09-16", {"place", "office_name", "requests", "resolution_percent"}),
    ],
)
def test_bulletins_are_tables_too(
    people: People, store: Store, path: str, columns: set[str]
) -> None:
    store([case(0, excluded={"code": "X1"}, answers=UNRESOLVED), case(1)])

    lines = list(csv.DictReader(io.StringIO(people("analyst").get(path, format="csv").text)))

    assert lines[0]["office_code"] == WANGJING
    assert columns <= set(lines[0])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/bulletins/2030-01-01", 404),
        ("/bulletins/9999-12-31", 404),
        ("/bulletins/0001-01-01", 404),
        ("/bulletins/2026-02-30", 422),
        ("/bulletins/yesterday", 422),
        ("/rankings/2026-12/bulletin", 404),
        ("/rankings/2026-13/bulletin", 422),
    ],
)
def test_what_has_no_bulletin(people: People, path: str, status: int) -> None:
    assert people("analyst").get(path).status_code == status


def packed(people: People, store: Store) -> Json:
    """October beside September, and the October before that."""
    october = BORDER + timedelta(days=3)
    store(
        [
            *(case(n, at=october, category="0701") for n in range(3)),
            case(3, at=october, office_code="110105-market", category="0101"),
            case(4, at=october, office_code="ent-water", answers=UNRESOLVED),
            case(5, at=october, type="praise"),
            case(6, at=october - timedelta(days=365), answers=UNRESOLVED),
            *(case(n, answers=UNRESOLVED) for n in (7, 8)),
            case(9, type="praise"),
        ]
    )
    return month(people, "2026-10")


def test_the_meeting_s_pack_has_the_districts_first_and_the_months_beside(
    people: People, store: Store
) -> None:
    bulletin = packed(people, store)

    assert list(bulletin)[:2] == ["districts", "streets"]
    chaoyang = bulletin["districts"][0]
    assert (chaoyang["office_name"], chaoyang["rank"], len(bulletin["districts"])) == (
        "朝阳区",
        1,
        16,
    )
    assert (chaoyang["assessed"], chaoyang["last_month"]["assessed"]) == (4, 2)
    assert chaoyang["last_month"]["composite"] == chaoyang["last_year"]["composite"] == 65
    lists = ("streets", "departments", "district_departments", "enterprises")
    assert {name: codes(bulletin[name]) for name in lists} == {
        "streets": [WANGJING],
        "departments": [],
        "district_departments": ["110105-market"],
        "enterprises": ["ent-water"],
    }
    assert bulletin["enterprises"][0]["last_month"]["assessed"] == 0
    assert [(m["category"], m["name"], m["requests"]) for m in bulletin["matters"]] == [
        ("07", "生态环境(噪声/大气/水)", 3),
        ("01", "市场管理", 1),
    ]
    assert (bulletin["matters"][0]["resolution"], bulletin["matters"][0]["last_month"]) == (100, 0)
    assert bulletin["praise"] == {"requests": 1, "last_month": 1, "last_year": 0}


def test_the_pack_stays_as_it_is_when_it_is_sealed(
    people: People, store: Store, clock: StillClock
) -> None:
    before = packed(people, store)
    clock.tick(days=31)
    for name in ("2025-10", "2026-09", "2026-10"):
        assert people("evaluator").post(f"/rankings/{name}/seal").status_code == 201
    page, sheet = (
        people("analyst").get("/rankings/2026-10/bulletin", asked, format=form).text
        for form, asked in (("html", CHINESE), ("csv", {}))
    )

    clock.tick(days=1)
    store([case(20, answers=UNRESOLVED), case(21, type="praise")], recorded_at=clock.at)

    assert month(people, "2026-10") == {**before, "sealed": True}
    assert page.index("各区") < page.index("先进类")
    lines = list(csv.DictReader(io.StringIO(sheet)))
    named = [line["list"] for line in lines]
    assert {"districts", "matters", "praise", "ranking"} <= set(named)
    district = lines[named.index("districts")]
    assert (district["office_name"], district["last_month_composite"]) == ("朝阳区", "65.00")
