"""What the fate of tickets teaches routing, over HTTP; and that a route can be made again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import preparation
from app.city import City
from app.offices.directory import OfficeKind
from app.routing import service
from app.routing.memory import Key, Lesson, Memory
from app.routing.models import RoutingLesson
from app.tickets.intake import rerouting
from tests.aids import given
from tests.aids.client import Client
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock, forget_lessons

PLACE = "朝阳区金榆嘉苑3号楼2单元"
"""No gazetteer knows it, so that nothing but memory can tell its street."""
CHAOWAI = "110105001"


@pytest.fixture
def session(app: FastAPI, people: People) -> Iterator[Session]:
    with app.state.sessions() as session:
        yield session


@pytest.fixture(scope="module")
def made(app: FastAPI, served: Client) -> City:
    """Another process's city."""
    with app.state.sessions() as session:
        return preparation.make_city(session, app.state.settings)


@pytest.fixture
def fresh(made: City) -> City:
    """It has learned nothing."""
    forget_lessons(made.router)
    return made


def unknown(people: People) -> str:
    number = given.ticket(people, address={"text": PLACE})
    assert people.operator.get(f"/tickets/{number}").json()["status"] == "to_dispatch"
    return number


def learn(app: FastAPI) -> None:
    with app.state.sessions() as session:
        service.refresh(session, app.state.city.router)


def route(people: People) -> Any:
    return people.operator.get("/route", text=PLACE).json()


def dispatch(people: People, number: str, office: str) -> None:
    body = {"office_code": office, "reason": "属地。"}
    answer = people.dispatcher.post(f"/tickets/{number}/dispatch", body)
    assert answer.status_code == 200, answer.text


def streets(people: People) -> dict[str, int]:
    """How many cases of the place memory has, by street."""
    memory = people("supervisor").get("/routing/memory", text=PLACE).json()
    return {
        street["office_code"]: street["count"] for p in memory["places"] for street in p["streets"]
    }


def test_what_a_dispatcher_said_once_is_known_from_then_on(people: People, app: FastAPI) -> None:
    dispatch(people, unknown(people), WANGJING)
    learn(app)

    decision = route(people)
    assert (decision["decision"], decision["office_code"], decision["method"]) == (
        "dispatch",
        WANGJING,
        "memory",
    )
    assert "1 earlier request" in decision["reason"]


def test_a_ticket_teaches_once_however_often_it_is_confirmed(people: People, app: FastAPI) -> None:
    number = unknown(people)
    dispatch(people, number, WANGJING)
    given.awaiting(people, number)
    learn(app)

    assert streets(people) == {WANGJING: 1}


def test_an_office_that_worked_unopposed_has_confirmed_the_route(
    people: People, app: FastAPI
) -> None:
    number = given.ticket(people)
    learn(app)
    assert not app.state.city.router.memory.places

    given.awaiting(people, number)
    learn(app)
    [past] = map(dict, app.state.city.router.memory.places.values())
    assert {street: tally.count for street, tally in past.items()} == {WANGJING: 1}


def test_a_place_is_forgotten_by_several_at_once(people: People, app: FastAPI) -> None:
    """Whoever reads the memory meanwhile has it as it was, or without the place."""
    supervisor = people("supervisor")
    for _ in range(3):
        dispatch(people, unknown(people), WANGJING)
        learn(app)
        calls = [lambda: supervisor.delete(f"/routing/memory?text={PLACE}")] * 6
        calls += [lambda: supervisor.get("/routing/memory", text=PLACE)] * 6
        calls += [lambda: supervisor.get("/route", text=PLACE)] * 6

        with ThreadPoolExecutor(len(calls)) as threads:
            answers = list(threads.map(lambda call: call(), calls))

        assert {answer.status_code for answer in answers} == {200}
        assert streets(people) == {}


def test_who_reads_a_past_reads_one_state_of_it() -> None:
    memory, key = Memory(), Key("110105", "某某园", None)
    for street in (WANGJING, CHAOWAI, WANGJING):
        memory.learn(Lesson.CONFIRM, key, street, date(2026, 10, 1))
    past = memory.past(key)

    for lesson in (Lesson.WITHDRAW, Lesson.CONFIRM, Lesson.FORGET):
        memory.learn(lesson, key, CHAOWAI, date(2026, 10, 2))

    assert {street: tally.count for street, tally in past.items()} == {WANGJING: 2, CHAOWAI: 1}
    assert memory.past(key) == {}


def test_a_redispatch_to_another_street_takes_the_lesson_back(people: People, app: FastAPI) -> None:
    number = unknown(people)
    dispatch(people, number, WANGJING)
    dispatch(people, number, CHAOWAI)
    learn(app)

    assert streets(people) == {CHAOWAI: 1}


def test_an_upheld_objection_unteaches_and_teaches_anew(people: People, app: FastAPI) -> None:
    dispatch(people, unknown(people), WANGJING)
    learn(app)
    number = given.ticket(people, address={"text": PLACE})
    body = {"ground": "not_my_area", "proposed_office_code": CHAOWAI, "text": "不在我处辖区。"}
    assert people("handler", WANGJING).post(f"/tickets/{number}/object", body).status_code == 200
    ruling = {"decision": "uphold", "office_code": CHAOWAI, "text": "属实。"}
    district = people("district", given.CHAOYANG)
    assert district.post(f"/tickets/{number}/rule-objection", ruling).status_code == 200
    learn(app)

    assert streets(people) == {CHAOWAI: 1}
    assert route(people)["office_code"] == CHAOWAI


def test_a_void_ticket_has_taught_nothing(people: People, app: FastAPI) -> None:
    number = unknown(people)
    dispatch(people, number, WANGJING)
    people("supervisor").post(f"/tickets/{number}/void", {"reason": "重复录入。"})
    learn(app)

    assert streets(people) == {}


def test_a_departments_work_says_nothing_of_a_place(people: People, app: FastAPI) -> None:
    number = unknown(people)
    offices = app.state.city.offices.values()
    department = next(office.code for office in offices if office.kind is OfficeKind.CITY_DEPT)
    dispatch(people, number, department)
    learn(app)

    assert streets(people) == {}


def test_many_cases_of_one_place_do_not_grow_the_record_for_ever(
    people: People, app: FastAPI, clock: StillClock, session: Session
) -> None:
    router = app.state.city.router
    taught = [service.Taught(PLACE, WANGJING, clock.at)] * service.ENOUGH
    for lessons in (service.ENOUGH, 0):
        with app.state.sessions.begin() as writing:
            assert service.teach(writing, router, taught, clock.at) == lessons
        learn(app)

    later = service.Taught(PLACE, WANGJING, clock.at + timedelta(days=30))
    with app.state.sessions.begin() as writing:
        assert service.teach(writing, router, [later, later], clock.at) == 2
    assert streets(people) == {WANGJING: service.ENOUGH}


def test_a_route_is_made_again_with_the_memory_that_it_had(
    people: People, app: FastAPI, session: Session, fresh: City
) -> None:
    first = unknown(people)
    dispatch(people, first, WANGJING)
    learn(app)
    second = given.ticket(people, address={"text": PLACE})
    dispatch(people, second, CHAOWAI)
    learn(app)
    third = given.ticket(people, address={"text": PLACE})

    for number in (first, second, third):
        forget_lessons(fresh.router)
        assert list(rerouting.differences(session, fresh, number)) == []


def test_a_route_that_cannot_be_made_again_names_what_differs(
    people: People, app: FastAPI, session: Session, fresh: City
) -> None:
    dispatch(people, unknown(people), WANGJING)
    learn(app)
    number = given.ticket(people, address={"text": PLACE})
    people("supervisor").delete(f"/routing/memory?text={PLACE}")

    names = {name for name, *_ in rerouting.differences(session, fresh, number)}
    assert {"decision", "office_code", "method", "memory"} <= names


def test_a_route_made_again_by_another_ranker_says_so(
    people: People, session: Session, fresh: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = given.ticket(people)
    locator = fresh.router.locator
    before = locator.ranker.version
    monkeypatch.setattr(locator, "ranker", replace(locator.ranker, version="other"))

    differences = list(rerouting.differences(session, fresh, number))

    assert differences == [("ranker", before, "other")]
    assert people.operator.get(f"/tickets/{number}").json()["route"]["ranker"] == before


def routed(people: People, by: str) -> dict[str, Any]:
    statistics = people("analyst").get("/statistics/2026-11/routing", by=by).json()
    return {"total": statistics["total"], **{row["code"]: row for row in statistics["rows"]}}


def test_what_the_system_routed_is_counted_with_what_was_moved(
    people: People, clock: StillClock
) -> None:
    _, objected, corrected = (given.ticket(people) for _ in range(3))
    unknown(people)
    clock.tick(minutes=5)
    dispatch(people, corrected, CHAOWAI)
    body = {"ground": "not_my_area", "proposed_office_code": CHAOWAI, "text": "不在我处辖区。"}
    people("handler", WANGJING).post(f"/tickets/{objected}/object", body)
    ruling = {"decision": "uphold", "text": "属实。"}
    people("district", given.CHAOYANG).post(f"/tickets/{objected}/rule-objection", ruling)

    by_district = routed(people, "district")
    total = {
        name: by_district["total"][name] for name in ("routed", "dispatched", "upheld", "corrected")
    }
    assert total == {"routed": 4, "dispatched": 3, "upheld": 1, "corrected": 1}
    assert by_district["total"]["automatic_share"]["percent"] == 75
    assert by_district["total"]["accuracy"]["numerator"] == "1"
    assert by_district[given.CHAOYANG]["name"] == "朝阳区"
    methods = routed(people, "method")
    assert sum(methods[code]["routed"] for code in methods if code != "total") == 4


def test_what_a_ticket_alone_has_taught_is_forgotten_with_it(people: People, app: FastAPI) -> None:
    number = unknown(people)
    dispatch(people, number, CHAOWAI)
    learn(app)
    assert streets(people) == {CHAOWAI: 1}

    gone = people("admin").delete(f"/routing/memory?ticket_number={number}")

    assert gone.status_code == 200, gone.text
    assert gone.json()["places"] == []
    assert streets(people) == {}
    learn(app)
    assert streets(people) == {}


def test_what_others_taught_too_is_kept_without_the_tickets_number(
    people: People, app: FastAPI, session: Session
) -> None:
    first, second = unknown(people), unknown(people)
    dispatch(people, first, CHAOWAI)
    dispatch(people, second, CHAOWAI)
    learn(app)

    kept = people("admin").delete(f"/routing/memory?ticket_number={first}").json()

    assert [street["count"] for place in kept["places"] for street in place["streets"]] == [2]
    assert set(session.scalars(select(RoutingLesson.ticket_number))) == {None, second}


@pytest.mark.parametrize("query", ["", "?text=望京&ticket_number=BJ202610200000001"])
def test_one_thing_is_forgotten_at_a_time(people: People, query: str) -> None:
    assert people("admin").delete(f"/routing/memory{query}").status_code == 422
