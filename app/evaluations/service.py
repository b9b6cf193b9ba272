"""Departments' performance, read: the whole, one line, one department; as a sheet too."""

from dataclasses import fields, replace

from sqlalchemy.orm import Session

from app.evaluations import compute, forms, sealing, terms
from app.evaluations.http import At
from app.evaluations.performance import Performance, PerformanceStatus
from app.evaluations.roster import line_of
from app.evaluations.schemas import (
    DepartmentView,
    PerformanceQuery,
    PerformanceRow,
    PerformanceView,
    TermView,
)
from app.evaluations.terms import Span, Term
from app.kit.messages import Language, Message, Vocabulary, in_language
from app.kit.web.sheets.table import Table
from app.kit.web.sheets.workbook import workbook
from app.period import State
from app.rankings import registry
from app.rankings.counting import linked
from app.rankings.counting.days import between
from app.rankings.counting.record import Record
from app.rankings.exports.sheet import GRADE_WORDS as GRADES
from app.rankings.rates import NOTHING
from app.rankings.schemas import ResultsView, shown_results
from app.rankings.service import NoSuchLine
from app.whistles.models import Summons, Whistle

COLUMNS = tuple(member.name for member in fields(PerformanceRow))
WORDS = {"status": Vocabulary.of(PerformanceStatus), "grade": GRADES}
TABLE = Table("performance column", COLUMNS, WORDS)


def performance(session: Session, at: At, query: PerformanceQuery) -> PerformanceView:
    """The sealed one, or as it stands now. Refuses MalformedTerm, NoSuchPeriod, NoSuchLine."""
    span = at.span(query.period)
    view = whole(session, span, at)
    if query.line is None:
        return view
    check_line(session, query.line)
    return replace(view, rows=[row for row in view.rows if row.line == query.line])


def whole(session: Session, span: Span, at: At) -> PerformanceView:
    return sealing.kept(session, span.name) or compute.view(session, span, at.now)


def check_line(session: Session, name: str) -> None:
    lines = {line_of(office) for office in registry.known(session).offices.values()}
    if name not in lines:
        detail = Message("no line {line}", line=name)
        raise NoSuchLine(detail, errors=[{"pointer": "/query/line", "detail": detail}])


def department(session: Session, span: Span, at: At, code: str) -> DepartmentView:
    """Its row, and every street's mark of it in each term."""
    every = [compute.behind(session, term, at.now) for term in span.terms]
    view = sealing.kept(session, span.name) or compute.shown(span, every, session, at.now)
    offices = registry.known(session).offices
    row = next((row for row in view.rows if row.office_code == code), None)
    shown = row or compute.row(offices[code], None, Performance(), span.terms[0].policy)
    marks = [mark for facts in every for mark in forms.street_marks(session, facts, offices, code)]
    members = {name: getattr(shown, name) for name in COLUMNS}
    return DepartmentView(
        **members,
        period=span.name,
        sealed=view.sealed,
        linked=linked_results(session, span, at, code),
        marks=marks,
    )


def linked_results(session: Session, span: Span, at: At, code: str) -> ResultsView:
    """Of the tickets of whistles that called the department and were settled in the span."""
    begins, ends = span.terms[0].starts_at, span.terms[-1].ends_at
    record = Record(session, at.city.periods.of(begins))
    settled = between(Whistle.settled_at, begins, ends) & (Summons.office_code == code)
    return shown_results(linked.results(record, settled).get(code, NOTHING))


def list_terms(session: Session, at: At) -> list[TermView]:
    """Those of the last year and of this one that have begun, oldest first."""
    periods = at.city.periods
    year = int(periods.of(at.now).name[:4])
    known = [t for name in (year - 1, year) for t in terms.of_year(f"{name:04}", periods)]
    return [shown_term(session, term, at) for term in known if term.starts_at <= at.now]


def shown_term(session: Session, term: Term, at: At) -> TermView:
    is_sealed = sealing.is_sealed(session, term.name)
    return TermView(
        name=term.name,
        starts_at=term.starts_at,
        ends_at=term.ends_at,
        deadline_at=term.deadline_at,
        appeal_until=term.appeal_until,
        decide_until=term.decide_until,
        state=State.SEALED if is_sealed else term.state(at.now),
    )


def title(view: PerformanceView) -> Message:
    """As the file is called, without its ending."""
    return Message("{period}_performance", period=view.period)


def as_workbook(view: PerformanceView, reader: Language) -> bytes:
    """The columns and numbers of the CSV."""
    rows = (TABLE.cells([getattr(row, name) for name in COLUMNS], reader) for row in view.rows)
    return workbook(in_language(title(view), reader), TABLE.headings(reader), rows)


def as_csv(view: PerformanceView, reader: Language) -> bytes:
    """UTF-8, one line for each row, in the same order."""
    rows = ([getattr(row, name) for name in COLUMNS] for row in view.rows)
    return "".join(TABLE.csv(rows, reader)).encode()
