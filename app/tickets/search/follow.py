"""The keys of tickets, kept up with their changes by an act of the background.

Writing them takes longer than the rest of a new ticket's rows, so no request waits for it: a search
looks at what changed since the mark by itself. One process at a time follows.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from prometheus_client import Gauge
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from app.kit.clock import Clock
from app.kit.db import Sessions
from app.kit.instants import settled
from app.kit.ready import Ready, Statement, one_plan, parameter
from app.tickets.life.lifecycle import TERMINAL
from app.tickets.models import Dispatch, Request, Ticket
from app.tickets.search import keys
from app.tickets.search.models import SearchEntry, SearchMark
from app.tickets.standing import late_in

AT_ONCE, PORTIONS = 64, 12
"""Tickets of a portion, and portions of a round."""
REST = 2
"""After a portion, in its own time: requests have most of the machine, and none waits for longer
than a portion takes."""
LEFT_OVER, LEFT_OVER_FAR_BEHIND = "64kB", "16MB"
"""Of keys that wait to be sorted into the index, which every search looks through; far behind, none
does, and the more are sorted at once, the faster."""
FAR_BEHIND = 5_000
"""Changes beyond the mark that a search does not look through."""
MOST = 0.25
"""The part of all tickets from which on a key leads nowhere."""
SPREAD = timedelta(seconds=30)
"""How much of what was recorded by a clock that is behind is looked at again."""
ONLY = 1
"""The id of the mark."""
FOLLOWING = 0x5EA7

LAG = Gauge(
    "jiesu_search_lag_seconds",
    "Age of the oldest change of a ticket that search must look at by itself",
    multiprocess_mode="livemostrecent",
)


class Mark(NamedTuple):
    """Of the changes that are in the entries the last: its instant, and its ticket."""

    at: datetime
    number: str


BEGINNING = Mark(keys.EPOCH, "")

WITHIN = parameter("numbers", ARRAY(sa.Text))


def follow_round(sessions: Sessions, clock: Clock) -> None:
    """A round, whatever is left then. Refuses StillRecording."""
    for _ in range(PORTIONS):
        began = monotonic()
        if not follow_some(sessions, clock):
            return
        sleep(REST * (monotonic() - began))


def follow_some(sessions: Sessions, clock: Clock) -> bool:
    """Brings the entries of AT_ONCE changed tickets up to date; whether there were so many. Refuses
    StillRecording."""
    with sessions.begin() as session:
        [(is_alone,)] = Statement(TRY, {}).run(session.connection())
        if not is_alone:
            return False
        until = clock()
        mark = not_ahead(mark_of(session) or BEGINNING, until)
        LAG.set((until - mark.at).total_seconds())
        settled(session)
        changed = changes(session, mark, until)
        more = len(changed) == AT_ONCE
        far = more and is_far_behind(session, mark, until)
        session.execute(WAITING, {"most": LEFT_OVER_FAR_BEHIND if far else LEFT_OVER})
        write(session, [change.number for change in changed])
        reached = changed[-1] if more else Mark(until, "")
        keep(session, max(mark, reached))
    LAG.set((until - reached.at).total_seconds())
    return more


def not_ahead(mark: Mark, now: datetime) -> Mark:
    """Where this machine's clock was set back, or the last who followed has one that is ahead, what
    is recorded by it lies behind the mark."""
    return mark if mark.at <= now else Mark(now - SPREAD, BEGINNING.number)


def mark_of(session: Session) -> Mark | None:
    """None while nothing was followed yet."""
    rows = MARK.rows(session.connection())
    return next((Mark(*row) for row in rows), None)


TRY = f"SELECT pg_try_advisory_xact_lock({FOLLOWING})"
MARK = Ready(select(SearchMark.at, SearchMark.number).where(SearchMark.id == ONLY))


WAITING = sa.text(
    "SELECT set_config('gin_pending_list_limit', :most, true), set_config('work_mem', '64MB', true)"
)


class Near(NamedTuple):
    """How far the entries are kept up; the tickets that changed since, with the members of their
    groups: one more than FAR_BEHIND where they are more; when the first ticket and the last came;
    the keys that lead nowhere.
    """

    mark: datetime
    recent: list[str]
    earliest: datetime
    latest: datetime
    common: list[int]


def near() -> sa.Select[Any]:
    ticket, member, parent = aliased(Ticket), aliased(Ticket), aliased(Ticket)

    def since_mark(changed: Any) -> sa.Select[Any]:
        query = select(changed.number, changed.members).where(changed.updated_at >= SearchMark.at)
        return query.order_by(changed.updated_at).limit(FAR_BEHIND + 1).correlate(SearchMark)

    heads = since_mark(parent).subquery()
    recent = since_mark(ticket).subquery()
    every = sa.union_all(
        select(recent.c.number),
        select(member.number)
        .join(heads, heads.c.number == member.merged_into)
        .where(heads.c.members > 0),
    )
    recent_numbers = func.array(every.scalar_subquery())
    ends = (
        func.coalesce(select(end(Ticket.received_at)).scalar_subquery(), SearchMark.at)
        for end in (func.min, func.max)
    )
    return select(SearchMark.at, recent_numbers, *ends, COMMON).where(SearchMark.id == ONLY)


COMMON: sa.ColumnElement[list[int]] = sa.literal_column(f"""ARRAY(
    SELECT key FROM pg_stats, unnest(most_common_elems::text::integer[], most_common_elem_freqs)
        AS known (key, part)
    WHERE schemaname = current_schema AND tablename = '{SearchEntry.__tablename__}'
        AND attname = '{SearchEntry.keys.key}' AND part > {MOST}
)""")
"""As the database's statistics know them: to look for such a key beside others takes longer than
to look at what has the others alone."""
NEAR = Ready(near())


def near_now(connection: sa.Connection) -> Near | None:
    """None while the keys are far behind, as after their table was made."""
    near = next((Near(*row) for row in NEAR.rows(connection)), None)
    return near if near and len(near.recent) <= FAR_BEHIND else None


def keep(session: Session, mark: Mark) -> None:
    Statement(KEEP, mark._asdict()).run(session.connection())


KEEP = f"""
    INSERT INTO {SearchMark.__tablename__} (id, at, number)
    VALUES ({ONLY}, %(at)s::timestamptz, %(number)s)
    ON CONFLICT (id) DO UPDATE SET at = excluded.at, number = excluded.number
"""


def go_back(session: Session, to: datetime) -> None:
    """Has all that changed since an instant looked at again, for a writer of the past: what lies
    behind the mark is not found. Waits for a round that is under way."""
    session.execute(select(func.pg_advisory_xact_lock(FOLLOWING)))
    behind = update(SearchMark).where(SearchMark.at > to)
    session.execute(behind.values(at=to, number=BEGINNING.number))


def changes(session: Session, mark: Mark, until: datetime) -> Sequence[Mark]:
    """The next tickets in order of their change, each with its instant."""
    given = {**mark._asdict(), "until": until, "most": AT_ONCE, "beyond": 0}
    return [Mark(*row) for row in CHANGED.rows(session.connection(), **given)]


def is_far_behind(session: Session, mark: Mark, until: datetime) -> bool:
    """Whether no search uses the keys, and none will after this round."""
    beyond = FAR_BEHIND + AT_ONCE
    given = {**mark._asdict(), "until": until, "most": 1, "beyond": beyond}
    return bool(CHANGED.rows(session.connection(), **given))


def changed_since() -> sa.Select[datetime, str]:
    key = (Ticket.updated_at, Ticket.number)
    instant = sa.TIMESTAMP(timezone=True)
    mark = sa.tuple_(parameter("at", instant), parameter("number", sa.Text))
    query = select(*key).where(
        sa.tuple_(*key) > mark, Ticket.updated_at < parameter("until", instant)
    )
    return (
        query.order_by(*key)
        .offset(parameter("beyond", sa.Integer))
        .limit(parameter("most", sa.Integer))
    )


CHANGED = Ready(changed_since())


def write(session: Session, numbers: Sequence[str]) -> None:
    """The entries of these tickets, and of the members of their groups, whom others may see then;
    an entry that stays the same is not written."""
    with one_plan(session.connection()) as connection:
        lines = READ.rows(connection, numbers=list(numbers))
    entries = [{"ticket_number": line.number, "keys": sorted(set(all_of(line)))} for line in lines]
    if entries:
        values = {"entries": msgspec.json.encode(entries).decode()}
        Statement(WRITE, values).run(session.connection())


WRITE = f"""
    INSERT INTO {SearchEntry.__tablename__} AS entry (ticket_number, keys)
    SELECT ticket_number, keys
    FROM json_to_recordset(%(entries)s::json) AS row (ticket_number text, keys integer[])
    ON CONFLICT (ticket_number) DO UPDATE SET keys = excluded.keys
    WHERE entry.keys <> excluded.keys
"""


def read() -> sa.Select[Any]:
    """Tickets by number and their groups' members, with all that becomes a key."""
    parent = aliased(Ticket)
    offices = (
        select(func.array_agg(Dispatch.office_code))
        .where(
            Dispatch.ticket_number.in_([Ticket.number, Ticket.merged_into]),
            Dispatch.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    member = aliased(Ticket)
    each = sa.union_all(
        select(func.unnest(WITHIN)),
        select(member.number).where(member.merged_into == sa.any_(WITHIN)),
    )
    return (
        select(
            *(getattr(Ticket, name) for name in ("number", "received_at", "category", *FACTS)),
            Ticket.status,
            late_in(Ticket).label("late"),
            Ticket.district_code,
            Ticket.interim_office,
            parent.interim_office.label("head_interim"),
            offices.label("offices"),
            Request.title,
            Request.content,
            Request.address,
        )
        .join(Request, Request.ticket_number == Ticket.number)
        .outerjoin(parent, parent.number == Ticket.merged_into)
        .where(Ticket.number.in_(each))
    )


FACTS = ("type", "channel", "urgency", "community_code")
READ = Ready(read())


def all_of(line: Any) -> Iterator[int]:
    yield from keys.of_text(f"{line.title}\n{line.content}\n{line.address}")
    yield from keys.of_time(line.received_at)
    yield from keys.of_number(line.number)
    yield from keys.of_category(line.category or "")
    yield from (keys.fact(name, getattr(line, name)) for name in FACTS)
    yield from ([keys.OPEN] if line.status not in TERMINAL else [])
    yield from ([keys.ENDS[line.status]] if line.status in keys.ENDS else [])
    yield from ([keys.LATE] if line.late else [])
    offices = {line.district_code, line.interim_office, line.head_interim, *(line.offices or ())}
    yield from (keys.fact("office", code) for code in offices if code)
