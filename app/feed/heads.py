"""How far an office's feed and inbox have come: the version of both.

Most answers to a polling office are that nothing changed, so whoever asks at the same moment shares
one reading.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY

from app.feed.models import FeedHead
from app.kit.ready import Ready, parameter

Version = str
"""Of what an office is told and of what waits for it; never twice the same."""


class Head(NamedTuple):
    """The number of an office's last entry, and the version of its feed and inbox."""

    last_seq: int
    version: Version


NONE_YET = Head(0, "0")


def head_of(last_seq: int | None, changed_at: datetime | None) -> Head:
    if last_seq is None or changed_at is None:
        return NONE_YET
    return Head(last_seq, f"{last_seq} {changed_at.timestamp()}")


OFFICES = parameter("offices", ARRAY(sa.Text))
HEADS = Ready(
    select(FeedHead.office_code, FeedHead.last_seq, FeedHead.changed_at).where(
        FeedHead.office_code == sa.any_(OFFICES)
    )
)


def read(connection: sa.Connection, offices: Sequence[str]) -> dict[str, Head]:
    """By office; an office that was never told anything has none."""
    rows = HEADS.rows(connection, offices=list(offices))
    return {code: head_of(last_seq, at) for code, last_seq, at in rows}
