"""Books: locked, written to, read back, and checked link by link."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.evaluations.events import Act, EventData, follows, link
from app.evaluations.models import Book, EvaluationEvent, EvaluationStatement, Step
from app.kit.entities.reading import Entities
from app.kit.ready import Ready, parameter
from app.tickets.events import new_salt
from app.tickets.life.links import BEFORE_ALL, words_hash

Words = Mapping[str, str | None]


@dataclass(slots=True)
class Writer:
    """A locked book, its writer and the time."""

    session: Session
    book: Book
    caller: Caller
    now: datetime

    def write(
        self, action: Step, subject_code: str, data: EventData, words: Words | None = None
    ) -> EvaluationEvent:
        """Append an event with its words, and move the book's head to it."""
        texts = {name: text for name, text in (words or {}).items() if text is not None}
        salt = new_salt()
        event = {
            "term": self.book.term,
            "owner_code": self.book.owner_code,
            "seq": self.book.seq + 1,
            "at": self.now,
            "actor": self.caller.id,
            "role": self.caller.role,
            "office_code": self.caller.office_code,
            "action": action,
            "subject_code": subject_code,
            "data": msgspec.to_builtins(data),
            "words_hash": words_hash(salt, texts) if texts else None,
        }
        made = EvaluationEvent(**event, link=link(self.book.link, event))
        self.book.seq, self.book.link = made.seq, made.link
        self.session.add(made)
        if texts:
            key = {"term": made.term, "owner_code": made.owner_code, "seq": made.seq}
            self.session.add(EvaluationStatement(**key, words=texts, salt=salt))
        self.session.flush()
        return made


def locked(session: Session, term: str, owner_code: str) -> Book:
    """The book, made if it is new, and locked until the commit."""
    OPENED.rows(session.connection(), of_term=term, of_owner=owner_code)
    [book] = LOCKED.read(session, of_term=term, of_owner=owner_code)
    return book


TERM, OWNER = parameter("of_term", sa.Text), parameter("of_owner", sa.Text)
OPENED = Ready(
    insert(Book)
    .values(term=TERM, owner_code=OWNER, seq=0, link=BEFORE_ALL)
    .on_conflict_do_nothing()
)
LOCKED = Entities(
    Book,
    select(Book).where(Book.term == TERM, Book.owner_code == OWNER).with_for_update(),
    anew=True,
)


def acts(session: Session, term: str, owner_code: str | None, until: datetime) -> Iterator[Act]:
    """Those recorded up to an instant, in the order of each book; of all books, or of one."""
    columns = (getattr(EvaluationEvent, name) for name in Act._fields)
    query = select(*columns).where(EvaluationEvent.term == term, EvaluationEvent.at <= until)
    if owner_code:
        query = query.where(EvaluationEvent.owner_code == owner_code)
    in_order = query.order_by(EvaluationEvent.owner_code, EvaluationEvent.seq)
    return (Act(*row) for row in session.execute(in_order))


def events(session: Session, terms: Sequence[str]) -> Iterator[EvaluationEvent]:
    """In the order of each book."""
    query = select(EvaluationEvent).where(EvaluationEvent.term.in_(terms))
    place = (EvaluationEvent.term, EvaluationEvent.owner_code, EvaluationEvent.seq)
    return iter(session.scalars(query.order_by(*place)))


Place = tuple[str, str, int]
"""Term, owner and number of an event."""


def statements(
    session: Session,
    terms: Sequence[str],
    owner_code: str | None = None,
    subject_code: str | None = None,
) -> dict[Place, EvaluationStatement]:
    """Of all books or of one owner's; about all or about one department or unit."""
    query = select(EvaluationStatement).where(EvaluationStatement.term.in_(terms))
    if owner_code:
        query = query.where(EvaluationStatement.owner_code == owner_code)
    if subject_code:
        query = query.join(EvaluationEvent, ITS_EVENT)
        query = query.where(EvaluationEvent.subject_code == subject_code)
    return {(s.term, s.owner_code, s.seq): s for s in session.scalars(query)}


ITS_EVENT = (
    (EvaluationEvent.term == EvaluationStatement.term)
    & (EvaluationEvent.owner_code == EvaluationStatement.owner_code)
    & (EvaluationEvent.seq == EvaluationStatement.seq)
)


class BookFault(NamedTuple):
    """Of a book, or of one of its events."""

    term: str
    owner_code: str
    seq: int | None
    fault: str


def faults(session: Session, terms: Sequence[str]) -> Iterator[BookFault]:
    """Each event that is not the one that was linked, words that are not its own, and each head
    that is not its book's last event."""
    yield from unlinked(session, terms)
    yield from unsaid(session, terms)


def unlinked(session: Session, terms: Sequence[str]) -> Iterator[BookFault]:
    heads = {
        (book.term, book.owner_code): (book.seq, book.link)
        for book in session.scalars(select(Book).where(Book.term.in_(terms)))
    }
    last = dict.fromkeys(heads, (0, BEFORE_ALL))
    for event in events(session, terms):
        key = (event.term, event.owner_code)
        seq, former = last.get(key, (0, BEFORE_ALL))
        if event.seq != seq + 1 or not follows(former, event):
            yield BookFault(*key, event.seq, "wrong_link")
        last[key] = event.seq, event.link
    for key in sorted(last):
        if heads.get(key) != last[key]:
            yield BookFault(*key, None, "wrong_head")


def unsaid(session: Session, terms: Sequence[str]) -> Iterator[BookFault]:
    texts = statements(session, terms)
    for event in events(session, terms):
        place = (event.term, event.owner_code, event.seq)
        if not has_its_words(event, texts.pop(place, None)):
            yield BookFault(*place, "wrong_words")
    for place in sorted(texts):
        yield BookFault(*place, "missing_event")


def has_its_words(event: EvaluationEvent, statement: EvaluationStatement | None) -> bool:
    """Erased words leave their hash."""
    if statement is None:
        return True
    return event.words_hash == words_hash(statement.salt, statement.words)


def terms_on_record(session: Session) -> list[str]:
    """Also those whose books are gone, and whose events are not."""
    spoken = select(EvaluationStatement.term)
    every = select(Book.term).union(select(EvaluationEvent.term), spoken)
    return sorted(session.scalars(every))
