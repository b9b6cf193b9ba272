"""Routing over HTTP, and the memory that every replica learns from the same rows."""

import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app.kit.clock import utc
from app.kit.db import Sessions
from app.kit.writing import KANGXI, RADICALS, VARIANTS
from app.offices.files import read_gazetteer
from app.routing import service
from app.routing.decide import Router
from app.routing.load import make_router
from app.routing.memory import Lesson
from app.routing.models import RoutingLesson
from app.routing.reading.text import read
from app.routing.schemas import RouteQuestion
from app.routing.service import Taught
from app.settings import Settings
from tests.aids import given
from tests.aids.client import Client
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.conftest import forget_lessons

NOW = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
JINZHAN = "110105036"
NEWBUILT = "朝阳区琥珀川嘉苑5号楼"


@pytest.fixture
def operator(people: People) -> Person:
    return people("operator")


@pytest.fixture
def sessions(app: FastAPI, people: People) -> Sessions:
    sessions: Sessions = app.state.sessions
    return sessions


@pytest.fixture
def router(app: FastAPI) -> Router:
    """The service's own."""
    router: Router = app.state.city.router
    return router


@pytest.fixture(scope="module")
def made(app: FastAPI, served: Client) -> Router:
    """Another process's."""
    return make_router(read_gazetteer(), app.state.city.catalogue, app.state.city.router.names)


@pytest.fixture
def fresh(made: Router) -> Router:
    """It has learned nothing."""
    forget_lessons(made)
    return made


def teach(
    sessions: Sessions, router: Router, *streets: str, lesson: Lesson = Lesson.CONFIRM
) -> None:
    taught = [Taught(NEWBUILT, street, NOW, lesson) for street in streets]
    with sessions.begin() as session:
        service.teach(session, router, taught, NOW)
    with sessions() as session:
        service.refresh(session, router)


def test_a_place_is_routed_with_its_reason(operator: Person) -> None:
    answer = operator.get("/route", text="朝阳区望京西园三区308楼", category="0701")

    view = answer.json()
    assert answer.status_code == 200
    assert (view["decision"], view["office_code"]) == ("dispatch", WANGJING)
    assert view["reason"] == "望京西园三区社区 belongs to 望京街道"
    assert {"start": 3, "end": 9, "text": "望京西园三区"}.items() <= view["evidence"][1].items()
    assert view["candidates"][0]["office_name"] == "望京街道"
    assert view["gazetteer"] == read_gazetteer().version


def test_an_analyst_may_not_ask_for_routes(people: People) -> None:
    assert people("analyst").get("/route", text="望京街道").status_code == 403


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"text": "a" * 10_001},
        {"text": "望京街道", "lon": 181},
        {"text": "望京街道", "lat": "nan"},
        {"text": "望京街道", "district_code": "110999"},
        {"text": "望京街道", "category": "99"},
        {"text": "望京街道", "unknown": 1},
    ],
)
def test_a_question_against_the_form_is_refused(operator: Person, asked: dict[str, Any]) -> None:
    answer = operator.get("/route", **asked)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_many_places_are_routed_in_order_each_line_alone(operator: Person) -> None:
    lines = ['{"text": "朝阳区望京街道"}', "{", '{"text": "", "lon": 999}', '{"text": "海淀区"}']

    answer = operator.client.post(
        "/v1/route/batch", content="\n".join(lines).encode(), headers=operator.headers
    )

    answers = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert [line.get("decision") for line in answers] == ["dispatch", None, None, "person"]
    assert [answers[1]["line"], answers[1]["status"], answers[2]["line"]] == [2, 422, 3]
    assert answers[3]["queue"] == "110108"


def test_more_lines_or_longer_ones_are_too_large(operator: Person) -> None:
    for body in (b'{"text": ""}\n' * 10_001, b'{"text": "' + b"a" * 64_001 + b'"}'):
        answer = operator.client.post("/v1/route/batch", content=body, headers=operator.headers)
        assert answer.status_code == 413


def test_what_was_taught_is_known_to_every_router(
    sessions: Sessions, router: Router, operator: Person, fresh: Router
) -> None:
    teach(sessions, router, JINZHAN, JINZHAN)
    with sessions() as session:
        service.refresh(session, fresh)

    view = operator.get("/route", text="朝阳区琥珀川嘉苑9号楼").json()
    assert (view["office_code"], view["method"]) == (JINZHAN, "memory")
    assert view["reason"] == "2 earlier requests from here went to 金盏乡"
    assert fresh.memory.places == router.memory.places
    assert fresh.learned_to == router.learned_to


def test_an_uncommitted_lesson_is_waited_for(sessions: Sessions, router: Router) -> None:
    with sessions() as slow:
        service.teach(slow, router, [Taught(NEWBUILT, WANGJING, NOW)], NOW)
        teach(sessions, router, JINZHAN)  # committed later than begun by the slow one
        before = dict(router.memory.places)
        slow.commit()
    with sessions() as session:
        service.refresh(session, router)

    assert before == {}
    (past,) = map(dict, router.memory.places.values())
    assert {WANGJING, JINZHAN} == past.keys()


def test_a_decision_can_be_made_again(
    app: FastAPI, sessions: Sessions, router: Router, fresh: Router
) -> None:
    teach(sessions, router, JINZHAN)
    policies = app.state.city.policies
    asked = RouteQuestion(text=NEWBUILT)
    first = service.route(router, policies, asked, NOW)
    teach(sessions, router, WANGJING, WANGJING, WANGJING)

    with sessions() as session:
        service.learn_up_to(session, fresh, first.memory)

    assert service.route(router, policies, asked, NOW) != first
    assert service.route(fresh, policies, asked, NOW) == first


def test_an_upheld_objection_unteaches(sessions: Sessions, router: Router) -> None:
    teach(sessions, router, JINZHAN)
    teach(sessions, router, JINZHAN, lesson=Lesson.WITHDRAW)

    assert not router.memory.places


def test_a_department_or_a_text_without_a_place_teaches_nothing(
    sessions: Sessions, router: Router
) -> None:
    with sessions.begin() as session:
        taught = [Taught(NEWBUILT, CHAOYANG, NOW), Taught("", JINZHAN, NOW)]
        assert service.teach(session, router, taught, NOW) == 0


def test_a_supervisor_sees_and_forgets_what_is_remembered(
    sessions: Sessions, router: Router, people: People
) -> None:
    teach(sessions, router, JINZHAN, JINZHAN, WANGJING)
    supervisor = people("supervisor")

    seen = supervisor.get("/routing/memory", text=NEWBUILT).json()
    gone = supervisor.client.delete(
        "/v1/routing/memory", params={"text": NEWBUILT}, headers=supervisor.headers
    )

    (place,) = seen["places"]
    assert (place["place"], place["district_code"], place["clear"]) == (
        "琥珀川嘉苑",
        CHAOYANG,
        True,
    )
    assert [(street["office_code"], street["count"]) for street in place["streets"]] == [
        (JINZHAN, 2),
        (WANGJING, 1),
    ]
    assert gone.json()["places"] == []
    with sessions() as session:
        kept = session.scalars(select(RoutingLesson.lesson)).all()
    assert kept == [Lesson.FORGET]


def test_only_a_supervisor_looks_into_memory(people: People) -> None:
    assert people("dispatcher").get("/routing/memory", text="望京").status_code == 403


@contextmanager
def open_transaction(url: str) -> Iterator[None]:
    """Somebody's, with a number of its own, who has not committed."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        yield


def taught_a_while_ago(sessions: Sessions, router: Router) -> None:
    with sessions.begin() as session:
        at = utc() - timedelta(minutes=5)
        service.teach(session, router, [Taught(NEWBUILT, JINZHAN, NOW)], at)


def learn(sessions: Sessions, router: Router) -> int:
    with sessions() as session:
        return service.refresh(session, router)


def test_a_transaction_open_in_another_database_holds_up_no_lesson(
    sessions: Sessions, router: Router, settings: Settings
) -> None:
    elsewhere = make_url(settings.database).set(database="postgres")

    with open_transaction(elsewhere.render_as_string(hide_password=False)):
        taught_a_while_ago(sessions, router)
        assert learn(sessions, router) == 1

    assert router.lag == 0


def test_one_open_in_this_database_is_waited_for_and_the_wait_is_told(
    sessions: Sessions,
    router: Router,
    operator: Person,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with open_transaction(settings.database):
        taught_a_while_ago(sessions, router)
        assert [learn(sessions, router) for _ in range(2)] == [0, 0]
        assert router.lag > service.LATE_SECONDS
        figures = operator.client.get("/metrics").text
    assert learn(sessions, router) == 1

    assert router.lag == 0
    assert caplog.text.count("lessons wait") == 1
    assert "jiesu_lessons_waiting_seconds 3" in figures


SHAPES = [(chr(code), unicodedata.normalize("NFKC", chr(code))) for code in KANGXI]
SHAPES += [(chr(code), chr(plain)) for code, plain in (RADICALS | VARIANTS).items()]


def test_an_official_name_is_read_whatever_shape_its_characters_have(app: FastAPI) -> None:
    offices = app.state.city.offices.values()
    streets = [office.name for office in offices if len(office.code) == len("110105026")]
    shapes = [(shape, simplified(character)) for shape, character in SHAPES]
    wrong = [
        (name, shape)
        for name in streets
        for shape, character in shapes
        if character in name and read(name.replace(character, shape)).text != read(name).text
    ]
    assert len(streets) > 300
    assert wrong == []


def simplified(character: str) -> str:
    return read(character).text


TIANANMEN = {"lon": 116.3975902, "lat": 39.9087763, "datum": "gcj02"}


def test_a_position_of_chinas_maps_is_taken(people: People) -> None:
    answer = people.operator.get("/route", text="东城区", **TIANANMEN)

    assert answer.status_code == 200, answer.text
    assert answer.json()["decision"] == "person"  # a point alone sends nothing


@pytest.mark.parametrize(
    ("position", "fault"),
    [
        ({"lon": 121.47, "lat": 31.23, "datum": "gcj02"}, "lies outside Beijing"),
        ({"lon": 121.47, "lat": 31.23}, "lies outside Beijing"),
        ({"lon": 39.9, "lat": 116.4 - 90}, "lon comes before lat"),
        ({"lon": 116.4, "datum": "gcj02"}, "come together"),
        ({"lon": 0, "lat": 0, "datum": "gcj02"}, "0,0 is no position"),
        ({"lon": 116.4, "lat": 39.9, "datum": "bd09"}, "wgs84"),
    ],
)
def test_a_position_that_cannot_be_told_is_refused(
    people: People, position: dict[str, Any], fault: str
) -> None:
    answer = people.operator.get("/route", text="东城区", **position)

    assert answer.status_code == 422
    assert fault in answer.text


def test_a_ticket_keeps_its_position_in_wgs84(people: People) -> None:
    number = given.ticket(people, address={"text": "朝阳区望京西园三区", **TIANANMEN})

    address = people.operator.get(f"/tickets/{number}").json()["address"]
    assert (address["lon"], address["lat"]) == pytest.approx((116.391349, 39.907375), abs=1e-6)
