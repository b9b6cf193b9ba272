"""What stands within a ticket that is shown: answers of joint offices, what is asked, newest words.

Each is read with the ticket, in its statement, as a JSON text; most tickets have none of them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.tickets.events import Event, Statement
from app.tickets.life.lifecycle import DispatchRole
from app.tickets.models import Dispatch
from app.tickets.proceedings import Advice, Supervision

SEQS = {"reply": "reply_seq", "returned": "return_seq", "callback_reason": "reason_seq"}
"""Members of a ticket that are words of an event, and the columns that name it."""

Texts = sa.ScalarSelect[Any]


class Helped(msgspec.Struct):
    office_code: str
    answer_due_at: datetime | None
    answered_at: datetime | None
    text: str | None
    measures: str | None


class Asking(msgspec.Struct):
    kind: str
    seq: int
    office_code: str | None
    level: str | None
    about: str | None
    text: str | None
    asked_at: datetime
    answer_due_at: datetime
    answered_at: datetime | None
    answer: str | None


class Words(msgspec.Struct):
    seq: int
    at: datetime
    words: dict[str, Any]


def helped(page: sa.FromClause) -> Texts:
    """By office, as joint offices are listed."""
    answer = aliased(Statement)
    columns = {
        "office_code": Dispatch.office_code,
        "answer_due_at": Dispatch.due_at,
        "answered_at": Dispatch.answered_at,
        "text": answer.words["text"].astext,
        "measures": answer.words["measures"].astext,
    }
    rows = (
        select(*(column.label(name) for name, column in columns.items()))
        .outerjoin(
            answer,
            sa.and_(
                answer.ticket_number == Dispatch.ticket_number, answer.seq == Dispatch.answer_seq
            ),
        )
        .where(
            Dispatch.ticket_number == page.c.number,
            Dispatch.ended_at.is_(None),
            Dispatch.role == DispatchRole.JOINT,
        )
        .order_by(Dispatch.office_code)
    )
    return together(rows, page)


def asked(page: sa.FromClause) -> Texts:
    """Supervisions and advices, in the order in which they were given."""
    supervisions = asking(
        Supervision, page, kind="supervision", level=Supervision.level, asked=Supervision.issued_at
    )
    advices = asking(Advice, page, kind="advice", about=Advice.about, asked=Advice.given_at)
    every = sa.union_all(supervisions, advices).subquery("every")
    return together(select(every).order_by(every.c.seq), page)


def asking(
    table: Any,
    page: sa.FromClause,
    *,
    kind: str,
    asked: Any,
    level: Any = None,
    about: Any = None,
) -> sa.Select[Any]:
    question, answer = aliased(Statement), aliased(Statement)
    text, reason = question.words["text"].astext, question.words["reason"].astext
    columns = {
        "kind": sa.literal_column(f"'{kind}'"),
        "seq": table.seq,
        "office_code": table.office_code,
        "level": sa.null() if level is None else sa.cast(level, sa.Text),
        "about": sa.null() if about is None else sa.cast(about, sa.Text),
        "text": func.coalesce(text, reason),
        "asked_at": asked,
        "answer_due_at": table.answer_due_at,
        "answered_at": table.answered_at,
        "answer": answer.words["text"].astext,
    }
    number = table.ticket_number
    return (
        select(*(column.label(name) for name, column in columns.items()))
        .outerjoin(question, sa.and_(question.ticket_number == number, question.seq == table.seq))
        .outerjoin(answer, sa.and_(answer.ticket_number == number, answer.seq == table.answer_seq))
        .where(number == page.c.number)
        .correlate(page)
    )


def newest_words(page: sa.FromClause) -> Texts:
    """The newest words of a reply, of its return and of a callback, each by its event."""
    columns: list[Any] = [Event.seq, Event.at, Statement.words]
    same = sa.and_(Statement.ticket_number == Event.ticket_number, Statement.seq == Event.seq)
    rows = (
        select(*columns)
        .join(Statement, same)
        .where(
            Event.ticket_number == page.c.number,
            Event.seq.in_([page.c[name] for name in SEQS.values()]),
        )
    )
    return together(rows, page)


def together(rows: sa.Select[Any], page: sa.FromClause) -> Texts:
    """The rows as a JSON text, or null where there are none."""
    table = rows.correlate(page).subquery("inner_row")
    whole = func.json_agg(sa.literal_column("inner_row"))
    return select(sa.cast(whole, sa.Text)).select_from(table).correlate(page).scalar_subquery()


HELPED = msgspec.json.Decoder(list[Helped])
ASKED = msgspec.json.Decoder(list[Asking])
SAID = msgspec.json.Decoder(list[Words])


def members(row: Any) -> dict[str, Any]:
    """Of a TicketView: `asked`, and the newest words."""
    return {
        "asked": [msgspec.structs.asdict(asking) for asking in read(ASKED, row.asked)],
        **words(row),
    }


def words(row: Any) -> Mapping[str, Any]:
    by_seq = {event.seq: event for event in read(SAID, row.said)}
    return {
        member: shown(by_seq.get(getattr(row, column) or 0), member)
        for member, column in SEQS.items()
    }


def shown(event: Words | None, member: str) -> dict[str, Any] | None:
    """A callback's words are its reason; a reply's are its text and measures."""
    if event is None:
        return None
    text = event.words.get("reason" if member == "callback_reason" else "text", "")
    return {
        "seq": event.seq,
        "at": event.at,
        "text": text,
        "measures": event.words.get("measures") if member == "reply" else None,
    }


def answers(row: Any) -> dict[str, dict[str, Any]]:
    """Of joint offices, by their code."""
    return {
        helped.office_code: {
            name: value
            for name, value in msgspec.structs.asdict(helped).items()
            if name != "office_code"
        }
        for helped in read(HELPED, row.helped)
    }


def unanswered(offices: Mapping[str, DispatchRole], due_at: datetime | None) -> str | None:
    """`helped` of a new ticket."""
    codes = sorted(code for code, role in offices.items() if role is DispatchRole.JOINT)
    helpers = [Helped(code, due_at, None, None, None) for code in codes]
    return msgspec.json.encode(helpers).decode() if helpers else None


def read(decoder: msgspec.json.Decoder[Any], text: str | None) -> list[Any]:
    every: list[Any] = decoder.decode(text) if text else []
    return every
