"""Rows of a period that their own history contradicts, sealed or not."""

from collections.abc import Iterator
from itertools import groupby

import msgspec
from sqlalchemy.orm import Session

from app.city import City
from app.period import Period
from app.rankings.counting.record import Record
from app.seals import auditing, contradictions
from app.seals.audit.faults import Fault, Kind
from app.seals.contradictions import Deriving
from app.seals.schemas import DifferenceView, NamedTicket, Why

MOST_SHOWN = 100
MISSING = frozenset({Kind.MISSING_TICKET, Kind.MISSING_EVENT, Kind.MISSING_ROW})
CHAIN = frozenset({Kind.WRONG_LINK, Kind.MISSING_EVENT, Kind.WRONG_WORDS, Kind.WRONG_DAY})
AUDITED = {"record": frozenset(Kind) - CHAIN, "chain": CHAIN}
"""Fields of differences, with the faults that they name."""


def falsified(then: Record, derived: Deriving) -> Iterator[DifferenceView]:
    """Each office with an assessment that is false by its own history, whenever it became so; those
    that are gone, though their callback is there; and the requests whose place, receipt or status
    are false."""
    for office, false in groupby(
        derived.contradicted, key=lambda contradicted: contradicted.office_code
    ):
        yield DifferenceView(
            league=None,
            office_code=office,
            field="evidence",
            sealed=None,
            now=None,
            tickets=[
                NamedTicket(number=contradicted.number, why="changed") for contradicted in false
            ],
        )
    gone = [NamedTicket(number=number, why="missing") for number in contradictions.unassessed(then)]
    requests = [
        NamedTicket(number=number, why="changed") for number in contradictions.misplaced(then)
    ]
    for field, tickets in (("evidence", gone), ("requests.evidence", requests)):
        if tickets:
            yield DifferenceView(
                league=None,
                office_code=None,
                field=field,
                sealed=None,
                now=None,
                tickets=tickets,
            )


def audited(session: Session, city: City, period: Period) -> Iterator[DifferenceView]:
    """Rows of the period's tickets that their events do not tell, tickets that are gone, and what
    breaks the events' chain or a day's hash."""
    faults = [
        fault
        for fault in auditing.of_period(session, city, period)
        if fault.table != "assessment"  # named as evidence
    ]
    for field, kinds in AUDITED.items():
        of_kind = [fault for fault in faults if fault.fault in kinds]
        tickets = {fault.number: why_at_fault(fault) for fault in of_kind if fault.number}
        if of_kind:
            yield DifferenceView(
                league=None,
                office_code=None,
                field=field,
                sealed=None,
                now=[msgspec.to_builtins(fault) for fault in of_kind[:MOST_SHOWN]],
                tickets=[NamedTicket(number=number, why=why) for number, why in tickets.items()],
            )


def why_at_fault(fault: Fault) -> Why:
    return "missing" if fault.fault in MISSING else "changed"
