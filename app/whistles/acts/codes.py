"""One-time codes of the street: signed, good for one report-in, and only for a while (H3)."""

import hmac
from base64 import b32encode
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.kit.web.wire import in_utc
from app.whistles.acts.change import WhistleChange
from app.whistles.event_data import CodeIssued
from app.whistles.life.loop import WhistleAction
from app.whistles.models import SignInCode

RANDOM_BYTES = 10
SIGNED_CHARACTERS = 8

REMEMBERED = timedelta(days=7)
"""So long a code that is no longer good is still known as used or expired."""


class CodeUnknown(Invalid):
    title = "This code was not issued for this whistle"


class CodeUsed(Conflict):
    title = "This code has been used"


class CodeExpired(Conflict):
    title = "This code has expired"


def issue(change: WhistleChange) -> tuple[str, datetime]:
    """A new code, and until when it is good; only its hash is kept."""
    caller, number = change.caller, change.whistle.number
    assert caller is not None  # no code is issued by itself
    code = signed(change.city.secret, number, text_of(token_bytes(RANDOM_BYTES)))
    expires_at = change.now + change.policy.whistle.code.lasts
    change.session.add(
        SignInCode(
            code_hash=hash_of(code),
            whistle_number=number,
            issued_by=caller.id,
            issued_at=change.now,
            expires_at=expires_at,
        )
    )
    change.record(WhistleAction.ISSUE_CODE, CodeIssued(expires_at=expires_at))
    return code, expires_at


def known(session: Session, secret: bytes, code: str) -> SignInCode:
    """Refuses (CodeUnknown) a code that this server did not sign."""
    kept = session.get(SignInCode, hash_of(code))
    nonce, _, _ = code.partition("-")
    expected = signed(secret, kept.whistle_number, nonce) if kept else ""
    if kept is None or not hmac.compare_digest(expected, code):
        raise unknown()
    return kept


def check(change: WhistleChange, code: str) -> SignInCode:
    """Refuses (CodeUnknown) a code of another whistle, too."""
    kept = known(change.session, change.city.secret, code)
    if kept.whistle_number != change.whistle.number:
        raise unknown()
    return kept


def unknown() -> CodeUnknown:
    return CodeUnknown(
        errors=[{"pointer": "/code", "detail": Message("not issued for this whistle")}]
    )


def check_good(kept: SignInCode, now: datetime) -> None:
    """Refuses CodeUsed and CodeExpired."""
    if kept.used_at is not None:
        raise CodeUsed(
            Message("used at {used_at}", used_at=kept.used_at), used_at=in_utc(kept.used_at)
        )
    if now > kept.expires_at:
        expired_at = in_utc(kept.expires_at)
        raise CodeExpired(
            Message("good until {until}", until=kept.expires_at), expired_at=expired_at
        )


def spend(change: WhistleChange, code: str, office_code: str) -> None:
    """Refuses CodeUnknown, CodeUsed and CodeExpired. The whistle's lock lets one use it."""
    kept = check(change, code)
    change.session.refresh(kept)
    check_good(kept, change.now)
    kept.used_at, kept.used_by = change.now, office_code


def forget_old(session: Session, now: datetime) -> None:
    """Deletes the codes that have not been good for REMEMBERED; who came by one stays on record."""
    session.execute(delete(SignInCode).where(SignInCode.expires_at < now - REMEMBERED))


def signed(secret: bytes, number: str, nonce: str) -> str:
    """The nonce with its signature for one whistle."""
    signature = hmac.digest(secret, f"sign-in {number} {nonce}".encode(), sha256)
    return f"{nonce}-{text_of(signature)[:SIGNED_CHARACTERS]}"


def text_of(value: bytes) -> str:
    return b32encode(value).decode().rstrip("=").lower()


def hash_of(code: str) -> bytes:
    return sha256(code.encode()).digest()
