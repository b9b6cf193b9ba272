"""The lines of a day, over which it is hashed: the last links that it left of each chain, what
changed of the registry, and the seals that were made."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.orm import Session

from app.evaluations.models import EvaluationEvent
from app.forces.models import ForceEvent
from app.kit.ready import Listed, Ready, parameter
from app.kit.workdays import ONE_DAY, midnight
from app.rankings.bundles import digest_of_lines, unpacked
from app.rankings.models import RegistryVersion, Seal
from app.tickets.events import Event
from app.whistles.events import WhistleEvent

WITHOUT_ROSTERS = 1
"""The format of the oldest days."""

Span = dict[str, datetime]
"""When a day begins and ends, as parameters of the statements below."""
Happened = Sequence[bool]
"""Of each chain whether it has an event on a day, of the registry whether it changed, and whether a
seal was made."""


def lines(session: Session, day: date, form: int, is_any: Happened) -> Iterator[str]:
    """`["number", seq, "link"]` of each ticket's last event of the day, then of each whistle's, of
    each book of evaluations and of each roster; then the registry, and the seals."""
    span = {"begins": midnight(day), "ends": midnight(day + ONE_DAY)}
    *in_chains, in_registry, in_seals = is_any
    chains = LAST_LINKS[:-1] if form == WITHOUT_ROSTERS else LAST_LINKS
    for last_links, in_chain in zip(chains, in_chains, strict=False):
        if in_chain:
            yield from (text_of(*row) for row in last_links.rows(session.connection(), **span))
    if in_registry:
        yield from registered(session, span)
    if in_seals:
        yield from sealed(session, span)


def happened(session: Session, days: Sequence[date]) -> Sequence[Happened]:
    """On each of some days: on most of them nothing."""
    begins = [midnight(day) for day in days]
    ends = [midnight(day + ONE_DAY) for day in days]
    return HAPPENED.rows(session.connection(), begins=begins, ends=ends)


def registered(session: Session, span: Span) -> Iterator[str]:
    for part in session.scalars(REGISTERED, span):
        digest = digest_of_lines(unpacked(part.lines))
        yield text_of(f"registry {part.part}", part.recorded_at, digest)


def sealed(session: Session, span: Span) -> Iterator[str]:
    """Of the last seal no later one has the hash."""
    for seal in session.scalars(SEALED, span):
        yield text_of(f"{SEAL}{seal.period}", seal.published_at, seal.seal_hash)


def in_span(at: Any) -> sa.ColumnElement[bool]:
    begins, ends = (parameter(name, INSTANT) for name in ("begins", "ends"))
    return sa.and_(at >= begins, at < ends)


INSTANT = sa.TIMESTAMP(timezone=True)
ASKED = (
    func.unnest(*(parameter(name, ARRAY(INSTANT)) for name in ("begins", "ends")))
    .table_valued("begins", "ends", with_ordinality="place")
    .render_derived("asked")
)


def in_asked(at: Any) -> sa.ColumnElement[bool]:
    return sa.and_(at >= ASKED.c.begins, at < ASKED.c.ends)


SEAL = "seal "
TABLES = {"registry ": "registry_version", SEAL: "seal"}
"""By the beginning of a line's name."""
BOOK = func.concat("evaluation ", EvaluationEvent.term, " ", EvaluationEvent.owner_code)
ROSTER = func.concat("roster ", ForceEvent.street_code)
CHAINS: tuple[tuple[Any, Any], ...] = (
    (Event, Event.ticket_number),
    (WhistleEvent, WhistleEvent.whistle_number),
    (EvaluationEvent, BOOK.collate("C")),
    (ForceEvent, ROSTER.collate("C")),
)
"""Events, and by which name each chain of them is kept; rosters are the last."""
INSTANTS = (*(kind.at for kind, _ in CHAINS), RegistryVersion.recorded_at, Seal.published_at)
HAPPENED = Ready(
    select(*(sa.exists(select(sa.literal_column("1")).where(in_asked(at))) for at in INSTANTS))
    .select_from(ASKED)
    .order_by(ASKED.c.place)
)
LAST_LINKS = [
    Listed(
        select(number, kind.seq, func.encode(kind.link, "hex"))
        .where(in_span(kind.at))
        .ext(distinct_on(number))
        .order_by(number, kind.seq.desc())
    )
    for kind, number in CHAINS
]
REGISTERED = (
    select(RegistryVersion)
    .where(in_span(RegistryVersion.recorded_at))
    .order_by(RegistryVersion.recorded_at, RegistryVersion.part)
)
SEALED = select(Seal).where(in_span(Seal.published_at)).order_by(Seal.period)


def text_of(*line: object) -> str:
    return msgspec.json.encode(line).decode()
