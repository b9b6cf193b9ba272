"""The rows on record of some tickets, read together for an audit."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.attachments.models import Attachment
from app.callbacks.models import (
    Assessment,
    Callback,
    Correction,
    Dispute,
    Exclusion,
    ExclusionRequest,
)
from app.kit.db import Base
from app.kit.ready import Ready, parameter
from app.seals.audit.replay import ANSWERS
from app.tickets.citizens import FormerCitizen
from app.tickets.events import Event, Statement
from app.tickets.life.lifecycle import DispatchRole
from app.tickets.life.links import MEMBERS
from app.tickets.models import ContactMade, Dispatch, Request, Ticket
from app.tickets.proceedings import Advice, Extension, Hold, Objection, Supervision
from app.tickets.wording import SAID

Row = Mapping[Any, Any]

TICKET = (
    "status",
    "version",
    "chain_head",
    "type",
    "category",
    "channel",
    "urgency",
    "anonymous",
    "no_citizen",
    "street_code",
    "district_code",
    "community_code",
    "office_code",
    "policy",
    "received_at",
    "dispatched_at",
    "assessed_at",
    "merged_into",
    "secret",
    "acknowledged_at",
    "replied_at",
    "closed_at",
    "erased_at",
    "updated_at",
    "acknowledge_due_at",
    "contact_due_at",
    "due_at",
    "due_left",
    "forced",
    "objectors",
    "upheld",
    "extensions",
    "renewals",
    "returns",
    "reworks",
    "dispatches",
    "urged",
    "excluded",
    "members",
    "repeat_of",
)
DISPATCH = ("office_code", "dispatched_at", "acknowledged_at", "ended_at", "end_reason")
LIMITS = ("acknowledge_due_at", "contact_due_at", "due_at")
HELPER = (
    "office_code",
    "role",
    "dispatched_at",
    "due_at",
    "waits_until",
    "answered_at",
    "answer_seq",
    "ended_at",
    "end_reason",
)
CONTACT = ("dispatch_seq", "office_code", "at", "method", "reached")
CALL = ("cycle", "attempt", "at", *ANSWERS, "reasonable", "method", "final")
EXCLUSION = ("code", "decided_at", "recorded_at")
OBJECTION = (
    "dispatch_seq",
    "office_code",
    "ground",
    "proposed_office",
    "raised_at",
    "ruling",
    "ruled_at",
    "by_silence",
)
EXTENSION = (
    "office_code",
    "reason_code",
    "asked_at",
    "asked_until",
    "approved",
    "decided_at",
    "void_at",
)
HOLD = (
    "office_code",
    "reason_code",
    "level",
    "asked_at",
    "review_at",
    "milestones",
    "district_at",
    "held_at",
    "refused_at",
    "ended_at",
    "done",
)
ANSWER = ("answer_due_at", "waits_until", "answered_at", "answer_seq")
SUPERVISION = ("office_code", "level", "issuer", "issued_at", *ANSWER)
ADVICE = ("about", "from_office", "office_code", "given_at", *ANSWER)
REQUEST = (*SAID, "salt")
ATTACHMENT = ("seq", "sha256", "media_type", "size", "office_code", "at", "erased")
EXCLUSION_REQUEST = (
    "seq",
    "office_code",
    "district_code",
    "code",
    "asked_at",
    "reviewed",
    "reviewed_at",
    "flagged",
    "flagged_at",
    "approved",
    "decided_at",
)
DISPUTE = ("callback_id", "office_code", "raised_at", "heard_at")
CORRECTION = ("callback_id", *ANSWERS, "corrected_at", "recorded_at")


@dataclass(slots=True)
class Rows:
    """Of one ticket."""

    ticket: Row | None = None
    events: list[Row] = field(default_factory=list)
    statements: list[Row] = field(default_factory=list)
    leads: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    calls: list[Row] = field(default_factory=list)
    assessments: list[Row] = field(default_factory=list)
    exclusions: list[Row] = field(default_factory=list)
    corrections: list[Row] = field(default_factory=list)
    formers: list[Row] = field(default_factory=list)
    objections: list[Row] = field(default_factory=list)
    extensions: list[Row] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)
    supervisions: list[Row] = field(default_factory=list)
    advices: list[Row] = field(default_factory=list)
    helpers: list[Row] = field(default_factory=list)
    requests: list[Row] = field(default_factory=list)
    disputes: list[Row] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    wordings: list[Row] = field(default_factory=list)


TABLES: dict[str, tuple[type[Base], str, tuple[str, ...]]] = {
    "events": (Event, "seq", (*MEMBERS[1:], "link")),
    "statements": (Statement, "seq", ("seq", "words", "salt")),
    "leads": (Dispatch, "seq", ("seq", *DISPATCH, *LIMITS)),
    "contacts": (ContactMade, "seq", ("seq", *CONTACT)),
    "calls": (Callback, "seq", ("seq", *CALL)),
    "assessments": (Assessment, "ticket_number", ("recorded_at",)),
    "exclusions": (Exclusion, "ticket_number", EXCLUSION),
    "formers": (FormerCitizen, "seq", ("seq", "former", "corrected", "salt")),
    "corrections": (Correction, "ticket_number", CORRECTION),
    "objections": (Objection, "seq", ("seq", *OBJECTION)),
    "extensions": (Extension, "seq", ("seq", *EXTENSION)),
    "holds": (Hold, "seq", ("seq", *HOLD)),
    "supervisions": (Supervision, "seq", ("seq", *SUPERVISION)),
    "advices": (Advice, "seq", ("seq", *ADVICE)),
    "helpers": (Dispatch, "seq", ("seq", *HELPER)),
    "requests": (ExclusionRequest, "seq", EXCLUSION_REQUEST),
    "files": (Attachment, "seq", ATTACHMENT),
    "wordings": (Request, "ticket_number", REQUEST),
}
LED = {
    "leads": Dispatch.role == DispatchRole.LEAD,
    "helpers": Dispatch.role != DispatchRole.LEAD,
}
THEIRS = sa.any_(parameter("numbers", ARRAY(sa.Text())))


def listing(name: str) -> sa.Select[*tuple[Any, ...]]:
    model, order, columns = TABLES[name]
    table = model.__table__.c
    query = select(table.ticket_number, *(table[column] for column in columns))
    query = query.where(table.ticket_number == THEIRS).order_by(table[order])
    return query.where(LED[name]) if name in LED else query


DISPUTES = (
    select(Callback.ticket_number, *(Dispute.__table__.c[name] for name in DISPUTE))
    .join(Dispute)
    .where(Callback.ticket_number == THEIRS)
)
LISTINGS = {name: listing(name) for name in TABLES} | {"disputes": DISPUTES}
QUERIES = {name: Ready(query) for name, query in LISTINGS.items()}
ANY = Ready(select(*(sa.exists(query.order_by(None)) for query in LISTINGS.values())))
"""Of most tickets most tables have no rows: which have some is asked at once."""
TICKETS = Ready(
    select(Ticket.number, *(Ticket.__table__.c[name] for name in TICKET)).where(
        Ticket.number == THEIRS
    )
)


def rows(session: Session, numbers: Sequence[str]) -> dict[str, Rows]:
    """By ticket, also of a number that has none."""
    by_ticket: dict[str, Rows] = defaultdict(Rows, {number: Rows() for number in numbers})
    connection, theirs = session.connection(), [*numbers]
    for row in TICKETS.rows(connection, numbers=theirs):
        by_ticket[row.number].ticket = row._asdict()
    [is_any] = ANY.rows(connection, numbers=theirs)
    for name, query in compress(QUERIES.items(), is_any):
        for row in query.rows(connection, numbers=theirs):
            getattr(by_ticket[row.ticket_number], name).append(row._asdict())
    return by_ticket
