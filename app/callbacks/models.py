"""Callbacks, assessments as rankings count them, and appeals."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.callbacks.answers import Answers, Contacted, ExclusionCode, Reach, Resolved, Satisfied
from app.callbacks.outcome import KIND, code_sql, tally_sql
from app.kit.db import Base, Code, one_of
from app.offices.catalogue import Urgency
from app.tickets.life.lifecycle import Channel, TicketType
from app.tickets.life.sources import Verified


class Callback(Base):
    """One attempt to call a citizen back, or a verification in its place; its words stand in the
    event's statement."""

    __tablename__ = "callback"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"))
    seq: Mapped[int]
    """The event it belongs to."""
    cycle: Mapped[int]
    """0 for the first time the ticket awaits a callback, 1 after a rework."""
    attempt: Mapped[int]
    at: Mapped[datetime]
    reach: Mapped[Reach] = mapped_column(one_of(Reach))
    contacted: Mapped[Contacted | None] = mapped_column(one_of(Contacted))
    resolved: Mapped[Resolved | None] = mapped_column(one_of(Resolved))
    satisfied: Mapped[Satisfied | None] = mapped_column(one_of(Satisfied))
    reasonable: Mapped[bool | None]
    method: Mapped[Verified | None] = mapped_column(one_of(Verified))
    """Of a verification."""
    final: Mapped[bool]
    """Whether it settled its cycle (RULEBOOK D.9); only the first cycle's is scored."""

    @property
    def answers(self) -> Answers:
        return Answers(self.reach, self.contacted, self.resolved, self.satisfied)

    __table_args__ = (Index("ix_callback_ticket_number", "ticket_number", "cycle", "attempt"),)


class Assessment(Base):
    """The facts of the first final callback: written once for a ticket, and never changed.

    Later decisions about it are rows of their own (`Exclusion`). `kind` and the tallies are the
    same facts packed for the covering indexes that rankings read (see `outcome`).
    """

    __tablename__ = "assessment"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"))
    district_code: Mapped[Code | None]
    industry_office: Mapped[Code | None]
    category: Mapped[Code | None]
    type: Mapped[TicketType] = mapped_column(one_of(TicketType))
    channel: Mapped[Channel] = mapped_column(one_of(Channel))
    urgency: Mapped[Urgency] = mapped_column(one_of(Urgency))
    anonymous: Mapped[bool]
    merge_group: Mapped[Code | None]
    reach: Mapped[Reach] = mapped_column(one_of(Reach))
    contacted: Mapped[Contacted | None] = mapped_column(one_of(Contacted))
    resolved: Mapped[Resolved | None] = mapped_column(one_of(Resolved))
    satisfied: Mapped[Satisfied | None] = mapped_column(one_of(Satisfied))
    contact_ok: Mapped[bool]
    late: Mapped[bool]
    assessed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    kind: Mapped[int] = mapped_column(sa.SmallInteger, sa.Computed(code_sql(KIND), persisted=True))
    office_tally: Mapped[Code] = mapped_column(
        sa.Text(collation="C"), sa.Computed(tally_sql("office_code"), persisted=True)
    )
    industry_tally: Mapped[Code | None] = mapped_column(
        sa.Text(collation="C"), sa.Computed(tally_sql("industry_office"), persisted=True)
    )

    __table_args__ = (
        Index("ix_assessment_assessed_at", "assessed_at"),
        Index(
            "ix_assessment_office",
            "office_tally",
            "assessed_at",
            postgresql_include=["kind"],
            postgresql_where=sa.text("merge_group IS NULL"),
        ),
        Index(
            "ix_assessment_industry",
            "industry_tally",
            "assessed_at",
            postgresql_include=["kind"],
            postgresql_where=sa.text("merge_group IS NULL AND industry_office IS NOT NULL"),
        ),
        Index(
            "ix_assessment_merged",
            "assessed_at",
            "merge_group",
            postgresql_where=sa.text("merge_group IS NOT NULL"),
        ),
        Index(
            "ix_assessment_merge_group",
            "merge_group",
            postgresql_where=sa.text("merge_group IS NOT NULL"),
        ),
        Index("ix_assessment_office_code", "office_code", "assessed_at", "ticket_number"),
        Index("ix_assessment_recorded_at", "recorded_at"),
        {
            "postgresql_with": {
                "autovacuum_vacuum_insert_scale_factor": "0.02",
                "autovacuum_analyze_scale_factor": "0.02",
            }
        },
    )


class Exclusion(Base):
    """The decision that an assessed ticket counts in no rate (RULEBOOK D.10)."""

    __tablename__ = "exclusion"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    code: Mapped[ExclusionCode] = mapped_column(one_of(ExclusionCode))
    decided_at: Mapped[datetime]
    recorded_at: Mapped[datetime]

    __table_args__ = (Index("ix_exclusion_recorded_at", "recorded_at"),)


class ExclusionRequest(Base):
    """An office's request for exclusion, once for a ticket, with review, flag and decision."""

    __tablename__ = "exclusion_request"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int]
    """The event it was asked in."""
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"))
    district_code: Mapped[Code | None]
    """The district that reviews first; none for an office of the city."""
    code: Mapped[ExclusionCode] = mapped_column(one_of(ExclusionCode))
    asked_at: Mapped[datetime]
    reviewed: Mapped[bool | None]
    reviewed_at: Mapped[datetime | None]
    flagged: Mapped[bool | None]
    """X3: a supervisor's word that the request was fabricated or malicious."""
    flagged_at: Mapped[datetime | None]
    approved: Mapped[bool | None]
    decided_at: Mapped[datetime | None]


class Dispute(Base):
    """The office's request for a second hearing of the recording (二次核实, RULEBOOK D.9)."""

    __tablename__ = "dispute"

    callback_id: Mapped[int] = mapped_column(
        sa.BigInteger, ForeignKey("callback.id"), primary_key=True
    )
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"))
    raised_at: Mapped[datetime]
    heard_at: Mapped[datetime | None]
    """The instant of the supervisor's second hearing, with any result."""


class Correction(Base):
    """The answers of the recording where the record was wrong. They count instead of the
    assessment's answers, which stay as written."""

    __tablename__ = "correction"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    callback_id: Mapped[int] = mapped_column(sa.BigInteger, ForeignKey("callback.id"))
    reach: Mapped[Reach] = mapped_column(one_of(Reach))
    contacted: Mapped[Contacted | None] = mapped_column(one_of(Contacted))
    resolved: Mapped[Resolved | None] = mapped_column(one_of(Resolved))
    satisfied: Mapped[Satisfied | None] = mapped_column(one_of(Satisfied))
    corrected_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
