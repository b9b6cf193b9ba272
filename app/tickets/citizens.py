"""Citizens: their names and numbers, enciphered in the database, masked by the reader's role
(RULEBOOK D.16)."""

import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.access.roles import HANDLERS, Role
from app.city import City
from app.kit.cipher import FORM, Cipher, Unreadable
from app.kit.db import Base, Code, Json
from app.kit.ready import Ready, parameter
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

logger = logging.getLogger(__name__)

ENCIPHERED = ("name", "phone", "callback_phone")
PLAIN = " OR ".join(f"{name} NOT LIKE '{FORM}%'" for name in ENCIPHERED)
"""Of a row that was written before names and numbers were enciphered."""


class Citizen(Base):
    """The citizen of a request; the database admits no name and no number in plain text."""

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
        Index("ix_citizen_plain", "ticket_number", postgresql_where=sa.text(PLAIN)),
    )


PLAIN_CORRECTION = " OR ".join(
    f"{column} ->> '{name}' NOT LIKE '{FORM}%'"
    for column in ("former", "corrected")
    for name in ENCIPHERED
)


class FormerCitizen(Base):
    """What was corrected in a citizen's record: former and corrected values, by name. The event of
    that number has the hash of what they say, so that they can be erased."""

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
    """Of deciphered values."""
    return links.words_hash(salt, {"former": former, "corrected": corrected}).hex()


class CitizenView(View):
    name: str | None
    phone: str | None
    callback_phone: str | None
    language: str | None
    callback_after: At | None
    anonymous: bool
    confidential: bool


def sealed(cipher: Cipher, number: str, values: Mapping[str, Any]) -> Json:
    """The values of a ticket's citizen as rows have them."""
    return {
        name: cipher.seal(value, row_of(number, name)) if name in ENCIPHERED and value else value
        for name, value in values.items()
    }


def opened(cipher: Cipher, number: str, values: Mapping[str, Any]) -> Json:
    """The same in plain text; what was tampered with is null, and in the log."""
    return {
        name: plain(cipher, number, name, value) if name in ENCIPHERED and value else value
        for name, value in values.items()
    }


def plain(cipher: Cipher, number: str, name: str, value: str) -> str | None:
    try:
        return cipher.open(value, row_of(number, name))
    except Unreadable:
        logger.error("the citizen's %s of %s cannot be deciphered", name, number)
        return None


def row_of(number: str, name: str) -> str:
    return f"{number}/{name}"


class Person(NamedTuple):
    """A citizen in plain text, with the hash by which he is found again."""

    name: str | None
    phone: str | None
    callback_phone: str | None
    phone_hash: bytes | None


def person(cipher: Cipher, citizen: Citizen) -> Person:
    values = {name: getattr(citizen, name) for name in ENCIPHERED}
    return Person(**opened(cipher, citizen.ticket_number, values), phone_hash=citizen.phone_hash)


def names_of(cipher: Cipher, number: str, *kept: str | None) -> list[str]:
    """Names of a ticket's citizen, deciphered; null ones are left out."""
    names = (plain(cipher, number, "name", value) for value in kept if value)
    return [name for name in names if name]


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


@dataclass(frozen=True, slots=True)
class Eyes:
    """A reader of a citizen; `bulk` masks the citizen whatever the role."""

    cipher: Cipher
    role: Role
    bulk: bool


def shown(citizen: Citizen, ticket: Ticket, eyes: Eyes) -> CitizenView:
    """In the clear for the hotline's desks, one ticket at a time; else masked, or nothing."""
    values = {field: getattr(citizen, field) for field in FIELDS}
    return CitizenView(**masked(values, ticket.number, ticket.secret, eyes))


def members(row: Any, eyes: Eyes) -> dict[str, Any]:
    """The members of a CitizenView, as `shown` has them, from a row of `SHOWN` and a ticket."""
    values = {field: getattr(row, column) for field, column in zip(FIELDS, SHOWN, strict=True)}
    return masked(values, row.number, row.secret, eyes)


def masked(kept: dict[str, Any], number: str, secret: bool, eyes: Eyes) -> dict[str, Any]:
    if secret and eyes.role in NEAR_THE_SUBJECT:
        return {**kept, **HIDDEN}
    values = opened(eyes.cipher, number, kept)
    if eyes.bulk or eyes.role not in SPEAKS_WITH_CITIZENS:
        return {
            **values,
            "name": masked_name(values["name"]),
            "phone": masked_phone(values["phone"]),
            "callback_phone": masked_phone(values["callback_phone"]),
        }
    return values


def citizen(session: Session, number: str) -> Citizen:
    return session.get_one(Citizen, number)


def has_telephone(session: Session, number: str) -> bool:
    [row] = TELEPHONE.rows(session.connection(), number=number)
    return bool(row.is_there)


TELEPHONE = Ready(
    select(Citizen.phone.is_not(None).label("is_there")).where(
        Citizen.ticket_number == parameter("number", sa.Text)
    )
)


def caller_hash(secret: bytes, phone: str | None, anonymous: bool) -> bytes | None:
    """The keyed hash of a citizen's number, to find his tickets; None for an anonymous caller."""
    read = None if anonymous or phone is None else telephones.read(phone)
    key = read and read.key
    return hmac.digest(secret, f"citizen:{key}".encode(), "sha256") if key else None


NOBODYS = b""
"""In place of the hash of a number that names no citizen."""

ERASED = "已消除"
"""In place of the words of a request whose person was erased."""

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


def renew_hashes(city: City, citizen: Citizen) -> str | None:
    """After a change of his numbers; the telephone by which he is found again."""
    known = person(city.cipher, citizen)
    telephone = known.phone or known.callback_phone
    citizen.phone_hash = caller_hash(city.secret, telephone, citizen.anonymous)
    citizen.callback_hash = callback_hash(city.secret, known.callback_phone, citizen.anonymous)
    return telephone


def encipher_some(session: Session, cipher: Cipher, secret: bytes) -> int:
    """Enciphers the next rows that were written in plain text, with the hashes of numbers to be
    called back at, which had none at first: how many; 0, when every row is enciphered."""
    query = select(Citizen).where(sa.text(PLAIN)).limit(AT_ONCE)
    rows = session.scalars(query.with_for_update()).all()
    for row in rows:
        row.callback_hash = callback_hash(secret, row.callback_phone, row.anonymous)
        kept = {name: getattr(row, name) for name in ENCIPHERED}
        for name, value in sealed(cipher, row.ticket_number, kept).items():
            setattr(row, name, value)
    return len(rows)


def encipher_corrections(session: Session, cipher: Cipher) -> None:
    """The same of what was corrected."""
    for row in session.scalars(select(FormerCitizen).where(sa.text(PLAIN_CORRECTION))):
        row.former = sealed(cipher, row.ticket_number, row.former)
        row.corrected = sealed(cipher, row.ticket_number, row.corrected)
