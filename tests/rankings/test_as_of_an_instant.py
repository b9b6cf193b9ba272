"""A ranking of a past instant is the same bytes whenever asked, whatever was done since."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.callbacks.answers import Contacted, ExclusionCode, Reach, Resolved, Satisfied
from app.callbacks.models import Callback, Correction, Exclusion
from app.period import Periods
from app.rankings import registry
from app.rankings.counting import as_of
from app.rankings.leagues import League
from app.seals import service as seals
from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, CONTENT, WANGJING, People, awaiting
from tests.aids.past import BORDER, DONGHUAMEN, JIANWAI, WORKED_EXAMPLE, Store, case
from tests.conftest import LONG_AGO, StillClock

LEAGUES = tuple(league.value for league in League)
RATES = ("response", "resolution", "satisfaction")
PART = {"counts": "numerator"}
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")
WATER = "city-water"
NAMELESS = re.compile(b'"request_id":"[0-9a-f]+"')
"""A refusal's own number is another each time."""
Change = Callable[..., None]


def answers_at(people: People, at: datetime) -> dict[str, bytes]:
    """All that may be asked about an instant."""
    month = "/rankings/2026-11"
    paths: list[tuple[str, dict[str, str]]] = [
        *((f"/rankings/{m}", {"league": league}) for m in MONTHS for league in LEAGUES),
        (month, {"format": "csv"}),
        (month, {"district_code": CHAOYANG}),
        *((f"{month}/offices/{code}", {}) for code in (WANGJING, JIANWAI, CHAOYANG, WATER, "new")),
        *((f"/rankings/{m}/facts", {"format": "csv"}) for m in MONTHS),
        *((f"{month}/offices/{WANGJING}/tickets", PART | {"rate": rate}) for rate in RATES),
    ]
    asked = people("supervisor")
    answers = {f"{p} {q}": asked.get(p, as_of=at.isoformat(), **q) for p, q in paths}
    return {path: NAMELESS.sub(b"", answer.content) for path, answer in answers.items()}


def renamed(app: FastAPI, reseeded: Change) -> None:
    """Another name, other residents, an end, a new office, another industry, another district."""
    with app.state.sessions() as session:
        now = registry.known(session)
    street = replace(now.offices[WANGJING], name="望京", population=7)
    gone = replace(now.offices[JIANWAI], active_to=BORDER.date() - timedelta(days=200))
    new = replace(street, code="new", name="新街道")
    others = {WANGJING: street, JIANWAI: gone, "new": new}
    reseeded(
        offices={**now.offices, **others},
        categories=dict.fromkeys(now.categories, WATER),
        districts={**now.districts, CHAOYANG: "新朝阳区"},
    )


def called_back(people: People, number: str, **answers: Any) -> str:
    awaiting(people, number)
    answer = people.callback.post(f"/tickets/{number}/callbacks", {**CONTENT, **answers})
    assert answer.status_code == 201, answer.text
    return number


def merged(people: People, clock: StillClock) -> tuple[str, str]:
    parent = given.ticket(people)
    clock.tick(minutes=1)
    member = given.ticket(people)
    people.dispatcher.does("merge", member, parent_number=parent)
    return parent, member


def test_a_city_lives_on_and_its_past_is_the_same_bytes(
    people: People, store: Store, clock: StillClock, app: FastAPI, reseeded: Change
) -> None:
    store([*WORKED_EXAMPLE, case(20, office_code=JIANWAI)])
    unhappy = called_back(people, given.ticket(people), satisfied="dissatisfied")
    lost, *moving = (given.ticket(people) for _ in range(3))
    parent, member = merged(people, clock)
    stages.on_hold(people, clock)
    asked = {clock.at: answers_at(people, clock.at)}

    clock.tick(hours=2)
    people("supervisor").does("unmerge", member, reason="两件事。")
    people("supervisor").does("void", lost, reason="重复登记。")
    for number, office in zip(moving, (DONGHUAMEN, WATER), strict=True):
        people.dispatcher.does("dispatch", number, office_code=office, reason="不属望京街道。")
    called_back(people, parent)
    asked[clock.at] = answers_at(people, clock.at)

    clock.tick(hours=2)
    renamed(app, reseeded)
    asked[clock.at] = answers_at(people, clock.at)

    clock.tick(hours=2)
    days = (BORDER - timedelta(days=1), BORDER - timedelta(days=40), clock.at - timedelta(days=1))
    store([case(30 + n, at=day) for n, day in enumerate(days)], recorded_at=clock.at)
    leave_out(app, unhappy, clock.at)
    hear_again(app, parent, clock.at)
    for month in MONTHS[:2]:
        assert people("evaluator").post(f"/rankings/{month}/seal").status_code == 201
    clock.tick(days=9)
    sweep(app.state.sessions, app.state.city, clock)

    for at, before in asked.items():
        now = answers_at(people, at)
        assert [path for path in before if now[path] != before[path]] == []


def test_while_a_seal_is_made_its_period_is_not_sealed_and_stays_so(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store(WORKED_EXAMPLE)
    began, ended = clock.at, clock.at + timedelta(minutes=10)
    between = clock.tick(minutes=5)
    before = answers_at(people, between)
    hands = iter((began, ended))
    city = app.state.city
    with app.state.sessions.begin() as session:
        period = Periods(city.policies).named("2026-09")
        made = seals.seal(session, period, "evaluator", lambda: next(hands))
        assert (made.sealed_at, made.published_at) == (began, ended)
        assert made.seal_hash == seals.hash_of(made)
        made.published_at = began
        assert made.seal_hash != seals.hash_of(made)
        session.expire(made)
    clock.tick(hours=1)

    def sealed(at: datetime) -> object:
        return people("analyst").get("/rankings/2026-09", as_of=at.isoformat()).json()["sealed"]

    assert answers_at(people, between) == before
    just_before = ended - timedelta(microseconds=1)
    assert [sealed(between), sealed(just_before), sealed(ended)] == [False, False, True]


def test_before_any_version_the_tables_count(app: FastAPI) -> None:
    with app.state.sessions() as session:
        session.execute(text("ALTER TABLE registry_version DISABLE TRIGGER insert_only"))
        session.execute(text("DELETE FROM registry_version"))
        first = registry.known(session, LONG_AGO)
    assert first == registry.tabled(session)


def leave_out(app: FastAPI, number: str, at: datetime) -> None:
    with app.state.sessions.begin() as session:
        ground = ExclusionCode.X2
        exclusion = Exclusion(ticket_number=number, code=ground, decided_at=at, recorded_at=at)
        session.add(exclusion)


def hear_again(app: FastAPI, number: str, at: datetime) -> None:
    """The recording says that nothing was resolved."""
    with app.state.sessions.begin() as session:
        call = session.scalars(select(Callback).where(Callback.ticket_number == number)).one()
        session.add(
            Correction(
                ticket_number=number,
                callback_id=call.id,
                reach=Reach.REACHED,
                contacted=Contacted.NO,
                resolved=Resolved.UNRESOLVED,
                satisfied=Satisfied.DISSATISFIED,
                corrected_at=at,
                recorded_at=at,
            )
        )


def test_offices_have_the_names_of_the_instant_that_is_asked_about(
    people: People, store: Store, clock: StillClock, app: FastAPI, reseeded: Change
) -> None:
    store(WORKED_EXAMPLE)
    clock.tick(hours=1)
    before = clock.at
    clock.tick(hours=1)
    renamed(app, reseeded)

    def name(**asked: str) -> str:
        row = people("analyst").get(f"/rankings/2026-09/offices/{WANGJING}", **asked).json()
        return str(row["office_name"])

    assert [name(as_of=before.isoformat()), name(as_of=clock.at.isoformat()), name()] == [
        "望京街道",
        "望京",
        "望京",
    ]


def test_a_seeding_that_changes_nothing_writes_no_version(app: FastAPI, reseeded: Change) -> None:
    def versions() -> int:
        with app.state.engine.connect() as connection:
            counted = connection.exec_driver_sql("SELECT count(*) FROM registry_version")
            return int(counted.scalar_one())

    before = versions()
    reseeded()
    same = versions()
    reseeded(districts={CHAOYANG: "新朝阳区"})

    assert [before, same, versions()] == [len(registry.PARTS), before, before + 1]


def test_before_anything_was_recorded_the_first_version_counts(
    app: FastAPI, reseeded: Change
) -> None:
    reseeded(districts={CHAOYANG: "新朝阳区"})

    with app.state.sessions() as session:
        first = registry.known(session, LONG_AGO - timedelta(days=1))
        assert first.districts[CHAOYANG] == "朝阳区"
        assert registry.known(session).districts[CHAOYANG] == "新朝阳区"


@pytest.mark.parametrize(
    "change", ["UPDATE registry_version SET part = part", "DELETE FROM registry_version"]
)
def test_a_version_is_never_rewritten(app: FastAPI, people: People, change: str) -> None:
    with (
        pytest.raises(DBAPIError, match="insert-only"),
        app.state.engine.begin() as connection,
    ):
        connection.exec_driver_sql(change)


def test_an_enquiry_lay_where_it_was_told_to_lie_whatever_was_told_later(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    number = given.ticket(people, type="consult")
    before = clock.at
    clock.tick(minutes=1)
    people.operator.does("ask", number, text="在哪条路上？")
    people.operator.does("add", number, address={"text": "朝阳区建外街道"})

    with app.state.sessions() as session:
        lay, lies = (
            session.scalars(select(as_of.at(at, "street_code"))).one() for at in (before, clock.at)
        )
    assert (lay, lies) == (WANGJING, JIANWAI)
