"""What is told of a ticket is, byte for byte, what its documented model would tell."""

from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter

from app.access.roles import Caller, Role
from app.kit.web.paging import Page
from app.tickets.models import Ticket
from app.tickets.views.schemas import EventView, TicketView, WaitingView
from app.tickets.views.scope import READERS
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.aids.stages import JIUXIANQIAO, MARKET, STAGES, Build
from tests.conftest import StillClock
from tests.tickets.views import plainly
from tests.tickets.views.plainly import Record, Records

OFFICES = {
    Role.HANDLER: (WANGJING, JIUXIANQIAO, MARKET),
    Role.CHIEF: (WANGJING, JIUXIANQIAO),
    Role.DISTRICT: (CHAOYANG, "110101"),
}
EVENTS = TypeAdapter(list[EventView])


def told_of(**request: Any) -> Build:
    def build(people: People, clock: StillClock) -> str:
        return given.ticket(people, **request)

    return build


def objected_inside(people: People, clock: StillClock) -> str:
    return stages.objected(people)


def group(people: People, clock: StillClock) -> str:
    """A group at work, from whose parent its member has its parts."""
    member = stages.merged(people, clock)
    parent = stages.seen(people, member)["merged_into"]
    people.street().does("acknowledge", parent)
    return str(parent)


OTHERS: dict[str, Build] = {
    "secret": told_of(type="report"),
    "anonymous": told_of(citizen={"name": "欧阳建国", "phone": "01064301234", "anonymous": True}),
    "confidential": told_of(
        citizen={"name": "𠮷野家", "phone": "13800001234", "confidential": True}
    ),
    "urgent": told_of(urgency="L1", external_id='"K"\\7'),
    "placed": told_of(
        address={"text": "望京街道阜通东大街6号", "lon": 116.4812345678, "lat": 39.99}
    ),
    "department's": told_of(category="0101", occurred_at="2026-10-19T08:00:00.123+08:00"),
    "nowhere": told_of(address=stages.UNCLEAR, content='"第一行"\n\t\x7f\u2028😀</script>'),
    "group": group,
    "objected inside": objected_inside,
}
BUILDS = {**STAGES, **OTHERS}


def everyone(people: People) -> list[tuple[Caller, Person]]:
    """A caller of each role that reads tickets, of several offices."""
    return [
        (Caller("k", role, office), people(role, office))
        for role in sorted(READERS)
        for office in OFFICES.get(role, (None,))
    ]


@pytest.mark.parametrize("build", BUILDS.values(), ids=BUILDS)
def test_a_ticket_and_its_events_are_told_as_their_models_tell_them(
    people: People, app: FastAPI, clock: StillClock, build: Build
) -> None:
    number, records = build(people, clock), Records(app.state.sessions)
    for days in (0, 0.11, 1, 30):  # past every window and due time
        clock.tick(days=days)
        persons, record = everyone(people), records.now()
        for caller, person in persons:
            compare_ticket(record, app.state.city, clock, caller, person, number)


def compare_ticket(
    record: Record, city: Any, clock: StillClock, caller: Caller, person: Person, number: str
) -> None:
    answer, history = person.get(f"/tickets/{number}"), person.get(f"/tickets/{number}/events")
    if answer.status_code == 404:
        assert history.status_code == 404
        return
    ticket = record.rows[Ticket][number,]
    shown = plainly.view(record, city, caller, ticket, clock(), bulk=False)
    assert answer.content == shown.model_dump_json().encode()
    assert answer.headers["content-type"] == "application/json"
    events = plainly.events(record, number)
    assert history.content == EVENTS.dump_json(events, by_alias=True)


def test_pages_are_told_as_their_model_tells_them(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    for build in BUILDS.values():
        build(people, clock)
        clock.tick(seconds=1)
    records = Records(app.state.sessions)
    for days in (0, 0.11, 1, 30):
        clock.tick(days=days)
        persons, record = everyone(people), records.now()
        for caller, person in persons:
            paths = ["/tickets", *(["/inbox"] if caller.address else [])]
            for path in paths:
                compare_page(record, app.state.city, clock, caller, person, path)


def compare_page(
    record: Record, city: Any, clock: StillClock, caller: Caller, person: Person, path: str
) -> None:
    answer = person.get(path, limit=7)
    page = answer.json()
    tickets = [record.rows[Ticket][item["number"],] for item in page["items"]]
    if path == "/inbox":
        rows = [plainly.waiting(record, city, caller, ticket, clock()) for ticket in tickets]
        expected: Page[Any] = Page[WaitingView](items=rows, next=page["next"])
    else:
        items = [
            plainly.view(record, city, caller, ticket, clock(), bulk=True) for ticket in tickets
        ]
        expected = Page[TicketView](items=items, next=page["next"])
    assert answer.content == expected.model_dump_json().encode()
