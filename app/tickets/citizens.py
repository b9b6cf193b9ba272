"""Citizens: their names and numbers, masked by the reader's role (RULEBOOK D.16)."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access.roles import HANDLERS, Caller, Role
from app.kit.db import Base, Code, Json
from app.kit.web.wire import At, View
from app.tickets import telephones
from app.tickets.life import links
from app.tickets.models import Ticket

SPEAKS_WITH_CITIZENS = frozenset({Role.OPERATOR, Role.CALLBACK, Role.SUPERVISOR})
"""The hotline's own desks, which hear the name and dial the number."""

NEAR_THE_SUBJECT = HANDLERS | {Role.DISTRICT}
"""The accused may be among them: the citizen of a report or a confidential ticket is hidden."""

SHORTEST_SHOWN = 11
"""A number of fewer digits would show too much: seven stay visible."""


class Citizen(Base):
    """The citizen of a request."""

    __tablename__ = "citizen"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    name: Mapped[str | None]
    phone: Mapped[str | None]
    callback_phone: Mapped[str | None]
    """To be called back at, where it is another number."""
    phone_hash: Mapped[bytes | None]
    """A keyed hash, to find the same caller's tickets; none for an anonymous caller."""
    callback_hash: Mapped[bytes | None]
    """The keyed hash of that one, by which it is searched for; empty where it is nobody's own."""
    language: Mapped[str | None]
    callback_after: Mapped[datetime | None]
    anonymous: Mapped[bool]
    confidential: Mapped[bool]

    __table_args__ = (
        Index(
            "ix_citizen_phone_hash",
            "phone_hash",
            "ticket_number",
            postgresql_where=sa.text("phone_hash IS NOT NULL"),
        ),
        Index(
            "ix_citizen_callback_hash",
            "callback_hash",
            "ticket_number",
            postgresql_where=sa.text("callback_phone IS NOT NULL"),
        ),
    )


class FormerCitizen(Base):
    """What was corrected in a citizen's record: former and corrected values, by name. The event of
    that number has their hash, so that they can be erased."""

    __tablename__ = "former_citizen"

    ticket_number: Mapped[Code] = mapped_column(ForeignKey("ticket.number"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    former: Mapped[Json]
    corrected: Mapped[Json]
    salt: Mapped[bytes]


def former_names(number: Any) -> sa.ScalarSelect[Any]:
    """The names under which a ticket's citizen stood before corrections; null without any."""
    name = FormerCitizen.former["name"].astext
    return (
        select(func.array_agg(name))
        .where(FormerCitizen.ticket_number == number, name.is_not(None))
        .scalar_subquery()
    )


def correction_hash(salt: bytes, former: Json, corrected: Json) -> str:
    return links.words_hash(salt, {"former": former, "corrected": corrected}).hex()


class CitizenView(View):
    name: str | None
    phone: str | None
    callback_phone: str | None
    language: str | None
    callback_after: At | None
    anonymous: bool
    confidential: bool


def masked_name(name: str | None) -> str | None:
    """张三 → 张*"""
    return name and name[0] + "*" * (len(name) - 1 or 1)


def masked_phone(phone: str | None) -> str | None:
    """13800000000 → 138****0000; a number of few digits is hidden whole."""
    if phone is None or sum(map(str.isdecimal, phone)) < SHORTEST_SHOWN:
        return phone and "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]


FIELDS = tuple(CitizenView.model_fields)

HIDDEN: dict[str, Any] = dict.fromkeys(
    ("name", "phone", "callback_phone", "language", "callback_after")
)
"""Members of a CitizenView that may tell who the citizen is."""

SHOWN = {f"caller_{field}": getattr(Citizen, field) for field in FIELDS}
"""The columns of a row for `members`."""


def shown(citizen: Citizen, ticket: Ticket, caller: Caller, bulk: bool) -> CitizenView:
    """In the clear for the hotline's desks, one ticket at a time; else masked, or nothing."""
    values = {field: getattr(citizen, field) for field in FIELDS}
    return CitizenView(**masked(values, ticket.secret, caller.role, bulk))


def members(row: Any, caller: Caller, bulk: bool) -> dict[str, Any]:
    """The members of a CitizenView, as `shown` has them, from a row of `SHOWN` and `secret`."""
    values = {field: getattr(row, column) for field, column in zip(FIELDS, SHOWN, strict=True)}
    return masked(values, row.secret, caller.role, bulk)


def masked(values: dict[str, Any], secret: bool, role: Role, bulk: bool) -> dict[str, Any]:
    if secret and role in NEAR_THE_SUBJECT:
        return {**values, **HIDDEN}
    if bulk or role not in SPEAKS_WITH_CITIZENS:
        return {
            **values,
            "name": masked_name(values["name"]),
            "phone": masked_phone(values["phone"]),
            "callback_phone": masked_phone(values["callback_phone"]),
        }
    return values


def citizen(session: Session, number: str) -> Citizen:
    return session.get_one(Citizen, number)


def caller_hash(secret: bytes, phone: str | None, anonymous: bool) -> bytes | None:
    """The keyed hash of a citizen's number, to find his tickets; None for an anonymous caller."""
    read = None if anonymous or phone is None else telephones.read(phone)
    key = read and read.key
    return hmac.new(secret, f"citizen:{key}".encode(), hashlib.sha256).digest() if key else None


NOBODYS = b""
"""In place of the hash of a number that names no citizen."""

AT_ONCE = 1_000


def callback_hash(secret: bytes, callback_phone: str | None, anonymous: bool) -> bytes | None:
    """The keyed hash of another number to be called at; None where there is none."""
    if callback_phone is None:
        return None
    return caller_hash(secret, callback_phone, anonymous) or NOBODYS


def with_number(phone_hash: Any) -> sa.CompoundSelect[Any]:
    """The numbers of the tickets whose citizen has a telephone, to call from or to be called at."""
    called_from = select(Citizen.ticket_number).where(Citizen.phone_hash == phone_hash)
    called_at = select(Citizen.ticket_number).where(
        Citizen.callback_phone.is_not(None), Citizen.callback_hash == phone_hash
    )
    return called_from.union_all(called_at)


def hash_callback_phones(session: Session, secret: bytes) -> None:
    """Makes the hashes of numbers that were taken down before there were any."""
    unhashed = select(Citizen).where(
        Citizen.callback_phone.is_not(None), Citizen.callback_hash.is_(None)
    )
    while rows := session.scalars(unhashed.limit(AT_ONCE)).all():
        for row in rows:
            row.callback_hash = callback_hash(secret, row.callback_phone, row.anonymous)
        session.flush()
        session.expunge_all()
