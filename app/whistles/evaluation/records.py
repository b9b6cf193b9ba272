"""Stub until the tables are there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.whistles.evaluation.score import Record


@dataclass(frozen=True, slots=True)
class Summoned:
    called: int = 0
    late: int = 0
    absent: int = 0
    left_early: int = 0
    refused: int = 0


def of_term(
    session: Session, term: object, at: datetime, street: str | None = None
) -> list[Record]:
    return []


def summoned(
    session: Session, since: datetime, until: datetime, street: str
) -> Mapping[str, Summoned]:
    return {}
