"""The facts of a period as lines of JSON: what a seal keeps, and what a verification compares.

A line is `[number, assessed_at, recorded_at, …, exclusion, heard…, evidence]`: the assessment as it
stands in the database, the ground on which it is excluded, a second hearing's answers, and a hash
of what it was made from (the ticket's events, contacts and callbacks up to then). No line holds a
person.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.callbacks.models import Assessment, Callback, Correction, Exclusion
from app.rankings.columns import COLUMNS, HEARD
from app.rankings.facts import Record, within
from app.tickets.event_models import Event
from app.tickets.models import ContactMade

AT_ONCE = 2_000
FACT = Assessment.__table__.c


class Fact(NamedTuple):
    office_code: str
    number: str
    recorded_at: datetime
    decided_at: datetime | None
    line: str


def facts(record: Record) -> Iterator[Fact]:
    """Every assessment of the period, whenever it was recorded, by office, then by number.

    An exclusion or a second hearing counts as far as it is known by the record's instant;
    `decided_at` tells of any.
    """
    excluded = sa.and_(True, *record.known(Exclusion.recorded_at))
    heard = sa.and_(True, *record.known(Correction.recorded_at))
    line = func.json_build_array(
        *(FACT[name] for name in COLUMNS),
        sa.case((excluded, Exclusion.code)),
        *(sa.case((heard, Correction.__table__.c[name])) for name in HEARD),
        func.encode(func.sha256(func.convert_to(func.concat(*origins()), "UTF8")), "hex"),
    )
    query = (
        select(
            FACT.office_code,
            FACT.ticket_number,
            FACT.recorded_at,
            func.greatest(Exclusion.recorded_at, Correction.recorded_at),
            sa.cast(line, sa.Text),
        )
        .outerjoin_from(Assessment, Exclusion, Exclusion.ticket_number == FACT.ticket_number)
        .outerjoin(Correction, Correction.ticket_number == FACT.ticket_number)
        .where(within(Assessment.assessed_at, record.period))
        .order_by(FACT.office_code, FACT.ticket_number)
        .execution_options(yield_per=AT_ONCE)
    )
    for row in record.session.execute(query):
        yield Fact(*row)


def origins() -> Iterator[sa.ScalarSelect[str]]:
    """The rows that an assessment was made from, as texts that later columns do not change."""
    for table, columns in (
        (Event, ("seq", "at", "due_at", "actor", "role", "office_code", "action", "from_status")),
        (ContactMade, ("seq", "dispatch_seq", "office_code", "at", "method", "reached")),
        (Callback, ("seq", "cycle", "attempt", "at", "reach", "contacted", "resolved")),
    ):
        found = table.__table__.c
        more = {Event: ("to_status", "data"), Callback: ("satisfied", "final")}.get(table, ())
        text = sa.cast(func.json_build_array(*(found[n] for n in (*columns, *more))), sa.Text)
        listed = func.string_agg(text, aggregate_order_by(sa.literal("\n"), found["seq"]))
        yield (
            select(listed)
            .where(found["ticket_number"] == FACT.ticket_number, found["at"] <= FACT.assessed_at)
            .correlate(Assessment)
            .scalar_subquery()
        )


@dataclass(slots=True)
class Bundle:
    """An office's lines, compressed as they come."""

    number: int = 0
    packed: bytearray = field(default_factory=bytearray)

    def add(self, lines: Iterable[str]) -> str:
        """Takes them all in; the hash of the whole text."""
        packer, digest = zlib.compressobj(), sha256()
        for line in lines:
            text = f"{line}\n".encode()
            digest.update(text)
            self.packed += packer.compress(text)
            self.number += 1
        self.packed += packer.flush()
        return digest.hexdigest()


def bundles(record: Record) -> Iterator[tuple[str, Bundle, str]]:
    """Office, lines, hash: of all that was recorded by the record's instant."""
    known = (f for f in facts(record) if not record.as_of or f.recorded_at <= record.as_of)
    for office, found in groupby(known, key=lambda fact: fact.office_code):
        bundle = Bundle()
        digest = bundle.add(fact.line for fact in found)
        yield office, bundle, digest


def unpacked(lines: bytes | None) -> list[str]:
    """The lines of a bundle; none where it cannot be read."""
    if lines is None:
        return []
    try:
        return zlib.decompress(lines).decode().split("\n")[:-1]
    except (zlib.error, UnicodeDecodeError):
        return []


def number_of(line: str) -> str:
    """The ticket that a line is of: its first text."""
    return line.split('"', 2)[1]


def digest_of_lines(lines: Iterable[str]) -> str:
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def digest_of(digests: Iterable[tuple[str, str]]) -> str:
    """One hash for all offices': of `code hash` lines in order of code."""
    text = "".join(f"{office} {digest}\n" for office, digest in sorted(digests))
    return f"sha256:{sha256(text.encode()).hexdigest()}"
