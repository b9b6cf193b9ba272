"""The feed's entries and, for each office and desk of the city, the number of the last one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code, Json


class FeedHead(Base):
    """Locked by whoever numbers entries, to the commit: so numbers are in commit order, gapless."""

    __tablename__ = "feed_head"

    office_code: Mapped[Code] = mapped_column(primary_key=True)
    last_seq: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())
    """When the office was last told anything, or anything changed that waits for it: with the
    number a version that never comes again, not even in a database restored from yesterday."""


class FeedEntry(Base):
    """One thing that concerns an office: kind, number and status, never a person."""

    __tablename__ = "feed_entry"

    office_code: Mapped[Code] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    ticket_number: Mapped[Code | None]
    whistle_number: Mapped[Code | None]
    data: Mapped[Json]
