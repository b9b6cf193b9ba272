"""A seal by itself: its hash, its parts', the chain of seals and of days, the policy."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.kit.ready import Ready, parameter
from app.period import Period
from app.rankings.bundles import by_size, digest_of, measured
from app.rankings.forms import FORMS
from app.rankings.leagues import League
from app.rankings.models import Seal, SealedFacts, SealedRanking, Subject
from app.seals import service as seals
from app.seals.audit import days
from app.seals.schemas import DifferenceView

Hashes = Mapping[League, str | None]


def broken(
    session: Session, seal: Seal, period: Period, hashes: Hashes
) -> Iterator[DifferenceView]:
    """Where the seal itself does not hold: its own hash, its parts', the chain, the policy; with
    the hashes of the rankings that it keeps (`hash_of_kept`)."""
    for name, sealed, now in held(session, seal, period, hashes):
        if sealed != now:
            yield DifferenceView(
                league=None, office_code=None, field=name, sealed=sealed, now=now, tickets=[]
            )


def held(
    session: Session, seal: Seal, period: Period, hashes: Hashes
) -> Iterator[tuple[str, object, object]]:
    yield "seal_hash", seal.seal_hash, seals.hash_of(seal)
    if seal.chain:
        yield "chain", seal.chain, days.known(session, seal.sealed_at)
    yield "policy_sha256", seal.policy_sha256, period.policy.sha256
    if seal.former:
        former = session.get(Seal, seal.former)
        yield "former_hash", seal.former_hash, former and former.seal_hash
    by_name: Mapping[str, str | None] = {league.value: text for league, text in hashes.items()}
    for league, sealed in sorted(seal.rankings.items()):
        yield f"rankings.{league}", sealed, by_name.get(league)
    yield "facts_digest", seal.facts_digest, digest_of(digests(session, seal))


def digests(session: Session, seal: Seal) -> Iterator[tuple[Subject, str, str]]:
    """Of each bundle that the seal keeps."""
    connection, period = session.connection(), seal.period
    sizes = (
        ((subject, part), size) for subject, part, size in SIZES.rows(connection, period=period)
    )
    for some in by_size(sizes):
        subjects, parts = map(list, zip(*some, strict=True))
        for row in BUNDLES.rows(connection, period=period, subjects=subjects, parts=parts):
            kept = Kept(*row)
            yield Subject(kept.subject), kept.part, digest_of_kept(kept)


class Kept(NamedTuple):
    """A bundle that a seal keeps."""

    subject: str
    part: str
    number: int
    digest: str
    lines: bytes


BUNDLE = SealedFacts.__table__.c
OF_PERIOD = BUNDLE.period == parameter("period", sa.Text)
ASKED = (
    func.unnest(*(parameter(name, ARRAY(sa.Text())) for name in ("subjects", "parts")))
    .table_valued("subject", "part")
    .render_derived("asked")
)
SIZES = Ready(select(BUNDLE.subject, BUNDLE.part, func.length(BUNDLE.lines)).where(OF_PERIOD))
BUNDLES = Ready(
    select(*(BUNDLE[name] for name in Kept._fields))
    .join_from(
        SealedFacts,
        ASKED,
        sa.and_(sa.cast(BUNDLE.subject, sa.Text) == ASKED.c.subject, BUNDLE.part == ASKED.c.part),
    )
    .where(OF_PERIOD)
)


def hash_of_kept(ranking: SealedRanking) -> str | None:
    """None where the bytes are not those that were written when it was sealed."""
    try:
        form = FORMS[ranking.form]
        view = form.hashed(form.read(ranking.body))
    except (LookupError, ValueError):
        return None
    written = form.written(replace(view, sealed=True)) == ranking.body
    return view.content_hash if written and ranking.content_hash == view.content_hash else None


def digest_of_kept(bundle: Kept) -> str:
    """Nothing where the row does not say it itself."""
    kept = (bundle.number, bundle.digest)
    return bundle.digest if kept == measured(bundle.lines) else ""
