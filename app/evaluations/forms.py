"""A street's form of a term, and a department's performance opened to each street's mark."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.evaluations import books, compute, dealings
from app.evaluations.compute import Behind, exact
from app.evaluations.dealings import Dealings
from app.evaluations.events import Entry, Key
from app.evaluations.marks import MarkStatus, Opinion
from app.evaluations.models import EvaluationStatement
from app.evaluations.roster import KINDS, Offices, line_of, on_form
from app.evaluations.schemas import (
    AppealView,
    FormRowView,
    FormView,
    ItemsView,
    StreetMarkView,
    TermView,
    VetoView,
    WhistleRecordView,
)
from app.evaluations.terms import Term, last_day
from app.kit.decimals import two_decimals
from app.offices.directory import OfficeEntry
from app.whistles.evaluation import views
from app.whistles.evaluation.score import Record


@dataclass(frozen=True, slots=True)
class Page:
    """A street's form of a term, with all that stands beside it."""

    term: Term
    street: OfficeEntry
    facts: Behind
    dealings: Mapping[str, Dealings]
    subjects: Sequence[OfficeEntry]

    def subject(self, code: str) -> OfficeEntry | None:
        return next((office for office in self.subjects if office.code == code), None)

    def key(self, office: OfficeEntry) -> Key:
        return self.street.code, office.code


def page(
    session: Session, offices: Offices, term: Term, street: OfficeEntry, now: datetime
) -> Page:
    facts = compute.behind(session, term, now, street.code)
    known = dealings.of_street(session, term, street.code, now)
    marked = {code for _, code in facts.keys}
    dealt = {code for code in known.keys() | marked if code in offices}
    by_kind = {code for code in dealt if offices[code].kind in KINDS}
    subjects = on_form(street, offices, by_kind, last_day(term))
    return Page(term, street, facts, known, subjects)


def form(session: Session, page: Page, term: TermView) -> FormView:
    texts = words_of(session, page.term.name, page.street.code)
    return FormView(
        period=page.term.name,
        street_code=page.street.code,
        term=term,
        rows=[row(page, office, texts) for office in page.subjects],
    )


def row(page: Page, office: OfficeEntry, texts: "Texts") -> FormRowView:
    known = page.dealings.get(office.code, Dealings())
    return FormRowView(
        office_code=office.code,
        office_name=office.name,
        kind=office.kind.value,
        line=line_of(office),
        **mark(page.facts, page.key(office), texts),
        **{name: asdict(counts) for name, counts in parts(known)},
    )


def renewed(session: Session, page: Page, now: datetime) -> Page:
    """A page that was read before its street wrote into its book."""
    facts = compute.behind(session, page.term, now, page.street.code)
    return replace(page, facts=facts)


def row_now(session: Session, page: Page, office: OfficeEntry) -> FormRowView:
    return row(page, office, words_of(session, page.term.name, page.street.code))


def is_done(page: Page) -> bool:
    """Whether nothing of the form is open."""
    stands = (page.facts.standing(page.key(office)) for office in page.subjects)
    return all(each.status is not MarkStatus.OPEN for each in stands)


def parts(known: Dealings) -> list[tuple[str, Any]]:
    return [(name, getattr(known, name)) for name in ("summonses", "tickets", "supervisions")]


Texts = Callable[[str, int | None], Mapping[str, str]]
"""The words of an event of an owner's book; none where it has none or they were erased."""


def words_of(
    session: Session, term: str, owner_code: str | None = None, subject_code: str | None = None
) -> Texts:
    known = books.statements(session, [term], owner_code, subject_code)

    def words(owner: str, seq: int | None) -> Mapping[str, str]:
        statement: EvaluationStatement | None = known.get((term, owner, seq or 0))
        return statement.words if statement else {}

    return words


def mark(facts: Behind, key: Key, texts: Texts) -> dict[str, Any]:
    """The members of a MarkView."""
    entry, proposed, stands = (
        facts.entries.marks.get(key),
        facts.proposed(key),
        facts.standing(key),
    )
    words = texts(key[0], entry.seq) if entry else {}
    return {
        "status": stands.status,
        "proposed": two_decimals(proposed),
        "proposed_exact": exact(proposed),
        "mark": two_decimals(stands.mark),
        "mark_exact": exact(stands.mark),
        "items": items(entry.opinion) if entry else None,
        "reason": words.get("reason"),
        "veto": veto(entry, words),
        "appeal": appeal(key[0], entry, texts),
        "marked_at": entry.at if entry else None,
        "whistles": [whistle(record) for record in facts.records.get(key, ())],
    }


def items(opinion: Opinion) -> ItemsView | None:
    if opinion.items is None:
        return None
    return ItemsView(**{name: two_decimals(points) for name, points in opinion.items.items()})


def veto(entry: Entry | None, words: Mapping[str, str]) -> VetoView | None:
    if entry is None or not entry.opinion.veto:
        return None
    return VetoView(text=words.get("veto"), stands=entry.opinion.vetoes)


def appeal(owner: str, entry: Entry | None, texts: Texts) -> AppealView | None:
    made = entry.appeal if entry else None
    if made is None:
        return None
    return AppealView(
        at=made.at,
        text=texts(owner, made.seq).get("text"),
        approved=made.approved,
        decision=texts(owner, made.decision_seq).get("text"),
        decided_at=made.decided_at,
    )


def whistle(record: Record) -> WhistleRecordView:
    return WhistleRecordView(
        number=record.whistle_number, settled_at=record.settled_at, **views.shown(record)
    )


def street_marks(
    session: Session, facts: Behind, offices: Offices, code: str
) -> list[StreetMarkView]:
    """What each street says of a department, by street."""
    texts = words_of(session, facts.term.name, subject_code=code)
    keys = sorted(key for key in facts.keys if key[1] == code)
    return [street_mark_of(facts, offices, key, texts) for key in keys]


def street_mark_of(facts: Behind, offices: Offices, key: Key, texts: Texts) -> StreetMarkView:
    return StreetMarkView(
        period=facts.term.name,
        street_code=key[0],
        street_name=offices[key[0]].name,
        **mark(facts, key, texts),
    )


def street_mark(
    session: Session, term: Term, offices: Offices, key: Key, now: datetime
) -> StreetMarkView:
    facts = compute.behind(session, term, now, key[0])
    return street_mark_of(facts, offices, key, words_of(session, term.name, key[0]))
