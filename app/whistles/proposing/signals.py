"""`NO_WHISTLE` is told: once to the street and to its district, when it is first seen (D.14.7)."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.city import City
from app.feed.service import News, append
from app.offices.directory import STREET_KINDS
from app.whistles.proposing import service
from app.whistles.proposing.models import MissingWhistle
from app.whistles.proposing.schemas import MissingView

KIND = "no-whistle"
"""Of the feed's entries."""

KEY = (MissingWhistle.street_code, MissingWhistle.category, MissingWhistle.place)


def tell_missing(session: Session, city: City, now: datetime) -> int:
    """A round over the whole city: how many signals are new. Of two rounds at once one tells."""
    streets = [office for office in city.offices.values() if office.kind in STREET_KINDS]
    signals = service.not_blown(session, city, streets, now)
    end_others(session, signals, now)
    fresh = first_seen(session, signals, now)
    append(session, (news for signal in fresh for news in news_of(city, signal, now)))
    return len(fresh)


def end_others(session: Session, signals: Iterable[MissingView], now: datetime) -> None:
    kept = [key_of(signal) for signal in signals]
    ended = sa.update(MissingWhistle).where(MissingWhistle.over_at.is_(None))
    if kept:
        ended = ended.where(sa.tuple_(*KEY).not_in(kept))
    session.execute(ended.values(over_at=now))


def key_of(signal: MissingView) -> tuple[str, str, str]:
    return signal.street_code, signal.category, signal.place


def first_seen(
    session: Session, signals: Iterable[MissingView], now: datetime
) -> list[MissingView]:
    """Those that were not on record before, which are from now on."""
    rows = [
        {
            "street_code": signal.street_code,
            "category": signal.category,
            "place": signal.place,
            "seen_at": now,
            "tickets": len(signal.ticket_numbers),
        }
        for signal in signals
    ]
    if not rows:
        return []
    made = insert(MissingWhistle).values(rows).on_conflict_do_nothing().returning(*KEY)
    fresh = {tuple(row) for row in session.execute(made)}
    return [signal for signal in signals if key_of(signal) in fresh]


def news_of(city: City, signal: MissingView, now: datetime) -> Iterable[News]:
    """With the newest of its tickets; no place, which may tell of a person."""
    district = city.offices[signal.street_code].district_code
    data = {
        "street_code": signal.street_code,
        "category": signal.category,
        "tickets": len(signal.ticket_numbers),
    }
    for code in filter(None, (signal.street_code, district)):
        yield News(code, now, KIND, ticket_number=signal.ticket_numbers[-1], data=data)
