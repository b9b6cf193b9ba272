"""What finished days add up to, so that they need not be counted again, and which changed since.

The triggers of the migration that made these tables write `changed_day`; nothing else does.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code


class TalliedDay(Base):
    """The numbers of one day's rows of a table, by one of its columns and under one rule."""

    __tablename__ = "tallied_day"

    source: Mapped[Code] = mapped_column(primary_key=True)
    """The table."""
    day: Mapped[date] = mapped_column(primary_key=True)
    """In Beijing."""
    counted_by: Mapped[Code] = mapped_column(primary_key=True)
    """The column."""
    rule: Mapped[Code]
    """The hash of what decides how a row counts."""
    counted_at: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ChangedDay(Base):
    """That a row of that day came, went or moved; written beside one another, so that no writer
    waits for another's."""

    __tablename__ = "changed_day"

    source: Mapped[Code] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    counted_by: Mapped[Code] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
