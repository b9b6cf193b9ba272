"""Who led at an instant: one answer in Python and in SQL, at the very instants of change."""

from datetime import datetime, timedelta
from itertools import pairwise, product
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.orm import Session

from app.rankings.counting import as_of
from app.tickets.life import leads
from app.tickets.life.lifecycle import DispatchRole
from app.tickets.models import Dispatch, Ticket
from tests.aids import given
from tests.aids.given import People
from tests.aids.past import STREETS

NOON = datetime.fromisoformat("2026-10-20T12:00:00+08:00")
INSTANTS = [NOON + timedelta(hours=n) for n in range(4)]


class Led(NamedTuple):
    dispatched_at: datetime
    ended_at: datetime | None
    office_code: str


def histories() -> list[list[Led]]:
    """All of up to three dispatches, one after the other: some meet, some leave a gap, some end at
    their first instant, and the last may go on."""
    spans = [
        (begins, ends)
        for begins, ends in product(INSTANTS, [*INSTANTS, None])
        if ends is None or begins <= ends
    ]
    made: list[list[Led]] = []
    for number in (1, 2, 3):
        for chosen in product(spans, repeat=number):
            if all(a[1] is not None and a[1] <= b[0] for a, b in pairwise(chosen)):
                made.append([Led(*span, STREETS[n]) for n, span in enumerate(chosen)])
    return made


def put(session: Session, number: str, history: list[Led]) -> None:
    session.execute(sa.delete(Dispatch).where(Dispatch.ticket_number == number))
    rows: list[dict[str, Any]] = [
        {"ticket_number": number, "seq": seq, "role": DispatchRole.LEAD, **led._asdict()}
        for seq, led in enumerate(history, 1)
    ]
    session.execute(sa.insert(Dispatch), rows)


def test_the_record_and_sql_say_the_same_at_every_instant(app: FastAPI, people: People) -> None:
    number, made = given.ticket(people), histories()
    instants = [NOON - timedelta(hours=1), *INSTANTS]
    of = Ticket.number == number
    asked = [
        sa.select(*(read(Ticket.number, at).scalar_subquery() for at in instants)).where(of)
        for read in (as_of.lead_of_record, as_of.lead_of_act)
    ]
    with app.state.sessions() as session:
        for history in made:
            put(session, number, history)
            newest = history[::-1]
            for query, rule in zip(asked, (leads.lead_of_record, leads.lead_of_act), strict=True):
                expected = [rule(newest, at) for at in instants]
                assert list(session.execute(query).one()) == [
                    led and led.office_code for led in expected
                ], (history, rule)

    assert len(made) > 100


A, B = STREETS[:2]
ONE_AFTER_THE_OTHER = [Led(INSTANTS[0], INSTANTS[1], A), Led(INSTANTS[1], INSTANTS[2], B)]


@pytest.mark.parametrize(
    ("hours", "of_record", "of_act"),
    [
        (-1, None, None),
        (0, A, A),
        (0.5, A, A),
        (1, B, B),
        (1.5, B, B),
        (2, None, B),
        (3, None, None),
    ],
)
def test_an_act_that_ends_a_dispatch_is_its_leads(
    hours: float, of_record: str | None, of_act: str | None
) -> None:
    newest, at = ONE_AFTER_THE_OTHER[::-1], NOON + timedelta(hours=hours)
    leading = leads.lead_of_record(newest, at), leads.lead_of_act(newest, at)

    assert [led and led.office_code for led in leading] == [of_record, of_act]
