"""The ranked offices, industries and districts: as known at an instant, or as a seal has them."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.kit.ready import Ready, parameter
from app.offices import service
from app.offices.directory import OfficeEntry
from app.offices.models import CategoryRow, DistrictRow
from app.rankings.bundles import Bundle, unpacked
from app.rankings.leagues import Registry
from app.rankings.models import RegistryVersion

T = TypeVar("T")

NAME = tuple[str, str]

PARTS: Mapping[str, Any] = {
    "categories": NAME,
    "districts": NAME,
    "offices": tuple[str, OfficeEntry],
}
"""What a line of each part is."""


class Packed(NamedTuple):
    """A part as it is kept."""

    part: str
    number: int
    """Of its lines."""
    digest: str
    lines: bytes


def known(session: Session, instant: datetime | None = None) -> Registry:
    """As it was on record by then, or as it is; before anything was recorded, as it was first,
    or as the tables have it.

    Every replica reads the same, whenever it was started.
    """
    query = KNOWN_BY_THEN if instant else NEWEST
    rows = query.rows(session.connection(), instant=instant)
    return of_parts(tuple(map(tuple, rows))) if rows else tabled(session)


def record(session: Session, registry: Registry, now: datetime) -> None:
    """Records each part that changed; the first time, every part."""
    before = dict(session.execute(latest(RegistryVersion.digest)).all())
    for part, _, digest, packed in bundles(registry):
        if before.get(part) != digest:
            version = RegistryVersion(part=part, recorded_at=now, digest=digest, lines=packed)
            session.add(version)


def latest(column: InstrumentedAttribute[T]) -> Select[str, T]:
    """Of each part the version recorded last."""
    part, recorded_at = RegistryVersion.part, RegistryVersion.recorded_at
    return select(part, column).ext(distinct_on(part)).order_by(part, recorded_at.desc())


NEWEST = Ready(latest(RegistryVersion.lines))
FIRST = select(func.min(RegistryVersion.recorded_at)).scalar_subquery()
INSTANT = parameter("instant", sa.TIMESTAMP(timezone=True))
KNOWN_BY_THEN = Ready(
    latest(RegistryVersion.lines).where(
        RegistryVersion.recorded_at <= func.greatest(INSTANT, FIRST)
    )
)


def tabled(session: Session) -> Registry:
    """As the tables have it, once they are seeded."""
    return Registry(
        offices=service.directory(session),
        categories=dict(
            session.execute(select(CategoryRow.code, CategoryRow.industry_office)).all()
        ),
        districts=districts(session),
    )


@lru_cache(maxsize=8)
def bundles(registry: Registry) -> list[Packed]:
    """Of each part its lines, in order of code; a registry is packed once."""
    return [packed(part, getattr(registry, part)) for part in PARTS]


def packed(part: str, entries: Mapping[str, Any]) -> Packed:
    bundle = Bundle()
    encoded = (msgspec.json.encode((code, entries[code])) for code in sorted(entries))
    digest = bundle.add(line.decode() for line in encoded)
    return Packed(part, bundle.number, digest, bytes(bundle.packed))


@lru_cache(maxsize=8)
def of_parts(parts: tuple[tuple[str, bytes], ...]) -> Registry:
    """The same bytes are one registry."""
    return Registry(**{part: read(part, text) for part, text in parts})


@lru_cache(maxsize=32)
def read(part: str, packed: bytes) -> Mapping[str, Any]:
    """The entries of a part by their codes; the same bytes are read once."""
    return dict(msgspec.json.decode(line, type=PARTS[part]) for line in unpacked(packed))


def districts(session: Session) -> dict[str, str]:
    """Their present names by code."""
    return dict(session.execute(select(DistrictRow.code, DistrictRow.name)).all())
