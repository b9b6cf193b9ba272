"""Keys, stored so that the table gives none of them away."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.access.roles import Role
from app.kit.db import Base, Code, one_of


class Key(Base):
    """`hash` is HMAC-SHA-256 of the key under the server's secret; the key itself is never kept."""

    __tablename__ = "key"

    id: Mapped[Code] = mapped_column(primary_key=True)
    hash: Mapped[bytes] = mapped_column(unique=True)
    role: Mapped[Role] = mapped_column(one_of(Role))
    office_code: Mapped[Code | None] = mapped_column(ForeignKey("office.code"))
    label: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[Code]
    expires_at: Mapped[datetime | None]
    """From this instant on it opens nothing."""
    last_used_at: Mapped[datetime | None]
    """To the minute or so: uses are noted together."""
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[Code | None]


class ConsoleSession(Base):
    """A person at the console, signed in with a key: its token opens what the key opens, until
    one of the two ends. `hash` is of the token, as a key's is of the key."""

    __tablename__ = "console_session"

    hash: Mapped[bytes] = mapped_column(primary_key=True)
    key_id: Mapped[Code] = mapped_column(ForeignKey("key.id"), index=True)
    began_at: Mapped[datetime]
    idle_until: Mapped[datetime]
    """From this instant on it opens nothing, unless it was used; then later."""
    expires_at: Mapped[datetime]
    """From this instant on it opens nothing, however busy."""
    ended_at: Mapped[datetime | None]


class SecretMark(Base):
    """A keyed hash by which a wrong JIESU_SECRET_KEY is seen before it makes or opens anything."""

    __tablename__ = "secret_mark"

    mark: Mapped[bytes] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
