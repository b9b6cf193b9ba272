"""Events of a whistle and of its summonses, and the words in them: linked like a ticket's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access.roles import Role
from app.kit.db import Base, Code, Json, one_of
from app.kit.rows import Row, insertion_of
from app.tickets.events import new_salt
from app.tickets.life import links
from app.whistles.life.loop import WhistleAction, WhistleStatus

MEMBERS = (
    "whistle_number",
    "seq",
    "at",
    "due_at",
    "actor",
    "role",
    "office_code",
    "action",
    "from_status",
    "to_status",
    "data",
    "words_hash",
)
"""Of an event, in order: what its link is over."""


class WhistleEvent(Base):
    """One change to a whistle or to one of its summonses: insert-only, without a word of a
    person."""

    __tablename__ = "whistle_event"

    whistle_number: Mapped[Code] = mapped_column(ForeignKey("whistle.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """The instant of a due change, however late it was applied."""
    actor: Mapped[Code]
    role: Mapped[Role | None] = mapped_column(one_of(Role))
    office_code: Mapped[Code | None]
    action: Mapped[WhistleAction] = mapped_column(one_of(WhistleAction))
    from_status: Mapped[WhistleStatus | None] = mapped_column(
        one_of(WhistleStatus, "from_whistlestatus")
    )
    to_status: Mapped[WhistleStatus] = mapped_column(one_of(WhistleStatus, "to_whistlestatus"))
    data: Mapped[Json]
    words_hash: Mapped[bytes | None]
    """Of its words, if it has any; it stays when they are erased."""
    link: Mapped[bytes]

    __table_args__ = (
        Index(
            "ix_whistle_event_at",
            "at",
            postgresql_using="brin",
            postgresql_with={"autosummarize": "on"},
        ),
    )


class WhistleStatement(Base):
    """The words in an event, by name: a reason, a result, who reported in."""

    __tablename__ = "whistle_statement"

    whistle_number: Mapped[Code] = mapped_column(ForeignKey("whistle.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[Json]
    salt: Mapped[bytes]
    """Of the words' hash in the event."""


def write(
    session: Session, former: bytes, event: Mapping[str, Any], words: Mapping[str, Any]
) -> bytes:
    """Add an event after the link `former`, and its words; the event's own link."""
    words_hash, statements = None, list[Row]()
    if words:
        salt = new_salt()
        words_hash = links.words_hash(salt, words)
        place = {"whistle_number": event["whistle_number"], "seq": event["seq"]}
        statements.append({**place, "words": dict(words), "salt": salt})
    whole = {**event, "words_hash": words_hash}
    link = links.link(former, whole, MEMBERS)
    events: list[Row] = [{**whole, "link": link}]
    written = {WhistleEvent: events, WhistleStatement: statements}
    insertion_of(written).run(session.connection())
    return link
