"""A seal of departments' performance against the present record: each difference, by its place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from app.evaluations import books, compute, sealing
from app.evaluations.compute import Behind
from app.evaluations.models import PerformanceSeal
from app.evaluations.roster import KINDS
from app.evaluations.schemas import (
    PerformanceDifference,
    PerformanceProof,
    PerformanceRow,
    PerformanceView,
    read,
)
from app.evaluations.terms import Span
from app.rankings import registry
from app.rankings.bundles import digest_of_lines, unpacked
from app.whistles.evaluation import replay
from app.whistles.evaluation.score import Record

Line = tuple[str, ...]
Differences = Iterator[PerformanceDifference]


def verify(session: Session, span: Span) -> PerformanceProof:
    """The seal recomputed from the events of the books, the whistles, the policy and the registry
    of its instant. Refuses NotSealed."""
    made = sealing.get(session, span.name)
    every = [compute.behind(session, term, made.sealed_at) for term in span.terms]
    again = compute.shown(span, every, session, made.sealed_at)
    differences = [
        *broken(session, made),
        *written(session, span),
        *behind(made, every),
        *(difference for facts in every for difference in contradicted(session, facts)),
        *rows(sealed_view(made), again),
    ]
    return PerformanceProof(
        same=not differences,
        content_hash=made.content_hash,
        recomputed_hash=again.content_hash,
        differences=differences,
    )


def broken(session: Session, made: PerformanceSeal) -> Differences:
    """What of the seal is not as it was made."""
    view = sealed_view(made)
    former = session.get(PerformanceSeal, made.former) if made.former else None
    checked = {
        "seal_hash": (made.seal_hash, sealing.hash_of(made)),
        "content_hash": (made.content_hash, view.hashed().content_hash if view else None),
        "lines_digest": (made.lines_digest, digest_of_lines(unpacked(made.lines))),
        "former_hash": (made.former_hash, former.seal_hash if former else None),
    }
    for name, (was, now) in checked.items():
        if was != now:
            yield PerformanceDifference(office_code=None, field=name, sealed=was, now=now)


def sealed_view(made: PerformanceSeal) -> PerformanceView | None:
    """None where the body cannot be read."""
    try:
        return read(made.body)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def written(session: Session, span: Span) -> Differences:
    """Each fault of the terms' books."""
    for fault in books.faults(session, [term.name for term in span.terms]):
        yield PerformanceDifference(
            office_code=None,
            street_code=fault.owner_code,
            field=fault.fault,
            sealed=None,
            now=fault.seq,
        )


def behind(made: PerformanceSeal, every: Sequence[Behind]) -> Differences:
    """Each mark, record of a whistle and entered rest that is not the sealed one."""
    was = by_place(unpacked(made.lines))
    now = by_place(sealing.lines(every))
    for place in sorted(was.keys() | now.keys()):
        if was.get(place) != now.get(place):
            kind, _, office, street, whistle = place
            yield PerformanceDifference(
                office_code=office,
                street_code=street or None,
                whistle_number=whistle or None,
                field=kind,
                sealed=was.get(place),
                now=now.get(place),
            )


def contradicted(session: Session, facts: Behind) -> Differences:
    """Each record of a whistle that is not what the whistle's events leave."""
    read = {(r.whistle_number, r.office_code): r for r in facts.all_records}
    again = replayed(session, facts, {number for number, _ in read})
    for key in sorted(read.keys() | again.keys()):
        was, now = read.get(key), again.get(key)
        record = was or now
        if record and was != now:
            yield PerformanceDifference(
                office_code=record.office_code,
                street_code=record.street_code,
                whistle_number=record.whistle_number,
                field="evidence",
                sealed=sealing.figures_of(was) if was else None,
                now=sealing.figures_of(now) if now else None,
            )


def replayed(session: Session, facts: Behind, numbers: set[str]) -> dict[tuple[str, str], Record]:
    """Of these whistles, and of all that their events say were settled in the term."""
    term, at = facts.term, facts.at
    known = numbers | replay.settled(session, term.starts_at, min(term.ends_at, at))
    offices = registry.known(session, at).offices
    return {
        key: record
        for key, record in replay.records(session, term.policies, known, at).items()
        if offices[record.office_code].kind in KINDS
    }


def by_place(lines: Sequence[str] | Iterator[str]) -> dict[Line, Any]:
    placed: dict[Line, Any] = {}
    for line in lines:
        *place, figures = msgspec.json.decode(line)
        placed[tuple(part or "" for part in place)] = figures
    return placed


def rows(view: PerformanceView | None, again: PerformanceView) -> Differences:
    """Each number of each row that is not the sealed one."""
    was = {row.office_code: row for row in view.rows} if view else {}
    now = {row.office_code: row for row in again.rows}
    for code in sorted(was.keys() | now.keys()):
        for name in (member.name for member in fields(PerformanceRow)):
            sealed, today = member_of(was, code, name), member_of(now, code, name)
            if sealed != today:
                yield PerformanceDifference(office_code=code, field=name, sealed=sealed, now=today)


def member_of(rows: Mapping[str, PerformanceRow], code: str, name: str) -> Any:
    row = rows.get(code)
    return None if row is None else getattr(row, name)
