"""Who and what is ranked, as it stands in the registry or as it was when a period was sealed."""

from collections.abc import Iterator

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.offices.directory import OfficeEntry
from app.rankings import facts
from app.rankings.bundles import unpacked
from app.rankings.leagues import Registry
from app.rankings.models import SealedFacts, Subject
from app.tickets.desk import Desk

PARTS = ("categories", "districts", "offices")


def present(session: Session, desk: Desk) -> Registry:
    return Registry(
        offices=desk.offices,
        categories={one.code: one.industry_office for one in desk.catalogue.categories.values()},
        districts=facts.districts(session),
    )


def lines(registry: Registry) -> Iterator[tuple[str, list[str]]]:
    """Of each part its lines, in order of code."""
    for part in PARTS:
        found = getattr(registry, part)
        yield part, [msgspec.json.encode((code, found[code])).decode() for code in sorted(found)]


def sealed(session: Session, period: str) -> Registry | None:
    """None where nothing of it was kept, or what was kept cannot be read."""
    query = select(SealedFacts.part, SealedFacts.lines)
    kept = query.where(SealedFacts.period == period, SealedFacts.subject == Subject.REGISTRY)
    parts = {part: unpacked(packed) for part, packed in session.execute(kept)}
    if not parts.keys() >= set(PARTS):
        return None
    try:
        return Registry(
            offices=dict(msgspec.json.decode(line, type=OFFICE) for line in parts["offices"]),
            categories=dict(msgspec.json.decode(line, type=NAME) for line in parts["categories"]),
            districts=dict(msgspec.json.decode(line, type=NAME) for line in parts["districts"]),
        )
    except msgspec.DecodeError:
        return None


OFFICE, NAME = tuple[str, OfficeEntry], tuple[str, str]
