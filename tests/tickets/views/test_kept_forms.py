"""A list told of what was kept is never another than the one that would be told anew.

After every act and every instant at which something fell due, several callers ask for their lists;
each page is compared with the one made the long way.
"""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.access.roles import Caller, Role
from app.kit.web.paging import Page
from app.sweep import sweep
from app.tickets.models import Ticket
from app.tickets.views import scope
from app.tickets.views.schemas import TicketView
from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.aids.stages import JIUXIANQIAO, Build
from tests.aids.wire import statements
from tests.conftest import StillClock
from tests.tickets.views import plainly
from tests.tickets.views.plainly import Record, Records
from tests.tickets.views.test_inbox_versions import WALKS

LOOKING = (
    (Role.SUPERVISOR, None),
    (Role.CHIEF, WANGJING),
    (Role.HANDLER, JIUXIANQIAO),
    (Role.DISTRICT, CHAOYANG),
)


class Lists:
    def __init__(self, app: FastAPI, people: People, clock: StillClock) -> None:
        self.app, self.client, self.clock = app, people.client, clock
        self.persons = {Caller("k", role, code): people(role, code) for role, code in LOOKING}
        self.records = Records(app.state.sessions)

    def compare(self) -> None:
        record = self.records.now()
        answers = self.client.together([each.asking("/tickets") for each in self.persons.values()])
        for caller, answer in zip(self.persons, answers, strict=True):
            assert answer.content == self.anew(record, caller), caller

    def anew(self, record: Record, caller: Caller) -> bytes:
        items = [
            plainly.view(record, self.app.state.city, caller, ticket, self.clock(), bulk=True)
            for ticket in newest(record, caller, self.app.state.sessions)
        ]
        return Page[TicketView](items=items, next=None).model_dump_json().encode()


@plainly.once
def newest(record: Record, caller: Caller, sessions: sessionmaker[Session]) -> list[Ticket]:
    """Those that the caller may see."""
    query = select(Ticket.number).order_by(Ticket.received_at.desc(), Ticket.number.desc())
    with sessions() as session:
        numbers = session.scalars(query.where(scope.visible(caller))).all()
    return [record.rows[Ticket][number,] for number in numbers]


@pytest.fixture
def lists(
    app: FastAPI, people: People, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> Lists:
    """Compared before and after each act, whoever acts."""
    lists, post = Lists(app, people, clock), Person.post

    def act(person: Person, path: str, *rest: Any, **named: Any) -> Response:
        answer = post(person, path, *rest, **named)
        if path != "/keys":
            lists.compare()
        return answer

    lists.compare()
    monkeypatch.setattr(Person, "post", act)
    return lists


@pytest.mark.parametrize("build", WALKS.values(), ids=WALKS)
def test_a_list_is_the_one_that_would_be_told_anew(
    app: FastAPI, people: People, clock: StillClock, lists: Lists, build: Build
) -> None:
    build(people, clock)
    for hours in (0.4, 1, 12, 72, 1500):
        clock.tick(hours=hours)
        lists.compare()  # by time alone, whether or not what is due was applied
        sweep(app.state.sessions, app.state.city, app.state.clock)
        lists.compare()


TOLD = "request.content"
"""In a statement that reads what is told of a ticket."""

CHANGES = {
    "citizen": "name = NULL, phone = NULL, phone_hash = NULL",
    "request": "content = ''",
    "ticket": "excluded = true",
}


@pytest.mark.parametrize("table", CHANGES)
def test_a_change_that_no_act_makes_is_told_at_once(
    people: People, app: FastAPI, clock: StillClock, table: str
) -> None:
    """A citizen who is erased, by whoever runs the database, is in no list any more."""
    number, lists = given.ticket(people), Lists(app, people, clock)
    lists.compare()

    column = "number" if table == "ticket" else "ticket_number"
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE {table} SET {CHANGES[table]} WHERE {column} = '{number}'"
        )

    lists.compare()


@pytest.mark.usefixtures("callers_remembered")
def test_of_an_unchanged_list_no_ticket_is_read(people: People, app: FastAPI) -> None:
    for _ in range(3):
        given.ticket(people)
    first = people.supervisor.get("/tickets")

    with statements(app.state.engine) as sent:
        again = people.supervisor.get("/tickets")
        given.ticket(people)
        before = len(sent)
        one_more = people.supervisor.get("/tickets")

    assert again.content == first.content
    assert not any(TOLD in text for text in sent[:1])
    assert len(one_more.json()["items"]) == 4
    assert [TOLD in text for text in sent[before:]] == [False, True]
