"""One Idempotency-Key, one effect: the claim stands or falls with the transaction it is made in."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from pydantic import StringConstraints
from sqlalchemy.dialects.postgresql import ARRAY, insert
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
        fresh = {"body_hash": self.body_hash, "status": 0, "object": "", "at": now}
        over = IdempotencyKey.at < now - KEPT
        claim = insert(IdempotencyKey).values(**self.name, **fresh)
        if self.session.scalar(
            claim.on_conflict_do_update(
                index_elements=list(self.name), set_=fresh, where=over
            ).returning(IdempotencyKey.key)
        ):
            return None
        earlier = self.session.get_one(IdempotencyKey, tuple(self.name.values()))
        if not hmac.compare_digest(earlier.body_hash, self.body_hash):
            raise KeyReused("the same key came before with another body")
        return earlier

    def settle(self, status: int, reference: str) -> None:
        self.session.execute(
            sa.update(IdempotencyKey).filter_by(**self.name).values(status=status, object=reference)
        )


class Claimed(NamedTuple):
    """What a key once stood for."""

    body_hash: bytes
    object: str
    status: int


class Claims:
    """Many keys of a caller on a path at once, for calls whose lines carry their own."""

    def __init__(self, session: Session, caller: str, path: str) -> None:
        self.session = session
        self.name = {"caller": caller, "path": path}

    def take(self, hashes: Mapping[str, bytes], now: datetime) -> dict[str, Claimed]:
        """Claim the keys, in order; returned are those that came before, for what they stand."""
        if not hashes:
            return {}
        keys = sorted(hashes)
        told = (
            sa.func.unnest(
                sa.literal(keys, ARRAY(sa.Text())),
                sa.literal([hashes[key] for key in keys], ARRAY(sa.LargeBinary())),
            )
            .table_valued("key", "body_hash")
            .render_derived()
        )
        names = ["caller", "path", "key", "body_hash", "status", "object", "at"]
        fixed = [sa.literal(self.name["caller"]), sa.literal(self.name["path"])]
        empty = [sa.literal(0), sa.literal(""), sa.literal(now, sa.TIMESTAMP(timezone=True))]
        claim = insert(IdempotencyKey).from_select(names, sa.select(*fixed, *told.c, *empty))
        taken = self.session.scalars(
            claim.on_conflict_do_update(
                index_elements=names[:3],
                set_={name: claim.excluded[name] for name in names[3:]},
                where=IdempotencyKey.at < now - KEPT,
            ).returning(IdempotencyKey.key)
        )
        return self.earlier(set(keys) - set(taken))

    def earlier(self, keys: Iterable[str]) -> dict[str, Claimed]:
        rows = self.session.execute(
            sa.select(
                IdempotencyKey.key,
                IdempotencyKey.body_hash,
                IdempotencyKey.object,
                IdempotencyKey.status,
            )
            .filter_by(**self.name)
            .where(IdempotencyKey.key.in_(keys))
        )
        return {key: Claimed(hashed, name, status) for key, hashed, name, status in rows}

    def settle(self, made: Mapping[str, tuple[str, int]]) -> None:
        """What each key now stands for: a reference, and the status it was answered with."""
        told = (
            sa.func.unnest(
                sa.literal(list(made), ARRAY(sa.Text())),
                sa.literal([reference for reference, _ in made.values()], ARRAY(sa.Text())),
                sa.literal([status for _, status in made.values()], ARRAY(sa.Integer())),
            )
            .table_valued("key", "object", "status")
            .render_derived("told")
        )
        self.session.execute(
            sa.update(IdempotencyKey)
            .filter_by(**self.name)
            .where(IdempotencyKey.key == told.c.key)
            .values(status=told.c.status, object=told.c.object)
            .execution_options(synchronize_session=False)
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
