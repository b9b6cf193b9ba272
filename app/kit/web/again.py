"""A request is run again whole, when the database broke it off and it committed nothing."""

from errno import EDQUOT, EFBIG, EIO, EMFILE, ENFILE, ENOSPC, EROFS

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import messages
from app.kit.db import LOCKED, commits, is_out_of_reach
from app.kit.errors import Unavailable

MOST_BYTES = 1_000_000
"""Of a JSON body, which is remembered whole."""
TRIES = 3
DEADLOCK = "40P01"
NO_ROOM = frozenset({ENOSPC, EDQUOT, EFBIG, EROFS, EIO, EMFILE, ENFILE})
OTHERS_CHANGE = messages.Message("others were changing the same rows; nothing was changed")


def repeated(app: ASGIApp) -> ASGIApp:
    """A deadlock's victim is run again whole: it committed nothing and answered nothing. So is who
    found his connection lost, unless he may have committed something, or has begun to answer."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        heard: list[Message] = []
        done: list[str] = []  # commits, and messages to the client
        commits.set(done)
        for _ in range(TRIES):
            try:
                return await app(scope, hear_again(heard, receive), noting(done, send))
            except (DBAPIError, PoolTimeout, OSError) as fault:
                check_repeatable(fault, heard, done)
        raise Unavailable(OTHERS_CHANGE)

    return run


def check_repeatable(fault: Exception, heard: list[Message], done: list[str]) -> None:
    """Refuses (Unavailable) where the request cannot be run again; a fault of ours is raised."""
    if isinstance(fault, PoolTimeout):
        raise Unavailable(messages.Message("all connections to the database are in use")) from fault
    if isinstance(fault, OSError) and fault.errno in NO_ROOM:
        raise Unavailable(messages.Message("there is no room to keep that")) from fault
    if not isinstance(fault, DBAPIError) or not is_out_of_reach(fault):
        raise fault
    if getattr(fault.orig, "sqlstate", None) == LOCKED:
        raise Unavailable(OTHERS_CHANGE) from fault
    if too_much(heard) or not to_repeat(fault, done):
        raise Unavailable(messages.Message("the database did not answer")) from fault


def noting(done: list[str], send: Send) -> Send:
    async def send_on(message: Message) -> None:
        done.append(message["type"])
        await send(message)

    return send_on


def to_repeat(fault: DBAPIError, done: list[str]) -> bool:
    lost = fault.connection_invalidated and not done
    return lost or getattr(fault.orig, "sqlstate", None) == DEADLOCK


def hear_again(heard: list[Message], receive: Receive) -> Receive:
    """What the client sent: what earlier tries have heard, then the rest, remembered up to 1 MB."""
    earlier = iter(tuple(heard))

    async def hear() -> Message:
        for message in earlier:
            return message
        message = await receive()
        if not too_much(heard):
            heard.append(message)
        return message

    return hear


def too_much(heard: list[Message]) -> bool:
    """More than is remembered: what came after it cannot be heard again."""
    return sum(len(message.get("body", b"")) for message in heard) > MOST_BYTES
