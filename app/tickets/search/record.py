"""Searches for a telephone, on record before their answer goes out (RULEBOOK D.7.1)."""

from datetime import datetime

from pydantic import field_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import Caller, Role
from app.kit.web.paging import Order, Page, instant
from app.kit.web.wire import At, View
from app.tickets.search.models import TelephoneSearch

SEARCHERS = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.CALLBACK})
"""Who may search by a telephone."""

LATEST = Order((TelephoneSearch.at, TelephoneSearch.id), (instant, int), falling=True)


class TelephoneSearchView(View):
    """`phone_hash` is the number's keyed hash: the same for the same number."""

    at: At
    caller: str
    role: Role
    phone_hash: str

    @field_validator("phone_hash", mode="before")
    @classmethod
    def in_digits(cls, value: object) -> object:
        return value.hex() if isinstance(value, bytes) else value


def record(session: Session, caller: Caller, phone_hash: bytes, at: datetime) -> None:
    row = TelephoneSearch(at=at, caller=caller.id, role=caller.role, phone_hash=phone_hash)
    session.add(row)


def page(session: Session, cursor: str | None, limit: int) -> Page[TelephoneSearchView]:
    """The latest first. Refuses (BadCursor)."""
    rows, after = LATEST.page(session, select(TelephoneSearch), cursor, limit)
    return Page(items=[TelephoneSearchView.model_validate(row) for row in rows], next=after)
