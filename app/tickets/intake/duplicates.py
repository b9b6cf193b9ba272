"""Whether a request was made before: by the same citizen, in the same matter, at the same place.

Set-based: one statement finds what all lines of a batch may double (RULEBOOK D.11, T26).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.kit.cipher import Cipher
from app.kit.ready import Ready, Statement, parameter
from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.tickets import citizens
from app.tickets.acts.urgency import SETTLED, is_alarming
from app.tickets.citizens import Citizen
from app.tickets.life.lifecycle import TERMINAL, Status, TicketType
from app.tickets.life.likeness import Matter, alike
from app.tickets.matter import matter_of
from app.tickets.models import Request, Ticket
from app.tickets.persons import Sender, one_person

REMEMBERED = 100
"""The newest tickets of one citizen that a new request is compared with."""

FEW = 64
"""Citizens that are locked without standing in line: the server has room for as many locks of each
connection."""

EVERYONE = 0
"""The advisory lock that intake shares. The release before had it alone for a large batch, and may
still be there while it is replaced."""

BATCHES = 1
"""The lock before which batches of more citizens than FEW stand in line, so that one of them at
most takes room from others' locks."""


class Asking(Protocol):
    """A request that has passed every check."""

    @property
    def caller(self) -> bytes | None:
        """Who asks, as a keyed hash; None: nobody that could be found again."""

    @property
    def sender(self) -> Sender: ...

    @property
    def matter(self) -> Matter: ...

    @property
    def policy(self) -> Policy: ...

    @property
    def urgency(self) -> Urgency: ...

    @property
    def ended(self) -> bool:
        """Whether its ticket is over with the call: it urges none, and none urges it."""


@dataclass(frozen=True)
class Before:
    """A citizen's earlier ticket; `head` is the one that has its clock: itself, or its parent."""

    number: str
    head: str
    status: Status
    closed_at: datetime | None
    matter: Matter
    row: "Earlier"
    cipher: Cipher

    @cached_property
    def sender(self) -> Sender:
        """Deciphered for who is compared with him only: a citizen may have many tickets."""
        row = self.row
        citizen = citizens.opened(self.cipher, row.number, {"name": row.name, "phone": row.phone})
        return Sender(**citizen, type=TicketType(row.type), confidential=row.confidential)


class Finding(NamedTuple):
    """What a request turned out to be: new (perhaps a repetition), or one more call about `urges`,
    an open ticket's number or the place in the batch of a line before it."""

    urges: str | int | None = None
    repeat_of: str | None = None


def one_at_a_time(callers: Collection[bytes]) -> Statement:
    """Until the commit nobody else takes in a request of these citizens: two equal ones that come
    at the same instant see each other. Always in the same order, so that nobody waits in a ring."""
    locking = CITIZENS if len(callers) <= FEW else MANY_CITIZENS
    return Statement(locking, {"keys": keys_of(callers)})


def keys_of(callers: Iterable[bytes]) -> list[int]:
    return sorted({key_of(caller) for caller in callers})


def key_of(caller: bytes) -> int:
    return int.from_bytes(caller[:8], signed=True)


MANY_CITIZENS = f"""
    SELECT pg_advisory_xact_lock({BATCHES}), pg_advisory_xact_lock_shared({EVERYONE}),
        pg_advisory_xact_lock(key)
    FROM unnest(%(keys)s::bigint[]) AS key
"""
CITIZENS = f"""
    SELECT pg_advisory_xact_lock_shared({EVERYONE}), pg_advisory_xact_lock(key)
    FROM unnest(%(keys)s::bigint[]) AS key
"""


FREE = f"""
    array(SELECT key FROM unnest(%(keys)s::bigint[]) AS key
        WHERE CASE WHEN pg_advisory_xact_lock_shared({EVERYONE})::text IS NOT NULL
            THEN pg_try_advisory_xact_lock(key) END)
"""
"""The same without waiting: those citizens that nobody else has. Of FEW at most."""


def search(callers: Collection[bytes], since: datetime) -> Statement:
    """The tickets of these citizens that are open, or were finished after `since`; newest first."""
    hashes = msgspec.json.encode([caller.hex() for caller in callers]).decode()
    return EARLIER.given(hashes=hashes, since=since)


def by_caller(cipher: Cipher, rows: Iterable[Sequence[Any]]) -> dict[bytes, list[Before]]:
    tickets: dict[bytes, list[Before]] = defaultdict(list)
    for caller, *values in rows:
        tickets[caller].append(before(cipher, Earlier(*values)))
    return tickets


class Earlier(NamedTuple):
    """A row of EARLIER, without its citizen: the ticket that has its clock, then its own."""

    head: str
    head_status: str
    head_closed_at: datetime | None
    number: str
    status: str
    closed_at: datetime | None
    merged_into: str | None
    received_at: datetime
    office_code: str | None
    urgency: str
    category: str | None
    type: str
    secret: bool
    district_code: str | None
    street_code: str | None
    lon: float | None
    lat: float | None
    place_key: str | None
    title: str
    content: str
    address: str
    name: str | None
    phone: str | None
    confidential: bool


OF_HEAD = ("head", "head_status", "head_closed_at")

OF_EARLIER: dict[str, Any] = {
    **{name: getattr(Ticket, name, None) for name in Earlier._fields},
    **{name: getattr(Request, name) for name in ("place_key", "title", "content", "address")},
    **{name: getattr(Citizen, name) for name in ("name", "phone", "confidential")},
}


def is_open_or_recent(status: Any, closed_at: Any, since: Any) -> sa.ColumnElement[bool]:
    return sa.or_(status.not_in(sorted(TERMINAL)), closed_at >= since)


def earlier_tickets() -> sa.Select[Any]:
    """Asked for one citizen at a time, so that it costs what he has, however many others ask.

    The planner sees no length of a list in JSON, and keeps its plan: see kit/ready.py.
    """
    hashes = sa.func.json_array_elements_text(parameter("hashes", sa.JSON))
    text = hashes.table_valued("hash", name="text").render_derived()
    caller = select(sa.func.decode(text.c.hash, "hex").label("hash")).subquery("caller")
    parent = aliased(Ticket)
    status = sa.func.coalesce(parent.status, Ticket.status)
    closed_at = sa.func.coalesce(parent.closed_at, Ticket.closed_at)
    since = parameter("since", sa.TIMESTAMP(timezone=True))
    head = sa.func.coalesce(parent.number, Ticket.number)
    theirs = (
        select(
            head.label("head"),
            status.label("head_status"),
            closed_at.label("head_closed_at"),
            *(OF_EARLIER[name] for name in Earlier._fields[len(OF_HEAD) :]),
        )
        .select_from(Citizen)
        .join(Ticket, Ticket.number == Citizen.ticket_number)
        .join(Request, Request.ticket_number == Citizen.ticket_number)
        .outerjoin(parent, parent.number == Ticket.merged_into)
        .where(Citizen.phone_hash == caller.c.hash, is_open_or_recent(status, closed_at, since))
        .order_by(Citizen.ticket_number.desc())
        .limit(REMEMBERED)
        .lateral()
    )
    return select(caller.c.hash, theirs).select_from(caller).join(theirs, sa.true())


EARLIER = Ready(earlier_tickets())


def before(cipher: Cipher, row: Earlier) -> Before:
    status = Status(row.head_status)
    matter = matter_of(row, row)
    return Before(row.number, row.head, status, row.head_closed_at, matter, row, cipher)


def same(asking: Asking, earlier: Asking | Before) -> bool:
    """One person's, in one matter at one place."""
    likeness = alike(asking.matter, earlier.matter, asking.policy.merge)
    return likeness is not None and one_person(asking.sender, earlier.sender)


def doubles(asking: Asking, earlier: Asking | Before) -> bool:
    """Nothing is lost of it where the earlier one is urged: they are of one kind."""
    if asking.ended or not same(asking, earlier):
        return False
    return asking.sender.kind == earlier.sender.kind


def urges(asking: Asking, earlier: Before) -> bool:
    """One more call about an open ticket; but new danger never lies with a ticket on which no
    office works at present."""
    idle = earlier.status in SETTLED
    apart = idle and is_alarming(asking.urgency, Urgency(earlier.row.urgency))
    return not apart and doubles(asking, earlier)


def open_doubles(asked: Sequence[Asking], known: Mapping[bytes, Sequence[Before]]) -> set[str]:
    """Every open ticket that one of the requests may urge."""
    return {
        before.head
        for asking in asked
        for before in known.get(asking.caller or b"", ())
        if before.status not in TERMINAL and urges(asking, before)
    }


def settle(
    asked: Sequence[Asking],
    known: Mapping[bytes, Sequence[Before]],
    still_open: Collection[str],
    now: datetime,
) -> Iterator[Finding]:
    """What each request is, in order; `still_open` are the tickets that may be urged."""
    new: dict[bytes, list[int]] = defaultdict(list)
    for place, asking in enumerate(asked):
        caller = asking.caller
        if caller is None:
            yield Finding()
            continue
        earlier = [ticket for ticket in known.get(caller, ()) if same(asking, ticket)]
        open_ones = (b.head for b in earlier if b.head in still_open and urges(asking, b))
        urged: str | int | None = next(open_ones, None)
        if urged is None:
            urged = next((n for n in new[caller] if doubles(asking, asked[n])), None)
        if urged is None and not asking.ended:
            new[caller].append(place)
        yield Finding(urged, None if urged is not None else repeated(asking, earlier, now))


def repeated(asking: Asking, earlier: Iterable[Before], now: datetime) -> str | None:
    """The newest closed one, if that is not too long ago (T26)."""
    since = now - timedelta(days=asking.policy.repeat.days)
    closed = (b for b in earlier if b.status is Status.CLOSED and b.closed_at)
    return next((b.number for b in closed if b.closed_at and b.closed_at >= since), None)
