"""A poller by `updated_after` misses nothing, however late it is committed."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI

from app.kit.instants import recording
from app.tickets.models import Ticket
from tests.aids import given
from tests.aids.given import People
from tests.conftest import StillClock


def polled(people: People, after: str, **asked: Any) -> Any:
    answer = people.operator.get("/tickets", updated_after=after, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_poll_waits_for_what_is_just_being_written(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = given.ticket(people)
    mark = clock.tick(seconds=1).isoformat()
    assert polled(people, mark)["items"] == []

    with ThreadPoolExecutor(1) as threads, app.state.sessions() as session:
        now = recording(session, lambda: clock.tick(seconds=1))
        changed = sa.update(Ticket).where(Ticket.number == number)
        session.execute(changed.values(updated_at=now, version=Ticket.version + 1))
        clock.tick(seconds=1)
        poll = threads.submit(polled, people, mark)
        assert not poll.done()
        session.commit()
        page = poll.result()

    assert [ticket["number"] for ticket in page["items"]] == [number]
    assert polled(people, page["resume"])["items"] == []
    assert polled(people, page["items"][0]["updated_at"])["items"] == []


def test_every_mark_that_a_page_gives_goes_on_without_a_gap(
    people: People, clock: StillClock
) -> None:
    start = clock.at.isoformat()
    numbers = []
    for _ in range(5):
        clock.tick(seconds=1)
        numbers.append(given.ticket(people))
    clock.tick(seconds=1)

    page = polled(people, start, limit=2)
    listed = page["items"]
    while page["next"]:
        page = polled(people, start, limit=2, cursor=page["next"])
        listed += page["items"]
    assert [ticket["number"] for ticket in listed] == numbers
    clock.tick(seconds=1)
    newest = given.ticket(people)
    clock.tick(seconds=1)
    assert [ticket["number"] for ticket in polled(people, page["resume"])["items"]] == [newest]
    assert "resume" not in people.operator.get("/tickets").json()
