"""Routing over HTTP: the route of a place with its reason, and the memory of the place."""

import json
from datetime import datetime
from functools import partial
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Query, Request, Response
from msgspec.structs import replace
from pydantic import TypeAdapter

from app.access.gate import allow
from app.access.roles import STAFF, Role
from app.kit.clock import Now
from app.kit.db import Writing
from app.kit.errors import Refusal, TooLarge
from app.kit.messages import for_reader
from app.kit.share import in_turn
from app.kit.web import ndjson
from app.kit.web.language import BY_LANGUAGE
from app.kit.web.problems import describe
from app.kit.web.route import Route
from app.policy.documents import Policies
from app.routing import service
from app.routing.decide import Router
from app.routing.decision import Decision, written
from app.routing.reasons import message
from app.routing.schemas import (
    Forgotten,
    MemoryView,
    Place,
    PlaceQuestion,
    RouteQuestion,
    RouteView,
)

MOST_LINES = 10_000
READ_AT_ONCE = 200
"""Lines routed in one go, so that no other request waits long."""
LINE = TypeAdapter(RouteQuestion)


class TooManyLines(TooLarge):
    title = "A batch has at most 10,000 lines"


class City(Protocol):
    """The part of the application's city that routing needs."""

    @property
    def router(self) -> Router: ...
    @property
    def policies(self) -> Policies: ...


class Ndjson(Response):
    media_type = "application/x-ndjson"


async def city(request: Request) -> City:
    city: City = request.app.state.city
    return city


AtCity = Annotated[City, Depends(city)]
router = APIRouter(
    prefix="/v1", tags=["routing"], dependencies=[Depends(allow(STAFF))], route_class=Route
)
supervised = [Depends(allow({Role.SUPERVISOR, Role.ADMIN}))]


@router.get("/route", response_model=RouteView)
def route_place(
    response: Response, city: AtCity, question: Annotated[PlaceQuestion, Query()], now: Now
) -> object:
    """The route of a request with this address, and its reason; nothing is kept."""
    response.headers.update(BY_LANGUAGE)
    asked = RouteQuestion(**question.model_dump())
    return in_own_words(service.route(city.router, city.policies, asked, now))


def in_own_words(decision: Decision) -> Decision:
    """Its reason in the language of who reads now."""
    why = decision.explained
    return replace(decision, reason=for_reader(message(why.code, why.parts))) if why else decision


@router.post("/route/batch", response_class=Ndjson)
async def route_batch(request: Request, city: AtCity, now: Now) -> Ndjson:
    """Up to 10,000 places, one a line, answered in order; a line at fault is answered by its
    problem."""
    answers: list[str] = []
    async for lines in ndjson.chunks(request.stream(), READ_AT_ONCE):
        if len(answers) + len(lines) > MOST_LINES:
            raise TooManyLines(most_lines=MOST_LINES)
        answers += await in_turn(partial(answer, city, now), lines)
    return Ndjson("".join(answers), headers=BY_LANGUAGE)


def answer(city: City, now: datetime, lines: ndjson.Chunk) -> list[str]:
    return [answer_line(city, line, now) for line in lines]


def answer_line(city: City, line: ndjson.Line, now: datetime) -> str:
    """A RouteView, or the line's number with its problem. Refuses a line that is too long."""
    try:
        question = ndjson.parse(LINE, line)
        decision = service.route(city.router, city.policies, question, now)
    except TooLarge:
        raise
    except Refusal as refusal:
        problem = describe(refusal)
        wrong = {"line": line.number, "status": problem["status"], "problem": problem}
        return json.dumps(wrong, ensure_ascii=False) + "\n"
    return written(in_own_words(decision)).decode() + "\n"


@router.get("/routing/memory", dependencies=supervised)
def read_memory(city: AtCity, text: Annotated[Place, Query()], now: Now) -> MemoryView:
    """The memory of the place of a text: its confirmed dispatches by street."""
    return service.remembered(city.router, text, now)


@router.delete("/routing/memory", dependencies=supervised)
def forget_place(
    city: AtCity, session: Writing, wanted: Annotated[Forgotten, Query()], now: Now
) -> MemoryView:
    """Forget the place of a text, or what one ticket alone has taught: the lessons are erased."""
    if wanted.ticket_number is not None:
        return service.forget_ticket(session, city.router, wanted.ticket_number, now)
    return service.forget(session, city.router, wanted.text or "", now)
