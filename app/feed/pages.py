"""Pages of offices' feeds: the entries after a number, several offices' in one statement."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.feed.models import FeedEntry, FeedHead
from app.feed.schemas import EntryView
from app.kit.ready import Ready, parameter


class Asked(NamedTuple):
    """Whose feed, and which part of it."""

    office_code: str
    after: int
    limit: int


Lines = Sequence[Sequence[Any]]
"""The feed's last number, and beside it each entry of a page (or none)."""

QUESTIONS = (
    func.unnest(parameter("offices", ARRAY(sa.Text)), parameter("afters", ARRAY(sa.BigInteger)))
    .table_valued("office_code", "after", with_ordinality="place", name="asked")
    .render_derived()
)
OFFICE = sa.type_coerce(QUESTIONS.c.office_code, sa.Text).collate("C")


@lru_cache(maxsize=500)
def pages(limit: int) -> Ready:
    entries = (
        select(*(getattr(FeedEntry, name) for name in EntryView.model_fields))
        .where(FeedEntry.office_code == OFFICE, FeedEntry.seq > QUESTIONS.c.after)
        .order_by(FeedEntry.seq)
        .limit(sa.literal_column(str(limit)))
        .lateral("entry")
    )
    head = QUESTIONS.outerjoin(FeedHead, FeedHead.office_code == OFFICE)
    return Ready(
        select(QUESTIONS.c.place, FeedHead.last_seq, *entries.c)
        .select_from(head.outerjoin(entries, sa.true()))
        .order_by(QUESTIONS.c.place, entries.c.seq)
    )


def read(connection: sa.Connection, questions: Sequence[Asked]) -> dict[Asked, Lines]:
    """Each page with the number to go on from, both of one snapshot, which one statement is."""
    groups: dict[int, list[Asked]] = defaultdict(list)
    for asked in questions:
        groups[asked.limit].append(asked)
    lines: dict[Asked, list[Sequence[Any]]] = defaultdict(list)
    for limit, group in groups.items():
        values = {"offices": [a.office_code for a in group], "afters": [a.after for a in group]}
        for place, *line in pages(limit).rows(connection, **values):
            lines[group[place - 1]].append(line)
    return dict(lines)


def items_of(lines: Lines) -> list[dict[str, Any]]:
    """The entries as an EntryView has them, oldest first."""
    return [
        dict(zip(EntryView.model_fields, entry, strict=True))
        for _, *entry in lines
        if entry[0] is not None
    ]


def last_seq_of(lines: Lines) -> int:
    """The number of the feed's last entry when it was read."""
    last_seq: int | None = lines[0][0]
    return last_seq or 0


def as_json(lines: Lines) -> bytes:
    """A FeedView in JSON: the entries, and the number to go on from."""
    items = items_of(lines)
    last_seq = items[-1]["seq"] if items else last_seq_of(lines)
    return msgspec.json.encode({"items": items, "last_seq": last_seq})
