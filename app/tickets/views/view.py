"""Tickets as a caller may see them, told as JSON from one statement's rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.access.roles import Caller, Role
from app.city import City
from app.kit.messages import language
from app.kit.ready import Ready, parameter
from app.policy.documents import Policy
from app.routing.kept_reasons import in_own_language
from app.tickets import citizens, personal
from app.tickets.citizens import Eyes
from app.tickets.life.guards import allowed
from app.tickets.life.lifecycle import Action
from app.tickets.models import Ticket
from app.tickets.standing import overdue, standing_of
from app.tickets.views import by_number, inner, rows, scope
from app.tickets.views.rows import Row
from app.tickets.views.schemas import OfficeBrief, TicketView

Members = dict[str, Any]
"""Of a TicketView, by name and in its order, as msgspec tells them."""

NO_MEMBERS: Members = dict.fromkeys(TicketView.model_fields)

LEADING_TO_HIM: Members = {"repeat_of": None, "external_id": None}

POINTERS = {"repeat_of": "repeats_secret", "merged_into": "head_secret"}
"""Members that name another ticket, each with what tells that one's secrecy."""

CODES = frozenset(
    {
        "number",
        "merged_into",
        "category",
        "line",
        "policy",
        "catalogue_rule",
        "gazetteer",
        "ranker",
        "memory",
    }
)
"""Members of a ticket, and of what it holds, that are nobody's words; so are all that end in `code`
or `codes`."""

plain_of = itemgetter(*rows.PLAIN)


@dataclass(frozen=True)
class Looker:
    """Who looks, when, and by which rules and names."""

    caller: Caller
    city: City
    now: datetime

    def eyes(self, bulk: bool) -> Eyes:
        return Eyes(self.city.cipher, self.caller.role, bulk)


@dataclass(frozen=True)
class Viewer(Looker):
    """Who looks, with a session in which he may read on."""

    session: Session

    @property
    def connection(self) -> sa.Connection:
        return self.session.connection()


NUMBERS = parameter("numbers", ARRAY(sa.Text))
NUMBERED = Ready(rows.shown(select(Ticket).where(Ticket.number == sa.any_(NUMBERS))))


def asked_for(role: Role, questions: sa.FromClause) -> sa.Select[Any]:
    return rows.shown(by_number.in_scope(role, questions), None, "place")


IN_SCOPE = by_number.InScope(asked_for)


def seen(viewer: Viewer, number: str) -> Row:
    """Refuses (NoSuchTicket) as `scope.get` does."""
    [line] = IN_SCOPE.of(viewer.connection, viewer.caller, number)
    return rows.row_of(line)


def as_json(looker: Looker, row: Row, bulk: bool = False) -> bytes:
    """One ticket in JSON."""
    return msgspec.json.encode(members(looker, row, bulk))


def views(viewer: Viewer, tickets: Sequence[Ticket]) -> list[TicketView]:
    """In the order given, every citizen masked."""
    shown = numbered(viewer, [ticket.number for ticket in tickets])
    return [TicketView.model_validate(ticket) for ticket in shown]


def numbered(viewer: Viewer, numbers: Sequence[str], bulk: bool = True) -> list[Members]:
    """The tickets of these numbers, in their order."""
    tickets = rows.read(viewer.connection, NUMBERED, numbers=list(numbers))
    shown = {row.number: members(viewer, row, bulk) for row in tickets}
    return [shown[number] for number in numbers]


def page(looker: Looker, shown: Iterable[Row], after: str | None) -> bytes:
    """A page in JSON, every citizen masked."""
    return spliced([as_json(looker, row, bulk=True) for row in shown], after)


def spliced(tickets: Iterable[bytes], after: str | None) -> bytes:
    """A page of tickets that are JSON already."""
    return b'{"items":[%b],"next":%b}' % (b",".join(tickets), msgspec.json.encode(after))


def members(looker: Looker, row: Row, bulk: bool) -> Members:
    """`bulk` masks the citizen whatever the role."""
    shown = {
        **NO_MEMBERS,
        **dict(zip(rows.PLAIN, plain_of(vars(row)), strict=True)),
        "title": row.title,
        "content": row.content,
        "address": address(row),
        "source": row.source,
        "route": in_own_language(msgspec.json.decode(row.route), language.get()),
        "office": row.office_code and office(looker.city, row.office_code),
        "joint_offices": joint(looker.city, row),
        **inner.members(row),
        "citizen": citizens.members(row, looker.eyes(bulk)),
        "overdue": overdue(row, looker.now),
        "open_whistles": len(row.whistles),
        "allowed": actions(looker, row),
    }
    return hidden(looker, row, shown)


def hidden(looker: Looker, row: Row, shown: Members) -> Members:
    """Members as an office sees them: no ordinary ticket points to one that is secret by now; of a
    secret one nothing leads to its citizen, and free text tells neither a name of his, past or
    present, nor a number."""
    if looker.caller.role not in citizens.NEAR_THE_SUBJECT:
        return shown
    if not row.secret:
        return {**shown, **dict.fromkeys(name for name in POINTERS if getattr(row, POINTERS[name]))}
    kept = (row.caller_name, *(row.former_names or ()))
    names = citizens.names_of(looker.city.cipher, row.number, *kept)
    return {**without_persons(shown, names), **LEADING_TO_HIM}


def without_persons(value: Any, names: Sequence[str], member: str = "") -> Any:
    """Every text that may be a caller's own words, whatever member holds it."""
    if isinstance(value, list):
        return [without_persons(inner, names, member) for inner in value]
    if isinstance(value, dict):
        return {key: without_persons(inner, names, key) for key, inner in value.items()}
    is_code = member in CODES or member.endswith(("code", "codes"))
    return personal.hide(value, *names) if isinstance(value, str) and not is_code else value


def actions(looker: Looker, row: Row) -> tuple[Action, ...]:
    caller, city = looker.caller, looker.city
    standing = standing_of(row, policy_of(city, row), caller.office_code, looker.now, row.head)
    merged = row.merged_into is not None
    given = rows.dispatches(row.given_head if merged else row.given)
    head = Row(interim_office=row.head_interim) if merged else None
    return allowed(standing, scope.parts(caller, row, given, city, head))


def policy_of(city: City, row: Row) -> Policy:
    return city.policies.named(row.policy)


def address(row: Row) -> Members:
    return {
        "text": row.address,
        "district_code": row.said_district,
        "lon": row.lon,
        "lat": row.lat,
    }


def joint(city: City, row: Row) -> list[Members]:
    """Each joint office with its own clock and answer."""
    return [{**office(city, code), **answer} for code, answer in inner.answers(row).items()]


def office(city: City, code: str) -> Members:
    entry = city.offices[code]
    return {"code": entry.code, "name": entry.name, "district_code": entry.district_code}


def brief(city: City, code: str) -> OfficeBrief:
    return OfficeBrief(**office(city, code))
