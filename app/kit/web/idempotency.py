"""One Idempotency-Key, one effect: a claim is committed or undone with its transaction."""

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from pydantic import StringConstraints
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.clock import Now
from app.kit.db import Base, Code, Writing
from app.kit.errors import Invalid, NotFound
from app.kit.messages import Message, shape
from app.kit.ready import Statement
from app.kit.web.once import meant

KEPT = timedelta(days=7)

VISIBLE = shape(r"^[ -~]+$", "has other characters than letters, digits and signs")

KeyText = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=VISIBLE)]


KeyHeader = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=128, pattern=VISIBLE)
]


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


class DoneBefore(Exception):
    """The request was done when it came first, and its sender may no longer see what it was done
    to: no refusal, but all that can be told him."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


class Claimed(NamedTuple):
    """The earlier result of a key."""

    body_hash: bytes
    object: str
    status: int

    def check(self, body_hash: bytes) -> None:
        """Refuses (KeyReused) another body under the same key."""
        if not hmac.compare_digest(self.body_hash, body_hash):
            raise KeyReused(Message("the same key came before with another body"))


Name = tuple[str, str]
"""The owner of the key, and the key."""


class Claims:
    """Keys on a path: of a request, of a group of requests, or of a batch's lines."""

    def __init__(self, session: Session, path: str) -> None:
        self.session = session
        self.path = path

    def take(self, hashes: Mapping[Name, bytes], now: datetime) -> dict[Name, Claimed]:
        """Claim the keys, in order; the earlier results of keys claimed before. Waits for a rival's
        claim."""
        if not hashes:
            return {}
        fresh = self.run(claim(self.path, hashes, now))
        return self.earlier(set(hashes).difference(map(tuple, fresh)))

    def earlier(self, names: Collection[Name]) -> dict[Name, Claimed]:
        if not names:
            return {}
        rows: Iterable[Sequence[Any]] = self.run(Statement(EARLIER, named(self.path, names)))
        return {
            (caller, key): Claimed(body_hash, reference, status)
            for caller, key, body_hash, reference, status in rows
        }

    def settle(self, made: Mapping[Name, tuple[str, int]]) -> None:
        """Keep each key's result: a reference, and the status of the answer."""
        if made:
            self.run(settlement(self.path, made))

    def run(self, statement: Statement) -> Sequence[Any]:
        return statement.run(self.session.connection())


def claim(path: str, hashes: Mapping[Name, bytes], now: datetime) -> Statement:
    """Claims the keys, in order, and reads the fresh ones; waits for a rival's claim."""
    names = sorted(hashes)
    claimed = {"hashes": [hashes[name] for name in names], "now": now, "over": now - KEPT}
    return Statement(CLAIM, named(path, names) | claimed)


def settlement(path: str, made: Mapping[Name, tuple[str, int]]) -> Statement:
    references, statuses = zip(*made.values(), strict=True)
    answers = {"objects": list(references), "statuses": list(map(int, statuses))}
    return Statement(SETTLE, named(path, made) | answers)


def release(path: str, names: Collection[Name]) -> Statement:
    """Gives back keys claimed in this transaction, of requests left out of it."""
    return Statement(RELEASE, named(path, names))


def named(path: str, names: Iterable[Name]) -> dict[str, Any]:
    callers, keys = zip(*names, strict=True)
    return {"path": path, "callers": list(callers), "keys": list(keys)}


REPLAYED = {"Idempotency-Replayed": "true"}
NAMES = "unnest(%(callers)s::text[], %(keys)s::text[]"
CLAIM = f"""
    INSERT INTO idempotency_key (caller, path, key, body_hash, status, object, at)
    SELECT caller, %(path)s::text, key, body_hash, 0, '', %(now)s::timestamptz
    FROM {NAMES}, %(hashes)s::bytea[]) AS claim (caller, key, body_hash)
    ON CONFLICT (caller, path, key) DO UPDATE
    SET body_hash = excluded.body_hash, status = 0, object = '', at = excluded.at
    WHERE idempotency_key.at < %(over)s::timestamptz
    RETURNING caller, key
"""
EARLIER = f"""
    SELECT caller, key, body_hash, object, status FROM idempotency_key
    JOIN {NAMES}) AS name (caller, key) USING (caller, key) WHERE path = %(path)s::text
"""
SETTLE = f"""
    UPDATE idempotency_key AS claim SET status = answer.status, object = answer.object
    FROM {NAMES}, %(objects)s::text[], %(statuses)s::integer[])
        AS answer (caller, key, object, status)
    WHERE claim.path = %(path)s::text AND claim.caller = answer.caller AND claim.key = answer.key
"""
RELEASE = f"""
    DELETE FROM idempotency_key AS claim USING {NAMES}) AS name (caller, key)
    WHERE claim.path = %(path)s::text AND claim.caller = name.caller AND claim.key = name.key
"""


class Once:
    """Acts once for each key; without a key, every time."""

    def __init__(
        self, claims: Claims, name: Name | None, body_hash: bytes, response: Response, now: datetime
    ) -> None:
        self.claims = claims
        self.name = name
        self.body_hash = body_hash
        self.response = response
        self.now = now

    def __call__(self, act: Callable[[], str], status: int = 200) -> str:
        """The reference returned by `act`, now or at this key's first request. Waits for a rival's
        claim, and repeats its result. Refuses KeyReused."""
        if self.name is None:
            return act()
        [earlier] = self.claims.take({self.name: self.body_hash}, self.now).values() or [None]
        if earlier is None:
            reference = act()
            self.claims.settle({self.name: (reference, self.response.status_code or status)})
            return reference
        earlier.check(self.body_hash)
        self.response.status_code = earlier.status
        self.response.headers.update(REPLAYED)
        return earlier.object

    @contextmanager
    def remembered(self) -> Iterator[None]:
        """Where what is looked for in this block is not the caller's to know of: raises DoneBefore
        if this request was done before, else NotFound as it came."""
        try:
            yield
        except NotFound:
            earlier = self.claims.earlier([self.name] if self.name else [])
            for claimed in earlier.values():
                if hmac.compare_digest(claimed.body_hash, self.body_hash):
                    raise DoneBefore(claimed.status) from None
            raise


async def once(
    request: Request,
    response: Response,
    session: Writing,
    now: Now,
    key: KeyHeader = None,
) -> Once:
    body = b"" if key is None else await request.body()
    name = None if key is None else (request.state.caller_id, key)
    claims = Claims(session, request.url.path)
    return Once(claims, name, keyed_hash(request.app.state.secret, meant(body)), response, now)


def keyed_hash(secret: bytes, text: bytes) -> bytes:
    return hmac.digest(secret, text, "sha256")


def forget_old(session: Session, now: datetime) -> bool:
    """Deletes some of the keys that no longer promise anything; whether there may be more."""
    deleted = session.scalars(FORGET, {"over": now - KEPT, "most": FORGOTTEN_AT_ONCE}).one()
    return bool(deleted == FORGOTTEN_AT_ONCE)


FORGOTTEN_AT_ONCE = 2_000
FORGET = sa.text("""
    WITH old AS (
        SELECT ctid FROM idempotency_key WHERE at < :over
        ORDER BY at LIMIT :most FOR UPDATE SKIP LOCKED
    ), deleted AS (
        DELETE FROM idempotency_key WHERE ctid IN (SELECT ctid FROM old) RETURNING 1
    )
    SELECT count(*) FROM deleted
""")


OneEffect = Annotated[Once, Depends(once)]


async def refuse_key(
    key: Annotated[str | None, Header(alias="Idempotency-Key", include_in_schema=False)] = None,
) -> None:
    if key is not None:
        fault = {"pointer": "/header/Idempotency-Key", "detail": Message("this call takes none")}
        raise KeyUnwanted(Message("this call shows a secret once and takes no key"), errors=[fault])


NotHere = Annotated[None, Depends(refuse_key)]
