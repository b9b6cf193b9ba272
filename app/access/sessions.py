"""A person's sessions at the console: begun with a key, ended by him, by the key or by time.

Times are the database's, so that every process judges alike.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.models import ConsoleSession, Key
from app.access.roles import Role
from app.access.service import KEY_IS_OPEN, SESSION_IS_OPEN, hashed
from app.kit.errors import NotFound, Unauthenticated
from app.kit.messages import Message

LONGEST = timedelta(hours=12)
"""A shift."""
IDLE = timedelta(hours=2)
RENEWED_AFTER = timedelta(minutes=5)
KEPT = timedelta(days=30)


ID_CHARACTERS = 16
"""Of the hash in hexadecimal: what a session is named by, which opens nothing."""


class NoSuchSession(NotFound):
    title = "There is no such session"


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


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in force, and the key with which it began."""

    id: str
    key_id: str
    label: str
    role: Role
    office_code: str | None
    began_at: datetime
    idle_until: datetime
    expires_at: datetime


def id_of(secret: bytes, token: str) -> str:
    return named(hashed(secret, token))


def named(token_hash: bytes) -> str:
    return token_hash.hex()[:ID_CHARACTERS]


def in_force(session: Session) -> list[SignedIn]:
    """The sessions that open something, the newest first."""
    rows = session.execute(
        select(ConsoleSession, Key)
        .join(Key, Key.id == ConsoleSession.key_id)
        .where(SESSION_IS_OPEN, KEY_IS_OPEN)
        .order_by(ConsoleSession.began_at.desc(), ConsoleSession.hash)
    )
    return [
        SignedIn(
            named(row.hash),
            key.id,
            key.label,
            key.role,
            key.office_code,
            row.began_at,
            row.idle_until,
            row.expires_at,
        )
        for row, key in rows
    ]


def end_of(session: Session, session_id: str) -> bytes:
    """End another's session; the hash of its token. Refuses (NoSuchSession) one that is over."""
    name = func.left(func.encode(ConsoleSession.hash, "hex"), ID_CHARACTERS)
    ended: bytes | None = session.scalar(
        sa.update(ConsoleSession)
        .where(name == session_id, SESSION_IS_OPEN)
        .values(ended_at=func.now())
        .returning(ConsoleSession.hash)
    )
    if ended is None:
        raise NoSuchSession(Message("it has ended already"))
    return ended
