"""The record of files; their bytes lie on disk under their hash."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.attachments.kinds import MediaType
from app.kit.db import Base, Code, one_of


class Attachment(Base):
    """A file of a ticket: a caller's photo, or one of the finished work (RULEBOOK D.16)."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"))
    seq: Mapped[int]
    """The event it came in."""
    sha256: Mapped[Code]
    media_type: Mapped[MediaType] = mapped_column(one_of(MediaType, length=80))
    size: Mapped[int]
    name: Mapped[str | None]
    """The sender's name for it: a word of a person, which no event holds."""
    office_code: Mapped[Code | None]
    """The office that sent it; none for the hotline's own desks."""
    at: Mapped[datetime]
    erased: Mapped[bool] = mapped_column(server_default=sa.false())
    """With its ticket; the row stays until the bytes are gone."""

    __table_args__ = (
        sa.UniqueConstraint("ticket_number", "sha256"),
        sa.Index("ix_attachment_erased", "id", postgresql_where=sa.text("erased")),
        sa.Index("ix_attachment_sha256", "sha256"),
    )
