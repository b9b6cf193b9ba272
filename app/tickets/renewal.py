"""Citizens' names and numbers under a new secret, some at a time (RULEBOOK D.16).

Each row tells by its beginning under which key it is, so that a renewal that was cut off goes on
where it stood. What cannot be deciphered stays as it is.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.cipher import Cipher
from app.kit.db import Json
from app.tickets.citizens import (
    ENCIPHERED,
    Citizen,
    FormerCitizen,
    callback_hash,
    caller_hash,
    opened,
    person,
    sealed,
)

AT_ONCE = 1_000


def renew_citizens(session: Session, cipher: Cipher, secret: bytes, after: str) -> str | None:
    """The next citizens after a ticket's number, with the hashes of their numbers; the last number
    of them, None behind the last one."""
    columns = [getattr(Citizen, name) for name in ENCIPHERED]
    old = sa.or_(*(~column.startswith(cipher.prefix, autoescape=True) for column in columns))
    query = select(Citizen).where(Citizen.ticket_number > after, old)
    rows = session.scalars(
        query.order_by(Citizen.ticket_number).limit(AT_ONCE).with_for_update()
    ).all()
    for row in rows:
        renew(row, cipher, secret)
    return rows[-1].ticket_number if rows else None


def renew(citizen: Citizen, cipher: Cipher, secret: bytes) -> None:
    known = person(cipher, citizen)
    values = {name: getattr(known, name) for name in ENCIPHERED if getattr(known, name)}
    for name, value in sealed(cipher, citizen.ticket_number, values).items():
        setattr(citizen, name, value)
    telephone = known.phone or known.callback_phone
    if citizen.phone_hash is not None and telephone is not None:
        citizen.phone_hash = caller_hash(secret, telephone, citizen.anonymous)
    if citizen.callback_hash and known.callback_phone is not None:
        citizen.callback_hash = callback_hash(secret, known.callback_phone, citizen.anonymous)


Place = tuple[str, int]


def renew_corrections(session: Session, cipher: Cipher, after: Place) -> Place | None:
    """The same of what was corrected, after a ticket's number and its event's."""
    place = sa.tuple_(FormerCitizen.ticket_number, FormerCitizen.seq)
    query = select(FormerCitizen).where(place > sa.tuple_(*map(sa.literal, after)))
    ordered = query.order_by(FormerCitizen.ticket_number, FormerCitizen.seq)
    rows: Sequence[FormerCitizen] = session.scalars(ordered.limit(AT_ONCE).with_for_update()).all()
    for row in rows:
        row.former = renewed(cipher, row.ticket_number, row.former)
        row.corrected = renewed(cipher, row.ticket_number, row.corrected)
    return (rows[-1].ticket_number, rows[-1].seq) if rows else None


def renewed(cipher: Cipher, number: str, kept: Json) -> dict[str, Any]:
    if all(str(kept.get(name) or cipher.prefix).startswith(cipher.prefix) for name in ENCIPHERED):
        return dict(kept)
    known = opened(cipher, number, kept)
    readable = {name: value for name, value in known.items() if value is not None}
    return {**kept, **sealed(cipher, number, readable)}
