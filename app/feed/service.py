"""Telling offices what happened: collected during a transaction, numbered as its last statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.feed.models import FeedEntry, FeedHead
from app.kit.db import insert_many

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
    collected: list[News] = session.info.pop(COLLECTED, [])
    told: dict[str, list[News]] = {code: [] for code in session.info.pop(TOUCHED, ())}
    for news in sorted(collected, key=lambda news: news.at):
        told.setdefault(news.office_code, []).append(news)
    if not told:
        return
    last = raise_heads(session, {code: len(told[code]) for code in sorted(told)})
    insert_many(
        session,
        FeedEntry,
        [
            {
                "office_code": code,
                "seq": seq,
                "at": one.at,
                "kind": one.kind,
                "ticket_number": one.ticket_number,
                "whistle_number": one.whistle_number,
                "data": one.data,
            }
            for code, news in told.items()
            for seq, one in enumerate(news, last[code] - len(news) + 1)
        ],
    )


def raise_heads(session: Session, counts: dict[str, int]) -> dict[str, int]:
    """Each office's new last number; its version is another in any case."""
    rows = [{"office_code": code, "last_seq": count} for code, count in counts.items()]
    new = insert(FeedHead).values(rows)
    raised = new.on_conflict_do_update(
        index_elements=[FeedHead.office_code],
        set_={
            "last_seq": FeedHead.last_seq + new.excluded.last_seq,
            "changed_at": sa.func.clock_timestamp(),
        },
    ).returning(FeedHead.office_code, FeedHead.last_seq)
    return dict(session.execute(raised).all())


def mark(session: Session) -> int:
    """How much is collected by now; `forget_since` drops what came later."""
    return len(session.info.get(COLLECTED, ()))


def forget_since(session: Session, told: int) -> None:
    """What is rolled back to a savepoint is told to nobody."""
    del session.info.get(COLLECTED, [])[told:]


def read(
    session: Session, office_code: str, after: int, limit: int
) -> tuple[Sequence[FeedEntry], int]:
    """The entries after a number, oldest first, and the number to go on from."""
    last = session.scalar(select(FeedHead.last_seq).filter_by(office_code=office_code)) or 0
    entries = session.scalars(
        select(FeedEntry)
        .where(FeedEntry.office_code == office_code, FeedEntry.seq > after)
        .order_by(FeedEntry.seq)
        .limit(limit)
    ).all()
    return entries, entries[-1].seq if entries else last
