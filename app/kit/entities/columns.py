"""The columns of an entity, as its table has them and as it has them itself: by the same names."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from app.kit.ready import DIALECT

Model = type[orm.DeclarativeBase]
Convert = Callable[[Any], Any]


class Form(NamedTuple):
    column: sa.Column[Any]
    written: Convert | None
    """What the driver takes of a value of the entity's; None: as it is."""


@cache
def forms(model: Model) -> dict[str, Form]:
    return {name: form_of(column) for name, column in table_of(model).columns.items()}


def form_of(column: sa.Column[Any]) -> Form:
    return Form(column, column.type.dialect_impl(DIALECT).bind_processor(DIALECT))


@cache
def read_otherwise(model: Model) -> dict[str, Convert]:
    """The columns whose values the driver reads otherwise than the entity has them."""
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        name: form.column.type
        for name, form in forms(model).items()
        if isinstance(form.column.type, sa.Enum)
    }
    processors = {name: kind.result_processor(DIALECT, None) for name, kind in kinds.items()}
    return {name: read for name, read in processors.items() if read is not None}


@cache
def key_of(model: Model) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(model).primary_key)


def table_of(model: Model) -> sa.Table:
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table
