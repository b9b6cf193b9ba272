"""Too many false whistles of a street in a period: its district's leader is told, once (RULEBOOK
D.14.7). Who answers for it is for people to say."""

import zlib

import sqlalchemy as sa
from sqlalchemy import func, select

from app.period import Period
from app.tickets.acts.forms import Words
from app.whistles.acts.change import WhistleChange
from app.whistles.event_data import FalseSignal
from app.whistles.life.false_whistles import too_many_false
from app.whistles.life.loop import WhistleAction, WhistleStatus
from app.whistles.models import Whistle

A = WhistleAction

ONE_AT_A_TIME = 0xFA15


def tell(change: WhistleChange) -> None:
    """After a ruling: whether this whistle, in the period in which it was blown, is one too many.
    Of two rulings at once the second sees the first."""
    blown_at = change.whistle.blown_at
    assert blown_at is not None  # it was found false
    period = change.city.periods.of(blown_at)
    change.session.flush()
    change.session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME, own_lock(change))))
    if told_before(change, period):
        return
    false, whistles = counts(change, period)
    if too_many_false(false, whistles, period.policy.whistle.false):
        change.whistle.signal_at = change.now
        data = FalseSignal(period=period.name, false_whistles=false, whistles=whistles)
        change.record(A.TOO_MANY_FALSE, data)


def own_lock(change: WhistleChange) -> int:
    return zlib.crc32(change.whistle.street_code.encode()) - 2**31


def of_street(change: WhistleChange, period: Period) -> sa.ColumnElement[bool]:
    """The whistles that the street blew in the period."""
    return sa.and_(
        Whistle.street_code == change.whistle.street_code,
        Whistle.blown_at >= period.starts_at,
        Whistle.blown_at < period.ends_at,
    )


def told_before(change: WhistleChange, period: Period) -> bool:
    query = sa.exists().where(of_street(change, period), Whistle.signal_at.is_not(None))
    return bool(change.session.scalar(select(query)))


def counts(change: WhistleChange, period: Period) -> tuple[int, int]:
    """False ones, and all but those that were taken back."""
    query = select(func.count().filter(Whistle.status == WhistleStatus.FALSE), func.count())
    valid = Whistle.status != WhistleStatus.CANCELLED
    false, whistles = change.session.execute(query.where(of_street(change, period), valid)).one()
    return false, whistles


def read(change: WhistleChange, body: Words) -> None:
    """The district's leader has read it, and says what follows."""
    change.whistle.signal_read_at = change.now
    change.record(A.READ_SIGNAL, words={"text": body.text}, to=change.whistle.status)
