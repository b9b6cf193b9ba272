"""One Idempotency-Key, one effect: the claim stands or falls with the transaction it is made in."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from pydantic import StringConstraints
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.clock import Now
from app.kit.db import Base, Code, Writing
from app.kit.errors import Invalid

KEPT = timedelta(days=7)

KeyText = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[ -~]+$")]


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


class Claimed(NamedTuple):
    """What a key once stood for."""

    body_hash: bytes
    object: str
    status: int


class Claims:
    """A caller's keys on a path: a request's one, or those of the lines that a call brings."""

    def __init__(self, session: Session, caller: str, path: str) -> None:
        self.session = session
        self.name = {"caller": caller, "path": path}

    def take(self, hashes: Mapping[str, bytes], now: datetime) -> dict[str, Claimed]:
        """Claim the keys, in order; returned are those that came before, for what they stand."""
        if not hashes:
            return {}
        keys = sorted(hashes)
        claimed = [hashes[key] for key in keys]
        named = {**self.name, "keys": keys, "hashes": claimed, "now": now, "over": now - KEPT}
        return self.earlier(set(keys) - set(self.session.scalars(CLAIM, named)))

    def earlier(self, keys: Iterable[str]) -> dict[str, Claimed]:
        rows = self.session.execute(EARLIER, {**self.name, "keys": list(keys)})
        return {key: Claimed(hashed, name, status) for key, hashed, name, status in rows}

    def settle(self, made: Mapping[str, tuple[str, int]]) -> None:
        """What each key now stands for: a reference, and the status it was answered with."""
        if made:
            references, statuses = zip(*made.values(), strict=True)
            answers = {"objects": list(references), "statuses": list(map(int, statuses))}
            self.session.execute(SETTLE, {**self.name, "keys": list(made), **answers})


CLAIM = sa.text("""
    INSERT INTO idempotency_key (caller, path, key, body_hash, status, object, at)
    SELECT :caller, :path, key, body_hash, 0, '', :now
    FROM unnest(CAST(:keys AS text[]), CAST(:hashes AS bytea[])) AS claim (key, body_hash)
    ON CONFLICT (caller, path, key) DO UPDATE
    SET body_hash = excluded.body_hash, status = 0, object = '', at = excluded.at
    WHERE idempotency_key.at < :over
    RETURNING key
""")
EARLIER = sa.text("""
    SELECT key, body_hash, object, status FROM idempotency_key
    WHERE caller = :caller AND path = :path AND key = ANY(:keys)
""")
SETTLE = sa.text("""
    UPDATE idempotency_key SET status = answer.status, object = answer.object
    FROM unnest(CAST(:keys AS text[]), CAST(:objects AS text[]), CAST(:statuses AS integer[]))
        AS answer (key, object, status)
    WHERE caller = :caller AND path = :path AND idempotency_key.key = answer.key
""")


class Once:
    """Does a thing once for each key; without a key, every time."""

    def __init__(
        self, claims: Claims, key: str | None, body_hash: bytes, response: Response, now: datetime
    ) -> None:
        self.claims = claims
        self.key = key
        self.body_hash = body_hash
        self.response = response
        self.now = now

    def __call__(self, act: Callable[[], str], status: int = 200) -> str:
        """The reference of what `act` made or changed, now or when this key first came: a rival's
        claim is waited for, then repeated. Refuses KeyReused."""
        if self.key is None:
            return act()
        [earlier] = self.claims.take({self.key: self.body_hash}, self.now).values() or [None]
        if earlier is None:
            reference = act()
            self.claims.settle({self.key: (reference, self.response.status_code or status)})
            return reference
        if not hmac.compare_digest(earlier.body_hash, self.body_hash):
            raise KeyReused("the same key came before with another body")
        self.response.status_code = earlier.status
        self.response.headers["Idempotency-Replayed"] = "true"
        return earlier.object


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
    body = b"" if key is None else await request.body()
    claims = Claims(session, request.state.caller_id, request.url.path)
    return Once(claims, key, keyed_hash(request.app.state.secret, body), response, now)


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
