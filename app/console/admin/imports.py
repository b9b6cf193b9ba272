"""Finished cases of an older system: what was taken in, and a file of more."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response

from app.console.admin.desk import TABS
from app.console.api import Refused
from app.console.visit import Draft, Visit

CASES = "/v1/imports/cases"
NDJSON = {"Content-Type": "application/x-ndjson"}
READ_AT_ONCE = 1 << 16
ROWS_SHOWN = 500


async def show(visit: Visit) -> Response:
    return await shown(visit)


async def shown(visit: Visit, status: int = 200, result: Any = None) -> Response:
    """The days on which cases were taken in, and the `result` of a file."""
    page = await visit.api.get(CASES)
    return visit.page(
        "admin/imports.html",
        status,
        tabs=TABS,
        days=page["items"],
        draft=visit.draft,
        result=result,
        most=ROWS_SHOWN,
    )


async def take(visit: Visit) -> Response:
    """A file goes to the API piece by piece, however long it is."""
    content = pieces(visit.files[0]) if visit.files else b""
    try:
        answer = await visit.api.send("POST", CASES, content=content, headers=NDJSON)
    except Refused as refused:
        if refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        visit.draft = Draft("import", visit.fields, refused.problem)
        return await shown(visit, refused.status)
    return await shown(visit, result=answer.json())


async def pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(READ_AT_ONCE):
        yield piece
