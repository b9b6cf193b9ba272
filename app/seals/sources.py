"""The lines behind a period's numbers, as JSON: a seal keeps them, a verification compares them.

Each begins with the ticket's number. An assessment's is `[number, assessed_at, recorded_at, …,
exclusion, heard…, evidence]`: its row, the ground of its exclusion, the answers of a second
hearing, and a hash of the ticket's events, contacts and callbacks up to then. A counted request's
has its receipt, place, lead and category; a ticket's on hold its lead and category. No line holds a
person.
"""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.callbacks.models import Assessment, Correction, Exclusion
from app.kit.ready import Listed, parameter
from app.rankings.columns import COLUMNS, HEARD
from app.rankings.counting import as_of, volumes
from app.rankings.counting.as_of import Column
from app.rankings.counting.assessments import followers
from app.rankings.counting.days import of_span
from app.rankings.counting.record import AS_OF, Record, Where
from app.rankings.models import Subject
from app.seals import histories
from app.seals.histories import Lines
from app.seals.rederive import decisions
from app.seals.rederive.decisions import Decided
from app.tickets.models import Dispatch, Ticket

FACT = Assessment.__table__.c

REQUEST = ("street_code", "district_code", "office_code", "category")
OWNERS: dict[Subject, tuple[str, ...]] = {
    Subject.FACTS: COLUMNS[1:],
    Subject.REQUESTS: ("received_at", *REQUEST),
    Subject.HOLDS: ("office_code", "category"),
}
"""What stands in a line after the number: by some of it a ticket belongs to a row."""


class Piece(NamedTuple):
    """A line; its `part` is the assessed office, the day of receipt, or the office on hold."""

    part: str
    number: str
    line: str
    recorded_at: datetime | None = None
    """Of an assessment: whatever was recorded, by the record's instant or later."""
    decided: Decided = Decided(None, None)
    origins: Lines | None = None

    @property
    def decided_at(self) -> datetime | None:
        return self.decided.recorded_at


def late(piece: Piece, record: Record) -> bool:
    """Recorded after the record's instant."""
    return bool(record.as_of and piece.recorded_at and piece.recorded_at > record.as_of)


def facts(record: Record) -> Iterator[Piece]:
    """Every assessment of the period, whenever it was recorded, by office, then by number.

    An exclusion or a second hearing counts as far as it is known by the record's instant;
    `decided` tells of any.
    """
    theirs = followers(record.session, record.period, record.as_of) if record.as_of else []
    behind = IN_PERIOD | FOLLOWING if theirs else IN_PERIOD
    known = record.given(Exclusion.recorded_at), record.given(Correction.recorded_at)
    connection, asked = record.session.connection(), {**record.values, "followers": theirs}
    for rows in lines_of_facts(*known, behind).parts(connection, **asked):
        lines = histories.lines(record.session, {number: at for _, number, _, _, at, *_ in rows})
        for part, number, text, recorded_at, _, *decided in rows:
            origins = lines[number]
            whole = f'{text[:-1]}, "{sha256(origins.origins.encode()).hexdigest()}"]'
            yield Piece(part, number, whole, recorded_at, Decided.read(decided), origins)


IN_PERIOD = of_span(FACT.assessed_at)
FOLLOWING = FACT.ticket_number == sa.any_(parameter("followers", ARRAY(sa.Text())))
"""Of a group that was sealed with the period."""


@lru_cache(maxsize=16)
def lines_of_facts(excluded: tuple[Where, ...], heard: tuple[Where, ...], behind: Where) -> Listed:
    line = func.json_build_array(
        *(FACT[name] for name in COLUMNS),
        sa.case((sa.and_(True, *excluded), Exclusion.code)),
        *(sa.case((sa.and_(True, *heard), Correction.__table__.c[name])) for name in HEARD),
    )
    return Listed(
        select(
            FACT.office_code,
            FACT.ticket_number,
            sa.cast(line, sa.Text),
            FACT.recorded_at,
            FACT.assessed_at,
            *decisions.COLUMNS,
        )
        .outerjoin_from(Assessment, Exclusion, Exclusion.ticket_number == FACT.ticket_number)
        .outerjoin(Correction, Correction.ticket_number == FACT.ticket_number)
        .where(behind)
        .order_by(FACT.office_code, FACT.ticket_number)
    )


def requests(record: Record) -> Iterator[Piece]:
    """Every request that the volume counts, by the day on which it was received."""
    types = tuple(sorted(record.period.policy.assess.types))
    places = tuple(as_of.at(AS_OF if record.as_of else None, name) for name in REQUEST)
    counted = (volumes.of_types(types), *volumes.accepted_given(record))
    yield from pieces(record, lines_of_requests(places, counted))


@lru_cache(maxsize=16)
def lines_of_requests(places: tuple[Column, ...], counted: tuple[Where, ...]) -> Listed:
    day = sa.cast(sa.cast(func.timezone("Asia/Shanghai", Ticket.received_at), sa.Date), sa.Text)
    line = func.json_build_array(Ticket.number, Ticket.received_at, *places)
    query = select(day, Ticket.number, sa.cast(line, sa.Text))
    return in_order(query.where(of_span(Ticket.received_at), *counted))


def holds(record: Record) -> Iterator[Piece]:
    """Every ticket that was on hold at the record's instant, by its lead office."""
    assert record.as_of is not None  # of a seal
    yield from pieces(record, lines_of_holds())


@cache
def lines_of_holds() -> Listed:
    lead = Dispatch.office_code
    line = func.json_build_array(Ticket.number, lead, Ticket.category)
    query = select(lead, Ticket.number, sa.cast(line, sa.Text))
    return in_order(query.where(*volumes.held_at(AS_OF)))


def in_order(query: sa.Select[str, str, str]) -> Listed:
    """Of part and number."""
    part, number, _ = query.selected_columns
    return Listed(query.order_by(part, number))


def pieces(record: Record, listed: Listed) -> Iterator[Piece]:
    """Of each line its part, its ticket's number and its text."""
    return (Piece(*row) for row in listed.rows(record.session.connection(), **record.values))


SUBJECTS: dict[Subject, Callable[[Record], Iterator[Piece]]] = {
    Subject.FACTS: facts,
    Subject.REQUESTS: requests,
    Subject.HOLDS: holds,
}


def owners_of(subject: Subject, line: str) -> set[tuple[str, str]]:
    """Whose a ticket is, by the columns of a line: `office_code`, `street_code` and the like."""
    try:
        return set(zip(OWNERS[subject], json.loads(line)[1:], strict=False))
    except (LookupError, TypeError, ValueError):
        return set()  # of a line that was changed so that it cannot be read
