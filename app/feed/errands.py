"""Errands: what waits in offices' inboxes beside tickets, replaced by the room it belongs to."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feed.models import Errand
from app.feed.service import touch
from app.kit.ready import parameter

OF_WHISTLE = sa.select(Errand).where(Errand.number == parameter("number", sa.Text))

NAMES = tuple(column.key for column in Errand.__table__.columns)


def replace(session: Session, number: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """All errands of a whistle: `rows` have all columns but the number and the place among those
    of their office."""
    wanted = numbered(number, rows)
    errands = session.scalars(OF_WHISTLE, {"number": number})
    kept = {(each.office_code, each.seq): each for each in errands}
    touch(session, {code for code, _ in (kept.keys() | wanted.keys())})
    for place, row in wanted.items():
        errand = kept.pop(place, None)
        if errand is None:
            session.add(Errand(**row))
            continue
        for name, value in row.items():
            setattr(errand, name, value)
    for errand in kept.values():
        session.delete(errand)


def numbered(
    number: str, rows: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, int], dict[str, Any]]:
    placed: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        seq = sum(code == row["office_code"] for code, _ in placed) + 1
        placed[row["office_code"], seq] = {"number": number, "seq": seq, **row}
    return placed
