"""One Idempotency-Key, one effect: the claim stands or falls with the transaction it is made in."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.clock import Now
from app.kit.db import Base, Code, Writing
from app.kit.errors import Invalid

KEPT = timedelta(days=7)


class IdempotencyKey(Base):
    __tablename__ = "idempotency_key"

    caller: Mapped[Code] = mapped_column(primary_key=True)
    path: Mapped[Code] = mapped_column(primary_key=True)
    key: Mapped[Code] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes]
    status: Mapped[int]
    object: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class KeyReused(Invalid):
    title = "This Idempotency-Key was used for another request"


class KeyUnwanted(Invalid):
    title = "This call takes no Idempotency-Key"


class Claim:
    """A caller's key on a path, with what its body hashes to."""

    def __init__(
        self, session: Session, caller: str, path: str, key: str, body_hash: bytes
    ) -> None:
        self.session = session
        self.name = {"caller": caller, "path": path, "key": key}
        self.body_hash = body_hash

    def take(self, now: datetime) -> IdempotencyKey | None:
        """Claim the key; None when it is ours. A rival's claim is waited for, then returned.

        Refuses (KeyReused) a key that came with another body.
        """
        claimed = self.session.scalar(
            insert(IdempotencyKey)
            .values(**self.name, body_hash=self.body_hash, status=0, object="", at=now)
            .on_conflict_do_nothing()
            .returning(IdempotencyKey.key)
        )
        if claimed:
            return None
        earlier = self.session.get_one(IdempotencyKey, tuple(self.name.values()))
        if not hmac.compare_digest(earlier.body_hash, self.body_hash):
            raise KeyReused("the same key came before with another body")
        return earlier

    def settle(self, status: int, reference: str) -> None:
        self.session.execute(
            sa.update(IdempotencyKey).filter_by(**self.name).values(status=status, object=reference)
        )


class Once:
    """Does a thing once for each key; without a key, every time."""

    def __init__(self, claim: Claim | None, response: Response, now: datetime) -> None:
        self.claim = claim
        self.response = response
        self.now = now

    def __call__(self, act: Callable[[], str], status: int = 200) -> str:
        """The reference of what `act` made or changed, now or when this key first came."""
        earlier = self.claim.take(self.now) if self.claim else None
        if earlier:
            self.response.status_code = earlier.status
            self.response.headers["Idempotency-Replayed"] = "true"
            return earlier.object
        reference = act()
        if self.claim:
            self.claim.settle(self.response.status_code or status, reference)
        return reference


async def once(
    request: Request,
    response: Response,
    session: Writing,
    now: Now,
    key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", min_length=1, max_length=128, pattern=r"^[ -~]+$"),
    ] = None,
) -> Once:
    if key is None:
        return Once(None, response, now)
    hashed = keyed_hash(request.app.state.secret, await request.body())
    claim = Claim(session, request.state.caller_id, request.url.path, key, hashed)
    return Once(claim, response, now)


def keyed_hash(secret: bytes, text: bytes) -> bytes:
    return hmac.new(secret, text, hashlib.sha256).digest()


def forget_old(session: Session, now: datetime) -> int:
    """Empties the table of keys that no longer promise anything (the sweep's part)."""
    old = sa.delete(IdempotencyKey).where(IdempotencyKey.at < now - KEPT)
    return len(session.scalars(old.returning(IdempotencyKey.key)).all())


OneEffect = Annotated[Once, Depends(once)]


async def refuse_key(
    key: Annotated[str | None, Header(alias="Idempotency-Key", include_in_schema=False)] = None,
) -> None:
    if key is not None:
        fault = {"pointer": "/header/Idempotency-Key", "detail": "this call takes none"}
        raise KeyUnwanted("this call shows a secret once and takes no key", errors=[fault])


NotHere = Annotated[None, Depends(refuse_key)]
