"""Which tickets lie in whose inbox, as what, and in which order.

An office has what it leads, and what is asked of it beside the lead: its own answer as a joint
office, to a supervision 督办 of a street, to an advice 建议. A desk of the city has its column.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select

from app.access.roles import DESKS, Role
from app.kit.ready import parameter
from app.kit.web.paging import Order, beyond, instant
from app.offices.catalogue import Urgency
from app.tickets.life.duties import DESK_COLUMNS, Kind
from app.tickets.life.parts import Part
from app.tickets.life.timers import NAMES as TIMERS
from app.tickets.models import Dispatch, Ticket
from app.tickets.proceedings import Advice, Supervision
from app.tickets.views import rows, scope
from app.tickets.views.rows import Row

INSTANT = sa.TIMESTAMP(timezone=True)

TIMED_BY = tuple(
    name for name in dict.fromkeys((*TIMERS, *DESK_COLUMNS.values())) if name not in rows.NAMES
)
"""Columns that say why a ticket waits and in which order, beside those that are shown."""

ERRAND = ("errand", "errand_seq", "errand_since", "errand_until")
"""What else is asked of an office than to lead: kind (or null), event, since when, by when."""

KINDS: tuple[sa.types.TypeEngine[Any], ...] = (sa.Text(), sa.Integer(), INSTANT, INSTANT)
ERRAND_KINDS = dict(zip(ERRAND, KINDS, strict=True))

BESIDE = (*TIMED_BY, *ERRAND)

DUE: tuple[Any, ...] = (
    sa.column("errand_until", INSTANT),
    sa.column("number", sa.Text),
    sa.column("errand_seq", sa.Integer),
)
EARLIEST = Order(DUE, (instant, str, int))

STEPS = {Kind.JOINT: "feed-back", Kind.SUPERVISION: "note", Kind.ADVICE: "answer-advice"}
"""The act that an errand asks for."""


def errand(row: Row) -> dict[str, Any]:
    """Of a WaitingView what is asked of an office beside the lead."""
    return {
        "kind": row.errand,
        "because": STEPS[Kind(row.errand)],
        "waits_since": row.errand_since,
        "waits_until": row.errand_until,
    }


class Branch(NamedTuple):
    """A queue of an office, read by its index: earliest due first."""

    kind: Kind | None
    office: Any
    number: Any
    until: Any
    since: Any
    seq: Any
    """Of an errand of a ticket, higher than that of the lead, 0."""
    several: bool = False
    """Whether an office may have several of a ticket."""

    def page(self, goes_on: bool, limit: int) -> sa.Select[Any]:
        columns = (self.until, self.number, self.seq)
        query = select(
            self.number.label("ticket_number"),
            sa.literal_column(f"'{self.kind}'" if self.kind else "NULL::text").label(ERRAND[0]),
            sa.type_coerce(self.seq, sa.Integer).label(ERRAND[1]),
            self.since.label(ERRAND[2]),
            self.until.label(ERRAND[3]),
        ).where(self.office == scope.OWN_OFFICE, self.until.is_not(None))
        if goes_on:
            key = [parameter(f"key_{n}", column.type) for n, column in enumerate(DUE)]
            at_least = sa.tuple_(*columns[:2]) >= sa.tuple_(*key[:2])
            query = query.where(at_least, beyond(columns, key))
        in_order = columns if self.several else columns[:2]
        return query.order_by(*in_order).limit(sa.literal_column(str(limit + 1)))


def own(office: Any, until: Any) -> Branch:
    return Branch(None, office, Ticket.number, until, Ticket.since, sa.literal_column("0"))


HELPS = Branch(
    Kind.JOINT,
    Dispatch.office_code,
    Dispatch.ticket_number,
    Dispatch.waits_until,
    Dispatch.dispatched_at,
    sa.literal_column("1"),
)
SUPERVISED = Branch(
    Kind.SUPERVISION,
    Supervision.office_code,
    Supervision.ticket_number,
    Supervision.waits_until,
    Supervision.issued_at,
    Supervision.seq,
    several=True,
)
ADVISED = Branch(
    Kind.ADVICE,
    Advice.office_code,
    Advice.ticket_number,
    Advice.waits_until,
    Advice.given_at,
    Advice.seq,
    several=True,
)


class Office(NamedTuple):
    """An office's inbox, of several queues."""

    part: Part
    branches: Sequence[Branch]
    by: Order = EARLIEST

    def page(self, goes_on: bool, limit: int) -> sa.Select[Any]:
        each = (select(b.page(goes_on, limit).subquery()) for b in self.branches)
        every = sa.union_all(*each).subquery("every")
        named = every.c.ticket_number.label("number")
        waiting = (
            self.by.sorted(select(*every.c, named))
            .limit(sa.literal_column(str(limit + 1)))
            .subquery("waiting")
        )
        beside = (waiting.c[name] for name in ERRAND)
        return select(Ticket, *beside).join(waiting, waiting.c.ticket_number == Ticket.number)


class Desk(NamedTuple):
    """The inbox of a desk of the city: the most urgent first, then the oldest."""

    part: Part
    since: Any
    by: Order

    def page(self, goes_on: bool, limit: int) -> sa.Select[Any]:
        nothing = (sa.cast(sa.null(), kind).label(name) for name, kind in ERRAND_KINDS.items())
        columns: list[Any] = [Ticket, *nothing]
        query = select(*columns).where(self.since.is_not(None))
        return self.by.ready(query, goes_on, limit)


def desk(part: Part) -> Desk:
    since = getattr(Ticket, DESK_COLUMNS[part])
    by = Order((Ticket.urgency, since, Ticket.number), (Urgency, instant, str))
    return Desk(part, since, by)


OFFICE = Office(Part.CHIEF, (own(Ticket.waits_for, Ticket.waits_until), HELPS, SUPERVISED, ADVISED))
LANES: dict[Role, Office | Desk] = {
    Role.HANDLER: OFFICE,
    Role.CHIEF: OFFICE,
    Role.DISTRICT: Office(Part.DISTRICT, (own(Ticket.asked_of, Ticket.asked_until), ADVISED)),
    **{role: desk(Part(role)) for role in DESKS},
}
