"""A roster, and a month of it, as a sheet: telephones stay masked, and each export is on record."""

from collections.abc import Iterator
from hashlib import sha256

from fastapi import Request, Response
from pydantic import BaseModel

from app.access.exports import Exports
from app.access.roles import Caller
from app.forces.schemas import AttendanceView, MemberView, RosterView
from app.kit.db import Sessions
from app.kit.web import negotiation
from app.kit.web.etag import OF_CALLER_AND_FORM, tagged
from app.kit.web.sheet import inert, line
from app.kit.web.streams import Content, joined
from app.kit.web.wire import JsonBytes

JSON, CSV = "application/json", "text/csv"
PEOPLE = tuple(MemberView.model_fields)
MONTH = (
    "member_id",
    "name",
    "office_code",
    "office_name",
    "kind",
    "present",
    "absent",
    "mark",
)


def answer(
    request: Request, exports: Exports, caller: Caller, view: BaseModel, sheet: Iterator[str]
) -> Response:
    """The view as JSON, 304 where the caller has it, or as the sheet that `Accept` asks for."""
    if negotiation.best(request, (JSON, CSV)) == CSV:

        def read(sessions: Sessions) -> Content:
            return Content(OF_CALLER_AND_FORM, joined(sheet))

        return exports.answer(caller, read, f"{CSV}; charset=utf-8")
    body = view.model_dump_json().encode()
    response = JsonBytes(body, headers=OF_CALLER_AND_FORM)
    if isinstance(view, RosterView):
        return tagged(request, response, view.version, response, is_whole=False)
    return tagged(request, response, sha256(body).hexdigest()[:32], response)


def people(roster: RosterView) -> Iterator[str]:
    yield line(PEOPLE)
    for member in roster.members:
        shown = member.model_dump(mode="json")
        yield line(inert(shown[name]) for name in PEOPLE)


def months(view: AttendanceView) -> Iterator[str]:
    """A line for each person; each day of the month that was noted has a column of its own."""
    noted = sorted({day.day for item in view.items for day in item.days})
    yield line((*MONTH, *noted))
    for item in view.items:
        shown = item.model_dump(mode="json")
        present = {day.day: day.present for day in item.days}
        cells = (str(int(present[day])) if day in present else "" for day in noted)
        yield line((*(inert(shown[name]) for name in MONTH), *cells))
