"""Related tickets: what this caller and this place have open or had lately, whatever the words.

The caller's are read with those that a request may double, the place's by one statement more for
all requests of a group. A secret ticket is in no list, and its own list is empty (D.16).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import select

from app.city import City
from app.kit.cipher import Cipher
from app.kit.ready import Ready, Statement, parameter
from app.routing.decision import Decision, DecisionKind
from app.tickets.citizens import Citizen, masked_name, masked_phone, opened
from app.tickets.intake import duplicates
from app.tickets.intake.duplicates import Before, is_open_or_recent
from app.tickets.life.lifecycle import TERMINAL, Status
from app.tickets.life.likeness import Matter, agree, same_place
from app.tickets.models import Request, Ticket
from app.tickets.views import view
from app.tickets.views.view import Members

MOST = 10

LOOKED_AT = 20
"""The newest tickets of a place that are looked at, however many it has."""


class Why(StrEnum):
    """By what a ticket is related to a request."""

    BOTH = "both"
    CALLER = "caller"
    PLACE = "place"


class Neighbour(NamedTuple):
    """A ticket of a place, open or lately finished."""

    number: str
    status: str
    closed_at: datetime | None
    merged_into: str | None
    received_at: datetime
    office_code: str | None
    urgency: str
    category: str | None
    type: str
    district_code: str | None
    street_code: str | None
    title: str
    address: str
    name: str | None
    phone: str | None


SHOWN = (
    "number",
    "status",
    "type",
    "category",
    "urgency",
    "title",
    "address",
    "received_at",
    "closed_at",
    "merged_into",
)

OF_NEIGHBOUR: dict[str, Any] = {
    **{name: getattr(Ticket, name, None) for name in Neighbour._fields},
    **{name: getattr(Request, name) for name in ("title", "address")},
    **{name: getattr(Citizen, name) for name in ("name", "phone")},
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Of what a request is: its caller, its place and its matter."""

    matter: Matter
    place: str | None
    """The key of its place, if the text names one that may be of Beijing."""
    radius_m: int


def subject(matter: Matter, decision: Decision, radius_m: int) -> Subject:
    is_here = bool(decision.street_code or decision.district_code)
    may_be_here = is_here or decision.decision is DecisionKind.PERSON
    known = decision.is_named and may_be_here and not matter.secret
    return Subject(matter, decision.place if known else None, radius_m)


def search(subjects: Iterable[Subject], since: datetime) -> Statement | None:
    """The tickets of these places that are open, or were finished after `since`; newest first.
    None: no request names a place."""
    keys = {subject.place for subject in subjects if subject.place}
    if not keys:
        return None
    return THERE.given(keys=msgspec.json.encode(sorted(keys)).decode(), since=since)


def of_places() -> sa.Select[Any]:
    """Asked for one place at a time, and of its newest tickets only: a station has thousands."""
    keys = sa.func.json_array_elements_text(parameter("keys", sa.JSON))
    text = keys.table_valued("key", name="text").render_derived()
    newest = (
        select(Request.ticket_number, Request.title, Request.address)
        .where(Request.place_key == text.c.key.collate("C"))
        .order_by(Request.ticket_number.desc())
        .limit(LOOKED_AT)
        .lateral("newest")
    )
    since = parameter("since", sa.TIMESTAMP(timezone=True))
    columns = {**OF_NEIGHBOUR, "title": newest.c.title, "address": newest.c.address}
    return (
        select(text.c.key, *(columns[name] for name in Neighbour._fields))
        .select_from(text)
        .join(newest, sa.true())
        .join(Ticket, Ticket.number == newest.c.ticket_number)
        .join(Citizen, Citizen.ticket_number == newest.c.ticket_number)
        .where(
            ~Ticket.secret,
            Ticket.status != Status.MERGED,
            is_open_or_recent(Ticket.status, Ticket.closed_at, since),
        )
        .order_by(Ticket.number.desc())
    )


THERE = Ready(of_places())

Neighbours = Mapping[str, Sequence[Neighbour]]
"""By the key of their place."""


def by_place(rows: Iterable[Sequence[Any]]) -> Neighbours:
    places: dict[str, list[Neighbour]] = defaultdict(list)
    for key, *values in rows:
        places[key].append(Neighbour(*values))
    return places


@dataclass(frozen=True, slots=True)
class Known:
    """Tickets that may be related: the caller's, and those of places."""

    mine: Sequence[Before]
    there: Neighbours


def read(
    connection: sa.Connection,
    cipher: Cipher,
    caller: bytes | None,
    asking: Subject,
    since: datetime,
) -> Known:
    """For one request: what was finished before `since` is not looked at."""
    earlier = duplicates.search([caller], since).run(connection) if caller else ()
    mine = duplicates.by_caller(cipher, earlier).get(caller or b"", ())
    places = search([asking], since)
    return Known(mine, by_place(places.run(connection)) if places else {})


def related(city: City, asking: Subject, known: Known, but: str) -> list[Members]:
    """At most MOST of them, both the caller's and the place's first, then the open ones, then the
    newest; `but`, the request's own ticket, is left out."""
    if asking.matter.secret:
        return []
    every = {
        number: entry
        for number, entry in (*at_place(asking, known.there), *of_caller(asking, known.mine))
        if number != but
    }
    first = sorted(every.values(), key=order, reverse=True)[:MOST]
    return [shown(city, why, row) for why, row in first]


Entry = tuple[Why, Any]


def at_place(asking: Subject, there: Neighbours) -> Iterator[tuple[str, Entry]]:
    for row in there.get(asking.place or "", ()):
        here = agree(asking.matter.district_code, row.district_code)
        if here and agree(asking.matter.street_code, row.street_code):
            yield row.number, (Why.PLACE, row)


def of_caller(asking: Subject, mine: Sequence[Before]) -> Iterator[tuple[str, Entry]]:
    for earlier in mine:
        if not earlier.matter.secret:
            together = same_place(asking.matter, earlier.matter, asking.radius_m)
            yield earlier.number, (Why.BOTH if together else Why.CALLER, earlier.row)


def order(entry: Entry) -> tuple[bool, bool, str]:
    why, row = entry
    return why is Why.BOTH, row.status not in TERMINAL, row.number


def shown(city: City, why: Why, row: Any) -> Members:
    """Its citizen masked, as in every list."""
    citizen = opened(city.cipher, row.number, {"name": row.name, "phone": row.phone})
    return {
        **{name: getattr(row, name) for name in SHOWN},
        "office": row.office_code and view.office(city, row.office_code),
        "citizen": {
            "name": masked_name(citizen["name"]),
            "phone": masked_phone(citizen["phone"]),
        },
        "why": why,
    }
