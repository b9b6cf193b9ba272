"""What is shown of tickets, in one statement: ticket, request, citizen and who has it."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.kit.ready import Ready, shared_alias
from app.kit.web.paging import Order
from app.offices.catalogue import Urgency
from app.tickets import citizens
from app.tickets.citizens import Citizen
from app.tickets.life.lifecycle import DispatchRole, Status, TicketType
from app.tickets.life.parts import Part
from app.tickets.models import Dispatch, Request, Ticket
from app.tickets.views import inner
from app.tickets.views.schemas import TicketView
from app.tickets.views.scope import Given

COLUMNS = frozenset(column.key for column in Ticket.__table__.columns)
PLAIN = tuple(name for name in TicketView.model_fields if name in COLUMNS)
"""Members of a TicketView that are columns of its ticket."""

JUDGED_BY = (
    "secret",
    "lon",
    "lat",
    "office_code",
    "queue",
    "interim_office",
    "since",
    "doubted",
    "no_citizen",
    "forced",
    "callback_due_at",
    "objectors",
    "objection_district",
    "objection_locked",
    "extensions",
    "asks_extension",
    "asks_hold",
    "advised",
    "whistles",
    *inner.SEQS.values(),
)
"""Other columns, on which the caller's part and the ticket's standing depend."""

ORDERED_BY = ("waits_until", "asked_until")

TICKET = (*PLAIN, *JUDGED_BY, *ORDERED_BY)
INNER = ("helped", "asked", "said")
"""What joint offices answered, what is asked of whom, and the newest words: as JSON, or null."""

REQUEST = ("title", "content", "address", "said_district", "source")
NAMES = (
    *TICKET,
    *REQUEST,
    "route",
    *citizens.SHOWN,
    "former_names",
    "given",
    *INNER,
    "given_head",
    "head",
    "head_interim",
    "repeats_secret",
    "head_secret",
)

Values = Mapping[str, Any]

Row = SimpleNamespace
"""A ticket with what is shown of it, by the names of NAMES; it stands where a Ticket does."""

KINDS: dict[str, dict[str, Any]] = {
    "status": {str(status): status for status in Status},
    "type": {str(kind): kind for kind in TicketType},
    "urgency": {str(urgency): urgency for urgency in Urgency},
    "asks_extension": {str(part): part for part in Part},
    "asks_hold": {str(part): part for part in Part},
    "head": {str(status): status for status in Status},
}
ROLES = {str(role): role for role in DispatchRole}


PARENT, REPEATED = shared_alias(Ticket, "parent"), shared_alias(Ticket, "repeated")


def shown(tickets: Select[Any], by: Order | None = None, *also: str) -> Select[Any]:
    """Of a page's tickets all that is shown of them, then `also`, which that page has, too."""
    page = tickets.subquery("page")
    every = (
        *(page.c[name] for name in TICKET),
        *(getattr(Request, name) for name in REQUEST),
        sa.cast(Request.route, sa.Text).label("route"),
        *citizens.SHOWN.values(),
        sa.case((page.c.secret, citizens.former_names(page.c.number))).label("former_names"),
        given(page.c.number).label("given"),
        inner.helped(page).label("helped"),
        inner.asked(page).label("asked"),
        inner.newest_words(page).label("said"),
        given(page.c.merged_into).label("given_head"),
        PARENT.status.label("head"),
        PARENT.interim_office.label("head_interim"),
        repeats_secret(page),
        PARENT.secret.label("head_secret"),
        *(page.c[name] for name in also),
    )
    whole = joined(page, *every)
    return by.sorted(whole, page) if by else whole


def joined(page: sa.FromClause, *columns: Any) -> Select[Any]:
    """Columns of a page's tickets, their requests, their citizens and their groups' parents."""
    return (
        select(*columns)
        .select_from(page)
        .join(Request, Request.ticket_number == page.c.number)
        .join(Citizen, Citizen.ticket_number == page.c.number)
        .outerjoin(PARENT, PARENT.number == page.c.merged_into)
    )


def repeats_secret(page: sa.FromClause) -> sa.Label[Any]:
    """Whether the ticket that it repeats is secret by now."""
    secret = select(REPEATED.secret).where(REPEATED.number == page.c.repeat_of)
    return secret.scalar_subquery().label("repeats_secret")


def given(number: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    """The active dispatches of a ticket: `joint 110105012,lead 110105026`, by office."""
    dispatch = sa.cast(Dispatch.role, sa.Text) + " " + Dispatch.office_code
    every = func.string_agg(
        dispatch, aggregate_order_by(sa.literal_column("','"), Dispatch.office_code)
    )
    return (
        select(every)
        .where(Dispatch.ticket_number == number, Dispatch.ended_at.is_(None))
        .scalar_subquery()
    )


DEFAULTS: dict[str | None, Any] = {None: None, "false": False, "0": 0, "{}": []}
"""By what a column's default is in SQL."""

UNTOUCHED = {
    column.key: DEFAULTS[column.server_default and str(column.server_default.arg)]
    for column in Ticket.__table__.columns
}
"""A ticket's columns as the database fills them."""


def fresh(written: Iterable[Values], offices: Mapping[str, DispatchRole]) -> Row:
    """A new ticket as it would be read; `written` are its row, its request's and its citizen's."""
    ticket, request, citizen = written
    given = ",".join(f"{offices[code]} {code}" for code in sorted(offices)) or None
    caller = {name: citizen[column.key] for name, column in citizens.SHOWN.items()}
    route = msgspec.json.encode(request["route"])
    helped = inner.unanswered(offices, ticket["due_at"])
    shown = {**UNTOUCHED, **ticket, **request, **caller, "route": route, "given": given}
    shown["helped"] = helped
    return Row(**{name: shown.get(name) for name in NAMES})


def read(connection: sa.Connection, statement: Ready, **values: Any) -> list[Row]:
    return [row_of(line) for line in statement.rows(connection, **values)]


def row_of(line: Iterable[Any]) -> Row:
    row = Row()
    values = vars(row)
    values.update(zip(NAMES, line, strict=True))
    for name, members in KINDS.items():
        value = values[name]
        if value is not None:
            values[name] = members[value]
    return row


@cache
def dispatches(given: str | None) -> tuple[Given, ...]:
    pairs = (dispatch.split(" ") for dispatch in given.split(",")) if given else ()
    return tuple(Given(ROLES[role], office_code) for role, office_code in pairs)
