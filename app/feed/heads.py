"""How far an office's feed and inbox have come: the version of both.

Most answers to a polling office are that nothing changed, so whoever asks at the same moment shares
one reading.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY

from app.feed.models import FeedHead
from app.kit.ready import Ready, parameter

Version = str
"""Of what an office is told and of what waits for it; never twice the same."""

NONE_YET: Version = "0"


def version_of(last_seq: int | None, changed_at: datetime | None) -> Version:
    return NONE_YET if changed_at is None else f"{last_seq} {changed_at.timestamp()}"


OFFICES = parameter("offices", ARRAY(sa.Text))
HEADS = Ready(
    select(FeedHead.office_code, FeedHead.last_seq, FeedHead.changed_at).where(
        FeedHead.office_code == sa.any_(OFFICES)
    )
)


def versions(connection: sa.Connection, offices: Sequence[str]) -> dict[str, Version]:
    """By office; an office that was never told anything has none."""
    rows = HEADS.rows(connection, offices=list(offices))
    return {code: version_of(last_seq, at) for code, last_seq, at in rows}
