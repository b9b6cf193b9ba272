"""The days' hashes: each over the last links that a day left, and over the day before.

A day is hashed once it is over. Who then changes an event, its links and its rows alike must change
this day and all that follow, and every seal made since.
"""

import logging
from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.clock import Clock
from app.kit.db import Base, Sessions
from app.kit.instants import StillRecording, settled
from app.kit.ready import Ready, parameter
from app.kit.rows import insert_many
from app.kit.workdays import ONE_DAY, day_of
from app.rankings.bundles import (
    AT_ONCE,
    LARGE,
    Bundle,
    by_size,
    digest_of_lines,
    measured,
    number_of,
    unpacked,
)
from app.seals.audit.day_lines import (
    CHAINS,
    SEAL,
    TABLES,
    WITHOUT_ROSTERS,
    Happened,
    happened,
    lines,
)
from app.seals.audit.faults import Fault, Kind

ONE_AT_A_TIME = 0xDA1
FORMAT = 2
"""Of what is hashed: days of before do not name rosters, and the oldest of them no seals either."""

logger = logging.getLogger(__name__)


class ChainDay(Base):
    """A day that is over. Insert-only."""

    __tablename__ = "chain_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    format: Mapped[int]
    number: Mapped[int]
    """Of its lines: of each chain with an event on that day, of each part of the registry that
    changed, and of each seal that was made."""
    lines: Mapped[bytes] = mapped_column(sa.LargeBinary)
    digest: Mapped[str]
    former_hash: Mapped[str | None]
    day_hash: Mapped[str]


class HashedDay(NamedTuple):
    """A row of the table."""

    day: date
    format: int
    number: int
    lines: bytes
    digest: str
    former_hash: str | None
    day_hash: str


def keep_some(sessions: Sessions, clock: Clock) -> bool:
    """The act of the background, a day a transaction, so that a slow day undoes no other; it comes
    again where a long transaction still records, or a seal is made, which hashes days itself."""
    try:
        with sessions.begin() as session:
            alone = session.scalar(select(func.pg_try_advisory_xact_lock(ONE_AT_A_TIME)))
            return bool(alone) and keep(session, clock, most=1)
    except StillRecording:
        return False


def keep(session: Session, clock: Clock, most: int | None = None) -> bool:
    """Hash the days that are over, the oldest first, however long a day of the whole city takes;
    whether more may be left. Refuses StillRecording."""
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    today = day_of(clock())
    first = next_day(session)
    if first is None or first >= today:
        return False
    settled(session)
    over = (first + n * ONE_DAY for n in range((today - first).days))
    wanted = islice(over, most)
    former = last_hash(session, first)
    while some := list(islice(wanted, AT_ONCE)):
        former = add(session, some, former)
    return next(over, None) is not None


def next_day(session: Session) -> date | None:
    """The day after the last one hashed; at first that of the oldest event, for which every event
    is read: a city that was restored or imported may have many."""
    [newest] = NEWEST.rows(session.connection())
    last: date | None = newest.day
    if last:
        return last + ONE_DAY
    firsts = (select(func.min(kind.at)).scalar_subquery() for kind, _ in CHAINS)
    first: datetime | None = session.scalar(select(func.least(*firsts)))
    return day_of(first) if first else None


def add(session: Session, over: Sequence[date], former: str | None) -> str | None:
    """Hashes some days, each of which rests on the former; the last one's hash."""
    made: list[HashedDay] = []
    for day, is_any in zip(over, happened(session, over), strict=True):
        made.append(hashed(session, day, is_any, former))
        former = made[-1].day_hash
        if sum(len(kept.lines) for kept in made) >= LARGE:
            write(session, made)
            made = []
    write(session, made)
    return former


def hashed(session: Session, day: date, is_any: Happened, former: str | None) -> HashedDay:
    bundle = Bundle()
    digest = bundle.add(lines(session, day, FORMAT, is_any))
    day_hash = hash_of((FORMAT, day, bundle.number, digest, former))
    packed = bytes(bundle.packed)
    return HashedDay(day, FORMAT, bundle.number, packed, digest, former, day_hash)


def write(session: Session, made: Sequence[HashedDay]) -> None:
    insert_many(session, ChainDay, [kept._asdict() for kept in made])
    for kept in made:
        extra = {"day": kept.day.isoformat(), "day_hash": kept.day_hash}
        logger.info("a day was hashed", extra=extra)


def last_hash(session: Session, before: date) -> str | None:
    rows = LAST_HASH.rows(session.connection(), before=before)
    return rows[0].day_hash if rows else None


NEWEST = Ready(select(func.max(ChainDay.day).label("day")))
LAST_HASH = Ready(
    select(ChainDay.day_hash)
    .where(ChainDay.day < parameter("before", sa.Date))
    .order_by(ChainDay.day.desc())
    .limit(sa.literal_column("1"))
)


def hash_of(members: tuple[int, date, int, str, str | None]) -> str:
    """Of a day's format, date, number of lines, digest and former hash."""
    return f"sha256:{sha256(msgspec.json.encode(members)).hexdigest()}"


def faults(session: Session, first: date = date.min, last: date = date.max) -> Iterator[Fault]:
    """Each hashed day that does not hold; from the first to the last day also the tickets that are
    not as they were hashed."""
    former: HashedDay | None = None
    for some in together(session):
        for day, is_any in zip(some, happened(session, [day.day for day in some]), strict=True):
            kept = measured(day.lines)
            yield from chained(day, kept, former)
            if first <= day.day <= last and kept[1] != digest_of_lines(now(session, day, is_any)):
                yield from changed(session, day, is_any)
            former = day


def together(session: Session) -> Iterator[list[HashedDay]]:
    """All that were hashed, in their order, as many at once as memory may hold."""
    connection = session.connection()
    for some in by_size(SIZES.rows(connection)):
        yield [HashedDay(*row) for row in HASHED.rows(connection, days=some)]


SIZES = Ready(select(ChainDay.day, func.length(ChainDay.lines)).order_by(ChainDay.day))
HASHED = Ready(
    select(*(ChainDay.__table__.c[name] for name in HashedDay._fields))
    .where(ChainDay.day == sa.any_(parameter("days", ARRAY(sa.Date()))))
    .order_by(ChainDay.day)
)


def now(session: Session, day: HashedDay, is_any: Happened) -> Iterator[str]:
    """The lines of a hashed day as they are now."""
    return lines(session, day.day, day.format, is_any)


def chained(day: HashedDay, kept: tuple[int, str], former: HashedDay | None) -> Iterator[Fault]:
    """`kept` are the number and the hash of its lines."""
    before = former.day_hash if former else None
    right = hash_of((day.format, day.day, day.number, day.digest, day.former_hash))
    follows = former is None or former.day + ONE_DAY == day.day
    whole = kept == (day.number, day.digest) and day.former_hash == before
    if not whole or right != day.day_hash or not follows:
        yield Fault(fault=Kind.WRONG_DAY, day=day.day)


def is_older(number: str, kept: Container[str], form: int) -> bool:
    """A seal of a day that was hashed before days named seals: the next seal alone has its hash."""
    return form == WITHOUT_ROSTERS and number.startswith(SEAL) and number not in kept


def changed(session: Session, day: HashedDay, is_any: Happened) -> Iterator[Fault]:
    kept = by_number(unpacked(day.lines))
    present = by_number(now(session, day, is_any))
    for number in sorted(kept.keys() | present.keys()):
        if kept.get(number) == present.get(number) or is_older(number, kept, day.format):
            continue
        table = next((table for start, table in TABLES.items() if number.startswith(start)), None)
        if table:
            yield Fault(fault=Kind.WRONG_ROW, table=table, day=day.day)
        elif number not in present:
            yield Fault(fault=Kind.MISSING_EVENT, number=number, day=day.day)
        else:
            yield Fault(fault=Kind.WRONG_LINK, number=number, day=day.day)


def by_number(listed: Iterator[str] | list[str]) -> dict[str, list[str]]:
    numbered: dict[str, list[str]] = {}
    for line in listed:
        numbered.setdefault(number_of(line), []).append(line)
    return numbered


def known(session: Session, instant: datetime) -> str | None:
    """The hash of the last day that was over at an instant."""
    return last_hash(session, day_of(instant))
