"""A person's sessions at the console: begun with a key, ended by him, by the key or by time.

Times are the database's, so that every process judges alike.
"""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.models import ConsoleSession, Key
from app.access.service import KEY_IS_OPEN, SESSION_IS_OPEN, hashed
from app.kit.errors import Unauthenticated
from app.kit.messages import Message

LONGEST = timedelta(hours=12)
"""A shift."""
IDLE = timedelta(hours=2)
RENEWED_AFTER = timedelta(minutes=5)
KEPT = timedelta(days=30)


class NoSuchKeyToSignIn(Unauthenticated):
    title = "This key opens nothing"


def begin(session: Session, secret: bytes, key_text: str) -> str:
    """The token of a new session. Refuses (NoSuchKeyToSignIn) a key that is unknown, revoked or
    expired. Sessions that ended a month ago are forgotten."""
    key_hash = hashed(secret, key_text)
    key_id = session.scalar(select(Key.id).where(Key.hash == key_hash, KEY_IS_OPEN))
    if key_id is None:
        raise NoSuchKeyToSignIn(Message("this key is unknown, revoked or expired"))
    token = secrets.token_urlsafe(32)
    session.add(
        ConsoleSession(
            hash=hashed(secret, token),
            key_id=key_id,
            began_at=func.now(),
            idle_until=func.now() + IDLE,
            expires_at=func.now() + LONGEST,
        )
    )
    session.execute(sa.delete(ConsoleSession).where(ConsoleSession.expires_at < func.now() - KEPT))
    return token


def renew(session: Session, secret: bytes, token: str) -> None:
    """A session in use goes on; written once in five minutes at the most."""
    session.execute(
        sa.update(ConsoleSession)
        .where(
            ConsoleSession.hash == hashed(secret, token),
            SESSION_IS_OPEN,
            ConsoleSession.idle_until < func.now() + IDLE - RENEWED_AFTER,
        )
        .values(idle_until=func.now() + IDLE)
    )


def end(session: Session, secret: bytes, token: str) -> None:
    session.execute(
        sa.update(ConsoleSession)
        .where(ConsoleSession.hash == hashed(secret, token), ConsoleSession.ended_at.is_(None))
        .values(ended_at=func.now())
    )
