"""Making, revoking and recognising keys; a console's session is recognised as its key."""

import hmac
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.access.models import ConsoleSession, Key, SecretMark
from app.access.roles import OFFICE_BOUND, Caller, Role
from app.access.schemas import NewKey
from app.kit.errors import Invalid, NotFound
from app.kit.messages import Message
from app.kit.ready import Ready, parameter
from app.kit.web.paging import Order, instant
from app.offices.directory import OfficeKind
from app.offices.models import Office

logger = logging.getLogger(__name__)

ADMIN_ID = "admin"
SETTINGS = "settings"

OLDEST = Order((Key.created_at, Key.id), (instant, str))


class NoSuchKey(NotFound):
    title = "There is no such key"


class OfficeUnfit(Invalid):
    title = "This office does not fit the role"


class ExpiryPast(Invalid):
    title = "A key expires in time to come"


class OtherSecret(Invalid):
    """Keys and telephones of this database could not be recognised under this secret."""

    title = "This database was begun with another secret"


def hashed(secret: bytes, key: str) -> bytes:
    return hmac.digest(secret, key.encode(), "sha256")


def make(session: Session, secret: bytes, new: NewKey, by: str, now: datetime) -> tuple[Key, str]:
    """Make a key; its text is given this once. Refuses OfficeUnfit and ExpiryPast."""
    check_office(session, new)
    if new.expires_at and new.expires_at <= now:
        raise ExpiryPast(errors=[{"pointer": "/expires_at", "detail": Message("is past")}])
    text = secrets.token_urlsafe(32)
    key = Key(
        id=secrets.token_hex(8),
        hash=hashed(secret, text),
        role=new.role,
        office_code=new.office_code,
        label=new.label,
        created_at=now,
        created_by=by,
        expires_at=new.expires_at,
    )
    session.add(key)
    session.flush()
    return key, text


def check_office(session: Session, new: NewKey) -> None:
    if new.role not in OFFICE_BOUND:
        if new.office_code is not None:
            raise unfit(Message("the role {role} acts for no single office", role=new.role))
        return
    if new.office_code is None:
        raise unfit(Message("the role {role} acts for an office: name it", role=new.role))
    office = session.get(Office, new.office_code)
    if office is None:
        raise unfit(Message("there is no office {office_code}", office_code=new.office_code))
    if (office.kind is OfficeKind.DISTRICT_CENTRE) != (new.role is Role.DISTRICT):
        raise unfit(
            Message("a {kind} is not worked with the role {role}", kind=office.kind, role=new.role)
        )


def unfit(detail: Message) -> OfficeUnfit:
    return OfficeUnfit(detail, errors=[{"pointer": "/office_code", "detail": detail}])


MARKED = "the secret of this database"


def keep_secret(session: Session, secret: bytes, former: bytes, now: datetime) -> None:
    """The first secret that a database sees is its own, until it comes as the former one of
    another. Refuses (OtherSecret) any other."""
    mark = hashed(secret, MARKED)
    known = session.scalar(select(SecretMark.mark))
    if known is None or (former and hmac.compare_digest(known, hashed(former, MARKED))):
        session.execute(delete(SecretMark))
        session.add(SecretMark(mark=mark, made_at=now))
    elif not hmac.compare_digest(known, mark):
        raise OtherSecret(
            Message("JIESU_SECRET_KEY is not the secret that this database was begun with")
        )


def keep_admin(
    session: Session, secret: bytes, text: str, now: datetime, former: bytes = b""
) -> None:
    """The administrator's key of the settings is on record; another of before no longer opens. One
    that was revoked stays revoked, whoever starts the service with it, and under a new secret."""
    own = hashed(secret, text)
    hashes = [own, hashed(former, text)] if former else [own]
    known = session.scalar(select(Key).where(Key.hash.in_(hashes)))
    if known is not None:
        known.hash = own
        if known.revoked_at is not None:
            logger.warning(
                "the administrator's key of JIESU_ADMIN_KEY or admin.key was revoked and opens"
                " nothing: set another one, or make one by `jiesu key admin --label NAME`"
            )
        return
    of_settings = select(Key).where(Key.created_by == SETTINGS)
    others = session.scalars(of_settings).all()
    for key in others:
        retire(key, SETTINGS, now)
    session.add(
        Key(
            id=f"{ADMIN_ID}{len(others) + 1}" if others else ADMIN_ID,
            hash=own,
            role=Role.ADMIN,
            label="JIESU_ADMIN_KEY",
            created_at=now,
            created_by=SETTINGS,
        )
    )


def page(session: Session, limit: int, cursor: str | None) -> tuple[Sequence[Key], str | None]:
    """Every key ever made, oldest first, and the cursor of the next page."""
    return OLDEST.page(session, select(Key), cursor, limit)


def revoke(session: Session, key_id: str, by: str, now: datetime) -> None:
    """Revoke a key; a revoked one stays as it is. Refuses (NoSuchKey) an unknown one."""
    key = session.get(Key, key_id, with_for_update=True) if key_id.isalnum() else None
    if key is None:
        raise NoSuchKey(Message("no key {key_id}", key_id=key_id))
    retire(key, by, now)


def retire(key: Key, by: str, now: datetime) -> None:
    if key.revoked_at is None:
        key.revoked_at = now
        key.revoked_by = by


HASHES = parameter("hashes", ARRAY(sa.LargeBinary))
KEY_IS_OPEN = sa.and_(
    Key.revoked_at.is_(None), sa.or_(Key.expires_at.is_(None), Key.expires_at > func.now())
)
SESSION_IS_OPEN = sa.and_(
    ConsoleSession.ended_at.is_(None),
    ConsoleSession.idle_until > func.now(),
    ConsoleSession.expires_at > func.now(),
)
HOLDER = (Key.id, Key.role, Key.office_code, Office.district_code)
BY_HASH = Ready(
    sa.union_all(
        select(Key.hash, *HOLDER)
        .outerjoin(Office, Office.code == Key.office_code)
        .where(Key.hash == sa.any_(HASHES), KEY_IS_OPEN),
        select(ConsoleSession.hash, *HOLDER)
        .join(Key, Key.id == ConsoleSession.key_id)
        .outerjoin(Office, Office.code == Key.office_code)
        .where(ConsoleSession.hash == sa.any_(HASHES), SESSION_IS_OPEN, KEY_IS_OPEN),
    )
)


def recognise(connection: sa.Connection, hashes: Sequence[bytes]) -> dict[bytes, Caller]:
    """The holders of the keys, and of the console's sessions, with these hashes, by hash; without
    what is revoked, expired or ended."""
    rows = BY_HASH.rows(connection, hashes=list(hashes))
    return {bytes(key_hash): Caller(id, Role(role), *rest) for key_hash, id, role, *rest in rows}


IDS = parameter("ids", ARRAY(sa.Text))
SHUT = Ready(
    select(Key.id).where(
        Key.id == sa.any_(IDS), sa.or_(Key.revoked_at.is_not(None), Key.expires_at <= func.now())
    )
)


def shut(connection: sa.Connection, ids: Sequence[str]) -> frozenset[str]:
    """Those of these keys that open nothing any more: revoked, or expired."""
    return frozenset(id for (id,) in SHUT.rows(connection, ids=list(ids)))


CARRY = [
    sa.text(f"UPDATE {table} SET hash = :new WHERE hash = :old")
    for table in ("key", "console_session")
]


def carry_over(session: Session, hashes: Mapping[bytes, bytes]) -> None:
    """Keys and sessions that were presented, from a former secret's hash to the new one's."""
    for old, new in hashes.items():
        for statement in CARRY:
            session.execute(statement, {"old": old, "new": new})


NOTE = sa.text("""
    UPDATE key SET last_used_at = greatest(last_used_at, used.at)
    FROM unnest(CAST(:ids AS text[]), CAST(:instants AS timestamptz[])) AS used (id, at)
    WHERE key.id = used.id
""")


def note_uses(session: Session, uses: Mapping[str, datetime]) -> None:
    """Note when each of these keys was last used."""
    if uses:
        session.execute(NOTE, {"ids": list(uses), "instants": list(uses.values())})
