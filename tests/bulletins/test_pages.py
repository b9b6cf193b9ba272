"""Bulletins as pages: in Chinese, complete in themselves, and inert with hostile names."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from fastapi import FastAPI

from tests.aids.given import WANGJING, People, request
from tests.aids.past import BORDER, JIANWAI, WORKED_EXAMPLE, Store, case
from tests.conftest import StillClock

PAGES = (
    "/bulletins/2026-09-16",
    "/rankings/2026-09/bulletin",
    "/bulletins/quarters/2026-Q3",
    "/bulletins/years/2026",
)
HOSTILE = "<script>alert(1)</script>\"'&"
VOID = {"meta", "line", "rect"}


class Elements(HTMLParser):
    """Every element with its attributes; fails where a closing tag has no opening one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def hostile(app: FastAPI, reseeded: Callable[..., None]) -> None:
    """望京街道 under a name that would be a script."""
    offices = dict(app.state.city.offices)
    reseeded(offices={**offices, WANGJING: replace(offices[WANGJING], name=HOSTILE)})


def page(people: People, path: str) -> str:
    answer = people("analyst").get(path, {"Accept-Language": "zh"}, format="html")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_nothing_from_outside_and_fits_paper_and_telephone(
    people: People, store: Store, path: str
) -> None:
    store([*WORKED_EXAMPLE, case(10, at=BORDER - timedelta(days=1), office_code=JIANWAI)])

    text = page(people, path)

    elements = Elements(text).tags
    names = {name for name, _ in elements}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "image", "use"})
    sources = {"src", "href", "xlink:href", "srcset", "action", "onload"}
    assert not [name for _, attributes in elements for name in attributes if name in sources]
    assert "url(" not in text
    assert (
        "meta",
        {"name": "viewport", "content": "width=device-width, initial-scale=1"},
    ) in elements
    assert "@media print" in text
    assert "@page" in text
    assert {"svg", "table"} <= names
    assert "接诉即办" in text
    assert "望京街道" in text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_english_has_no_other_word_than_names(
    people: People, store: Store, path: str
) -> None:
    store([*WORKED_EXAMPLE, case(20, office_code=JIANWAI)])
    answer = people("analyst").get(path, format="html")
    assert 'lang="en"' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]
    plain = re.sub("<style>.*?</style>", "", answer.text, flags=re.DOTALL)
    for text in re.findall(r"<(?:h1|h2|th|p)[^>]*>([^<]*)<", plain):
        assert not re.search("[一-龥]", text), text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_period_policy_and_snapshot(people: People, store: Store, path: str) -> None:
    store(WORKED_EXAMPLE)

    text = page(people, path)

    assert "考核周期 2026-09" in text
    assert "政策 beijing-2019" in text
    assert re.search("快照 sha256:[0-9a-f]{64}", text)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("hostile")
def test_no_name_runs_in_a_page(people: People, store: Store, path: str) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").get(path, format="html")

    assert "<script" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    Elements(answer.text)


@pytest.mark.parametrize(
    ("asked", "accept", "kind"),
    [
        ({}, "*/*", "application/json"),
        ({}, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ({}, "text/csv", "text/csv; charset=utf-8"),
        ({}, "image/png", "application/json"),
        ({"format": "json"}, "text/html", "application/json"),
        ({"format": "html"}, "text/csv", "text/html; charset=utf-8"),
    ],
)
def test_the_form_is_the_parameter_s_or_else_what_is_accepted(
    people: People, store: Store, asked: dict[str, str], accept: str, kind: str
) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").get("/bulletins/2026-09-16", {"Accept": accept}, **asked)

    assert answer.headers["Content-Type"] == kind
    assert "Accept" in answer.headers["Vary"].split(", ")


@pytest.mark.parametrize("form", ["json", "csv", "html"])
def test_the_bulletins_of_a_sealed_period_are_kept_for_good(
    people: People, store: Store, clock: StillClock, form: str
) -> None:
    store(WORKED_EXAMPLE)
    running = people("analyst").get("/rankings/2026-09/bulletin", format=form)
    assert people("evaluator").post("/rankings/2026-09/seal").status_code == 201

    for path in PAGES[:2]:
        before = people("analyst").get(path, format=form)
        store([case(20, answers={"satisfied": "dissatisfied"})], recorded_at=clock.tick(days=1))
        after = people("analyst").get(path, format=form)

        assert ("immutable" in before.headers.get("Cache-Control", "")) is (path == PAGES[1])
        assert (after.content, after.headers["ETag"]) == (before.content, before.headers["ETag"])
    assert "Cache-Control" not in running.headers


def lane(people: People, number: int, address: str) -> None:
    for n in range(number):
        citizen = {"name": "张三", "phone": f"1380000{n:04}"}
        body = request(address={"text": address}, citizen=citizen, title=f"{n}号楼噪声{n}")
        assert people.operator.post("/tickets", body).status_code == 201


def test_a_day_names_communities_and_lanes_but_none_of_too_few(people: People) -> None:
    lane(people, 6, "朝阳区望京街道望京西园三区308楼")
    lane(people, 4, "朝阳区望京街道望京西园四区401楼")

    day = people("analyst").get("/bulletins/2026-10-20").json()

    assert [(lane["requests"], lane["place"]) for lane in day["lanes"]] == [(6, 1)]
    first = day["lanes"][0]
    assert first["name"].startswith("望京西园三区")
    assert (first["office_code"], first["office_name"]) == (WANGJING, "望京街道")
    assert first["resolution"]["denominator"] == 0
    assert first["name"] in page(people, "/bulletins/2026-10-20")


ROUTES = [
    ("memory", "五道口", ["五道口"]),
    ("similarity", "五道口", ["五道口"]),
    ("road", "五道口", []),
]


@pytest.mark.parametrize(("kind", "text", "names"), ROUTES)
@pytest.mark.parametrize("persons", [6, 1])
def test_a_lane_has_the_name_of_each_source_and_is_of_several_persons(
    people: People, app: FastAPI, kind: str, text: str, names: list[str], persons: int
) -> None:
    for n in range(6):
        citizen = {"name": f"李{n}", "phone": f"1380000{n % persons:04}"}
        address = {"text": f"朝阳区望京街道{text}{n}号楼"}
        body = request(address=address, citizen=citizen, title=f"噪声{n}", category=None)
        body["content"] = "甲乙丙丁戊己"[n] * 40
        assert people.operator.post("/tickets", body).status_code == 201
    route = json.dumps({"evidence": [{"kind": kind, "text": text}]}, ensure_ascii=False)
    with app.state.engine.begin() as connection:
        changed = "UPDATE request SET route = route || CAST(%(route)s AS jsonb)"
        connection.exec_driver_sql(changed, {"route": route})
        connection.exec_driver_sql("UPDATE ticket SET community_code = NULL")

    lanes = people("analyst").get("/bulletins/2026-10-20").json()["lanes"]
    assert [lane["name"] for lane in lanes] == (names if persons > 1 else [])


def test_the_rates_of_a_lane_are_of_its_own_tickets(
    people: People, store: Store, app: FastAPI
) -> None:
    at = BORDER - timedelta(hours=5)
    asked = (at - timedelta(hours=1)).isoformat()
    unresolved = {"resolved": "unresolved"}
    store(case(n, at=at, received_at=asked) for n in range(5))
    store(case(n, at=at, received_at=asked, answers=unresolved) for n in range(5, 8))
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE ticket SET community_code ="
            " (SELECT min(code) FROM place WHERE street_code = %(s)s) WHERE number < %(n)s",
            {"s": WANGJING, "n": "BJ202609010000006"},
        )

    lanes = people("analyst").get("/bulletins/2026-09-18").json()["lanes"]

    assert [lane["requests"] for lane in lanes] == [6]
    assert lanes[0]["resolution"] == {"percent": 83.33, "numerator": "5", "denominator": 6}


def test_a_quarter_sets_its_periods_beside_each_other(
    people: People, store: Store, clock: StillClock
) -> None:
    later = BORDER + timedelta(days=3)
    store([case(0), case(1, answers={"resolved": "unresolved"}), case(2, office_code=JIANWAI)])
    store([case(3, at=later), case(4, at=later, office_code=JIANWAI)])

    third = people("analyst").get("/bulletins/quarters/2026-Q3").json()
    fourth = people("analyst").get("/bulletins/quarters/2026-Q4").json()
    year = people("analyst").get("/bulletins/years/2026").json()

    assert [month["period"] for month in third["periods"]] == ["2026-09"]
    assert [month["period"] for month in fourth["periods"]] == ["2026-10", "2026-11"]
    assert [month["state"] for month in year["periods"]] == ["closed", "closed", "open"]
    september = year["periods"][0]
    assert september["resolution"] == {"percent": 66.67, "numerator": "2", "denominator": 3}
    assert (september["composite"], september["assessed"]) == (88.33, 3)
    assert september["composite_exact"] == "265/3"
    wangjing = next(street for street in year["streets"] if street["office_code"] == WANGJING)
    assert wangjing["ranks"] == [2, 1, None]
    assert wangjing["composites"] == [82.5, 100.0, None]


def test_a_span_is_sealed_when_all_its_periods_are(
    people: People, store: Store, clock: StillClock
) -> None:
    store([case(0), case(1, at=BORDER)])
    clock.tick(days=120)
    for period in ("2026-09", "2026-10", "2026-11", "2026-12"):
        assert people("evaluator").post(f"/rankings/{period}/seal").status_code == 201

    third = people("analyst").get("/bulletins/quarters/2026-Q3")
    fourth = people("analyst").get("/bulletins/quarters/2026-Q4")

    assert (third.json()["sealed"], fourth.json()["sealed"]) == (False, True)
    assert "immutable" in fourth.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "status", "problem"),
    [
        ("/bulletins/quarters/2026-Q5", 422, "malformed-span"),
        ("/bulletins/quarters/2026", 422, "malformed-span"),
        ("/bulletins/years/26", 422, "malformed-span"),
        ("/bulletins/years/2030", 404, "no-such-span"),
        ("/bulletins/quarters/2019-Q1", 404, "no-such-span"),
        ("/bulletins/years/0000", 404, "no-such-period"),
    ],
)
def test_spans_that_are_none(people: People, path: str, status: int, problem: str) -> None:
    answer = people("analyst").get(path)

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{problem}")


def test_a_span_is_a_table_too(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    text = people("analyst").get("/bulletins/quarters/2026-Q3", format="csv").text

    lines = [line for line in csv.DictReader(io.StringIO(text)) if line["office_code"] == WANGJING]
    assert [(line["period"], line["rank"], line["composite"]) for line in lines] == [
        ("2026-09", "1", "86.88")
    ]
