"""Tickets, with their requests, dispatches and contacts.

`ticket` and `event` hold codes, numbers and times only; words and names of persons stand in
`request`, `citizen` and `statement`, so that they can be erased without a break in history.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code, Json, one_of
from app.offices.catalogue import Urgency
from app.tickets.life.contacts import Method
from app.tickets.life.duties import DESK_COLUMNS
from app.tickets.life.lifecycle import TERMINAL, Channel, DispatchRole, Status, TicketType
from app.tickets.life.parts import Part

NUMBERS = sa.Sequence("ticket_number", metadata=Base.metadata, cache=50)

NOT_TAKEN = (Status.ANSWERED, Status.NOT_ACCEPTED, Status.TRANSFERRED, Status.VOID)
"""Requests that were not accepted do not add to the volume (RULEBOOK D.13.5)."""

ACCEPTED = f"status NOT IN ({', '.join(map(repr, map(str, NOT_TAKEN)))})"

IS_OPEN = f"status NOT IN ({', '.join(sorted(map(repr, map(str, TERMINAL))))})"

FAR = "9999-12-31 00:00:00+00"
"""In place of a due time that is not set, so that it stands last."""

DUE_OR_LAST = f"COALESCE(due_at, '{FAR}'::timestamp with time zone)"
"""As PostgreSQL writes it, so that a migration is found to say the same."""


def in_order_of_time(name: str, column: str) -> Index:
    """An index for statistics: a few pages for millions of rows, written nearly in that order."""
    return Index(name, column, postgresql_using="brin", postgresql_with={"autosummarize": "on"})


def at_desk(column: str) -> Index:
    """What waits for a desk of the city: the most urgent first, then the oldest."""
    waits = sa.text(f"{column} IS NOT NULL")
    return Index(f"ix_ticket_{column}", "urgency", column, "number", postgresql_where=waits)


class Ticket(Base):
    __tablename__ = "ticket"

    number: Mapped[Code] = mapped_column(primary_key=True)
    status: Mapped[Status] = mapped_column(one_of(Status))
    since: Mapped[datetime]
    """The beginning of its status; after a due change, the instant at which that was due."""
    version: Mapped[int]
    """How many events it has; the ETag."""
    chain_head: Mapped[bytes]
    """The link of its last event."""
    channel: Mapped[Channel] = mapped_column(one_of(Channel))
    type: Mapped[TicketType] = mapped_column(one_of(TicketType))
    category: Mapped[Code | None] = mapped_column(ForeignKey("category.code"))
    urgency: Mapped[Urgency] = mapped_column(one_of(Urgency))
    secret: Mapped[bool]
    """A report or a confidential ticket: no office sees the citizen's name."""
    anonymous: Mapped[bool]
    no_citizen: Mapped[bool] = mapped_column(server_default=sa.false())
    """Nobody can be called: its result is verified (RULEBOOK D.9.1)."""
    external_id: Mapped[Code | None]
    line: Mapped[Code | None]
    """The number that the citizen dialled, or the hotline that handed the request over."""
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    district_code: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    street_code: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    """The street in which the place lies, not the office that handles it: volume counts by it."""
    community_code: Mapped[Code | None]
    office_code: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    """The lead office: that of the newest active lead dispatch."""
    queue: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    """The district that must dispatch it (RULEBOOK D.5 R4)."""
    policy: Mapped[str]
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    dispatched_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    assessed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    acknowledge_due_at: Mapped[datetime | None]
    contact_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    callback_due_at: Mapped[datetime | None]
    call_after: Mapped[datetime | None]
    """The citizen is not to be called back before."""
    next_due_at: Mapped[datetime | None]
    """The instant of the next due change; the sweep looks here."""
    waits_for: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    waits_until: Mapped[datetime | None]
    """The lead office in whose inbox it lies, and the office's limit to act."""
    asked_of: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    asked_until: Mapped[datetime | None]
    """The district that must dispatch, review, rule, decide or heed an alarm, and its limit."""
    dispatch_since: Mapped[datetime | None]
    callback_since: Mapped[datetime | None]
    supervision_since: Mapped[datetime | None]
    panel_since: Mapped[datetime | None]
    """Since when it waits for each desk of the city."""
    updated_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    """The last question to the citizen, while it needs his answer."""
    tried_at: Mapped[datetime | None]
    """The city's last call back to him, meanwhile."""
    handed_on_at: Mapped[datetime | None]
    """The instant at which an emergency service was first told beside the office."""
    contact_attempts: Mapped[int] = mapped_column(server_default="0")
    """How many of the lead office's contacts count (RULEBOOK D.6.4)."""
    next_attempt_from: Mapped[datetime | None]
    """The instant from which the next one will."""
    relay_asked_at: Mapped[datetime | None]
    """The oldest text that the city is to pass on to the citizen of a secret ticket."""
    danger_asked_at: Mapped[datetime | None]
    """Since when somebody of the city is to look whether its words mean a danger (RULEBOOK D.4)."""
    forced: Mapped[bool] = mapped_column(server_default=sa.false())
    doubted: Mapped[bool] = mapped_column(server_default=sa.false())
    """The callback called the demand unreasonable, and no supervisor has decided yet."""
    supervised: Mapped[bool] = mapped_column(server_default=sa.false())
    answer_due_at: Mapped[datetime | None]
    """The limit of the next answer to a supervision, until its escalation."""
    advice_due_at: Mapped[datetime | None]
    """The limit of the next answer to an advice, until its alarm."""
    disputed_at: Mapped[datetime | None]
    """Since when an office doubts what a callback says, until the recording is heard again."""
    flag_asked_at: Mapped[datetime | None]
    """Since when a supervisor is to say whether it is fabricated or malicious (X3)."""
    interim_office: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    """The office that keeps the duty of contact until another has acknowledged (D.5-10)."""
    objectors: Mapped[list[str]] = mapped_column(server_default="{}")
    """The office of each objection, in order."""
    upheld: Mapped[int] = mapped_column(server_default="0")
    objection_district: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    """The district of both offices of the newest objection, which therefore rules."""
    objection_locked: Mapped[bool] = mapped_column(server_default=sa.false())
    taught: Mapped[Code | None]
    """The street that routing has learned from this ticket."""
    imagined: Mapped[bool] = mapped_column(server_default=sa.false())
    """Of a simulation: it teaches nothing, also when people go on with it."""
    asks_extension: Mapped[Part | None] = mapped_column(one_of(Part, "asks_extension"))
    """The part that decides the open request of the office."""
    asks_hold: Mapped[Part | None] = mapped_column(one_of(Part, "asks_hold"))
    extensions: Mapped[int] = mapped_column(server_default="0")
    extended_from: Mapped[datetime | None]
    """The due time before the extension, until the citizen is told of it."""
    review_at: Mapped[datetime | None]
    """The day of the hold's review."""
    due_left: Mapped[timedelta | None]
    """The time left when the ticket was put on hold."""
    renewals: Mapped[int] = mapped_column(server_default="0")
    warned: Mapped[list[str]] = mapped_column(server_default="{}")
    """The warnings of this due time that were given, by name."""
    returns: Mapped[int] = mapped_column(server_default="0")
    reworks: Mapped[int] = mapped_column(server_default="0")
    dispatches: Mapped[int] = mapped_column(server_default="0")
    urged: Mapped[int] = mapped_column(server_default="0")
    advised: Mapped[list[str]] = mapped_column(server_default="{}")
    """The offices that owe an answer to an advice 建议, each as often as it does."""
    whistles: Mapped[list[str]] = mapped_column(server_default="{}")
    """The whistles blown for it of which a required summons is open."""
    reply_seq: Mapped[int | None]
    return_seq: Mapped[int | None]
    reason_seq: Mapped[int | None]
    """The events with the words of its newest reply, return of a reply, and callback."""
    excluded: Mapped[bool] = mapped_column(server_default=sa.false())
    merged_into: Mapped[Code | None] = mapped_column(ForeignKey("ticket.number"))
    members: Mapped[int] = mapped_column(server_default="0")
    """How many tickets are merged into it."""
    callback_begun: Mapped[bool] = mapped_column(server_default=sa.false())
    """A call to its own citizen was tried in this cycle."""
    rescue: Mapped[bool] = mapped_column(server_default=sa.false())
    """Of a category of danger to life: a rescue service must be told, too."""
    same_citizen: Mapped[bool] = mapped_column(server_default=sa.false())
    """An older ticket of its group is the same person's: he is called back once (D.11)."""
    called: Mapped[bool] = mapped_column(server_default=sa.false())
    """Its own citizen was called back in this cycle, and a member's is still to be."""
    repeat_of: Mapped[Code | None] = mapped_column(ForeignKey("ticket.number"))
    erased_at: Mapped[datetime | None]
    """Since when its citizen, its words and its files are no more (RULEBOOK D.16)."""

    __table_args__ = (
        Index(
            "ix_ticket_inbox",
            "waits_for",
            "waits_until",
            "number",
            postgresql_where=sa.text("waits_for IS NOT NULL"),
        ),
        Index(
            "ix_ticket_asked",
            "asked_of",
            "asked_until",
            "number",
            postgresql_where=sa.text("asked_of IS NOT NULL"),
        ),
        *(at_desk(name) for name in DESK_COLUMNS.values()),
        Index(
            "ix_ticket_kept",
            "interim_office",
            postgresql_where=sa.text("interim_office IS NOT NULL"),
        ),
        Index(
            "ix_ticket_next_due_at",
            "next_due_at",
            postgresql_where=sa.text("next_due_at IS NOT NULL"),
        ),
        Index(
            "ix_ticket_received_at",
            "received_at",
            "number",
            postgresql_include=["street_code", "type", "status"],
        ),
        Index(
            "ix_ticket_volume",
            "street_code",
            "type",
            "received_at",
            postgresql_where=sa.text(ACCEPTED),
        ),
        Index("ix_ticket_updated_at", "updated_at", "number"),
        Index(
            "ix_ticket_merged_into",
            "merged_into",
            postgresql_where=sa.text("merged_into IS NOT NULL"),
        ),
        Index(
            "ix_ticket_repeat_of",
            "repeat_of",
            postgresql_where=sa.text("repeat_of IS NOT NULL"),
        ),
        in_order_of_time("ix_ticket_closed_at", "closed_at"),
        Index("ix_ticket_lat", "lat", "lon", postgresql_where=sa.text("lat IS NOT NULL")),
        Index("ix_ticket_office_code", "office_code", "received_at", "number"),
        Index("ix_ticket_district_code", "district_code", "received_at", "number"),
        Index(
            "ix_ticket_status",
            "status",
            "received_at",
            "number",
            postgresql_where=sa.text("status <> 'closed'"),
        ),
        Index(
            "ix_ticket_open_urgency",
            "urgency",
            "received_at",
            "number",
            postgresql_where=sa.text(IS_OPEN),
        ),
        Index(
            "ix_ticket_open_due",
            sa.text(DUE_OR_LAST),
            "number",
            postgresql_where=sa.text(IS_OPEN),
        ),
        Index(
            "ix_ticket_queue",
            "queue",
            "received_at",
            "number",
            postgresql_where=sa.text("queue IS NOT NULL"),
        ),
        Index("ix_ticket_on_hold", "office_code", postgresql_where=sa.text("status = 'on_hold'")),
        Index(
            "ix_ticket_external_id",
            "external_id",
            postgresql_where=sa.text("external_id IS NOT NULL"),
        ),
        Index(
            "ix_ticket_callback",
            "callback_due_at",
            "number",
            postgresql_where=sa.text("callback_due_at IS NOT NULL"),
        ),
    )


class Request(Base):
    """The words of a request."""

    __tablename__ = "request"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    title: Mapped[str]
    content: Mapped[str]
    address: Mapped[str]
    place_key: Mapped[Code | None]
    """The address in one way of writing, without building and room (RULEBOOK D.11)."""
    said_district: Mapped[Code | None]
    """The district that the caller named beside the text, if any."""
    source: Mapped[Json | None]
    """Where the problem was published: outlet, title, url, published_at."""
    route: Mapped[Json]
    """The routing decision with its evidence, in words of the address."""
    salt: Mapped[bytes | None]
    """Of the words' hash in the events; None where they were erased, or no event has it."""

    __table_args__ = (
        Index(
            "ix_request_place_key",
            "place_key",
            "ticket_number",
            postgresql_where=sa.text("place_key IS NOT NULL"),
        ),
    )


class Dispatch(Base):
    """The dispatch of a ticket to an office, with role and clock. Ended, never deleted."""

    __tablename__ = "dispatch"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"), primary_key=True)
    role: Mapped[DispatchRole] = mapped_column(one_of(DispatchRole))
    dispatched_at: Mapped[datetime]
    acknowledge_due_at: Mapped[datetime | None]
    contact_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    waits_until: Mapped[datetime | None]
    """Of a joint office, while its own answer is awaited: by when."""
    answered_at: Mapped[datetime | None]
    answer_seq: Mapped[int | None]
    """The event with the words of a joint office's newest answer."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]

    __table_args__ = (
        Index(
            "uq_dispatch_lead",
            "ticket_number",
            unique=True,
            postgresql_where=sa.text("role = 'lead' AND ended_at IS NULL"),
        ),
        Index(
            "ix_dispatch_office_code",
            "office_code",
            "ticket_number",
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        Index(
            "ix_dispatch_awaited",
            "office_code",
            "waits_until",
            "ticket_number",
            postgresql_where=sa.text("waits_until IS NOT NULL"),
        ),
        in_order_of_time("ix_dispatch_dispatched_at", "dispatched_at"),
        in_order_of_time("ix_dispatch_due_at", "due_at"),
    )


class ContactMade(Base):
    """An office's contact with the citizen, or its try; `at` is the server's time."""

    __tablename__ = "contact"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    dispatch_seq: Mapped[int]
    office_code: Mapped[Code] = mapped_column(ForeignKey("office.code"))
    at: Mapped[datetime]
    method: Mapped[Method] = mapped_column(one_of(Method))
    reached: Mapped[bool]
