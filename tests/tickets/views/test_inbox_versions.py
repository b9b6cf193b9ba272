"""An inbox under its ETag is never another than the one that would be told anew.

After every act and every instant at which something fell due, whoever has an inbox asks with the
tag that he has; what he then holds is compared with the page made the long way.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app.access.roles import DESKS, Caller, Role
from app.kit.web.paging import Page
from app.sweep import sweep
from app.tickets.life.duties import DESK_COLUMNS
from app.tickets.life.parts import Part
from app.tickets.models import Ticket
from app.tickets.views.schemas import WaitingView
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.aids.stages import JIUXIANQIAO, Build
from tests.aids.wire import statements
from tests.conftest import StillClock
from tests.tickets.views import plainly
from tests.tickets.views.plainly import Record, Records
from tests.tickets.views.test_same_json import BUILDS

WATCHED = (
    (Role.HANDLER, WANGJING),
    (Role.CHIEF, WANGJING),
    (Role.HANDLER, JIUXIANQIAO),
    (Role.DISTRICT, CHAOYANG),
    (Role.DISTRICT, "110101"),
    *((role, None) for role in DESKS),
)
NOTHING = ("", b"")
"""What is held of an inbox at first: neither a tag nor a page."""


class Watch:
    """What each of them holds of his inbox, and every page that was ever told under a tag."""

    def __init__(self, app: FastAPI, people: People, clock: StillClock) -> None:
        self.app, self.client, self.clock = app, people.client, clock
        self.persons = {Caller("k", role, code): people(role, code) for role, code in WATCHED}
        self.records = Records(app.state.sessions)
        self.held: dict[Caller, tuple[str, bytes]] = {}
        self.pages: dict[tuple[Caller, str], bytes] = {}
        self.unchanged = 0

    def look(self) -> None:
        record = self.records.now()
        asked = [
            person.asking("/inbox", **{"If-None-Match": self.held.get(caller, NOTHING)[0]})
            for caller, person in self.persons.items()
        ]
        for caller, answer in zip(self.persons, self.client.together(asked), strict=True):
            self.compare(record, caller, answer)

    def compare(self, record: Record, caller: Caller, answer: Response) -> None:
        tag, body = self.held.get(caller, NOTHING)
        if answer.status_code == 304:
            self.unchanged += 1
            assert answer.headers["etag"] == tag
        else:
            tag, body = answer.headers["etag"], answer.content
        assert body == self.anew(record, caller), (caller, answer.status_code)
        assert self.pages.setdefault((caller, tag), body) == body
        self.held[caller] = tag, body

    def anew(self, record: Record, caller: Caller) -> bytes:
        city, now = self.app.state.city, self.clock()
        items = [
            plainly.waiting(record, city, caller, ticket, now) for ticket in lane(record, caller)
        ]
        return Page[WaitingView](items=items, next=None).model_dump_json().encode()


@plainly.once
def lane(record: Record, caller: Caller) -> list[Ticket]:
    tickets = record.rows[Ticket].values()
    return sorted(
        (ticket for ticket in tickets if lies(ticket, caller)),
        key=lambda ticket: (*order(ticket, caller), ticket.number),
    )


def lies(ticket: Ticket, caller: Caller) -> bool:
    if caller.role in DESKS:
        return since(ticket, caller) is not None
    office = ticket.asked_of if caller.role is Role.DISTRICT else ticket.waits_for
    return office == caller.office_code


def order(ticket: Ticket, caller: Caller) -> tuple[Any, ...]:
    if caller.role in DESKS:
        return ticket.urgency, since(ticket, caller)
    until = ticket.asked_until if caller.role is Role.DISTRICT else ticket.waits_until
    return until is None, until


def since(ticket: Ticket, caller: Caller) -> datetime | None:
    at: datetime | None = getattr(ticket, DESK_COLUMNS[Part(caller.role)])
    return at


@pytest.fixture
def watch(
    app: FastAPI, people: People, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watch]:
    """Looks before and after each act, whoever acts."""
    watch, post = Watch(app, people, clock), Person.post

    def act(person: Person, path: str, *rest: Any, **named: Any) -> Response:
        answer = post(person, path, *rest, **named)
        if path != "/keys":
            watch.look()
        return answer

    watch.look()
    monkeypatch.setattr(Person, "post", act)
    yield watch
    assert watch.unchanged


def remarks(people: People, clock: StillClock) -> str:
    """What changes no status, or is told to nobody."""
    number = stages.working(people, urgency="L3", citizen={"phone": "13800001234"})
    people("chief", WANGJING).does("read", number)
    people.street().does("reveal", number, reason="回访")
    people.street().does("note", number, text="在办")
    people.supervisor.does("grade", number, urgency="L2", reason="影响大")
    people.operator.does("urge", number, text="请快些")
    return number


def extended(people: People, clock: StillClock) -> str:
    number = stages.working(people)
    until = (clock() + timedelta(days=12)).isoformat()
    asked = {"reason_code": "engineering", "plan": "先停水，再换管。", "due_at": until}
    people.street().does("request-extension", number, **asked)
    return number


def group_taken_apart(people: People, clock: StillClock) -> str:
    member = stages.merged(people, clock)
    people.supervisor.does("unmerge", member, reason="不是一件事")
    return member


WALKS: dict[str, Build] = {
    **BUILDS,
    "remarks": remarks,
    "extended": extended,
    "group taken apart": group_taken_apart,
}


@pytest.mark.parametrize("build", WALKS.values(), ids=WALKS)
def test_a_held_inbox_is_the_one_that_would_be_told(
    app: FastAPI, people: People, clock: StillClock, watch: Watch, build: Build
) -> None:
    build(people, clock)
    for hours in (0.4, 1, 2, 12, 24, 72, 200, 1500):
        clock.tick(hours=hours)
        watch.look()  # by time alone, whether or not what is due was applied
        sweep(app.state.sessions, app.state.city, app.state.clock)
        watch.look()


def test_other_names_or_rules_are_told_under_another_tag(people: People, app: FastAPI) -> None:
    given.ticket(people)
    before = people.street().get("/inbox")
    city = app.state.city
    renamed = replace(city.offices[WANGJING], name="望京")

    app.state.city = replace(city, offices={**city.offices, WANGJING: renamed})
    after = people.street().get("/inbox", headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.json()["items"][0]["office"]["name"] == "望京"


@pytest.mark.usefixtures("callers_remembered")
def test_an_unchanged_inbox_is_told_without_reading_a_ticket(people: People, app: FastAPI) -> None:
    given.ticket(people)
    first = people.street().get("/inbox")

    with statements(app.state.engine) as sent:
        again = people.street().get("/inbox", headers={"If-None-Match": first.headers["etag"]})
        kept = people.street().get("/inbox")

    assert (again.status_code, kept.content) == (304, first.content)
    assert len(sent) == 2
    assert not any("ticket" in text for text in sent)
