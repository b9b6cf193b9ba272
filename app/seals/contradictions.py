"""Assessments, later decisions and requests, compared with the history of their tickets.

A seal proves that nothing was changed since; this, that nothing was falsified before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.callbacks.models import Assessment, Callback
from app.kit.ready import AT_ONCE, Listed, Ready, parameter
from app.offices.catalogue import Urgency
from app.policy.documents import Policies
from app.rankings.counting import as_of
from app.rankings.counting.days import BEGINS, ENDS, between, of_span
from app.rankings.counting.record import Record
from app.rankings.published import EVER
from app.seals.histories import Lines, lines
from app.seals.rederive.assessments import (
    Called,
    Case,
    Given,
    Happened,
    History,
    Tried,
    before,
    remade,
)
from app.seals.sources import Piece
from app.tickets.event_data import Imported, Received, name
from app.tickets.events import Event
from app.tickets.life.lifecycle import Channel, DispatchRole, TicketType
from app.tickets.models import Dispatch, Ticket

TICKET = Ticket.__table__.c
PLACE = ("street_code", "district_code")


class Contradicted(NamedTuple):
    office_code: str
    number: str


class Fact(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An assessment, as its line has it."""

    ticket_number: str
    assessed_at: datetime
    recorded_at: datetime
    office_code: str
    district_code: str | None
    industry_office: str | None
    category: str | None
    type: TicketType
    channel: Channel
    urgency: Urgency
    anonymous: bool
    merge_group: str | None
    reach: Reach
    contacted: Contacted | None
    resolved: Resolved | None
    satisfied: Satisfied | None
    contact_ok: bool
    late: bool


FACT = msgspec.json.Decoder(Fact)
EVENTS = msgspec.json.Decoder(Happened)
CONTACTS = msgspec.json.Decoder(Tried)
CALLS = msgspec.json.Decoder(Called)


@dataclass(frozen=True, slots=True)
class Deriving:
    """Assessments made again, while their lines go by."""

    record: Record
    contradicted: list[Contradicted] = field(default_factory=list)
    """By office: whose assessment, whenever recorded, is not what the record of their handling
    says."""

    def passing(self, facts: Iterable[Piece]) -> Iterator[Piece]:
        rest = iter(facts)
        while some := list(islice(rest, AT_ONCE)):
            self.look_at(some)
            yield from some

    def look_at(self, facts: Sequence[Piece]) -> None:
        origins = {fact.number: fact.origins for fact in facts if fact.origins}
        own = dict(histories(self.record, origins))
        parents = {ticket.parent for ticket in own.values() if ticket and ticket.parent}
        whole = lines(self.record.session, dict.fromkeys(parents, EVER))
        heads = dict(histories(self.record, whole))
        for fact in facts:
            history = own.get(fact.number)
            if history is None or not holds(
                fact, history, heads, self.record.period.periods.policies
            ):
                self.contradicted.append(Contradicted(fact.part, fact.number))


def holds(
    piece: Piece, own: History, heads: Mapping[str, History | None], policies: Policies
) -> bool:
    """Whether an assessment and its later decisions agree with the ticket's history."""
    head = heads.get(own.parent) if own.parent else own
    if head is None or own.called is None:
        return False
    try:
        fact = FACT.decode(piece.line)
        policy = policies.named(head.policy)
        events = before(own, head, own.called)
        case = Case(piece.number, own, head, own.called, policy, fact.urgency, events)
        same = all(getattr(fact, name) == value for name, value in remade(case).items())
        return same and piece.decided.is_backed(own, own.called)
    except (LookupError, StopIteration, TypeError, ValueError):
        return False  # a history that cannot be read is not the one that was written


def histories(
    record: Record, lines_of: Mapping[str, Lines]
) -> Iterator[tuple[str, History | None]]:
    """Of each ticket that there is, by its number; None where it cannot be read."""
    connection, numbers = record.session.connection(), [*lines_of]
    leads: dict[str, list[Given]] = defaultdict(list)
    for number, *row in LEADS.rows(connection, numbers=numbers):
        leads[number].append(Given(*row))
    for number, policy in POLICIES.rows(connection, numbers=numbers):
        yield number, history(policy, lines_of[number], leads[number])


def history(policy: str, of_ticket: Lines, leads: list[Given]) -> History | None:
    try:
        return History(
            policy,
            read(EVENTS, of_ticket.events, of_ticket.later_events),
            leads,
            read(CONTACTS, of_ticket.contacts, of_ticket.later_contacts),
            read(CALLS, of_ticket.calls, of_ticket.later_calls),
        )
    except ValueError:
        return None


Row = TypeVar("Row", Happened, Tried, Called)


def read(kind: msgspec.json.Decoder[Row], *texts: str | None) -> list[Row]:
    """The rows of some lines, in order."""
    rows = [row for text in texts if text for row in kind.decode_lines(text)]
    return rows if texts[1] is None else sorted(rows, key=attrgetter("seq"))


def unassessed(record: Record) -> Iterator[str]:
    """The tickets with a final callback of the period that no assessment tells of."""
    yield from (number for (number,) in record.rows(UNASSESSED))


ASSESSED = sa.exists().where(Assessment.ticket_number == Callback.ticket_number)
UNASSESSED = Ready(
    select(Callback.ticket_number)
    .where(of_span(Callback.at), Callback.final, ~ASSESSED)
    .order_by(Callback.ticket_number)
    .distinct()
)


def misplaced(record: Record) -> Iterator[str]:
    """Tickets received in a period with a column that contradicts their events: receipt, matter,
    place or status."""
    rows = contradicting().rows(record.session.connection(), **record.values)
    yield from (number for (number,) in rows)


@cache
def contradicting() -> Listed:
    first, last = aliased(Event), aliased(Event)
    newest = select(func.max(Event.seq)).where(Event.ticket_number == Ticket.number)
    received_at, stamp = first.data[name(Imported.received_at)].astext, sa.TIMESTAMP(timezone=True)
    readable = func.pg_input_is_valid(received_at, "timestamptz")
    came = sa.case((readable, sa.cast(received_at, stamp)), else_=first.at)
    return Listed(
        select(Ticket.number)
        .outerjoin(first, sa.and_(first.ticket_number == Ticket.number, first.seq == 1))
        .outerjoin(
            last,
            sa.and_(last.ticket_number == Ticket.number, last.seq == newest.scalar_subquery()),
        )
        .where(sa.or_(of_span(Ticket.received_at), between(came, BEGINS, ENDS)))
        .where(
            sa.or_(
                first.data.has_key(name(Received.type)) & came.is_distinct_from(Ticket.received_at),
                said_otherwise(first, Received.type),
                first.data.has_key(name(Received.category))
                & TICKET[name(Received.category)].is_distinct_from(
                    as_of.by_last_event(name(Received.category), EVER)
                ),
                *(
                    TICKET[column].is_distinct_from(as_of.by_last_event(column, EVER))
                    for column in PLACE
                ),
                last.to_status.is_distinct_from(Ticket.status),
            )
        )
        .order_by(Ticket.number)
    )


def said_otherwise(first: type[Event], member: object) -> sa.ColumnElement[bool]:
    column = name(member)
    in_event = first.data[column].astext
    return sa.and_(first.data.has_key(column), in_event.is_distinct_from(TICKET[column]))


THEIRS = sa.any_(parameter("numbers", ARRAY(sa.Text())))
POLICIES = Ready(select(Ticket.number, Ticket.policy).where(Ticket.number == THEIRS))
LEADS = Ready(
    select(
        Dispatch.ticket_number,
        Dispatch.seq,
        Dispatch.office_code,
        Dispatch.dispatched_at,
        Dispatch.ended_at,
        Dispatch.contact_due_at,
        Dispatch.due_at,
    )
    .where(Dispatch.role == DispatchRole.LEAD, Dispatch.ticket_number == THEIRS)
    .order_by(Dispatch.ticket_number, Dispatch.seq)
)
