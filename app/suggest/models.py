"""Lessons of confirmed categories: every replica makes its memory of these rows."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code


class CategoryLesson(Base):
    """Pairs of characters that stood in a ticket's words, and the category that a person confirmed.

    A row without a category forgets the ticket. The trigger `forget_words` of `request` and
    `citizen` takes out the lesson of a ticket whose words or caller are erased, by whomever.
    """

    __tablename__ = "category_lesson"
    __table_args__ = (
        Index(None, "transaction", "id"),
        Index(None, "ticket_number"),
        Index(None, "category", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, Identity(always=True), primary_key=True)
    transaction: Mapped[int] = mapped_column(
        sa.BigInteger, server_default=sa.text("(pg_current_xact_id()::text::bigint)")
    )
    ticket_number: Mapped[Code]
    category: Mapped[Code | None]
    pairs: Mapped[str]
    """With spaces between them; empty in a row that forgets."""
    recorded_at: Mapped[datetime]
