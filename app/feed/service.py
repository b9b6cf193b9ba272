"""Telling offices what happened: collected during a transaction, numbered as its last statement."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kit.ready import Statement
from app.kit.rows import as_json

COLLECTED, TOUCHED = "feed", "touched"


@dataclass(frozen=True, slots=True)
class News:
    """What one office is to be told about one ticket or whistle."""

    office_code: str
    at: datetime
    kind: str
    ticket_number: str | None = None
    whistle_number: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


def append(session: Session, news: Iterable[News]) -> None:
    """To be told with this transaction, in this order."""
    session.info.setdefault(COLLECTED, []).extend(news)


def touch(session: Session, office_codes: Iterable[str]) -> None:
    """Something changes with this transaction that waits for these offices, told or not."""
    session.info.setdefault(TOUCHED, set()).update(office_codes)


def number(session: Session) -> None:
    """Just before the commit: raise the offices' heads, in order of code, and write the entries.

    The heads stay locked to the commit, so no later number can be read before an earlier one.
    """
    if session.in_nested_transaction():
        return  # a savepoint's release is no commit
    session.flush()
    collected: list[News] = sorted(session.info.pop(COLLECTED, ()), key=lambda news: news.at)
    touched: set[str] = session.info.pop(TOUCHED, set())
    if not (collected or touched):
        return
    numbering(collected, touched).run(session.connection())


def numbering(news: Iterable[News], touched: Iterable[str] = ()) -> Statement:
    """Raises the heads of the offices, in order of code, and writes the news, in order of each."""
    entries: dict[str, list[News]] = defaultdict(list)
    for item in news:
        entries[item.office_code].append(item)
    numbered = [
        {**entry_of(item), "place": place - len(entries[code])}
        for code in sorted(entries)
        for place, item in enumerate(entries[code], 1)
    ]
    return Statement(NUMBERED, {"entries": as_json(numbered), "touched": sorted(touched)})


def entry_of(news: News) -> dict[str, Any]:
    return {
        "office_code": news.office_code,
        "at": news.at,
        "kind": news.kind,
        "ticket_number": news.ticket_number,
        "whistle_number": news.whistle_number,
        "data": news.data,
    }


NUMBERED = """
WITH entry AS (
    SELECT * FROM json_to_recordset(%(entries)s::json) AS entry (
        office_code text COLLATE "C", at timestamptz, kind text, ticket_number text,
        whistle_number text, data jsonb, place integer
    )
), concerned AS (
    SELECT office_code, at FROM entry
    UNION ALL SELECT code COLLATE "C", NULL FROM unnest(%(touched)s::text[]) AS touched (code)
), raised AS (
    INSERT INTO feed_head AS head (office_code, last_seq)
    SELECT office_code, count(at) FROM concerned GROUP BY office_code ORDER BY office_code
    ON CONFLICT (office_code) DO UPDATE
    SET last_seq = head.last_seq + excluded.last_seq, changed_at = clock_timestamp()
    RETURNING office_code, last_seq
)
INSERT INTO feed_entry (office_code, seq, at, kind, ticket_number, whistle_number, data)
SELECT office_code, last_seq + place, at, kind, ticket_number, whistle_number, data
FROM entry JOIN raised USING (office_code)
"""
"""Each office's head is raised by its count, in order of code; an entry's place is counted from
its office's last one: 0, -1, -2 …"""


def mark(session: Session) -> int:
    """How much is collected by now; `forget_since` drops what came later."""
    return len(session.info.get(COLLECTED, ()))


def forget_since(session: Session, marked: int) -> None:
    """What is rolled back to a savepoint is told to nobody."""
    del session.info.get(COLLECTED, [])[marked:]
