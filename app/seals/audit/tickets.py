"""A ticket's rows against its events, and its events against their links."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from app.kit.cipher import Cipher
from app.kit.errors import Refusal
from app.policy.documents import Policies
from app.seals.audit.course import Course
from app.seals.audit.faults import Fault, Kind
from app.seals.audit.record import (
    CALL,
    CONTACT,
    CORRECTION,
    EXCLUSION,
    Rows,
)
from app.seals.audit.replay import replay
from app.seals.rederive.assessments import Happened
from app.tickets import wording
from app.tickets.citizens import correction_hash, opened
from app.tickets.life import links

Row = Mapping[Any, Any]

UNREADABLE = (
    LookupError,
    TypeError,
    ValueError,
    AssertionError,
    AttributeError,
    StopIteration,
    OverflowError,
    Refusal,
)
HEADS = ("version", "chain_head")


def linked(number: str, rows: Rows, cipher: Cipher) -> Iterator[Fault]:
    """The first event that is missing or not the one that was linked."""
    former, words = links.BEFORE_ALL, {row["seq"]: row for row in rows.statements}
    for place, event in enumerate(rows.events, 1):
        if event["seq"] != place:
            yield Fault(fault=Kind.MISSING_EVENT, number=number, seq=place)
            return
        former = links.link(former, event)
        if event["link"] != former:
            yield Fault(fault=Kind.WRONG_LINK, number=number, seq=place)
            return
        spoken = words.pop(place, None)
        if spoken and event["words_hash"] != links.words_hash(spoken["salt"], spoken["words"]):
            yield Fault(fault=Kind.WRONG_WORDS, number=number, seq=place)
    for place in words:
        yield Fault(fault=Kind.WRONG_WORDS, number=number, seq=place)
    yield from worded(number, rows)
    yield from corrected(number, rows, cipher)
    yield from headed(number, rows, former)


def worded(number: str, rows: Rows) -> Iterator[Fault]:
    """A request whose words are not those that its events have the hash of, unless they were
    erased."""
    hashes = [h for event in rows.events if (h := event["data"].get("request_hash"))]
    if not hashes or rows.ticket is None or rows.ticket["erased_at"]:
        return
    if not rows.wordings:
        yield Fault(fault=Kind.MISSING_ROW, number=number, table="request")
    elif rows.wordings[0]["salt"] is None or wording.hash_of(rows.wordings[0]) != hashes[-1]:
        yield Fault(fault=Kind.WRONG_WORDS, number=number, table="request")


def corrected(number: str, rows: Rows, cipher: Cipher) -> Iterator[Fault]:
    """The rows of a corrected citizen that are not what their events have the hash of; a row that
    was erased is none."""
    hashes = {event["seq"]: event["data"].get("citizen_hash") for event in rows.events}
    for row in rows.formers:
        former, new = (opened(cipher, number, row[name]) for name in ("former", "corrected"))
        right = correction_hash(row["salt"], former, new)
        if hashes.get(row["seq"]) != right:
            yield Fault(fault=Kind.WRONG_WORDS, number=number, seq=row["seq"])


def headed(number: str, rows: Rows, last: bytes) -> Iterator[Fault]:
    ticket, length = rows.ticket, len(rows.events)
    if ticket is None:
        yield Fault(fault=Kind.MISSING_TICKET, number=number)
    elif ticket["version"] > length:
        yield Fault(fault=Kind.MISSING_EVENT, number=number, seq=length + 1)
    elif ticket["version"] < length or ticket["chain_head"] != last:
        yield Fault(fault=Kind.WRONG_LINK, number=number, seq=length)


def course_of(rows: Rows, policies: Policies) -> Course | None:
    """None where the events cannot be replayed."""
    names = Happened.__struct_fields__
    try:
        events = [
            msgspec.convert([event[name] for name in names], Happened) for event in rows.events
        ]
        return replay(events, policies) if events else None
    except UNREADABLE:
        return None


def followed(
    number: str, rows: Rows, course: Course | None, head: Course | None
) -> Iterator[Fault]:
    """Each row that is not what the events leave; `head` is of the group's parent, or the same."""
    if course is None or head is None:
        yield Fault(fault=Kind.UNREADABLE, number=number)
        return
    if rows.ticket is not None:
        yield from compared(number, "ticket", [course.ticket], [rows.ticket], tuple(course.ticket))
    if not course.told_whole:
        return
    yield from compared(number, "dispatch", course.leads, rows.leads)
    if course.helpers.complete:
        yield from helped(number, course.helpers.rows, rows.helpers)
    yield from compared(number, "contact", course.contacts, rows.contacts, CONTACT)
    calls = numbered(course.calls, head)
    yield from compared(number, "callback", calls, rows.calls, CALL)
    for table, row, kept, columns in (
        ("exclusion", course.exclusion, rows.exclusions, EXCLUSION),
        ("correction", course.correction, rows.corrections, CORRECTION),
    ):
        yield from compared(number, table, [row] if row else [], kept, columns)
    yield from proceeded(number, rows, course)
    yield from assessed(number, rows, course)


def helped(number: str, expected: Sequence[Row], kept: Sequence[Row]) -> Iterator[Fault]:
    """Joint and informed offices, lead by lead and office by office."""
    places = {(row["seq"], row["office_code"]) for row in (*expected, *kept)}
    for place in sorted(places):
        mine, theirs = (
            [row for row in rows if (row["seq"], row["office_code"]) == place]
            for rows in (expected, kept)
        )
        yield from compared(number, "dispatch", mine, theirs)


def proceeded(number: str, rows: Rows, course: Course) -> Iterator[Fault]:
    """What was asked for and decided."""
    expected, appeals = course.proceedings, course.appeals
    for table, right, kept in (
        ("objection", expected.objection, rows.objections),
        ("extension", expected.extension, rows.extensions),
        ("hold", expected.hold, rows.holds),
        ("supervision", expected.supervision, rows.supervisions),
        ("advice", expected.advice, rows.advices),
        ("exclusion_request", appeals.rows("exclusion_request"), rows.requests),
        ("dispute", appeals.rows("dispute"), rows.disputes),
        ("attachment", course.files, files_of(rows, course)),
    ):
        yield from compared(number, table, right, kept)


def files_of(rows: Rows, course: Course) -> list[Row]:
    """Those of an erased person may be here still, and are none."""
    gone = course.ticket.get("erased_at") is not None
    return [file for file in rows.files if not (gone and file["erased"])]


def assessed(number: str, rows: Rows, course: Course) -> Iterator[Fault]:
    """That there is an assessment, once the citizen was called; its columns are derived elsewhere
    (rederive)."""
    called = course.ticket.get("assessed_at") is not None
    if called and not rows.assessments:
        yield Fault(fault=Kind.MISSING_ROW, number=number, table="assessment")
    if rows.assessments and not called:
        yield Fault(fault=Kind.ADDED_ROW, number=number, table="assessment")


def numbered(calls: Sequence[Row], head: Course) -> list[Row]:
    """Callbacks with their cycles, which the reworks of the group divide, and attempts."""
    counted: dict[int, int] = {}
    made: list[Row] = []
    for call in calls:
        cycle = sum(at < call["at"] for at in head.reworked)
        counted[cycle] = counted.get(cycle, 0) + 1
        made.append({"cycle": cycle, "attempt": counted[cycle], **call})
    return made


def compared(
    number: str,
    table: str,
    expected: Sequence[Row],
    kept: Sequence[Row],
    columns: Sequence[str] | None = None,
) -> Iterator[Fault]:
    """Rows of a table, by `seq` if it has that; by default in all columns that are expected."""
    left = {row.get("seq"): row for row in kept}
    if len(left) < len(kept):
        yield Fault(fault=Kind.ADDED_ROW, number=number, table=table)
    for row in expected:
        seq = row.get("seq")
        other = left.pop(seq, None)
        if other is None:
            yield Fault(fault=Kind.MISSING_ROW, number=number, table=table, seq=seq)
            continue
        false = next((name for name in columns or row if other[name] != row[name]), None)
        if false:
            yield Fault(fault=Kind.WRONG_ROW, number=number, table=table, seq=seq, column=false)
    for seq in left:
        yield Fault(fault=Kind.ADDED_ROW, number=number, table=table, seq=seq)
