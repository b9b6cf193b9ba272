"""What evaluations tell and ask: entries in the feed of those concerned, and what lies in the inbox
of a street whose form is due and of a district that decides on an appeal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.city import City
from app.evaluations import terms
from app.evaluations.books import Writer
from app.evaluations.events import Key
from app.evaluations.models import Book, Step
from app.evaluations.terms import TICK, Term, last_day
from app.feed import errands
from app.feed.models import Errand
from app.feed.service import News, append, touch
from app.offices.directory import STREET_KINDS
from app.tickets.life.links import BEFORE_ALL
from app.tickets.views.errands import EVALUATION

KIND = EVALUATION
"""Of errands and, before the act, of entries."""

FORM, DECISION = "mark", "decide-appeal"
"""The acts that are asked for."""


def tell(writer: Writer, action: Step, office: str, offices: Iterable[str]) -> None:
    """An entry for each office; codes only."""
    book = writer.book
    data = {"period": book.term, "street_code": book.owner_code, "office_code": office}
    kind = f"{KIND}-{action}"
    news = [News(code, writer.now, kind, data=data) for code in sorted(set(offices))]
    append(writer.session, news)


def ask(writer: Writer, term: Term, key: Key, district: str) -> None:
    """The district decides on an appeal."""
    row = errand(district, DECISION, writer.now, term.decide_until, data_of(term, *key))
    errands.replace(writer.session, number_of(term, *key), [row])


def decided(writer: Writer, term: Term, key: Key) -> None:
    errands.replace(writer.session, number_of(term, *key), [])


def form_done(session: Session, term: Term, street: str) -> None:
    errands.replace(session, number_of(term, street), [])


def number_of(term: Term, *parts: str) -> str:
    return "/".join((term.name, *parts))


def data_of(term: Term, street: str, office: str | None = None) -> dict[str, Any]:
    return {"period": term.name, "street_code": street, "office_code": office}


def errand(
    office: str, because: str, since: datetime, until: datetime, data: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "office_code": office,
        "kind": KIND,
        "because": because,
        "since": since,
        "until": until,
        "data": data,
    }


def ask_forms(session: Session, city: City, now: datetime) -> int:
    """A round: once a term is over, its form lies with every street until the deadline. How many
    were laid or taken away."""
    term = terms.at(terms.at(now, city.periods).starts_at - TICK, city.periods)
    gone = take_away(session, now)
    if term.over(now):
        return gone
    streets = [
        office.code
        for office in city.offices.values()
        if office.kind in STREET_KINDS and office.active(last_day(term))
    ]
    fresh = first_asked(session, term, streets, now)
    wanted = {"since": term.ends_at, "until": term.deadline_at}
    for code in fresh:
        row = errand(code, FORM, data=data_of(term, code), **wanted)
        errands.replace(session, number_of(term, code), [row])
    return gone + len(fresh)


def first_asked(
    session: Session, term: Term, streets: Sequence[str], now: datetime
) -> Sequence[str]:
    """The streets that are asked for the first time."""
    rows = [
        {"term": term.name, "owner_code": code, "seq": 0, "link": BEFORE_ALL, "asked_at": now}
        for code in sorted(streets)
    ]
    asked = insert(Book).values(rows)
    asked = asked.on_conflict_do_update(
        index_elements=[Book.term, Book.owner_code],
        set_={"asked_at": now},
        where=Book.asked_at.is_(None),
    )
    return session.scalars(asked.returning(Book.owner_code)).all()


def take_away(session: Session, now: datetime) -> int:
    """What can no longer be done."""
    query = sa.delete(Errand).where(Errand.kind == KIND, Errand.until < now)
    gone = session.scalars(query.returning(Errand.office_code)).all()
    touch(session, gone)
    return len(gone)
