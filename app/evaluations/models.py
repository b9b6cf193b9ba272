"""Books of evaluations and their events, sealed performances, and the sections of a street."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.access.roles import Role
from app.kit.db import Base, Code, Json, one_of


class Step(StrEnum):
    """An event's action."""

    MARK = "mark"
    APPEAL = "appeal"
    DECIDE = "decide"
    ENTER = "enter"
    """The evaluator enters the rest of a department's performance."""
    MARK_UNIT = "mark-unit"


class Book(Base):
    """What one office says in one term: a street of departments and its own units, the city's
    centre of the rest of their performance. Locked by its writers; its head is the last event."""

    __tablename__ = "evaluation_book"

    term: Mapped[Code] = mapped_column(primary_key=True)
    owner_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), primary_key=True)
    seq: Mapped[int] = mapped_column(server_default="0")
    link: Mapped[bytes] = mapped_column(server_default=sa.text("''::bytea"))
    asked_at: Mapped[datetime | None]
    """Since when a street's form lies in its inbox, or lay there."""


class EvaluationEvent(Base):
    """Insert-only; `link` is a hash over the event and the book's former link."""

    __tablename__ = "evaluation_event"

    term: Mapped[Code] = mapped_column(primary_key=True)
    owner_code: Mapped[Code] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[Code]
    role: Mapped[Role] = mapped_column(one_of(Role))
    office_code: Mapped[Code | None]
    action: Mapped[Step] = mapped_column(one_of(Step))
    subject_code: Mapped[Code]
    """A department, or a unit of the street."""
    data: Mapped[Json]
    words_hash: Mapped[bytes | None]
    link: Mapped[bytes]

    __table_args__ = (
        ForeignKeyConstraint(
            ["term", "owner_code"], ["evaluation_book.term", "evaluation_book.owner_code"]
        ),
    )


class EvaluationStatement(Base):
    """The words in an event: a reason, a veto, an appeal, a decision."""

    __tablename__ = "evaluation_statement"

    term: Mapped[Code] = mapped_column(primary_key=True)
    owner_code: Mapped[Code] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[Json]
    salt: Mapped[bytes]


class PerformanceSeal(Base):
    """A term or a year of departments' performance, closed for good. Insert-only; `seal_hash` is of
    all other members and of the former seal's hash."""

    __tablename__ = "performance_seal"

    period: Mapped[Code] = mapped_column(primary_key=True)
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[Code]
    policy: Mapped[Code]
    policy_sha256: Mapped[Code]
    content_hash: Mapped[Code]
    body: Mapped[bytes]
    """The answer, served byte for byte."""
    counts: Mapped[Json]
    lines: Mapped[bytes]
    """Of JSON, compressed: every mark and every record of a whistle behind it."""
    lines_digest: Mapped[Code]
    former: Mapped[Code | None] = mapped_column(ForeignKey("performance_seal.period"))
    former_hash: Mapped[Code | None]
    seal_hash: Mapped[Code]


class UnitKind(StrEnum):
    COMMUNITY = "community"
    SECTION = "section"


class StreetSection(Base):
    """A section 科室 of a street's own office, kept by its chief."""

    __tablename__ = "street_section"

    street_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), primary_key=True)
    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[str]
    closed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    updated_by: Mapped[Code]
