"""The tables of search: the keys of each ticket, how far they are kept up, and who looked for a
telephone."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code


class SearchEntry(Base):
    """The keys of a ticket as it was at its last change but those after the mark."""

    __tablename__ = "search_entry"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    keys: Mapped[list[int]] = mapped_column(ARRAY(sa.Integer))

    __table_args__ = (
        Index(
            "ix_search_entry_keys",
            "keys",
            postgresql_using="gin",
        ),
    )


class SearchMark(Base):
    """One row: every change before this instant, and of this instant up to this number, is in the
    entries."""

    __tablename__ = "search_mark"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    number: Mapped[Code]


class TelephoneSearch(Base):
    """A search for a telephone: who, when, and the number's keyed hash (RULEBOOK D.7.1)."""

    __tablename__ = "telephone_search"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    at: Mapped[datetime]
    caller: Mapped[Code]
    role: Mapped[str]
    phone_hash: Mapped[bytes]

    __table_args__ = (Index("ix_telephone_search_at", "at", "id"),)
