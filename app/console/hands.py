"""What persons at the console have in hand, asked of the database."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.access import claims
from app.access.roles import CITY, Role
from app.console.visit import Visit, page
from app.kit.db import Sessions
from app.kit.share import in_turn

T = TypeVar("T")
TICKET = re.compile(r"BJ[0-9]{15}")


async def ask(visit: Visit, question: Callable[[Session], T]) -> T:
    """In the turn of the visitor's key. Refuses TooManyAtOnce."""
    sessions: Sessions = visit.request.app.state.api.state.sessions
    return await in_turn(partial(within, sessions), question)


def within(sessions: Sessions, question: Callable[[Session], T]) -> T:
    with sessions.begin() as session:
        return question(session)


async def holders(visit: Visit, numbers: Sequence[str]) -> dict[str, str]:
    """Who else has each of these tickets in hand, by the label of his key."""
    held = await ask(visit, lambda session: claims.holders(session, numbers))
    return {number: label for number, (key_id, label) in held.items() if key_id != visit.caller.id}


async def take(visit: Visit, number: str) -> bool:
    """Take a ticket in hand, or hold it longer; False where another has it. Raises HTTPException
    (404) at what is no ticket's number, whose text would be kept."""
    if not TICKET.fullmatch(number):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return await ask(visit, lambda session: claims.take(session, number, visit.caller.id))


async def let_go(visit: Visit, number: str) -> None:
    await ask(visit, lambda session: claims.let_go(session, number, visit.caller.id))


async def keep(visit: Visit) -> Response:
    """Asked by an open page: who has a ticket in hand holds it longer."""
    await take(visit, visit.request.path_params["number"])
    return Response(status_code=204)


ROUTES = [page("/hands/{number}", keep, CITY | {Role.DISTRICT}, ["POST"])]
