"""Departments' performance, read: the whole, one line, one department; as a sheet too."""

from collections.abc import Iterator
from dataclasses import fields, replace

from sqlalchemy.orm import Session

from app.evaluations import compute, forms, sealing
from app.evaluations.http import At
from app.evaluations.performance import Performance
from app.evaluations.roster import line_of
from app.evaluations.schemas import (
    DepartmentView,
    PerformanceQuery,
    PerformanceRow,
    PerformanceView,
)
from app.evaluations.terms import Span, Term
from app.kit.web.sheet import inert, line
from app.period import State
from app.rankings import registry
from app.rankings.service import NoSuchLine

COLUMNS = tuple(member.name for member in fields(PerformanceRow))


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
        fault = {"pointer": "/query/line", "detail": f"no line {name}"}
        raise NoSuchLine(fault["detail"], errors=[fault])


def department(session: Session, span: Span, at: At, code: str) -> DepartmentView:
    """Its row, and every street's mark of it in each term."""
    view = whole(session, span, at)
    offices = registry.known(session).offices
    row = next((row for row in view.rows if row.office_code == code), None)
    shown = row or compute.row(offices[code], None, Performance(), span.terms[0].policy)
    marks = [
        mark
        for term in span.terms
        for mark in forms.street_marks(
            session, compute.behind(session, term, at.now), offices, code
        )
    ]
    members = {name: getattr(shown, name) for name in COLUMNS}
    return DepartmentView(**members, period=span.name, sealed=view.sealed, marks=marks)


def state(session: Session, term: Term, at: At) -> State:
    """Of a street's form."""
    sealed = sealing.kept(session, term.name) is not None
    return State.SEALED if sealed else term.state(at.now)


def as_csv(view: PerformanceView) -> bytes:
    """UTF-8, one line for each row, in the same order."""
    cells: Iterator[list[object]] = ([getattr(row, name) for name in COLUMNS] for row in view.rows)
    return "".join([line(COLUMNS), *(line(map(inert, row)) for row in cells)]).encode()
