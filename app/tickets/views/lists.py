"""Lists of tickets: by filter, by inbox; in pages, or streamed whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated, Any, TypeGuard

import sqlalchemy as sa
from pydantic import BeforeValidator
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.access.roles import Role
from app.kit.db import Sessions
from app.kit.paging import (
    DEFAULT_LIMIT,
    CursorText,
    Limit,
    Page,
    beyond,
    instant,
    read_cursor,
    write_cursor,
)
from app.kit.wire import Form, OfficeCode, Told
from app.kit.workdays import ONE_DAY, midnight
from app.offices.catalogue import Urgency
from app.tickets.life.lifecycle import IN_OFFICE, Status
from app.tickets.models import Ticket
from app.tickets.texts import Category, ExternalId
from app.tickets.views import scope, view
from app.tickets.views.schemas import TicketView
from app.tickets.views.view import Viewer


def since(said: object) -> object:
    """A date alone means the beginning of that day in Beijing."""
    return beginning(date.fromisoformat(said), 0) if is_day(said) else said


def until(said: object) -> object:
    """A date alone takes that whole day in."""
    return beginning(date.fromisoformat(said), 1) if is_day(said) else said


def beginning(day: date, later: int) -> datetime:
    try:
        return midnight(day + later * ONE_DAY)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999") from None


def is_day(said: object) -> TypeGuard[str]:
    return isinstance(said, str) and len(said) == len("2026-11-21")


From = Annotated[Told, BeforeValidator(since)]

Until = Annotated[Told, BeforeValidator(until)]


class Filters(Form):
    """Which tickets; times are half-open [from, to), and a date alone is a day in Beijing."""

    office_code: OfficeCode | None = None
    district_code: OfficeCode | None = None
    status: list[Status] = []
    category: Category | None = None
    urgency: list[Urgency] = []
    overdue: bool | None = None
    received_from: From | None = None
    received_to: Until | None = None
    updated_after: From | None = None
    external_id: ExternalId | None = None


class Paging(Form):
    limit: Limit = DEFAULT_LIMIT
    cursor: CursorText = None


class Listing(Filters, Paging):
    """A page of the tickets that the filters leave."""


Condition = sa.ColumnElement[bool]

BATCH = 500

BY_FILTER: dict[str, Callable[[Any], Condition]] = {
    "office_code": lambda code: Ticket.office_code == code,
    "district_code": lambda code: Ticket.district_code == code,
    "status": Ticket.status.in_,
    "category": Ticket.category.startswith,
    "urgency": Ticket.urgency.in_,
    "received_from": lambda at: Ticket.received_at >= at,
    "received_to": lambda at: Ticket.received_at < at,
    "updated_after": lambda at: Ticket.updated_at > at,
    "external_id": lambda text: Ticket.external_id == text,
}


def conditions(viewer: Viewer, filters: Filters) -> Iterator[Condition]:
    yield scope.visible(viewer.caller)
    for name, condition in BY_FILTER.items():
        value = getattr(filters, name)
        if value is not None and value != []:
            yield condition(value)
    if filters.overdue is not None:
        is_late = late(viewer.now)
        yield is_late if filters.overdue else sa.not_(is_late)


def late(now: datetime) -> Condition:
    """As `view.overdue` says of one ticket."""
    working = Ticket.status.in_(IN_OFFICE)
    told = sa.or_(Ticket.forced, sa.func.coalesce(Ticket.replied_at > Ticket.due_at, False))
    past = sa.case((working, Ticket.due_at < now), else_=told)
    return sa.func.coalesce(sa.and_(Ticket.due_at.is_not(None), past), False)


@dataclass(frozen=True, slots=True)
class Order:
    """Rows by some columns, the last one unique; `kinds` read a cursor's parts back."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    kinds: tuple[Callable[[str], Any], ...]
    falling: bool = False

    def page(
        self, session: Session, query: Select[Ticket], cursor: str | None, limit: int
    ) -> tuple[Sequence[Ticket], str | None]:
        """One page, and the cursor to the next if there is one."""
        if cursor:
            key = read_cursor(cursor, *self.kinds)
            query = query.where(beyond(self.columns, key, self.falling))
        found = session.scalars(self.sorted(query).limit(limit + 1)).all()
        rows = found[:limit]
        return rows, self.after(rows[-1]) if len(found) > limit else None

    def sorted(self, query: Select[Ticket]) -> Select[Ticket]:
        return query.order_by(*(c.desc() if self.falling else c.asc() for c in self.columns))

    def after(self, row: Ticket) -> str:
        return write_cursor(*(getattr(row, column.key) for column in self.columns))


NEWEST = Order((Ticket.received_at, Ticket.number), (instant, str), falling=True)

CHANGES = Order((Ticket.updated_at, Ticket.number), (instant, str))

WAITING = Order((Ticket.waits_until, Ticket.number), (instant, str))

ASKED = Order((Ticket.asked_until, Ticket.number), (instant, str))


def order(filters: Filters) -> Order:
    """Newest first; with `updated_after`, in order of change, so that a poller can go on."""
    return CHANGES if filters.updated_after else NEWEST


def page(viewer: Viewer, listing: Listing) -> Page[TicketView]:
    query = select(Ticket).where(*conditions(viewer, listing))
    rows, after = order(listing).page(viewer.session, query, listing.cursor, listing.limit)
    return Page(items=view.views(viewer, rows), next=after)


def inbox(viewer: Viewer, paging: Paging) -> Page[TicketView]:
    """What waits for this office, by when it is to act."""
    asks = viewer.caller.role is Role.DISTRICT
    office, by_time = (Ticket.asked_of, ASKED) if asks else (Ticket.waits_for, WAITING)
    query = select(Ticket).where(office == viewer.caller.office_code)
    rows, after = by_time.page(viewer.session, query, paging.cursor, paging.limit)
    return Page(items=view.views(viewer, rows), next=after)


def stream(sessions: Sessions, viewer: Viewer, filters: Filters) -> Iterator[TicketView]:
    """Every ticket of a filter in the list's order, read and shown a batch at a time."""
    query = order(filters).sorted(select(Ticket).where(*conditions(viewer, filters)))
    with sessions() as session:
        session.connection(execution_options={"postgresql_readonly": True})
        rows = session.scalars(query.execution_options(yield_per=BATCH))
        for batch in rows.partitions():
            yield from view.views(replace(viewer, session=session), batch)
