"""Imports over HTTP: a stream of finished cases."""

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from app.access.gate import Admin, allow
from app.access.roles import Role
from app.city import AtCity
from app.imports import service
from app.imports.schemas import Imported, ImportsView
from app.kit.db import AllSessions, Reading
from app.kit.web import ndjson
from app.kit.web.route import Route

router = APIRouter(prefix="/v1/imports", tags=["history"], route_class=Route)


@router.post("/cases", response_model_exclude_none=True)
async def import_cases(
    request: Request, caller: Admin, sessions: AllSessions, city: AtCity
) -> Imported:
    """Finished cases of an older system, one a line; each stands alone.

    If the connection breaks, the cases taken in stay: send the whole again.
    """

    def take_in(lines: ndjson.Chunk) -> Imported:
        with sessions.begin() as session:
            return service.take_in(session, city, caller, lines, request.app.state.clock)

    total = Imported()
    async for lines in ndjson.chunks(request.stream(), service.AT_ONCE):
        total = service.added(total, await run_in_threadpool(take_in, lines))
    return total


@router.get("/cases", dependencies=[Depends(allow({Role.ADMIN, Role.AUDITOR}))])
def list_imports(session: Reading) -> ImportsView:
    """How many cases were taken in on which day (in Beijing), the newest day first."""
    return ImportsView(items=service.by_day(session))
