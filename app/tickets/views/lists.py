"""Lists of tickets: by filter, by inbox; in pages, or streamed whole."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, TypeGuard

import msgspec
import sqlalchemy as sa
from pydantic import BeforeValidator
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY

from app.access.roles import Role
from app.kit.db import ONE_SNAPSHOT, Sessions
from app.kit.ready import Ready, parameter
from app.kit.web.paging import (
    DEFAULT_LIMIT,
    CursorText,
    Limit,
    Order,
    instant,
)
from app.kit.web.wire import Form, OfficeCode, Told, in_utc
from app.kit.workdays import ONE_DAY, midnight
from app.offices.catalogue import Urgency
from app.tickets.citizens import NEAR_THE_SUBJECT
from app.tickets.life.lifecycle import Status
from app.tickets.models import Ticket
from app.tickets.standing import overdue_in
from app.tickets.texts import Category, ExternalId
from app.tickets.views import rows, scope, view
from app.tickets.views.view import Looker, Members, Viewer

DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def since(value: object) -> object:
    """A date alone means the beginning of that day in Beijing."""
    return beginning(date.fromisoformat(value), 0) if is_day(value) else value


def until(value: object) -> object:
    """A date alone takes that whole day in."""
    return beginning(date.fromisoformat(value), 1) if is_day(value) else value


def beginning(day: date, later: int) -> datetime:
    try:
        return midnight(day + later * ONE_DAY)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999") from None


def is_day(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and DAY.fullmatch(value) is not None


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

INSTANT = sa.TIMESTAMP(timezone=True)


def text(name: str) -> Any:
    return parameter(name, sa.Text)


def texts(name: str) -> sa.ColumnElement[Any]:
    return sa.any_(parameter(name, ARRAY(sa.Text)))


def at(name: str) -> Any:
    return parameter(name, INSTANT)


BY_FILTER: dict[str, Condition] = {
    "office_code": Ticket.office_code == text("office_code"),
    "district_code": Ticket.district_code == text("district_code"),
    "status": sa.cast(Ticket.status, sa.Text) == texts("status"),
    "category": Ticket.category.startswith(text("category")),
    "urgency": sa.cast(Ticket.urgency, sa.Text) == texts("urgency"),
    "received_from": Ticket.received_at >= at("received_from"),
    "received_to": Ticket.received_at < at("received_to"),
    "updated_after": Ticket.updated_at > at("updated_after"),
    "external_id": Ticket.external_id == text("external_id"),
}


def given(filters: Filters) -> dict[str, Any]:
    """The filters that leave something out, by name."""
    every = ((name, getattr(filters, name)) for name in Filters.model_fields)
    return {name: value for name, value in every if value is not None and value != []}


def conditions(role: Role, names: Collection[str], overdue: bool | None) -> Iterator[Condition]:
    """On a ticket, with the filters' values still to be given, and the caller's office and now."""
    yield scope.listed_to(role, scope.OWN_OFFICE)
    yield from (BY_FILTER[name] for name in names if name in BY_FILTER)
    if "updated_after" in names:
        yield Ticket.updated_at <= at("now")  # what is later may still miss its neighbours
    if "external_id" in names and role in NEAR_THE_SUBJECT:
        yield sa.not_(Ticket.secret)
    if overdue is not None:
        is_late = overdue_in(Ticket, at("now"))
        yield is_late if overdue else sa.not_(is_late)


NEWEST = Order((Ticket.received_at, Ticket.number), (instant, str), falling=True)

CHANGES = Order((Ticket.updated_at, Ticket.number), (instant, str))

WAITING = Order((Ticket.waits_until, Ticket.number), (instant, str))

ASKED = Order((Ticket.asked_until, Ticket.number), (instant, str))


def order(names: Collection[str]) -> Order:
    """Newest first; with `updated_after`, in order of change, so that a poller can go on."""
    return CHANGES if "updated_after" in names else NEWEST


def page(viewer: Viewer, listing: Listing) -> bytes:
    """A page of tickets in JSON."""
    values = given(listing)
    by = order(values)
    statement = listed(
        viewer.caller.role, tuple(values), listing.overdue, bool(listing.cursor), listing.limit
    )
    tickets = rows.read(
        viewer.connection,
        statement,
        **by.values(listing.cursor),
        **bound(viewer, values),
    )
    body = view.page(viewer, *by.cut(tickets, listing.limit))
    return resumable(body, viewer.now) if listing.updated_after else body


def resumable(body: bytes, now: datetime) -> bytes:
    """A page for pollers: whatever had changed by now is in its list."""
    return b'%b,"resume":%b}' % (body[:-1], msgspec.json.encode(in_utc(now)))


def bound(viewer: Looker, values: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: list(map(str, v)) if isinstance(v, list) else v for name, v in values.items()}
    return {**plain, "own_office": viewer.caller.office_code, "now": viewer.now}


@lru_cache(maxsize=500)
def listed(
    role: Role, names: tuple[str, ...], overdue: bool | None, goes_on: bool, limit: int
) -> Ready:
    by = order(names)
    query = select(Ticket).where(*conditions(role, names, overdue))
    return Ready(rows.shown(by.ready(query, goes_on, limit), by))


def stream(sessions: Sessions, viewer: Looker, filters: Filters) -> Iterator[Members]:
    """Every ticket of a filter in the list's order, read a batch at a time, each batch in a
    transaction that is over before the batch is sent."""
    values, cursor = given(filters), None
    by, role, names = order(values), viewer.caller.role, tuple(values)
    goes_on = True
    while goes_on:
        statement = listed(role, names, filters.overdue, cursor is not None, BATCH)
        with sessions() as session:
            connection = session.connection(execution_options=ONE_SNAPSHOT)
            asked = {**by.values(cursor), **bound(viewer, values)}
            tickets = rows.read(connection, statement, **asked)
        batch, cursor = by.cut(tickets, BATCH)
        yield from (view.members(viewer, row, bulk=True) for row in batch)
        goes_on = cursor is not None
