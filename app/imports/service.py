"""The import of finished cases: 500 lines a transaction, each line by itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.city import City
from app.imports import case, rows
from app.imports.case import Past
from app.imports.check import check
from app.imports.groups import Groups
from app.imports.models import ImportedCase
from app.imports.schemas import Imported, ImportedDay, PastCase, RejectedLine
from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.errors import Refusal
from app.kit.instants import recording
from app.kit.messages import in_words, language
from app.kit.rows import insert_many
from app.kit.web import ndjson
from app.kit.web.ndjson import Line
from app.routing.service import teach
from app.tickets import events
from app.tickets.events import Event
from app.tickets.intake.receive import take_numbers

AT_ONCE = 500
MOST_LISTED = 10_000
FORM = TypeAdapter(PastCase)

T = TypeVar("T")


def take_in(
    session: Session, city: City, caller: Caller, lines: Sequence[Line], clock: Clock
) -> Imported:
    """Write the good cases of some lines in one transaction; a rejected line has its faults."""
    now = recording(session, clock)
    rejected: list[RejectedLine] = []
    cases = dict(each(lines, lambda line: read(city, caller, line, now), rejected))
    groups = Groups(session, cases.values())
    good = [cases[line] for line, _ in each(cases, lambda line: groups.join(cases[line]), rejected)]
    rejected.sort(key=lambda line: line.line)
    new = claim(session, good, now)
    for model, written in rows.tables(numbered(session, new)):
        if model is Event:
            events.append(session, written)
        else:
            insert_many(session, model, written)
    teach(session, city.router, map(case.lesson, new), now)
    return Imported(accepted=len(new), replayed=len(good) - len(new), rejected=rejected)


def by_day(session: Session) -> list[ImportedDay]:
    """Of every day of Beijing on which cases came in, the newest first."""
    day = sa.cast(func.timezone("Asia/Shanghai", ImportedCase.at), sa.Date)
    grouped = select(
        day, func.count(), func.min(ImportedCase.at), func.max(ImportedCase.at)
    ).group_by(day)
    return [
        ImportedDay(day=on, cases=cases, earliest_at=earliest, latest_at=latest)
        for on, cases, earliest, latest in session.execute(grouped.order_by(day.desc()))
    ]


def take_in_file(
    sessions: Sessions,
    city: City,
    caller: Caller,
    file: BinaryIO,
    clock: Clock,
    progress: Callable[[int], object],
) -> Imported:
    """Take in a whole file; `progress` gets the count of bytes done since its last call."""
    total = Imported()
    for lines in ndjson.file_chunks(file, AT_ONCE):
        with sessions.begin() as session:
            total = added(total, take_in(session, city, caller, lines, clock))
        progress(sum(len(line.text or b"") + 1 for line in lines))
    return total


def each(
    lines: Iterable[Line], do: Callable[[Line], T], rejected: list[RejectedLine]
) -> Iterator[tuple[Line, T]]:
    """What becomes of each line that is not refused."""
    for line in lines:
        try:
            yield line, do(line)
        except Refusal as refusal:
            rejected.append(RejectedLine(line=line.number, errors=faults(refusal)))


def read(city: City, caller: Caller, line: Line, now: datetime) -> Past:
    form = ndjson.parse(FORM, line)
    check(city, form, now)
    return case.of(city, form, caller, now)


def faults(refusal: Refusal) -> Any:
    """In the reader's language."""
    listed = refusal.facts.get("errors", [{"pointer": "", "detail": refusal.detail}])
    return in_words(listed, language.get())


def claim(session: Session, cases: Sequence[Past], now: datetime) -> list[Past]:
    """The cases that were never taken in, in order; another import's claim is waited for."""
    first = {case.case.external_id: case for case in reversed(cases)}
    ids = sa.func.unnest(sa.literal(sorted(first), ARRAY(sa.Text()))).column_valued("external_id")
    claimed = set(
        session.scalars(
            insert(ImportedCase)
            .from_select(["external_id", "at"], select(ids, sa.literal(now)))
            .on_conflict_do_nothing()
            .returning(ImportedCase.external_id)
        )
    )
    return [p for p in cases if p.case.external_id in claimed and first[p.case.external_id] is p]


def numbered(session: Session, cases: Sequence[Past]) -> list[Past]:
    numbers = take_numbers(session, [case.case.received_at for case in cases])
    return [case.numbered(number) for case, number in zip(cases, numbers, strict=True)]


def added(first: Imported, second: Imported) -> Imported:
    """The sum; only the first rejected lines are listed, for a wrong file may have millions."""
    rejected = first.rejected + second.rejected
    beyond = (first.unlisted or 0) + len(rejected[MOST_LISTED:])
    return Imported(
        accepted=first.accepted + second.accepted,
        replayed=first.replayed + second.replayed,
        rejected=rejected[:MOST_LISTED],
        unlisted=beyond or None,
    )
