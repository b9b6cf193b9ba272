"""Requests out of a file: each line becomes a ticket by itself, and has its own answer."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from starlette.responses import Response

from app.access.roles import Role
from app.console import forms as engine
from app.console.api import Refused
from app.console.calls import sheet
from app.console.desks import Desk
from app.console.visit import Draft, Visit, page
from app.kit.messages import Message, in_language
from app.kit.share import in_turn
from app.kit.web.sheets import names
from app.kit.web.sheets.sheet import line
from app.kit.web.sheets.table import MARKS

OPERATOR = frozenset({Role.OPERATOR})
DESK = Desk("/batch", Message("Requests from a file"), OPERATOR)
BATCH = "/v1/tickets/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}
NO_FILE = Message("choose a file")
UNREADABLE = Message("The file cannot be read as requests")
EXAMPLE = {
    "channel": "app",
    "type": "help",
    "title": "路灯不亮",
    "content": "小区东门外三盏路灯都不亮。",
    "address.text": "朝阳区望京西园三区308楼",
}


class Result(NamedTuple):
    row: sheet.Row
    answer: Mapping[str, Any]


async def show(visit: Visit) -> Response:
    return shown(visit)


def shown(visit: Visit, status: int = 200, results: Sequence[Result] = ()) -> Response:
    """The form, and below it the answers, refused lines first."""
    return visit.page(
        "calls/batch.html",
        status,
        columns=sheet.COLUMNS,
        names=engine.names(sheet.COLUMNS),
        refused=[result for result in results if "problem" in result.answer],
        taken=[result for result in results if "number" in result.answer],
        draft=visit.draft,
    )


async def take(visit: Visit) -> Response:
    try:
        return shown(visit, results=await taken(visit))
    except sheet.Unreadable as fault:
        problem = {"title": visit.words(UNREADABLE), "detail": visit.words(fault.detail)}
        refused = Refused(HTTPStatus.UNPROCESSABLE_ENTITY, problem)
    except Refused as refusal:
        if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        refused = refusal
    visit.draft = Draft("batch", visit.fields, refused.problem)
    return shown(visit, refused.status)


async def taken(visit: Visit) -> list[Result]:
    """The answer to each line. Refuses sheet.Unreadable, and (Refused) too many lines."""
    if not visit.files:
        raise sheet.Unreadable(NO_FILE)
    rows = await in_turn(sheet.rows, await visit.files[0].read())
    if not rows:
        return []
    body = "\n".join(row.text for row in rows).encode()
    answer = await visit.api.send("POST", BATCH, content=body, headers=NDJSON)
    answers = map(json.loads, answer.text.splitlines())
    return [Result(rows[each["line"] - 1], each) for each in answers]


async def template(visit: Visit) -> Response:
    """An empty table with its headings and one row, to be filled in with a spreadsheet."""
    reader = visit.api.language
    headings = [in_language(field.label, reader) for field in sheet.COLUMNS]
    cells = [
        in_language((field.choices or {}).get(EXAMPLE.get(field.name, ""), ""), reader)
        or EXAMPLE.get(field.name, "")
        for field in sheet.COLUMNS
    ]
    headers = names.named(Message("requests"), "csv")
    text = MARKS["zh"] + line(headings) + line(cells)
    return Response(text, media_type="text/csv", headers=headers)


ROUTES = [
    page("/batch", show, OPERATOR),
    page("/batch", take, OPERATOR, ["POST"]),
    page("/batch/template", template, OPERATOR),
]
