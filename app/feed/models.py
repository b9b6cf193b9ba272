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


class Errand(Base):
    """What waits in an office's inbox beside tickets: written by the room that it belongs to."""

    __tablename__ = "errand"

    office_code: Mapped[Code] = mapped_column(primary_key=True)
    number: Mapped[Code] = mapped_column(primary_key=True)
    """Of the whistle."""
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    because: Mapped[str]
    """The act that it asks for."""
    since: Mapped[datetime]
    until: Mapped[datetime]
    data: Mapped[Json]
    """What the inbox shows of it."""

    __table_args__ = (sa.Index("ix_errand_until", "office_code", "until", "number", "seq"),)
