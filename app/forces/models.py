"""The tables of standing forces: rosters, their people, shifts, days and marks, and their events.

A name, a telephone and a duty stand in `force_member` and in the words of events, never in an
event's data.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.access.roles import Role
from app.duties.centres import ForceKind
from app.forces.roster import ForceAction
from app.kit.db import Base, Code, Json, one_of

OFFICE = "office.code"
FORCE = "force.street_code"
MEMBER = "force_member.id"
PRESENT = sa.text("left_at IS NULL")


class Force(Base):
    """The roster of a street's or township's enforcement centre."""

    __tablename__ = "force"

    street_code: Mapped[Code] = mapped_column(ForeignKey(OFFICE), primary_key=True)
    model: Mapped[Code | None]
    """The name of its model; None until the street chooses one."""
    version: Mapped[int]
    """How many events it has; the ETag."""
    chain_head: Mapped[bytes]
    """The link of its last event."""


class ForceMember(Base):
    """A person of a roster, from `joined_at` up to, without, `left_at`."""

    __tablename__ = "force_member"

    id: Mapped[int] = mapped_column(sa.BigInteger, Identity(always=True), primary_key=True)
    street_code: Mapped[Code] = mapped_column(ForeignKey(FORCE))
    office_code: Mapped[Code] = mapped_column(ForeignKey(OFFICE))
    """His home office."""
    kind: Mapped[ForceKind] = mapped_column(one_of(ForceKind))
    seat: Mapped[Code | None]
    name: Mapped[str]
    phone: Mapped[str]
    duty: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_force_member_street_code", "street_code", "id"),
        Index("ix_force_member_office_code", "office_code", "id"),
        Index(
            "ux_force_member_phone",
            "street_code",
            "phone",
            unique=True,
            postgresql_where=PRESENT,
        ),
    )


class ForceShift(Base):
    """A time on duty; a cancelled one counts up to its cancelling."""

    __tablename__ = "force_shift"

    id: Mapped[int] = mapped_column(sa.BigInteger, Identity(always=True), primary_key=True)
    street_code: Mapped[Code] = mapped_column(ForeignKey(FORCE))
    member_id: Mapped[int] = mapped_column(ForeignKey(MEMBER))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_force_shift_street_code", "street_code", "starts_at", "id"),
        Index("ix_force_shift_member_id", "member_id", "starts_at"),
    )


class ForceDay(Base):
    """A person's attendance on a day 考勤."""

    __tablename__ = "force_day"

    member_id: Mapped[int] = mapped_column(ForeignKey(MEMBER), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    present: Mapped[bool]
    seq: Mapped[int]
    """The event that says so."""


class ForceMark(Base):
    """A person's mark of a month, by the street's chief."""

    __tablename__ = "force_mark"

    member_id: Mapped[int] = mapped_column(ForeignKey(MEMBER), primary_key=True)
    month: Mapped[Code] = mapped_column(primary_key=True)
    mark: Mapped[int]
    seq: Mapped[int]
    """The event that says so."""


class ForceEvent(Base):
    """A change of a roster: insert-only, and without a person or a word of one."""

    __tablename__ = "force_event"

    street_code: Mapped[Code] = mapped_column(ForeignKey(FORCE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[Code]
    role: Mapped[Role] = mapped_column(one_of(Role))
    office_code: Mapped[Code]
    action: Mapped[ForceAction] = mapped_column(one_of(ForceAction))
    member_id: Mapped[int | None] = mapped_column(ForeignKey(MEMBER))
    data: Mapped[Json]
    words_hash: Mapped[bytes | None]
    """Of its words, if it has any; it stays when they are erased."""
    link: Mapped[bytes]

    __table_args__ = (Index("ix_force_event_member_id", "member_id"),)


class ForceStatement(Base):
    """The words in an event, by name: who came, what was changed, and why."""

    __tablename__ = "force_statement"

    street_code: Mapped[Code] = mapped_column(ForeignKey(FORCE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[Json]
    salt: Mapped[bytes]
    """Of the words' hash in the event."""
