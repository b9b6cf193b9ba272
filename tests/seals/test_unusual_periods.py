"""Seals at the edges: no facts, another policy, tickets on hold, and a row asked for by itself."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from fastapi import FastAPI

from app.policy.documents import Policies
from app.tickets.events import Event
from app.tickets.life.lifecycle import Action, DispatchRole, Status
from app.tickets.models import Dispatch
from tests.aids.cases import random_cases
from tests.aids.given import CONTENT, WANGJING, People, awaiting, ticket
from tests.aids.linking import relink
from tests.aids.past import BORDER, JIANWAI, STREETS, WORKED_EXAMPLE, Json, Store, case
from tests.aids.sealing import sealed, verified
from tests.conftest import StillClock, empty

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()
WEIGHTS = "weights = { response = 0.30, resolution = 0.35, satisfaction = 0.35 }"
EQUAL = "weights = { response = 0.50, resolution = 0.25, satisfaction = 0.25 }"
LATER = DOCUMENT.replace("effective_from = 2019-01-01", "effective_from = 2026-10-01").replace(
    WEIGHTS, EQUAL
)


@pytest.fixture
def changed(app: FastAPI, people: People) -> Iterator[None]:
    """A second policy, in force from the middle of 2026-10 on."""
    kept = app.state.city
    policies = Policies.read({"beijing-2019": DOCUMENT, "beijing-2026": LATER})
    app.state.city = replace(kept, policies=policies)
    yield
    app.state.city = kept


def test_a_period_without_facts_is_sealed_like_any_other(
    people: People, store: Store, clock: StillClock
) -> None:
    store([case(0), case(1, at=BORDER + timedelta(days=40))])
    clock.tick(days=60)

    seals = [sealed(people, period) for period in ("2026-09", "2026-10", "2026-11")]

    assert seals[1]["counts"] == {"facts": 0, "offices": 0}
    assert [seal["former"] for seal in seals] == [None, "2026-09", "2026-10"]
    ranking = people("analyst").get("/rankings/2026-10").json()
    assert {row["status"] for row in ranking["rows"]} == {"no_sample"}
    assert all(verified(people, seal["period"])["same"] for seal in seals)


@pytest.mark.usefixtures("changed")
def test_each_period_is_sealed_under_the_policy_in_force_at_its_start(
    people: People, store: Store, clock: StillClock
) -> None:
    bad = {"resolved": "unresolved"}
    store([case(0, answers=bad), case(1, at=BORDER, answers=bad)])
    store([case(2, at=BORDER + timedelta(days=40), answers=bad)])
    clock.tick(days=60)
    periods = ("2026-09", "2026-10", "2026-11")

    seals = [sealed(people, period) for period in periods]

    assert [seal["policy"] for seal in seals] == ["beijing-2019", "beijing-2019", "beijing-2026"]
    tables = [people("analyst").get(f"/rankings/{period}").json() for period in periods]
    assert [table["rows"][0]["composite"] for table in tables] == [65.0, 65.0, 75.0]
    assert all(verified(people, period)["same"] for period in periods)
    year = people("analyst").get("/bulletins/years/2026").json()
    assert [month["composite"] for month in year["periods"][:3]] == [65.0, 65.0, 75.0]


@pytest.mark.usefixtures("changed")
def test_a_policy_that_was_edited_afterwards_is_named(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store([case(0, at=BORDER + timedelta(days=40), answers={"resolved": "unresolved"})])
    clock.tick(days=60)
    sealed(people, "2026-11")
    edited = LATER.replace(EQUAL, WEIGHTS)
    texts = {"beijing-2019": DOCUMENT, "beijing-2026": edited}
    app.state.city = replace(app.state.city, policies=Policies.read(texts))

    proof = verified(people, "2026-11")

    differing = {
        (difference["office_code"], difference["field"]) for difference in proof["differences"]
    }
    assert {(None, "policy_sha256"), (WANGJING, "composite_exact")} <= differing


def test_a_ranking_of_the_past_has_what_was_on_hold_then(
    people: People, store: Store, app: FastAPI
) -> None:
    store([case(0), case(1)])
    held, resumed = BORDER - timedelta(days=6), BORDER - timedelta(days=3)
    hold(app, "BJ202609010000000", held, resumed)

    instants = (held - timedelta(hours=1), held, resumed - timedelta(hours=1), resumed)
    answers = [
        people("analyst").get(f"/rankings/2026-09/offices/{WANGJING}", as_of=at.isoformat())
        for at in instants
    ]

    assert [answer.json()["on_hold"] for answer in answers] == [0, 1, 1, 0]


def hold(app: FastAPI, number: str, held: datetime, resumed: datetime) -> None:
    """What a hold and its end leave on record."""
    moves = [
        (held, Action.NOTE, Status.IN_PROGRESS, Status.ON_HOLD),
        (resumed, Action.NOTE, Status.ON_HOLD, Status.IN_PROGRESS),
    ]
    with app.state.sessions.begin() as session:
        session.add(
            Dispatch(
                ticket_number=number,
                seq=1,
                office_code=WANGJING,
                role=DispatchRole.LEAD,
                dispatched_at=held - timedelta(days=2),
            )
        )
        for seq, (at, action, before, after) in enumerate(moves, 2):
            session.add(
                Event(
                    ticket_number=number,
                    seq=seq,
                    at=at,
                    actor="tests",
                    action=action,
                    from_status=before,
                    to_status=after,
                    data={},
                    link=b"",
                )
            )
        session.flush()
        relink(session.connection(), [number])


def test_a_row_of_a_sealed_period_is_the_sealed_one(
    people: People, store: Store, clock: StillClock, app: FastAPI
) -> None:
    store([*WORKED_EXAMPLE, case(10, office_code=JIANWAI)])
    path = f"/rankings/2026-09/offices/{WANGJING}"
    before = people("analyst").get(path).json()
    sealed(people, "2026-09")
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("UPDATE assessment SET resolved = 'unresolved'")

    assert people("analyst").get(path).json() == before
    assert before["explained"] == "86.88 = 0.30·100 + 0.35·75 + 0.35·87.5"


FALSE = {
    "another answer": "UPDATE assessment SET satisfied = 'dissatisfied'",
    "another lead": f"UPDATE assessment SET office_code = '{JIANWAI}'",
    "a type that does not count": "UPDATE assessment SET type = 'praise'",
    "no contact": "UPDATE assessment SET contact_ok = false",
}


@pytest.mark.parametrize("falsified", FALSE)
def test_what_was_falsified_before_the_seal_is_named(
    people: People, clock: StillClock, app: FastAPI, falsified: str
) -> None:
    number = ticket(people)
    clock.tick(hours=1)
    awaiting(people, number)
    clock.tick(hours=1)
    assert people.callback.post(f"/tickets/{number}/callbacks", CONTENT).status_code == 201
    clock.at = BORDER + timedelta(days=70)
    true = verified_when(people, app, "")
    false = verified_when(people, app, FALSE[falsified])

    assert (true["same"], false["same"]) == (True, False)
    named = [d for d in false["differences"] if d["field"] == "evidence"]
    assert [d["tickets"] for d in named] == [[{"number": number, "why": "changed"}]]


def verified_when(people: People, app: FastAPI, falsified: str) -> Json:
    """The proof of a seal made after somebody had changed the record; the seal is taken off."""
    with app.state.engine.begin() as connection:
        empty(connection, "seal", "sealed_ranking", "sealed_facts")
        if falsified:
            connection.exec_driver_sql(falsified)
    sealed(people, "2026-11")
    return verified(people, "2026-11")


@pytest.mark.parametrize("seed", [1, 4])
def test_imported_cases_are_what_they_were_made_from(
    people: People, clock: StillClock, seed: int
) -> None:
    """Those too whose last contacts came after the callback, as older systems have it."""
    lines = []
    for imported in random_cases(Random(seed), 300, STREETS, BORDER):
        lines.append(json.dumps({**imported, "address": {"text": "朝阳区"}, "category": None}))
    taken = people.admin.client.post(
        "/v1/imports/cases", content="\n".join(lines), headers=people.admin.headers
    )
    assert taken.json()["accepted"] > 100, taken.text
    sealed(people, "2026-09")

    assert verified(people, "2026-09")["differences"] == []


def test_an_imported_case_s_district_is_derived_again(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    imported = case(0)
    line = json.dumps({**imported, "address": {"text": "朝阳区"}, "category": None})
    people.admin.client.post("/v1/imports/cases", content=line, headers=people.admin.headers)
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("UPDATE assessment SET district_code = '110101'")
    sealed(people, "2026-09")

    differences = verified(people, "2026-09")["differences"]

    assert [(d["field"], len(d["tickets"])) for d in differences] == [("evidence", 1)]


def test_a_second_hearing_is_sealed_handed_out_and_guarded(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    number = ticket(people)
    awaiting(people, number)
    denied = {**CONTENT, "contacted": "no"}
    made = people.callback.post(f"/tickets/{number}/callbacks", denied).json()
    dispute, heard = {"text": "记录有误。"}, {**CONTENT, "text": "录音中诉求人说已联系。"}
    assert people.street().post(f"/callbacks/{made['id']}/dispute", dispute).status_code == 200
    path = f"/callbacks/{made['id']}/correction"
    assert people.supervisor.post(path, heard).status_code == 200
    clock.at = BORDER + timedelta(days=70)
    sealed(people, "2026-11")

    untouched = verified(people, "2026-11")
    fact = people("analyst").get("/rankings/2026-11/facts").text.splitlines()[0]
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("UPDATE correction SET satisfied = 'very_dissatisfied'")
    touched = verified(people, "2026-11")

    assert untouched["same"]
    line = json.loads(fact)
    assert (line["contacted"], line["heard_contacted"]) == ("no", "yes")
    assert line["heard_satisfied"] == "satisfied"
    named = [
        difference["tickets"]
        for difference in touched["differences"]
        if difference["field"] == "facts"
    ]
    assert named == [[{"number": number, "why": "changed"}]]
