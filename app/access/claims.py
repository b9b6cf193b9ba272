"""Who has taken what in hand for the moment, so that two persons do not do the same work.

A claim keeps nobody from anything: the act itself is judged by the version that was seen. It runs
out by itself, by the database's clock, so that every process sees the same.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access.models import Key
from app.kit.db import Base, Code

LASTS = timedelta(minutes=2)


class Claim(Base):
    """`thing` is the number of a ticket, held by the person with this key."""

    __tablename__ = "console_claim"

    thing: Mapped[Code] = mapped_column(primary_key=True)
    key_id: Mapped[Code] = mapped_column(sa.ForeignKey("key.id"))
    until: Mapped[datetime]


def take(session: Session, thing: str, key_id: str) -> bool:
    """Take it in hand, or hold it longer; False where another has it."""
    claim = insert(Claim).values(thing=thing, key_id=key_id, until=func.now() + LASTS)
    is_free = sa.or_(Claim.until <= func.now(), Claim.key_id == key_id)
    taken = claim.on_conflict_do_update(
        index_elements=[Claim.thing],
        set_={"key_id": key_id, "until": func.now() + LASTS},
        where=is_free,
    ).returning(Claim.thing)
    return session.scalar(taken) is not None


def let_go(session: Session, thing: str, key_id: str) -> None:
    """Put it back; what has run out, of anybody, is forgotten with it."""
    mine = sa.and_(Claim.thing == thing, Claim.key_id == key_id)
    session.execute(sa.delete(Claim).where(sa.or_(mine, Claim.until <= func.now())))


def holders(session: Session, things: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By thing, the id and the label of the key that has it in hand."""
    held = (
        select(Claim.thing, Key.id, Key.label)
        .join(Key, Key.id == Claim.key_id)
        .where(Claim.thing.in_(things), Claim.until > func.now())
    )
    return {thing: (key_id, label) for thing, key_id, label in session.execute(held)}
