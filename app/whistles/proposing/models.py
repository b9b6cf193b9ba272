"""Signals `NO_WHISTLE` on record: since when each is seen, and until when it was."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code


class MissingWhistle(Base):
    """A matter at a place for which a street should have whistled (RULEBOOK D.14.7)."""

    __tablename__ = "missing_whistle"

    street_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), primary_key=True)
    category: Mapped[Code] = mapped_column(primary_key=True)
    place: Mapped[Code] = mapped_column(primary_key=True)
    """The place's key, without building and room."""
    seen_at: Mapped[datetime] = mapped_column(primary_key=True)
    over_at: Mapped[datetime | None]
    """The street has whistled, or its tickets are of long ago."""
    tickets: Mapped[int]
    """How many there were when it was seen first."""

    __table_args__ = (
        Index(
            "uq_missing_whistle_open",
            "street_code",
            "category",
            "place",
            unique=True,
            postgresql_where=sa.text("over_at IS NULL"),
        ),
        Index("ix_missing_whistle_seen_at", "seen_at"),
    )
