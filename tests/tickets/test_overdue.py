"""Whether a result is late is said twice, of a ticket and in SQL: both say the same."""

from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.tickets.life.lifecycle import Status
from app.tickets.standing import overdue, overdue_in

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
INSTANTS = (None, NOW - 2 * TICK, NOW - TICK, NOW, NOW + TICK)

TICKETS = [
    SimpleNamespace(number=number, status=status, due_at=due, replied_at=replied, forced=forced)
    for number, (status, due, replied, forced) in enumerate(
        product(Status, INSTANTS, INSTANTS, (False, True))
    )
]

INSTANT = sa.TIMESTAMP(timezone=True)
ROWS = sa.values(
    sa.column("number", sa.Integer),
    sa.column("status", sa.Text),
    sa.column("due_at", INSTANT),
    sa.column("replied_at", INSTANT),
    sa.column("forced", sa.Boolean),
    name="ticket_like",
).data([(t.number, str(t.status), t.due_at, t.replied_at, t.forced) for t in TICKETS])


@pytest.mark.usefixtures("served")
def test_the_ticket_and_its_sql_say_the_same_of_every_status_and_instant(app: FastAPI) -> None:
    late = overdue_in(ROWS.c, sa.literal(NOW, INSTANT))

    with app.state.sessions() as session:
        rows = session.execute(sa.select(ROWS.c.number, late)).all()

    assert {row[0]: row[1] for row in rows} == {t.number: overdue(t, NOW) for t in TICKETS}
