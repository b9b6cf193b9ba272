"""A ranking as it is now: the bytes of before, while no table behind it changed.

Of 343 offices that look every minute, most see a ranking that another office saw before. The
versions of a few tables tell whether it still holds. On two slow cores an unchanged ranking takes
1/100 of the time of a ranking reckoned from its rows.
"""

import asyncio
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from fastapi import Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from app.access import gate
from app.access.roles import ANYONE
from app.city import City
from app.kit.db import ONE_SNAPSHOT, Sessions
from app.kit.errors import Refusal
from app.kit.gather import Gathered
from app.rankings import service
from app.rankings.forms import Written
from app.rankings.http import written_answer
from app.rankings.leagues import League
from app.rankings.recall import Memory, Recall
from app.rankings.schemas import LeagueQuery, RankingQuery
from app.rankings.service import Asked
from app.rankings.versions import EVERY, read_for_all


class Rankings:
    """For one event loop."""

    def __init__(self, engine: sa.Engine, sessions: Sessions) -> None:
        self.memory = Memory()
        self.versions = Gathered(engine, read_for_all)
        self.sessions = sessions
        self.reckoning = asyncio.Lock()

    async def newest(self, name: str, league: League, city: City, now: datetime) -> Written:
        """Refuses as `service.ranking` does. One request after the other reckons a changed one, and
        the first of them does it for all; who waits holds neither thread nor connection."""
        key = service.key_of(city.periods.named(name), league, now)
        versions = await self.versions.answer(None) or {}
        result = Recall(self.memory, versions, city.edition).known(key, EVERY)
        if result:
            written: Written = result.value
            return written
        async with self.reckoning:
            return await run_in_threadpool(self.reckoned, name, league, city, now)

    def reckoned(self, name: str, league: League, city: City, now: datetime) -> Written:
        with self.sessions() as session:
            session.connection(execution_options=ONE_SNAPSHOT)
            asked = Asked(session, city, now, self.memory)
            return service.ranking(asked, name, RankingQuery(league=league))


async def ranking(request: Request) -> Response | None:
    """None: it is unusual, and the endpoint answers or refuses it."""
    caller, query = await gate.caller(request), query_of(request.scope["query_string"])
    if caller.role not in ANYONE or query is None:
        return None
    state, name = request.app.state, request.path_params["period"]
    rankings: Rankings = state.rankings
    try:
        written = await rankings.newest(name, query.league, state.city, state.clock())
    except Refusal:
        return None
    return written_answer(request, written)


@lru_cache(maxsize=1_000)
def query_of(text: bytes) -> LeagueQuery | None:
    try:
        return LeagueQuery.model_validate(dict(QueryParams(text)))
    except ValidationError:
        return None
