"""Lessons of confirmed dispatches: every replica makes its memory of these rows."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code, one_of
from app.routing.memory import Lesson


class RoutingLesson(Base):
    """A place and a street, no person: `name` stops at compound or village, `number` is a road's.
    With `built` some building was told behind it, of which nothing else is kept.

    `ticket_number` is the ticket that taught it, so that what an erased citizen's tickets alone
    taught can be forgotten; `teacher` is the office whose upheld objection it follows.

    Read in order of (transaction, id), up to the oldest transaction still open: so no late commit
    is passed over, and every replica learns the same in the same order.
    """

    __tablename__ = "routing_lesson"
    __table_args__ = (
        Index(None, "transaction", "id"),
        Index(None, "district_code", "name"),
        Index(None, "ticket_number", postgresql_where=sa.text("ticket_number IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, Identity(always=True), primary_key=True)
    transaction: Mapped[int] = mapped_column(
        sa.BigInteger, server_default=sa.text("(pg_current_xact_id()::text::bigint)")
    )
    lesson: Mapped[Lesson] = mapped_column(one_of(Lesson))
    district_code: Mapped[Code]
    name: Mapped[str]
    number: Mapped[int | None]
    built: Mapped[bool] = mapped_column(server_default=sa.false())
    street_code: Mapped[Code] = mapped_column(ForeignKey("office.code"))
    taught_on: Mapped[date]
    recorded_at: Mapped[datetime]
    ticket_number: Mapped[Code | None]
    teacher: Mapped[Code | None]
