"""Offices over HTTP; `main` decides about callers, this room knows none."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from app.kit.db import Reading
from app.kit.paging import DEFAULT_LIMIT, CursorText, Limit, Page
from app.kit.route import Route
from app.kit.wire import JsonBytes
from app.offices import service
from app.offices.schemas import OfficeFilter, OfficeView

Wanted = Annotated[OfficeFilter, Depends()]


def list_offices(
    session: Reading, wanted: Wanted, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Page[OfficeView]:
    """Offices in order of code: streets, townships, centres, departments, enterprises."""
    offices, more = service.find(session, wanted, limit, cursor)
    return Page(items=[OfficeView.model_validate(office) for office in offices], next=more)


def office_json(code: str, session: Reading) -> bytes:
    return service.office_json(session, code)


def read_office(office: Annotated[bytes, Depends(office_json)]) -> Response:
    """An office, present or former."""
    return JsonBytes(office)


def open_to(admit: Callable[..., Any]) -> APIRouter:
    """The routes, behind a dependency that refuses callers without access."""
    router = APIRouter(
        prefix="/v1/offices", tags=["offices"], dependencies=[Depends(admit)], route_class=Route
    )
    router.add_api_route("", list_offices)
    router.add_api_route("/{code}", read_office, response_model=OfficeView)
    return router
