"""Rankings recalled: each worker tells what the rows give at that instant, and reckons it once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.callbacks.models import Correction, Exclusion
from app.kit.db import ONE_SNAPSHOT
from app.rankings import compute, registry, versions
from app.rankings.forms import FORMS, NEWEST
from app.rankings.leagues import League
from app.rankings.recall import MOST, Memory, Recall
from app.rankings.service import Asked
from app.rankings.versions import EVERY, TableVersion
from app.tickets.life.lifecycle import Status
from app.tickets.models import NOT_TAKEN, Ticket
from tests.aids import given
from tests.aids.client import Client
from tests.aids.given import People, Person
from tests.aids.past import JIANWAI, Store, case
from tests.aids.sealing import force, sealed
from tests.aids.stages import DONGHUAMEN, working
from tests.aids.wire import statements
from tests.conftest import StillClock, beside

FORMER, PERIOD = "2026-10", "2026-11"
BEFORE, AT, NOW = (datetime.fromisoformat(f"2026-10-{day}T10:00:00+08:00") for day in (10, 22, 27))


class Doing(NamedTuple):
    app: FastAPI
    people: People
    store: Store


Change = Callable[[Doing], object]

MOST_STATEMENTS = 13
"""For a ranking right after a new request, its days not kept."""


@pytest.fixture
def other(app: FastAPI, clock: StillClock) -> Iterator[Client]:
    """Another worker of the same database."""
    with Client(beside(app)) as client:
        yield client


@pytest.fixture
def facts(store: Store, clock: StillClock) -> None:
    """Of the present period and of the one before, which can be sealed."""
    clock.at = NOW
    for at in (BEFORE, AT):
        store(case(n, at + timedelta(hours=n)) for n in range(12))


def shown(person: Person, **asked: str) -> list[bytes]:
    answers = [person.get(f"/rankings/{PERIOD}", league=league, **asked) for league in League]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers]


def reckoned(app: FastAPI) -> list[bytes]:
    """From the rows, and written by the form that a seal would take."""
    with app.state.sessions() as session:
        session.connection(execution_options=ONE_SNAPSHOT)
        record = Asked(session, app.state.city, app.state.clock()).record(PERIOD)
        return [FORMS[NEWEST].written(compute.ranking(record, league)) for league in League]


def forced(statement: str) -> Change:
    return lambda city: force(city.app, statement)


def decided(model: type[Any], **values: Any) -> Change:
    """About the ticket assessed last."""

    def decide(city: Doing) -> None:
        with city.app.state.sessions.begin() as session:
            number = session.scalar(sa.text(f"SELECT {LAST}"))
            call = session.scalar(sa.text("SELECT max(id) FROM callback"))
            of_call = {"callback_id": call} if model is Correction else {}
            session.add(model(ticket_number=number, recorded_at=NOW, **values, **of_call))

    return decide


LAST = "(SELECT max(ticket_number) FROM assessment)"
HEARD = {"reach": "reached", "contacted": "yes", "resolved": "unresolved", "satisfied": "very"}

THE_SAME = "a seal of the month before"
CHANGES: dict[str, Change] = {
    "a request": lambda city: given.ticket(city.people),
    "another lead": lambda city: city.people.dispatcher.does(
        "dispatch", given.ticket(city.people), office_code=DONGHUAMEN, reason="不属地。"
    ),
    "an assessment": lambda city: city.store([case(90, AT)]),
    "an assessment of the month before": lambda city: city.store(
        case(90 + n, BEFORE, office_code=JIANWAI) for n in range(12)
    ),
    "an exclusion": decided(Exclusion, code="X2", decided_at=NOW),
    "a second hearing": decided(Correction, corrected_at=NOW, **HEARD),
    THE_SAME: lambda city: sealed(city.people, FORMER),
    "an assessment changed by force": forced("UPDATE assessment SET contact_ok = false"),
    "an assessment gone by force": forced(f"DELETE FROM assessment WHERE ticket_number = {LAST}"),
    "a hold by force": forced(f"UPDATE ticket SET status = 'on_hold' WHERE number = {LAST}"),
    "a refusal by force": forced(f"UPDATE ticket SET status = 'void' WHERE number = {LAST}"),
    "a place by force": forced(f"UPDATE ticket SET street_code = '{JIANWAI}'"),
    "another type by force": forced("UPDATE ticket SET type = 'consult'"),
    "another day by force": forced(
        "UPDATE ticket SET received_at = received_at - interval '1 year'"
    ),
}


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("change", CHANGES)
def test_every_worker_sees_a_change_at_once(
    app: FastAPI, people: People, store: Store, other: Client, change: str
) -> None:
    analyst = people("analyst")
    workers = [analyst, Person(other, analyst.headers["Authorization"].removeprefix("Bearer "))]
    before = [shown(worker) for worker in (*workers, *workers)]

    CHANGES[change](Doing(app, people, store))
    after = [shown(worker) for worker in (*workers, *workers)]

    assert before == 4 * [before[0]]
    assert after == 4 * [reckoned(app)]
    assert (after[0] != before[0]) is (change != THE_SAME)


@pytest.mark.usefixtures("facts")
def test_other_names_are_seen_at_once(
    app: FastAPI, people: People, reseeded: Callable[..., None]
) -> None:
    before = shown(people("analyst"))
    with app.state.sessions() as session:
        offices = dict(registry.known(session).offices)
    offices[JIANWAI] = replace(offices[JIANWAI], name="建外新街道")
    reseeded(offices=offices)

    assert "建外新街道".encode() in shown(people("analyst"))[0]
    assert shown(people("analyst")) == reckoned(app) != before


@pytest.mark.usefixtures("facts")
def test_a_seal_is_served_from_its_commit_on(app: FastAPI, people: People, other: Client) -> None:
    analyst = people("analyst")
    elsewhere = Person(other, analyst.headers["Authorization"].removeprefix("Bearer "))
    before = [worker.get(f"/rankings/{FORMER}").json()["sealed"] for worker in (analyst, elsewhere)]
    sealed(people, FORMER)
    answers = [worker.get(f"/rankings/{FORMER}") for worker in (analyst, elsewhere)]

    assert before == [False, False]
    assert [answer.json()["sealed"] for answer in answers] == [True, True]
    assert {"immutable" in answer.headers["Cache-Control"] for answer in answers} == {True}


def test_a_period_without_facts_is_none_once_it_is_over(people: People, clock: StillClock) -> None:
    analyst = people("analyst")
    open_now = [analyst.get(f"/rankings/{PERIOD}").status_code for _ in range(2)]
    clock.tick(days=40)

    assert open_now == [200, 200]
    assert analyst.get(f"/rankings/{PERIOD}").status_code == 404


@pytest.mark.usefixtures("facts")
def test_packed_or_not_known_or_not_it_is_one_ranking(people: People) -> None:
    path, analyst = f"/rankings/{PERIOD}", people("analyst")
    plain = [analyst.get(path, {"Accept-Encoding": "identity"}) for _ in range(3)]
    packed = [analyst.get(path, {"Accept-Encoding": "gzip"}) for _ in range(3)]
    refused = analyst.get(path, {"Accept-Encoding": "gzip;q=0"})
    tags = [plain[0].headers["ETag"], packed[0].headers["ETag"]]
    known = [analyst.get(path, {"If-None-Match": tag}) for tag in (*tags, "*", '"another"')]

    assert {answer.content for answer in (*plain, *packed, refused)} == {plain[0].content}
    assert [answer.headers.get("Content-Encoding") for answer in packed] == 3 * ["gzip"]
    assert "Content-Encoding" not in refused.headers
    assert {answer.headers["ETag"] for answer in packed} == {f'{tags[0][:-1]}-gzip"'}
    assert [answer.status_code for answer in known] == [304, 304, 304, 200]
    assert [answer.headers["ETag"] for answer in known[:2]] == tags


@pytest.mark.usefixtures("facts")
def test_who_asks_together_after_a_change_has_it_reckoned_once(
    app: FastAPI, people: People, store: Store
) -> None:
    analyst, path = people("analyst"), f"/rankings/{PERIOD}"
    analyst.get(path)
    store([case(90, AT)])
    with statements(app.state.engine) as together, ThreadPoolExecutor(12) as callers:
        answers = list(callers.map(lambda _: analyst.get(path).content, range(12)))
    store([case(91, AT)])
    with statements(app.state.engine) as alone:
        analyst.get(path)

    assert len(set(answers)) == 1
    assert counting_facts(together) == counting_facts(alone) > 0


@pytest.mark.usefixtures("facts", "callers_remembered")
def test_a_new_request_counts_no_fact_again(app: FastAPI, people: People) -> None:
    analyst, path = people("analyst"), f"/rankings/{PERIOD}"
    analyst.get(path)
    given.ticket(people)
    with statements(app.state.engine) as made:
        analyst.get(path)

    assert counting_facts(made) == 0
    assert len(made) <= MOST_STATEMENTS


def counting_facts(sent: list[str]) -> int:
    return sum("assessment" in statement and "tally" in statement for statement in sent)


@pytest.mark.usefixtures("facts")
def test_a_district_an_office_and_a_sheet_come_from_the_same(people: People, app: FastAPI) -> None:
    analyst = people("analyst")
    whole = analyst.get(f"/rankings/{PERIOD}").json()
    row = next(row for row in whole["rows"] if row["assessed"])
    code, district = row["office_code"], row["district_code"]
    excerpt = analyst.get(f"/rankings/{PERIOD}", district_code=district).json()
    office = analyst.get(f"/rankings/{PERIOD}/offices/{code}").json()
    sheet = analyst.get(f"/rankings/{PERIOD}", format="csv").text

    assert excerpt["rows"] == [row for row in whole["rows"] if row["district_code"] == district]
    assert {name: office[name] for name in row} == row
    assert len(sheet.splitlines()) == 1 + len(whole["rows"])


def read(app: FastAPI) -> versions.Versions:
    with app.state.sessions() as session:
        return versions.read(session.connection())


def move(session: Session) -> None:
    session.execute(sa.update(Ticket).values(street_code=DONGHUAMEN))


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_no_writer_waits_for_another_and_each_is_seen(
    app: FastAPI, people: People, level: str
) -> None:
    numbers = [given.ticket(people) for _ in range(3)]
    seen = [read(app)["ticket"]]
    writers = [app.state.sessions() for _ in numbers]
    for session, number in zip(writers, numbers, strict=True):
        session.connection(execution_options={"isolation_level": level})
        session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
        session.execute(
            sa.update(Ticket).where(Ticket.number == number).values(street_code=DONGHUAMEN)
        )
    seen.append(read(app)["ticket"])
    for session in reversed(writers):
        session.commit()
        session.close()
        seen.append(read(app)["ticket"])

    assert seen[0] == seen[1]
    assert len(set(seen)) == len(seen) - 1


@pytest.mark.usefixtures("facts")
def test_a_change_taken_back_changes_no_version(app: FastAPI) -> None:
    before = read(app)
    with app.state.sessions() as session:
        move(session)
        session.rollback()

    assert read(app) == before


@pytest.mark.usefixtures("facts")
def test_rows_of_versions_are_few_however_many_changes(app: FastAPI, people: People) -> None:
    def parts() -> int:
        with app.state.sessions() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(TableVersion)) or 0

    given.ticket(people)
    before = parts()
    for _ in range(10):
        given.ticket(people)

    assert before == parts()
    assert set(read(app)) == set(EVERY)


@pytest.mark.usefixtures("facts")
def test_the_versions_know_which_statuses_count(app: FastAPI, people: People) -> None:
    number, before = given.ticket(people), read(app)

    def changed(status: Status) -> bool:
        with app.state.sessions() as session:
            session.execute(sa.update(Ticket).where(Ticket.number == number).values(status=status))
            return versions.read(session.connection()) != before

    counting = {*NOT_TAKEN, Status.ON_HOLD}
    assert {status: changed(status) for status in Status} == {
        status: status in counting for status in Status
    }


@pytest.mark.usefixtures("facts")
def test_work_on_a_ticket_changes_no_version(app: FastAPI, people: People) -> None:
    number = working(people)
    before = read(app)
    people.street().does("reply", number, text="已停工。", citizen_feedback={"method": "call"})

    assert read(app) == before


@pytest.mark.usefixtures("facts")
def test_of_other_rules_nothing_is_recalled(app: FastAPI, people: People) -> None:
    analyst, city = people("analyst"), app.state.city
    before = shown(analyst)
    (first, *others) = city.policies.documents
    rank = first.rank.model_copy(update={"min_reached": 99})
    documents = (first.model_copy(update={"rank": rank, "sha256": "another"}), *others)
    app.state.city = replace(city, policies=replace(city.policies, documents=documents))

    assert shown(analyst) == reckoned(app) != before


def test_the_result_used_longest_ago_goes_first(app: FastAPI) -> None:
    recall = Recall(Memory(), read(app), "edition")
    for key in range(MOST):
        recall(key, (), lambda _: "kept")
    recall.known(0, ())
    recall("one more", (), lambda _: "kept")

    assert [recall.known(key, ()) is None for key in (0, 1, "one more")] == [False, True, False]
