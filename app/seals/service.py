"""Sealing a period (RULEBOOK D.13.1): its rankings never change from then on."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.callbacks.models import Assessment
from app.kit.clock import Clock
from app.kit.db import Json
from app.kit.instants import recording, settled
from app.kit.messages import Message
from app.kit.ready import Ready, parameter
from app.kit.rows import insert_many
from app.kit.web.wire import in_utc
from app.period import Period, State
from app.rankings import compute, registry
from app.rankings.bundles import Bundle, digest_of
from app.rankings.counting.days import of_span
from app.rankings.counting.record import Record
from app.rankings.forms import FORMS, NEWEST
from app.rankings.leagues import League, Registry
from app.rankings.models import Seal, SealedFacts, SealedRanking, Subject
from app.rankings.published import AlreadySealed, NotYetFrozen, SealInOrder
from app.rankings.schemas import RankingView
from app.seals import sources
from app.seals.audit import days
from app.seals.sources import late

ONE_AT_A_TIME = 0x5EA1

FORMAT = 3
"""Of a new seal."""

FIRST = (
    "content_hash",
    "counts",
    "facts_digest",
    "former",
    "former_hash",
    "period",
    "policy",
    "policy_sha256",
    "published_at",
    "rankings",
    "sealed_at",
    "sealed_by",
)
SECOND = (*FIRST, "chain", "format")
HASHED: Mapping[int, tuple[str, ...]] = {1: FIRST, 2: SECOND, 3: SECOND}
"""Members in `seal_hash` by format; a later format also has `format`."""


def seal(session: Session, period: Period, by: str, clock: Clock) -> Seal:
    """Stores the present rankings of all leagues. Of two at once, the second finds it sealed.

    Refuses AlreadySealed, NotYetFrozen, SealInOrder, StillRecording.
    """
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    session.execute(select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    now = clock()
    settled(session)
    check_sealable(session, period, now)
    days.keep(session, lambda: now)
    known = registry.known(session, now)
    record = Record(session, period, as_of=now, registry=known)
    rankings = [sealed_ranking(view) for view in compute.rankings(record, League).values()]
    kept = [*sealed_lines(record), *sealed_registry(record, known)]
    facts = [bundle for bundle in kept if bundle.subject is Subject.FACTS]
    made = Seal(
        period=period.name,
        sealed_at=now,
        published_at=recording(session, clock),
        sealed_by=by,
        policy=period.policy.name,
        policy_sha256=period.policy.sha256,
        content_hash=rankings[0].content_hash,
        rankings={ranking.league.value: ranking.content_hash for ranking in rankings},
        counts={"facts": sum(bundle.number for bundle in facts), "offices": len(facts)},
        facts_digest=digest_of((bundle.subject, bundle.part, bundle.digest) for bundle in kept),
        format=FORMAT,
        chain=days.known(session, now),
        **link(session),
    )
    made.seal_hash = hash_of(made)
    session.add_all([made, *rankings])
    session.flush()
    return made


def check_sealable(session: Session, period: Period, now: datetime) -> None:
    before = period.periods.previous(period)
    span = {"begins": before.starts_at, "ends": before.ends_at}
    asked = {"period": period.name, "before": before.name, **span}
    [on_record] = ON_RECORD.rows(session.connection(), **asked)
    if on_record.sealed:
        raise AlreadySealed(
            Message("{period} is sealed", period=period.name), status_now=State.SEALED, allowed=[]
        )
    if on_record.later:
        raise SealInOrder(
            Message("{period} is sealed already", period=on_record.later),
            status_now=State.CLOSED,
            allowed=[],
            sealed=on_record.later,
        )
    opens = period.ends_at + timedelta(days=period.policy.period.freeze_days)
    if now < opens:
        raise NotYetFrozen(
            Message("{period} can be sealed from {opens}", period=period.name, opens=opens),
            status_now=period.state(now),
            sealable_at=in_utc(opens),
            allowed=[],
        )
    if on_record.first:
        raise SealInOrder(
            Message("seal {before} first", before=before.name),
            status_now=State.CLOSED,
            allowed=[],
            first=before.name,
        )


def is_sealed(name: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(Seal.period == parameter(name, sa.Text))


ON_RECORD = Ready(
    select(
        is_sealed("period").label("sealed"),
        select(sa.func.max(Seal.period))
        .where(Seal.period > parameter("period", sa.Text).collate("C"))
        .scalar_subquery()
        .label("later"),
        sa.and_(~is_sealed("before"), sa.exists().where(of_span(Assessment.assessed_at))).label(
            "first"
        ),
    )
)
"""Whether a period is sealed, which later one is, and whether the one before must be at first."""


def sealed_ranking(ranking: RankingView) -> SealedRanking:
    view, body = FORMS[NEWEST].sealed(ranking)
    return SealedRanking(
        period=view.period,
        league=view.league,
        content_hash=view.content_hash,
        form=NEWEST,
        body=body,
    )


class Sealed(NamedTuple):
    """A bundle that is stored."""

    subject: Subject
    part: str
    number: int
    digest: str


def sealed_lines(record: Record) -> Iterator[Sealed]:
    """All that the numbers come from, as it was recorded by the record's instant."""
    for subject, pieces_of in sources.SUBJECTS.items():
        known = (piece for piece in pieces_of(record) if not late(piece, record))
        for part, pieces in groupby(known, key=lambda piece: piece.part):
            bundle = Bundle()
            digest = bundle.add(piece.line for piece in pieces)
            made = Sealed(subject, part, bundle.number, digest)
            yield stored(record, made, bytes(bundle.packed))


def sealed_registry(record: Record, known: Registry) -> Iterator[Sealed]:
    for part, number, digest, lines in registry.bundles(known):
        yield stored(record, Sealed(Subject.REGISTRY, part, number, digest), lines)


def stored(record: Record, made: Sealed, lines: bytes) -> Sealed:
    """Before its seal, so that none is held in memory until the last is made."""
    kept = {"period": record.period.name, "lines": lines, **made._asdict()}
    insert_many(record.session, SealedFacts, [kept])
    return made


def link(session: Session) -> dict[str, str]:
    """To the seal made last."""
    last = LAST.rows(session.connection())
    return last[0]._asdict() if last else {}


LAST = Ready(
    select(Seal.period.label("former"), Seal.seal_hash.label("former_hash"))
    .order_by(Seal.sealed_at.desc(), Seal.period.desc())
    .limit(sa.literal_column("1"))
)


def hash_of(made: Seal) -> str:
    """Of the members of its format, as compact JSON with sorted names; of a format that is not
    known, of none. In format 1, seals from before it was kept leave out `published_at`, which is
    then `sealed_at`."""
    members: Json = {name: getattr(made, name) for name in HASHED.get(made.format, ())}
    if made.format == 1 and made.published_at == made.sealed_at:
        del members["published_at"]
    members |= {n: in_utc(at) for n, at in members.items() if isinstance(at, datetime)}
    return f"sha256:{sha256(msgspec.json.encode(members, order='deterministic')).hexdigest()}"
