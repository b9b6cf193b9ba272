"""Events of a ticket, and the statements of persons in them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from secrets import token_bytes
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access.roles import Role
from app.kit.db import Base, Code, Json, one_of
from app.kit.rows import Row, insertion_of
from app.tickets.life import links
from app.tickets.life.lifecycle import Action, Status
from app.tickets.models import in_order_of_time

SALT_BYTES = 16


class Event(Base):
    """One change to a ticket: insert-only, and without a person or a word of one."""

    __tablename__ = "event"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """The instant of a due change, however late it was applied."""
    actor: Mapped[Code]
    role: Mapped[Role | None] = mapped_column(one_of(Role))
    office_code: Mapped[Code | None]
    action: Mapped[Action] = mapped_column(one_of(Action))
    from_status: Mapped[Status | None] = mapped_column(one_of(Status, "from_status"))
    to_status: Mapped[Status] = mapped_column(one_of(Status, "to_status"))
    data: Mapped[Json]
    words_hash: Mapped[bytes | None]
    """Of its statement's words, if it has any; it stays when they are erased."""
    link: Mapped[bytes]

    __table_args__ = (
        in_order_of_time("ix_event_at", "at"),
        Index("ix_event_on_hold", "at", postgresql_where=sa.text("to_status = 'on_hold'")),
    )


class Statement(Base):
    """The words in an event, by name: a reply's text, a reason, a note."""

    __tablename__ = "statement"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[Json]
    salt: Mapped[bytes]
    """Of the words' hash in the event."""


def append(session: Session, rows: Sequence[Row], statements: Sequence[Row] = ()) -> None:
    """Write linked events, and the words in them; every row has the names of the first row."""
    if rows:
        insertion_of({Event: rows, Statement: statements}).run(session.connection())


def linked(former: bytes, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """New events of a ticket in their order, after `former`: here alone events get their links."""
    for row in rows:
        former = links.link(former, row)
        yield {"words_hash": None, **row, "link": former}


def statement_row(number: str, seq: int, words: Mapping[str, Any]) -> dict[str, Any]:
    return {"ticket_number": number, "seq": seq, "words": dict(words), "salt": new_salt()}


def new_salt() -> bytes:
    return token_bytes(SALT_BYTES)


def hash_of(statement: Mapping[str, Any] | None) -> bytes | None:
    return links.words_hash(statement["salt"], statement["words"]) if statement else None
