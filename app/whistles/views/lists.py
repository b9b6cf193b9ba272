"""Lists of whistles, newest first; and what happened to one."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import AfterValidator, Field
from sqlalchemy import select

from app import codes
from app.access.models import Key
from app.access.roles import Caller
from app.kit.messages import Message
from app.kit.web.paging import DEFAULT_LIMIT, CursorText, Limit, Order, Page, instant
from app.kit.web.wire import Form, Told
from app.tickets import personal
from app.tickets.models import Ticket
from app.tickets.texts import Number
from app.tickets.views import scope as ticket_scope
from app.tickets.views.view import Viewer
from app.whistles import persons
from app.whistles.events import WhistleEvent, WhistleStatement
from app.whistles.life.loop import (
    OF_OFFICE,
    OF_STREETS,
    TERMINAL,
    SummonsStatus,
    WhistleKind,
    WhistleLevel,
    WhistleStatus,
)
from app.whistles.models import Summons, Whistle, WhistleTicket
from app.whistles.views import reading, scope, view
from app.whistles.views.schemas import WhistleEventView, WhistleView

Shown = Callable[[Viewer, Sequence[Whistle]], list[WhistleView]]

NEWEST = Order((Whistle.created_at, Whistle.number), (instant, str), falling=True)

TICKETS = "tickets"
"""Of an event's data, the whistle's tickets."""

ANY_OPEN = "open"
STATUSES = [ANY_OPEN, *(status.value for status in WhistleStatus)]


def known_status(value: str) -> str:
    if value not in STATUSES:
        raise ValueError(Message("is none of: {statuses}", statuses=STATUSES))
    return value


AskedStatus = Annotated[
    str, AfterValidator(known_status), Field(json_schema_extra={"enum": list(STATUSES)})
]
"""A status, or `open` for every one that has not ended."""


class WhistleListing(Form):
    """`office_code` is a summoned office's, with `summons_status` that of its summons;
    `street_code`, of who blew."""

    status: list[AskedStatus] = []
    kind: WhistleKind | None = None
    level: WhistleLevel | None = None
    office_code: codes.Office = None
    summons_status: SummonsStatus | None = None
    street_code: codes.Street = None
    district_code: codes.District = None
    ticket_number: Number | None = None
    created_from: Told | None = None
    created_to: Told | None = None
    limit: Limit = DEFAULT_LIMIT
    cursor: CursorText = None


def page(viewer: Viewer, listing: WhistleListing, shown: Shown = view.views) -> Page[WhistleView]:
    """The whistles that the caller may see and the filters leave. Refuses (BadCursor)."""
    query = select(Whistle).where(scope.visible(viewer.caller), *conditions(viewer, listing))
    whistles, after = NEWEST.page(viewer.session, query, listing.cursor, listing.limit)
    return Page(items=shown(viewer, whistles), next=after)


PLAIN = ("kind", "level", "street_code", "district_code")


def conditions(viewer: Viewer, listing: WhistleListing) -> Iterator[sa.ColumnElement[bool]]:
    for name in PLAIN:
        value = getattr(listing, name)
        if value is not None:
            yield getattr(Whistle, name) == value
    if listing.status:
        yield Whistle.status.in_(list(statuses(listing.status)))
    if listing.office_code or listing.summons_status:
        yield summons_with(listing)
    if listing.ticket_number:
        yield linked_to(viewer, listing.ticket_number)
    yield from in_time(listing)


def in_time(listing: WhistleListing) -> Iterator[sa.ColumnElement[bool]]:
    if listing.created_from:
        yield Whistle.created_at >= listing.created_from
    if listing.created_to:
        yield Whistle.created_at < listing.created_to


def statuses(wanted: list[str]) -> Iterator[WhistleStatus]:
    for status in WhistleStatus:
        if status in wanted or (ANY_OPEN in wanted and status not in TERMINAL):
            yield status


def summons_with(listing: WhistleListing) -> sa.ColumnElement[bool]:
    wanted = {"office_code": listing.office_code, "status": listing.summons_status}
    each = (getattr(Summons, name) == value for name, value in wanted.items() if value)
    return sa.exists().where(Summons.whistle_number == Whistle.number, *each)


def linked_to(viewer: Viewer, number: str) -> sa.ColumnElement[bool]:
    """Nothing, where the ticket is not the caller's to know of."""
    if ticket_scope.known(viewer.session, viewer.caller, number) is None:
        return sa.false()
    return sa.exists().where(
        WhistleTicket.whistle_number == Whistle.number, WhistleTicket.ticket_number == number
    )


def history(viewer: Viewer, whistle: Whistle) -> list[WhistleEventView]:
    """Everything that happened to a whistle, oldest first, with the words."""
    known = persons.names(viewer.session, viewer.city.cipher, [whistle.number])
    names = known.get(whistle.number, ())
    called = reading.summonses(viewer.session, [whistle.number]).get(whistle.number, [])
    near = scope.is_summoned_only(viewer.caller, whistle, called)
    hidden = not scope.is_of_street(viewer.caller, whistle, called)
    query = (
        select(WhistleEvent, WhistleStatement.words, Key.label)
        .outerjoin(
            WhistleStatement,
            (WhistleStatement.whistle_number == WhistleEvent.whistle_number)
            & (WhistleStatement.seq == WhistleEvent.seq),
        )
        .outerjoin(Key, Key.id == WhistleEvent.actor)
        .where(WhistleEvent.whistle_number == whistle.number)
        .order_by(WhistleEvent.seq)
    )
    lines = viewer.session.execute(query).all()
    named = None if near else nameable(viewer, [event for event, *_ in lines])
    return [
        event_view(event, personal.hide_all(words, *names) if hidden else words, label, named)
        for event, words, label in lines
        if not near or is_open_to(viewer.caller, event)
    ]


def nameable(viewer: Viewer, events: Iterable[WhistleEvent]) -> Collection[str]:
    """The tickets in events, without the secret ones that the caller may not see."""
    numbers = {number for event in events for number in event.data.get(TICKETS, ())}
    if not numbers:
        return ()
    query = select(Ticket.number).where(ticket_scope.nameable(viewer.caller))
    return set(viewer.session.scalars(query.where(Ticket.number.in_(numbers))))


def is_open_to(caller: Caller, event: WhistleEvent) -> bool:
    """To whom is only summoned neither another office's evaluation is shown nor what streets and
    districts say to each other."""
    if event.action in OF_STREETS:
        return False
    return event.action not in OF_OFFICE or event.data.get("office_code") == caller.office_code


def event_view(
    event: WhistleEvent,
    words: dict[str, Any] | None,
    label: str | None,
    named: Collection[str] | None,
) -> WhistleEventView:
    """`named` are the tickets that may be named; to whom is only summoned none is, nor told of."""
    data = dict(event.data)
    if named is None:
        data.pop(TICKETS, None)
    elif TICKETS in data:
        data[TICKETS] = [number for number in data[TICKETS] if number in named]
    return WhistleEventView(
        seq=event.seq,
        at=event.at,
        due_at=event.due_at,
        actor=event.actor,
        actor_label=label,
        role=event.role,
        office_code=event.office_code,
        action=event.action,
        from_=event.from_status,
        to=event.to_status,
        data={**data, **(words or {})},
    )
