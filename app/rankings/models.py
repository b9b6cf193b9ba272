"""Sealed periods: their rankings and the lines behind them; versions of the registry.
Insert-only."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from app.kit.db import Base, Code, Json, one_of
from app.rankings.leagues import League


class Seal(Base):
    """One period, closed for good. `seal_hash` is of all other members and of the former seal's
    hash: the seals are a chain, and a changed seal breaks all later ones."""

    __tablename__ = "seal"

    period: Mapped[Code] = mapped_column(primary_key=True)
    sealed_at: Mapped[datetime]
    """Of which instant it is; it takes some minutes to make."""
    published_at: Mapped[datetime]
    """From when on it can be read: `as_of` an instant before, its period was not sealed."""
    sealed_by: Mapped[Code]
    policy: Mapped[Code]
    policy_sha256: Mapped[Code]
    content_hash: Mapped[Code]
    """Of the streets' ranking; `rankings` has every league's."""
    rankings: Mapped[Json]
    counts: Mapped[Json]
    facts_digest: Mapped[Code]
    former: Mapped[Code | None] = mapped_column(ForeignKey("seal.period"))
    former_hash: Mapped[Code | None]
    seal_hash: Mapped[Code]
    format: Mapped[int]
    """Which members `seal_hash` is of."""
    chain: Mapped[Code | None]
    """The hash of the last day that was over, see `seals.audit.days`."""


def of_a_seal() -> MappedColumn[str]:
    """Rows of a seal are stored first, the seal last."""
    its = ForeignKey(Seal.period, deferrable=True, initially="DEFERRED")
    return mapped_column(its, primary_key=True)


class SealedRanking(Base):
    """A league's answer, served byte for byte."""

    __tablename__ = "sealed_ranking"

    period: Mapped[Code] = of_a_seal()
    league: Mapped[League] = mapped_column(one_of(League), primary_key=True)
    content_hash: Mapped[Code]
    form: Mapped[int]
    """Of its body, see `forms`."""
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Subject(StrEnum):
    """The kinds of sealed lines."""

    FACTS = "facts"
    REQUESTS = "requests"
    HOLDS = "holds"
    REGISTRY = "registry"


class SealedFacts(Base):
    """Lines of JSON behind the sealed numbers, compressed with zlib, in parts by office, by day, or
    (of the registry) by list."""

    __tablename__ = "sealed_facts"

    period: Mapped[Code] = of_a_seal()
    subject: Mapped[Subject] = mapped_column(one_of(Subject), primary_key=True)
    part: Mapped[Code] = mapped_column(primary_key=True)
    number: Mapped[int]
    digest: Mapped[Code]
    lines: Mapped[bytes] = mapped_column(sa.LargeBinary)


class RegistryVersion(Base):
    """A part of the city's registry as rankings know it from an instant on: all its lines, kept as
    a seal keeps them, and written when any of them changed."""

    __tablename__ = "registry_version"

    part: Mapped[Code] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True)
    digest: Mapped[Code]
    lines: Mapped[bytes] = mapped_column(sa.LargeBinary)
