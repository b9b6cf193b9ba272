"""Whistles with their summonses, the actions that are asked for, and the visits to the place."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code, one_of
from app.whistles.life.loop import (
    Finding,
    SummonsKind,
    SummonsStatus,
    Tier,
    WhistleKind,
    WhistleLevel,
    WhistleOrigin,
    WhistleStatus,
)

NUMBERS = sa.Sequence("whistle_number", metadata=Base.metadata)

WHISTLE = "whistle.number"
OFFICE = "office.code"


class Whistle(Base):
    __tablename__ = "whistle"

    number: Mapped[Code] = mapped_column(primary_key=True)
    status: Mapped[WhistleStatus] = mapped_column(one_of(WhistleStatus))
    since: Mapped[datetime]
    """The beginning of its status."""
    version: Mapped[int]
    """How many events it has; the ETag."""
    chain_head: Mapped[bytes]
    """The link of its last event."""
    kind: Mapped[WhistleKind] = mapped_column(one_of(WhistleKind))
    level: Mapped[WhistleLevel] = mapped_column(one_of(WhistleLevel))
    origin: Mapped[WhistleOrigin] = mapped_column(one_of(WhistleOrigin))
    in_progress: Mapped[bool]
    street_code: Mapped[Code] = mapped_column(ForeignKey(OFFICE))
    """The street or township that blows."""
    district_code: Mapped[Code] = mapped_column(ForeignKey(OFFICE))
    conductor: Mapped[Code] = mapped_column(ForeignKey(OFFICE))
    """The street, the district's centre by policy, or the other street where both agree: it
    composes and commands (D.14.3, D.14.6)."""
    proposed_lead: Mapped[Code | None] = mapped_column(ForeignKey(OFFICE))
    """The street that is to conduct it instead, until the other has answered (D.14.6)."""
    lead_asked: Mapped[Code | None] = mapped_column(ForeignKey(OFFICE))
    """The street whose answer is awaited."""
    lead_proposed_at: Mapped[datetime | None]
    lead_answer_due_at: Mapped[datetime | None]
    tier: Mapped[Tier] = mapped_column(one_of(Tier))
    """Who coordinates (D.14.5)."""
    matter: Mapped[str]
    why: Mapped[str]
    """Why the street alone cannot."""
    place: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    meeting_point: Mapped[str]
    meeting_lon: Mapped[float | None]
    meeting_lat: Mapped[float | None]
    meet_at: Mapped[datetime | None]
    policy: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    blown_at: Mapped[datetime | None]
    blower: Mapped[Code | None]
    """The key that blew it."""
    confirm_due_at: Mapped[datetime | None]
    """Until when the chief confirms what another blew; null once he has, or it is flagged."""
    confirmed_at: Mapped[datetime | None]
    """Of what the chief blew, the same instant."""
    unconfirmed: Mapped[bool] = mapped_column(server_default=sa.false())
    """Nobody confirmed it in time."""
    finish_due_at: Mapped[datetime | None]
    """The plan date."""
    started_at: Mapped[datetime | None]
    """The instant at which the conductor began without those who were still to come."""
    fed_back_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    mark_due_at: Mapped[datetime | None]
    """Until when the chief evaluates what is settled; null when that is over."""
    decide_due_at: Mapped[datetime | None]
    """Until when the district decides on an appeal against a record, while one waits."""
    ended_at: Mapped[datetime | None]
    """Cancelled, found false, or evaluated."""
    returns: Mapped[int] = mapped_column(server_default="0")
    """How often its verification failed."""
    escalate_at: Mapped[datetime | None]
    """The plan date, or the new date that its coordinator set, until it has passed."""
    new_date_at: Mapped[datetime | None]
    lead_office_code: Mapped[Code | None] = mapped_column(ForeignKey(OFFICE))
    """The lead department that its coordinator named (D.14.5)."""
    rule_until: Mapped[datetime | None]
    """Until when a settled whistle may be found false."""
    ruled_from: Mapped[WhistleStatus | None] = mapped_column(
        one_of(WhistleStatus, "ruled_from_whistlestatus")
    )
    """The status in which it was found false; an appeal may bring it back."""
    ruled_at: Mapped[datetime | None]
    """The instant of that ruling; it stays when an appeal is upheld."""
    finding: Mapped[Finding | None] = mapped_column(one_of(Finding))
    """Null again once an appeal is upheld."""
    signal_at: Mapped[datetime | None]
    """Since when it is, with the street's other false whistles of its period, one too many."""
    signal_read_at: Mapped[datetime | None]
    """The district has read that."""
    appeal_until: Mapped[datetime | None]
    appealed_at: Mapped[datetime | None]
    appeal_decided_at: Mapped[datetime | None]
    keeps_tickets: Mapped[bool] = mapped_column(server_default=sa.false())
    """A required office has not been let go: its tickets are not replied to (D.14.8)."""
    next_due_at: Mapped[datetime | None]
    """The instant of the next due change; the sweep looks here."""
    campaign_at: Mapped[datetime | None]
    """Since when it is a campaign 专项行动."""
    campaign_until: Mapped[datetime | None]
    """The campaign's own plan date."""
    liaisons: Mapped[list[str] | None] = mapped_column(JSONB)
    """The office of each team's liaison, in order of teams."""
    concluded_at: Mapped[datetime | None]
    """The campaign has its summary; null again once it is sent back."""
    imagined: Mapped[bool] = mapped_column(server_default=sa.false())
    """Of a simulation."""

    __table_args__ = (
        Index(
            "ix_whistle_next_due_at",
            "next_due_at",
            postgresql_where=sa.text("next_due_at IS NOT NULL"),
        ),
        Index("ix_whistle_created_at", "created_at", "number"),
        Index("ix_whistle_settled_at", "settled_at"),
    )


class Summons(Base):
    """One office's call to a whistle 报到通知."""

    __tablename__ = "summons"

    whistle_number: Mapped[Code] = mapped_column(ForeignKey(WHISTLE), primary_key=True)
    office_code: Mapped[Code] = mapped_column(ForeignKey(OFFICE), primary_key=True)
    kind: Mapped[SummonsKind] = mapped_column(one_of(SummonsKind))
    required: Mapped[bool]
    status: Mapped[SummonsStatus] = mapped_column(one_of(SummonsStatus))
    sent_at: Mapped[datetime | None]
    accept_due_at: Mapped[datetime | None]
    arrive_due_at: Mapped[datetime | None]
    object_until: Mapped[datetime | None]
    """Null at W1, where an office arrives first."""
    accepted_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    """The first arrival; `on_time` is its alone."""
    came_at: Mapped[datetime | None]
    """The last time it reported in."""
    absent_at: Mapped[datetime | None]
    """The limit to arrive, once it has passed; a late arrival leaves it."""
    left_at: Mapped[datetime | None]
    """The last leave, until the office comes back."""
    away: Mapped[bool] = mapped_column(server_default=sa.false())
    """It has left, or was released until an appointment."""
    early_leave: Mapped[bool] = mapped_column(server_default=sa.false())
    """It has left before it was released: a violation, for good."""
    next_at: Mapped[datetime | None]
    """The appointment of an interim release, until it is kept or missed."""
    missed: Mapped[int] = mapped_column(server_default="0")
    """How many such appointments passed without the office."""
    fed_back_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    waived_at: Mapped[datetime | None]
    """The whistle goes on without the office (D.14.5)."""
    objected_at: Mapped[datetime | None]
    objection_due_at: Mapped[datetime | None]
    supervised_at: Mapped[datetime | None]
    """督办: since when an answer is owed."""
    answer_due_at: Mapped[datetime | None]
    """Until when; null once the district was told of the silence."""
    objection_ground: Mapped[str | None]
    refusal_at: Mapped[datetime | None]
    """拒不履行: the instant at which the street told the district."""
    refused: Mapped[bool | None]
    """The district's ruling on it."""
    refusal_ruled_at: Mapped[datetime | None]
    offered_from: Mapped[Code | None] = mapped_column(ForeignKey(OFFICE))
    """The summoned office whose actions the street asks this one to take over (H5), until it has
    answered."""
    offered_actions: Mapped[list[int] | None] = mapped_column(JSONB)
    """Their numbers there."""
    offered_at: Mapped[datetime | None]
    offer_due_at: Mapped[datetime | None]
    escalate_at: Mapped[datetime | None]
    """The instant at which the whistle is raised for it, unless it comes, is ruled on or joins."""
    through_centre: Mapped[bool] = mapped_column(server_default=sa.false())
    """Its people posted to the street's centre are called, through the centre (D.14.4)."""
    is_marked: Mapped[bool] = mapped_column(server_default=sa.true())
    """By its kind of office, when it was called: it has a record (D.15)."""
    thanked_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    """Of the other street: it has verified on the spot (D.14.6)."""
    evaluated_by: Mapped[Code | None] = mapped_column(ForeignKey(OFFICE))
    """The other street, which evaluates the departments of its district; null: the street that
    blew."""

    __table_args__ = (Index("ix_summons_office_code", "office_code", "whistle_number"),)

    @property
    def on_time(self) -> bool | None:
        if self.arrived_at is None or self.arrive_due_at is None:
            return None
        return self.arrived_at <= self.arrive_due_at


class ActionItem(Base):
    """One thing that is asked of a summoned office."""

    __tablename__ = "action_item"

    whistle_number: Mapped[Code] = mapped_column(ForeignKey(WHISTLE), primary_key=True)
    office_code: Mapped[Code] = mapped_column(ForeignKey(OFFICE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    result: Mapped[str | None]
    document: Mapped[str | None]
    """The number of its legal document."""
    fed_back_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    """The street released the office, and so found it done."""
    handed_to: Mapped[Code | None] = mapped_column(ForeignKey(OFFICE))
    """The summoned office that took it over, with its consent; null of what was done."""
    handed_at: Mapped[datetime | None]
    taken_from: Mapped[Code | None] = mapped_column(ForeignKey(OFFICE))
    """The office of which it was asked before."""


class Attendance(Base):
    """A visit of an office's people to the place, from report-in to leave. Names stand in the
    words of its event."""

    __tablename__ = "attendance"

    whistle_number: Mapped[Code] = mapped_column(ForeignKey(WHISTLE), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    """Of its event."""
    office_code: Mapped[Code] = mapped_column(ForeignKey(OFFICE))
    came_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    distance_m: Mapped[int | None]
    by_code: Mapped[bool]


class WhistleParty(Base):
    """An office that knows of a whistle: the street, from the blowing on the other offices and
    their districts."""

    __tablename__ = "whistle_party"

    office_code: Mapped[Code] = mapped_column(ForeignKey(OFFICE), primary_key=True)
    whistle_number: Mapped[Code] = mapped_column(ForeignKey(WHISTLE), primary_key=True)


class WhistleTicket(Base):
    """A ticket for which a whistle was blown."""

    __tablename__ = "whistle_ticket"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    whistle_number: Mapped[Code] = mapped_column(ForeignKey(WHISTLE), primary_key=True, index=True)


class SignInCode(Base):
    """A one-time code of the street, by its hash."""

    __tablename__ = "sign_in_code"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    whistle_number: Mapped[Code] = mapped_column(ForeignKey(WHISTLE), index=True)
    issued_by: Mapped[Code]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[Code | None] = mapped_column(ForeignKey(OFFICE))
