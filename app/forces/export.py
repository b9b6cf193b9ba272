"""A roster, and a month of it, as a sheet: telephones stay masked, and each export is on record."""

from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from fastapi import Request, Response
from pydantic import BaseModel

from app.access.exports import Exports
from app.access.roles import Caller
from app.duties.centres import ForceKind
from app.forces.schemas import AttendanceView, MemberView, MonthView, RosterView
from app.kit.db import Sessions
from app.kit.messages import Message, Vocabulary, language
from app.kit.web import negotiation
from app.kit.web.etag import OF_CALLER_AND_FORM, tagged
from app.kit.web.sheets.names import named
from app.kit.web.sheets.table import Table
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


WORDS = {"kind": Vocabulary.of(ForceKind)}
ROSTER = Table("roster column", PEOPLE, WORDS)
ATTENDANCE = Table("attendance column", MONTH, WORDS)


class Sheet(NamedTuple):
    """What is handed out, without its ending, and its lines."""

    name: Message
    lines: Iterator[str]


def answer(
    request: Request, exports: Exports, caller: Caller, view: BaseModel, sheet: Sheet
) -> Response:
    """The view as JSON, 304 where the caller has it, or as the sheet that `Accept` asks for."""
    if negotiation.best(request, (JSON, CSV)) == CSV:
        headers = OF_CALLER_AND_FORM | named(sheet.name, "csv")

        def read(sessions: Sessions) -> Content:
            return Content(headers, joined(sheet.lines))

        return exports.answer(caller, read, f"{CSV}; charset=utf-8")
    body = view.model_dump_json().encode()
    response = JsonBytes(body, headers=OF_CALLER_AND_FORM)
    if isinstance(view, RosterView):
        return tagged(request, response, view.version, response, is_whole=False)
    return tagged(request, response, sha256(body).hexdigest()[:32], response)


def people(roster: RosterView) -> Sheet:
    rows = ([getattr(member, name) for name in PEOPLE] for member in roster.members)
    name = Message("{street}_roster", street=roster.street_code)
    return Sheet(name, ROSTER.csv(rows, language.get()))


def months(view: AttendanceView) -> Sheet:
    """A line for each person; each day of the month that was noted has a column of its own."""
    noted = sorted({day.day for item in view.items for day in item.days})
    name = Message("{month}_{street}_attendance", month=view.month, street=view.street_code)
    rows = (attendance(item, noted) for item in view.items)
    lines = ATTENDANCE.csv(rows, language.get(), [day.isoformat() for day in noted])
    return Sheet(name, lines)


def attendance(item: MonthView, noted: Iterable[date]) -> list[object]:
    present = {day.day: int(day.present) for day in item.days}
    return [*(getattr(item, name) for name in MONTH), *(present.get(day) for day in noted)]
