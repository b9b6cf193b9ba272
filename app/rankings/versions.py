"""Versions of the tables behind rankings.

A trigger gives a table another version when a row comes or goes, or changes in a column that
rankings read. Versions and rows of one snapshot belong together: the same versions elsewhere mean
the same rows.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Code
from app.kit.ready import Ready


class TableVersion(Base):
    """A part of a table's version, which is all its rows here. A change writes any one of them
    anew, so that no writer waits for another."""

    __tablename__ = "table_version"

    name: Mapped[Code]
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    version: Mapped[UUID]


REGISTRY = ("registry_version",)
SEALS = ("seal", "sealed_ranking")
FACTS = ("assessment", "exclusion", "correction", *SEALS, *REGISTRY)
"""The tables behind places and scores, of the period before, too."""
LOAD = ("ticket", *REGISTRY)
"""The tables behind volumes and holds."""
EVERY = tuple(sorted({*FACTS, *LOAD}))

Versions = Mapping[str, str]
State = tuple[str, ...]

PART = sa.cast(TableVersion.version, sa.Text)
PARTS = func.string_agg(PART, aggregate_order_by(sa.literal_column("' '"), TableVersion.id))
CURRENT = Ready(select(TableVersion.name, PARTS).group_by(TableVersion.name))


def read(connection: sa.Connection) -> Versions:
    return dict(map(tuple, CURRENT.rows(connection)))


def state(versions: Versions, tables: Sequence[str]) -> State:
    return tuple(versions.get(table, "") for table in tables)


def read_for_all(connection: sa.Connection, questions: Sequence[None]) -> dict[None, Versions]:
    return dict.fromkeys(questions, read(connection))
