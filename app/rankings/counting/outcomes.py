"""What an assessment says of its kind and its outcome, from its row or its entity."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.callbacks.models import Assessment, Correction
from app.callbacks.outcome import Kind, Outcome
from app.tickets.life.lifecycle import Channel, TicketType

FACT = Assessment.__table__.c
ANSWERS: Mapping[str, type[StrEnum]] = {
    "reach": Reach,
    "contacted": Contacted,
    "resolved": Resolved,
    "satisfied": Satisfied,
}
HEARD = "heard_"
"""Before the name of an answer: it is that of the second hearing."""
COUNTING = [FACT[name] for name in ("type", "channel", "anonymous", *ANSWERS, "contact_ok", "late")]
"""What decides how an assessment counts."""


def read_kind(row: Any) -> Kind:
    return Kind(TicketType(row.type), Channel(row.channel), row.anonymous)


def read_outcome(row: Any, of: str = "") -> Outcome:
    answers = {name: getattr(row, of + name) for name in ANSWERS}
    typed: Any = {n: value and ANSWERS[n](value) for n, value in answers.items()}
    return Outcome(**typed, contact_ok=row.contact_ok, late=row.late)


def last_answer(name: str) -> sa.ColumnElement[Any]:
    """An answer of the second hearing, if there was one."""
    reheard = Correction.ticket_number.is_not(None)
    return sa.case((reheard, Correction.__table__.c[name]), else_=FACT[name])


def kind_of(fact: Assessment) -> Kind:
    return Kind(fact.type, fact.channel, fact.anonymous)


def outcome_of(fact: Assessment, heard: Assessment | Correction) -> Outcome:
    """The citizen's answers in the callback or the second hearing, and whether the office was in
    time."""
    answers = (heard.reach, heard.contacted, heard.resolved, heard.satisfied)
    return Outcome(*answers, fact.contact_ok, fact.late)
