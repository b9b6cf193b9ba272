"""Sealing a term or a year of departments' performance: it never changes from then on (D.15)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evaluations import books, compute, terms
from app.evaluations.compute import Behind, exact
from app.evaluations.models import Book, PerformanceSeal
from app.evaluations.schemas import PerformanceView, read
from app.evaluations.terms import TICK, Span, Term
from app.kit.clock import Clock
from app.kit.instants import settled
from app.kit.messages import Message
from app.kit.web.wire import in_utc
from app.offices.directory import CITY_CENTRE
from app.period import Periods, State
from app.rankings.bundles import Bundle
from app.rankings.published import AlreadySealed, NotSealed, NotYetFrozen, SealInOrder
from app.rankings.schemas import as_json
from app.whistles.evaluation import records
from app.whistles.evaluation.score import Record

ONE_AT_A_TIME = 0x5EA2
HASHED = (
    "content_hash",
    "counts",
    "former",
    "former_hash",
    "lines_digest",
    "period",
    "policy",
    "policy_sha256",
    "sealed_at",
    "sealed_by",
)
"""Members in `seal_hash`."""


def seal(session: Session, span: Span, periods: Periods, by: str, clock: Clock) -> PerformanceSeal:
    """Stores the present performance of all departments. Of two at once, the second finds it
    sealed. Refuses AlreadySealed, NotYetFrozen, SealInOrder, StillRecording."""
    session.execute(select(sa.func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
    for term in span.terms:
        books.locked(session, term.name, CITY_CENTRE)
    now = clock()
    settled(session)
    check_sealable(session, span, periods, now)
    every = [compute.behind(session, term, now) for term in span.terms]
    view = replace(compute.shown(span, every, session, now), sealed=True)
    bundle, policy = Bundle(), span.terms[0].policy
    made = PerformanceSeal(
        period=span.name,
        sealed_at=now,
        sealed_by=by,
        policy=policy.name,
        policy_sha256=policy.sha256,
        content_hash=view.content_hash,
        body=as_json(view),
        counts=counts(every, view),
        lines_digest=bundle.add(lines(every)),
        **link(session),
    )
    made.lines = bytes(bundle.packed)
    made.seal_hash = hash_of(made)
    session.add(made)
    session.flush()
    return made


def check_sealable(session: Session, span: Span, periods: Periods, now: datetime) -> None:
    if is_sealed(session, span.name):
        raise AlreadySealed(
            Message("{period} is sealed", period=span.name), status_now=State.SEALED, allowed=[]
        )
    if span.is_term:
        check_time(session, span.terms[0], now)
        check_order(session, span.terms[0], periods)
        return
    for term in terms.of_year(span.name, periods):
        if not is_sealed(session, term.name):
            detail = Message("a year is sealed after its terms: {term} first", term=term.name)
            raise SealInOrder(detail, status_now=State.CLOSED, allowed=[], first=term.name)


def check_time(session: Session, term: Term, now: datetime) -> None:
    """Refuses (NotYetFrozen) while an appeal may be made or decided: against a mark of the term, or
    against a whistle's record, which may be marked later than the term's deadline."""
    appeal = term.policy.evaluation.appeal
    of_records = records.open_until(session, term.starts_at, term.ends_at, appeal)
    last = max(term.decide_until, of_records or term.decide_until)
    if now <= last:
        raise NotYetFrozen(
            Message("{term} can be sealed after {after}", term=term.name, after=last),
            status_now=term.state(now),
            sealable_at=in_utc(last),
            allowed=[],
        )


def check_order(session: Session, term: Term, periods: Periods) -> None:
    before = terms.at(term.starts_at - TICK, periods)
    if not is_sealed(session, before.name) and has_facts(session, before):
        raise SealInOrder(
            Message("seal {before} first", before=before.name),
            status_now=State.CLOSED,
            allowed=[],
            first=before.name,
        )


def has_facts(session: Session, term: Term) -> bool:
    written = select(Book.term).where(Book.term == term.name, Book.seq > 0).limit(1)
    if session.scalar(written) is not None:
        return True
    return bool(compute.behind(session, term, term.decide_until).records)


def lines(every: Sequence[Behind]) -> Iterator[str]:
    """Every mark that stands, every whistle's record and every entered rest, as JSON."""
    for facts in every:
        yield from (text(line) for line in sorted(lines_of(facts), key=str))


def text(line: Sequence[object]) -> str:
    return msgspec.json.encode(line).decode()


def lines_of(facts: Behind) -> Iterator[list[object]]:
    """`[kind, term, department, street, whistle, figures]`; an entered rest has no street, and a
    mark no whistle."""
    term = facts.term.name
    for street, office in facts.keys:
        stands = facts.standing((street, office))
        entry = facts.entries.marks.get((street, office))
        veto = bool(entry and entry.opinion.vetoes)
        figures = {"status": stands.status, "mark": exact(stands.mark), "veto": veto}
        yield ["mark", term, office, street, None, figures]
        for record in facts.records.get((street, office), ()):
            yield ["whistle", term, office, street, record.whistle_number, figures_of(record)]
    for office, other in facts.entries.others.items():
        yield ["other", term, office, None, None, {"other": str(other)}]


def figures_of(record: Record) -> dict[str, str | None]:
    points = {name: exact(value) for name, value in asdict(record.items).items()}
    return {"status": record.status.value, **points, "total": exact(record.total)}


def counts(every: Sequence[Behind], view: PerformanceView) -> dict[str, int]:
    pairs = [(facts, key) for facts in every for key in facts.keys]
    marked = [key for facts, key in pairs if facts.standing(key).mark is not None]
    return {
        "departments": len(view.rows),
        "marks": len(marked),
        "streets": len({street for street, _ in marked}),
        "whistles": sum(len(facts.records.get(key, ())) for facts, key in pairs),
    }


def link(session: Session) -> dict[str, str]:
    """To the seal made last."""
    query = select(PerformanceSeal).order_by(
        PerformanceSeal.sealed_at.desc(), PerformanceSeal.period.desc()
    )
    last = session.scalars(query.limit(1)).first()
    return {"former": last.period, "former_hash": last.seal_hash} if last else {}


def hash_of(made: PerformanceSeal) -> str:
    """Of HASHED, as compact JSON with sorted names."""
    members: Mapping[str, object] = {
        name: in_utc(value) if isinstance(value := getattr(made, name), datetime) else value
        for name in HASHED
    }
    return f"sha256:{sha256(msgspec.json.encode(members, order='deterministic')).hexdigest()}"


def get(session: Session, period: str) -> PerformanceSeal:
    """Refuses NotSealed."""
    made = session.get(PerformanceSeal, period)
    if made is None:
        raise NotSealed(Message("the evaluations of {period} are not sealed", period=period))
    return made


def is_sealed(session: Session, period: str) -> bool:
    query = select(PerformanceSeal.period).where(PerformanceSeal.period == period)
    return session.scalar(query) is not None


def kept(session: Session, period: str) -> PerformanceView | None:
    made = session.get(PerformanceSeal, period)
    return read(made.body) if made else None
