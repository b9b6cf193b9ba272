"""The one door: a bearer key becomes a Caller, and a role is let in or not."""

import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request

from app.access import service
from app.access.roles import ADDRESSED, ANYONE, STAFF, Caller, Role
from app.kit import clock
from app.kit.clock import Clock
from app.kit.errors import Forbidden, Unauthenticated
from app.kit.gather import Gathered
from app.kit.hop import in_loop
from app.kit.messages import Message

REMEMBERED_SECONDS = 2.0
MOST_REMEMBERED = 10_000


class NoKey(Unauthenticated):
    title = "A valid key is needed"


class WrongRole(Forbidden):
    title = "This key's role may not do that"


class Gate:
    """Keys seen in the last two seconds, so that a busy client costs no query.

    A key revoked here is refused at once; elsewhere when what is remembered of it runs out.
    """

    def __init__(
        self, engine: sa.Engine, secret: bytes, former: bytes = b"", clock: Clock = clock.utc
    ) -> None:
        self.secret, self.former = secret, former
        self.carried: dict[bytes, bytes] = {}
        """Hashes of a former secret, under which keys were found, with the new ones."""
        self.clock = clock
        self.seen: dict[bytes, tuple[float, Caller]] = {}
        self.used: dict[str, datetime] = {}
        self.revoked: dict[str, float] = {}
        self.unseen = Gathered(engine, self.look_up)

    async def caller(self, key: str) -> Caller | None:
        """Who holds a key, unless it is unknown or revoked."""
        key_hash = service.hashed(self.secret, key)
        holder = self.remembered(key_hash) or await self.unseen.answer(key_hash)
        return holder or (await self.caller_of_before(key, key_hash) if self.former else None)

    async def caller_of_before(self, key: str, new: bytes) -> Caller | None:
        """Who holds a key that was made under the former secret."""
        old = service.hashed(self.former, key)
        caller = self.remembered(old) or await self.unseen.answer(old)
        if caller is not None:
            self.carried[old] = new
        return caller

    def remembered(self, key_hash: bytes) -> Caller | None:
        at, caller = self.seen.get(key_hash, (-math.inf, None))
        if (
            caller is None
            or at < time.monotonic() - REMEMBERED_SECONDS
            or caller.id in self.revoked
        ):
            return None
        return caller

    def look_up(self, connection: sa.Connection, hashes: Sequence[bytes]) -> Mapping[bytes, Caller]:
        asked_at = time.monotonic()
        callers = {
            key_hash: caller
            for key_hash, caller in service.recognise(connection, hashes).items()
            if self.revoked.get(caller.id, -math.inf) <= asked_at - REMEMBERED_SECONDS
        }
        if len(self.seen) >= MOST_REMEMBERED:
            self.seen.clear()
        self.used.update(dict.fromkeys((caller.id for caller in callers.values()), self.clock()))
        self.seen |= {key_hash: (asked_at, caller) for key_hash, caller in callers.items()}
        return callers

    def uses(self) -> dict[str, datetime]:
        """The latest use of each key that is not on record yet, by the key's id."""
        return dict(self.used)

    def note_recorded(self, uses: Mapping[str, datetime]) -> None:
        """Called after the commit: a use that was not committed is told again."""
        for key_id, at in uses.items():
            if self.used.get(key_id) == at:
                self.used.pop(key_id)

    def forget(self, key_id: str) -> None:
        """Called when a key is revoked, before the commit: from now on it opens nothing here."""
        self.revoked[key_id] = time.monotonic()

    def forget_session(self, token_hash: bytes) -> None:
        """Called when a session has ended: its token opens nothing here."""
        self.seen.pop(token_hash, None)


def bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise NoKey(Message("send Authorization: Bearer <key>"))
    return key.strip()


async def caller(request: Request) -> Caller:
    """Refuses (NoKey) whoever is not known."""
    gate: Gate = request.app.state.gate
    key = bearer(request)
    await in_loop()
    caller = await gate.caller(key)
    if caller is None:
        raise NoKey(Message("this key is unknown, revoked or expired"))
    request.state.caller_id = caller.id
    return caller


def allow(roles: Iterable[Role]) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that lets these roles in. Refuses (WrongRole) every other."""
    admitted = frozenset(roles)

    async def admit(caller: Annotated[Caller, Depends(caller)]) -> Caller:
        if caller.role not in admitted:
            raise WrongRole(
                Message("a key of the role {role} may not do that", role=caller.role),
                role=caller.role,
                allowed_roles=sorted(admitted),
            )
        return caller

    return admit


Anyone = Annotated[Caller, Depends(allow(ANYONE))]
Staff = Annotated[Caller, Depends(allow(STAFF))]
Admin = Annotated[Caller, Depends(allow({Role.ADMIN}))]
Operator = Annotated[Caller, Depends(allow({Role.OPERATOR}))]
CallbackDesk = Annotated[Caller, Depends(allow({Role.CALLBACK}))]
Addressee = Annotated[Caller, Depends(allow(ADDRESSED))]
