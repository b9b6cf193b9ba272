"""Disclosures: who read a citizen's name and number in the clear, and on which day first (D.16).

The hotline's desks read them with every ticket that they open. A disclosure is on record before
the answer goes out; an act on a ticket has its event.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access.roles import Caller, Role
from app.kit.db import Base, Code
from app.kit.gather import Gathered
from app.kit.web.wire import At, View
from app.kit.workdays import day_of
from app.tickets.citizens import SPEAKS_WITH_CITIZENS

NO_STORE = {"Cache-Control": "no-store"}

MOST_REMEMBERED = 100_000


class Disclosure(Base):
    """A caller's first reading of a ticket's citizen on one day in Beijing."""

    __tablename__ = "disclosure"

    ticket_number: Mapped[Code] = mapped_column(primary_key=True)
    caller: Mapped[Code] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    role: Mapped[str]
    at: Mapped[datetime]


class DisclosureView(View):
    caller: str
    role: str
    at: At


class Reading(NamedTuple):
    """A caller's reading of a ticket, on a day."""

    ticket_number: str
    caller: str
    role: Role
    day: date


RECORD = sa.text("""
    INSERT INTO disclosure (ticket_number, caller, role, day, at)
    SELECT *, CAST(:at AS timestamptz) FROM unnest(
        CAST(:numbers AS text[]), CAST(:callers AS text[]),
        CAST(:roles AS text[]), CAST(:days AS date[])
    ) ON CONFLICT DO NOTHING
""")


def record(connection: sa.Connection, readings: Sequence[Reading], at: datetime) -> None:
    numbers, callers, roles, days = map(list, zip(*readings, strict=True))
    given = {"numbers": numbers, "callers": callers, "roles": roles, "days": days, "at": at}
    connection.execute(RECORD, given)


class Disclosures:
    """Records what is read in the clear, each reading of a day once."""

    def __init__(self, engine: sa.Engine) -> None:
        self.readings = Gathered(engine, self.write)
        self.known: set[Reading] = set()

    def write(
        self, connection: sa.Connection, readings: Sequence[tuple[Reading, datetime]]
    ) -> Mapping[tuple[Reading, datetime], bool]:
        record(connection, [reading for reading, _ in readings], readings[0][1])
        return dict.fromkeys(readings, True)

    async def disclose(self, caller: Caller, ticket_number: str, at: datetime) -> None:
        """On record when it returns. Raises what the database does."""
        reading = reading_of(caller, ticket_number, at)
        if reading in self.known:
            return
        await self.readings.answer((reading, at))
        if len(self.known) >= MOST_REMEMBERED:
            self.known.clear()
        self.known.add(reading)


def reading_of(caller: Caller, ticket_number: str, at: datetime) -> Reading:
    return Reading(ticket_number, caller.id, caller.role, day_of(at))


def is_clear(caller: Caller, phone: str | None, name: str | None) -> bool:
    """Whether this caller reads a citizen in the clear, one ticket at a time."""
    return caller.role in SPEAKS_WITH_CITIZENS and (phone is not None or name is not None)


def of(session: Session, ticket_number: str) -> list[DisclosureView]:
    """Oldest first."""
    query = select(Disclosure).where(Disclosure.ticket_number == ticket_number)
    rows = session.scalars(query.order_by(Disclosure.at, Disclosure.caller))
    return [DisclosureView.model_validate(row) for row in rows]
