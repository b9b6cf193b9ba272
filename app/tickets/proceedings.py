"""Proceedings: objections, extensions, holds, supervisions and advices, with their decisions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code, one_of
from app.tickets.life.holds import About, HoldLevel, HoldReason, SupervisionLevel
from app.tickets.life.objections import Ground, Ruling


class Objection(Base):
    """An office's objection to a ticket, and the ruling (RULEBOOK D.8)."""

    __tablename__ = "objection"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    """The event it was raised in."""
    dispatch_seq: Mapped[int]
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), index=True)
    ground: Mapped[Ground] = mapped_column(one_of(Ground))
    proposed_office: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    raised_at: Mapped[datetime]
    ruling: Mapped[Ruling | None] = mapped_column(one_of(Ruling))
    ruled_at: Mapped[datetime | None]
    by_silence: Mapped[bool] = mapped_column(server_default=sa.false())


class Extension(Base):
    """An office's request for more time, and the decision (RULEBOOK D.6.5)."""

    __tablename__ = "extension"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), index=True)
    reason_code: Mapped[str]
    asked_at: Mapped[datetime]
    asked_until: Mapped[datetime]
    approved: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
    """The end of an approved extension of which the citizen was not told in time."""


class Hold(Base):
    """A matter of months on the register (挂账, RULEBOOK D.12): one row for each request."""

    __tablename__ = "hold"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), index=True)
    reason_code: Mapped[HoldReason] = mapped_column(one_of(HoldReason))
    level: Mapped[HoldLevel] = mapped_column(one_of(HoldLevel))
    asked_at: Mapped[datetime]
    review_at: Mapped[datetime]
    milestones: Mapped[list[str]]
    """Instants by which a step of the plan is to be done; its words stand in the statement."""
    district_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    done: Mapped[bool | None]


class Supervision(Base):
    """督办: an answer is asked for by a time; it changes no status (RULEBOOK D.6.3)."""

    __tablename__ = "supervision"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[SupervisionLevel] = mapped_column(one_of(SupervisionLevel))
    office_code: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    """The joint office that a street's chief asks; none: the lead office answers."""
    issuer: Mapped[Code]
    issued_at: Mapped[datetime]
    answer_due_at: Mapped[datetime]
    waits_until: Mapped[datetime | None]
    """Of a joint office, while its answer is awaited: by when."""
    answered_at: Mapped[datetime | None]
    answer_seq: Mapped[int | None]
    """The event whose words answered it."""

    __table_args__ = (
        Index(
            "ix_supervision_awaited",
            "office_code",
            "waits_until",
            "ticket_number",
            postgresql_where=sa.text("waits_until IS NOT NULL"),
        ),
    )


class Advice(Base):
    """建议 of a street's chief to its district or an office of the city: an answer is owed to it,
    and it counts in no score (RULEBOOK D.2)."""

    __tablename__ = "advice"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[About] = mapped_column(one_of(About))
    from_office: Mapped[Code] = mapped_column(ForeignKey("office.code"))
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"))
    """Whom it is addressed to."""
    given_at: Mapped[datetime]
    answer_due_at: Mapped[datetime]
    waits_until: Mapped[datetime | None]
    """The same, until it is answered."""
    answered_at: Mapped[datetime | None]
    answer_seq: Mapped[int | None]

    __table_args__ = (
        Index(
            "ix_advice_awaited",
            "office_code",
            "waits_until",
            "ticket_number",
            postgresql_where=sa.text("waits_until IS NOT NULL"),
        ),
    )
