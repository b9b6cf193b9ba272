"""The one door: a bearer key becomes a Caller, and a role is let in or not."""

import time
from collections.abc import Awaitable, Callable, Container, Iterable
from typing import Annotated

from fastapi import Depends, Request

from app.access import service
from app.access.roles import ANYONE, OFFICE_BOUND, STAFF, Caller, Role
from app.kit.db import Sessions
from app.kit.errors import Forbidden, Unauthenticated
from app.kit.hop import in_thread

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

    def __init__(self, sessions: Sessions, secret: bytes) -> None:
        self.sessions = sessions
        self.secret = secret
        self.seen: dict[bytes, tuple[float, Caller]] = {}
        self.revoked: dict[str, float] = {}

    def remembered(self, key_hash: bytes) -> Caller | None:
        at, caller = self.seen.get(key_hash, (0.0, None))
        if (
            caller is None
            or at < time.monotonic() - REMEMBERED_SECONDS
            or caller.id in self.revoked
        ):
            return None
        return caller

    def look_up(self, key_hash: bytes) -> Caller | None:
        asked_at = time.monotonic()
        with self.sessions() as session:
            caller = service.recognise(session, key_hash)
        if caller is None or self.revoked.get(caller.id, 0.0) > asked_at - REMEMBERED_SECONDS:
            return None
        if len(self.seen) >= MOST_REMEMBERED:
            self.seen.clear()
        self.seen[key_hash] = (asked_at, caller)
        return caller

    def forget(self, key_id: str) -> None:
        """Called when a key is revoked, before the commit: from now on it opens nothing here."""
        self.revoked[key_id] = time.monotonic()


def bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise NoKey("send Authorization: Bearer <key>")
    return key.strip()


async def caller(request: Request) -> Caller:
    gate: Gate = request.app.state.gate
    key_hash = service.hashed(gate.secret, bearer(request))
    found = gate.remembered(key_hash)
    if found is None:
        await in_thread()
        found = gate.look_up(key_hash)
    if found is None:
        raise NoKey("this key is unknown or revoked")
    request.state.caller_id = found.id
    return found


def known(request: Request, roles: Container[Role]) -> Caller | None:
    """Who calls, if he was seen a moment ago and has one of these roles; None says nothing yet.
    Refuses (NoKey) a request without a key."""
    gate: Gate = request.app.state.gate
    found = gate.remembered(service.hashed(gate.secret, bearer(request)))
    if found is None or found.role not in roles:
        return None
    request.state.caller_id = found.id
    return found


def allow(roles: Iterable[Role]) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency that lets these roles in. Refuses (WrongRole) every other."""
    admitted = frozenset(roles)

    async def admit(found: Annotated[Caller, Depends(caller)]) -> Caller:
        if found.role not in admitted:
            raise WrongRole(
                f"a key of the role {found.role} may not do that",
                role=found.role,
                allowed_roles=sorted(admitted),
            )
        return found

    return admit


Anyone = Annotated[Caller, Depends(allow(ANYONE))]
Staff = Annotated[Caller, Depends(allow(STAFF))]
Admin = Annotated[Caller, Depends(allow({Role.ADMIN}))]
Operator = Annotated[Caller, Depends(allow({Role.OPERATOR}))]
CallbackDesk = Annotated[Caller, Depends(allow({Role.CALLBACK}))]
OfficeBound = Annotated[Caller, Depends(allow(OFFICE_BOUND))]
