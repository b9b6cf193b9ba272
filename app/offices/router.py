"""Offices over HTTP; `main` decides about callers, this room knows none."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from app.kit.db import Reading
from app.kit.gather import Gathered
from app.kit.web.paging import DEFAULT_LIMIT, CursorText, Limit, Page
from app.kit.web.route import Quick, Route, quickly
from app.kit.web.wire import JsonBytes
from app.offices import service
from app.offices.schemas import OfficeFilter, OfficeView

Wanted = Annotated[OfficeFilter, Depends()]


def list_offices(
    session: Reading, wanted: Wanted, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Page[OfficeView]:
    """Offices in order of code: streets, townships, centres, departments, enterprises."""
    offices, more = service.find(session, wanted, limit, cursor)
    return Page(items=[OfficeView.model_validate(office) for office in offices], next=more)


def by_code(code: str, session: Reading) -> bytes:
    return service.get(session, code)


def read_office(office: Annotated[bytes, Depends(by_code)]) -> Response:
    """One office, today's or a former one."""
    return JsonBytes(office)


def at_once(admit: Callable[[Request], Awaitable[Any]]) -> Quick:
    """One office, read for all who ask at the same moment."""

    async def answer(request: Request) -> Response | None:
        await admit(request)
        if request.query_params:
            return None
        offices: Gathered[str, bytes] = request.app.state.offices
        office = await offices.answer(request.path_params["code"])
        return JsonBytes(office) if office else None

    return answer


def open_to(admit: Callable[[Request], Awaitable[Any]]) -> APIRouter:
    """The routes behind a dependency that refuses who may not look."""
    router = APIRouter(
        prefix="/v1/offices", tags=["offices"], dependencies=[Depends(admit)], route_class=Route
    )
    quickly(at_once(admit))(read_office)
    router.add_api_route("", list_offices)
    router.add_api_route("/{code}", read_office, response_model=OfficeView)
    return router
