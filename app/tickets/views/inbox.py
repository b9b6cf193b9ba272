"""What waits for an office, and whether anything of it has changed since a client last looked.

343 offices ask every few seconds, and nearly always nothing changed. So a page has a version that
is known without reading a ticket: that of the office's feed (`feed_head`), which every change to a
ticket raises for the offices in whose inbox it lay or lies; who looks; by which rules, names and
code; and the instant after which time alone changes the page, which its ETag carries. Pages are
kept under their version. On two slow cores a page of 50 that is kept takes 1/20 of the time of one
that is read, and the answer that nothing changed a little less than that.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import event, select
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.orm.base import PassiveFlag

from app.access.roles import DESKS, Caller, Role
from app.feed import heads
from app.feed import service as feed
from app.feed.models import FeedHead
from app.feed.waits import Seconds
from app.kit.gather import Gathered
from app.kit.keep import Keep
from app.kit.messages import Language, language
from app.kit.ready import Ready, Statement
from app.tickets.life import alarms, duties
from app.tickets.life.duties import DESK_COLUMNS
from app.tickets.life.parts import Part
from app.tickets.life.timers import Timers
from app.tickets.models import Ticket
from app.tickets.views import errands, lanes, rows, scope, view
from app.tickets.views.forms import Form, form_of
from app.tickets.views.lanes import LANES
from app.tickets.views.lists import Paging
from app.tickets.views.rows import Row
from app.tickets.views.view import Looker, Members, Viewer

APP = Path(__file__).parents[2]
CODE = sha256(b"".join(path.read_bytes() for path in sorted(APP.rglob("*.py")))).hexdigest()
"""Another release may tell the same ticket otherwise."""

MOST_BYTES = 64_000_000
ANY_LIMIT = 123_456_788
"""Stands in a statement for the limit, a number in its text, until that is known."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEVER = "never"
AT_DESKS = {DESK_COLUMNS[Part(role)]: code for role, code in DESKS.items()}
"""The city's desks, by the column of a ticket that says since when it waits there."""


class Waited(Paging):
    """A page of the inbox; with `wait` it is told when it changes."""

    wait: Seconds = 0


class Asked(NamedTuple):
    """Which page, whose, and in which language."""

    language: Language
    role: Role
    address: str
    limit: int
    cursor: str | None


def tag_of(page: Form) -> str:
    return f"{page.version}-{instant_text(page.until)}"


def instant_text(at: datetime | None) -> str:
    return NEVER if at is None else str((at - EPOCH) // MICROSECOND)


def holds(tag: str, version: str, now: datetime) -> bool:
    """Whether a page under this tag is still what would be told."""
    tagged, _, until = tag.partition("-")
    if tagged != version:
        return False
    return until == NEVER or (until.isdecimal() and int(until) >= (now - EPOCH) // MICROSECOND)


@lru_cache(maxsize=10_000)
def version(asked: Asked, head: heads.Version, edition: str) -> str:
    text = repr((*asked, head, edition, CODE))
    return sha256(text.encode()).hexdigest()[:32]


def read(viewer: Viewer, asked: Asked) -> Form:
    """The page and its version, of one snapshot. Refuses (BadCursor) a cursor of no inbox."""
    lane = LANES[asked.role]
    values = {**lane.by.values(asked.cursor), "own_office": asked.address}
    text = inboxed(asked.role, asked.cursor is not None, asked.limit)
    lines = Statement(text, values).run(viewer.connection)
    head = heads.head_of(*lines[0][:2])
    waiting = [row_of(line[2:]) for line in lines if line[2] is not None]
    shown, after = lane.by.cut(waiting, asked.limit)
    body = view.spliced([waiting_json(viewer, row, lane.part) for row in shown], after)
    tickets = [row for row in shown if not is_errand(row)]
    return form_of(version(asked, head.version, viewer.city.edition), tickets, viewer, body)


def waiting_json(viewer: Viewer, row: Row, part: Part) -> bytes:
    """A WaitingView or an ErrandView in JSON."""
    return errands.as_json(row) if is_errand(row) else as_json(viewer, row, part)


def is_errand(row: Row) -> bool:
    return getattr(row, errands.TOLD) is not None


def as_json(viewer: Viewer, row: Row, part: Part) -> bytes:
    """A WaitingView in JSON, its citizen masked."""
    return msgspec.json.encode({**view.members(viewer, row, bulk=True), **duty(viewer, row, part)})


def duty(looker: Looker, row: Row, part: Part) -> Members:
    """Why a ticket lies in the inbox of this part."""
    if row.errand is not None:
        return {**lanes.errand(row), "alarms": []}
    policy, timers = looker.city.policies.named(row.policy), Timers.of(row)
    due = duties.duty(policy, timers, part)
    assert due is not None  # it lies there
    rung = (ring.alarm for ring in alarms.rung(policy, timers) if part in ring.to)
    return {
        "kind": due.kind,
        "because": due.because,
        "waits_since": due.since,
        "waits_until": due.until,
        "alarms": list(dict.fromkeys(rung)),
    }


def row_of(line: Sequence[Any]) -> Row:
    row = rows.row_of(line[: len(rows.NAMES)])
    also = (*lanes.BESIDE, errands.TOLD)
    vars(row).update(zip(also, line[len(rows.NAMES) :], strict=True))
    return row


@lru_cache(maxsize=500)
def inboxed(role: Role, goes_on: bool, limit: int) -> str:
    return inboxed_by(role, goes_on).text.replace(str(ANY_LIMIT + 1), str(limit + 1))


@cache
def inboxed_by(role: Role, goes_on: bool) -> Ready:
    """The version of an office's feed, and beside it each ticket of a page, and as many errands
    (or none)."""
    lane = LANES[role]
    tickets = rows.shown(lane.page(goes_on, ANY_LIMIT), None, *lanes.BESIDE).subquery("tickets")
    shown = errands.beside(tickets, lane.by, goes_on, ANY_LIMIT).subquery("shown")
    head = (
        select(FeedHead.last_seq, FeedHead.changed_at)
        .where(FeedHead.office_code == scope.OWN_OFFICE)
        .subquery("head")
    )
    always = select(sa.literal_column("1").label("always")).subquery("always")
    both = always.outerjoin(head, sa.true()).outerjoin(shown, sa.true())
    return Ready(lane.by.sorted(select(*head.c, *shown.c).select_from(both), shown))


class Inboxes:
    """The pages last told, as long as they hold and fit into MOST_BYTES; the oldest go first."""

    def __init__(self, engine: sa.Engine) -> None:
        self.heads = Gathered(engine, heads.read)
        self.pages: Keep[Asked, Form] = Keep(MOST_BYTES)

    async def head(self, address: str) -> heads.Head:
        """As it is now, not before the question."""
        return await self.heads.answer(address) or heads.NONE_YET

    def kept(self, asked: Asked, version: str, now: datetime) -> Form | None:
        page = self.pages.get(asked)
        return page if page and page.holds(version, now) else None


def asked_by(caller: Caller, paging: Paging) -> Asked:
    return Asked(language.get(), caller.role, str(caller.address), paging.limit, paging.cursor)


def values_of(ticket: Ticket, name: str) -> Sequence[Any]:
    """Before and after."""
    return get_history(ticket, name, PassiveFlag.PASSIVE_NO_INITIALIZE).sum()


def changed(mapper: Any, connection: sa.Connection, ticket: Ticket) -> None:
    """Whatever changes in a ticket may be shown in the inboxes in which it lay or now lies."""
    session = object_session(ticket)
    assert session is not None
    lay_in = (values_of(ticket, name) for name in ("waits_for", "asked_of"))
    feed.touch(session, {code for codes in lay_in for code in codes if code})
    lay_at = (name for name in AT_DESKS if any(values_of(ticket, name)))
    feed.touch(session, [AT_DESKS[name] for name in lay_at])


event.listen(Ticket, "after_insert", changed)
event.listen(Ticket, "after_update", changed)
