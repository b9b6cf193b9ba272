"""Books of evaluations on record: every event by its link, every word by its hash, every head."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from app.evaluations import books
from app.seals.audit.faults import Fault, Kind

KINDS = {
    "wrong_link": Kind.WRONG_LINK,
    "wrong_head": Kind.WRONG_LINK,
    "wrong_words": Kind.WRONG_WORDS,
    "missing_event": Kind.MISSING_EVENT,
}


def faults(session: Session) -> Iterator[Fault]:
    """Of every term; `number` names the term and the book's owner."""
    for fault in books.faults(session, books.terms_on_record(session)):
        number = f"{fault.term} {fault.owner_code}"
        yield Fault(fault=KINDS[fault.fault], number=number, seq=fault.seq)
