"""Rows written many at once: sent as a JSON text, which the database reads as a table.

The text is made and read faster than an array for each column, and the statement is the same for a
row and for a thousand, so that it stays prepared.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.kit.db import Base
from app.kit.ready import DIALECT

Row = Mapping[str, Any]


def insert_many(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """All rows in one statement; every row has the names of the first, in its order."""
    if rows:
        names = tuple(rows[0])
        session.connection().exec_driver_sql(
            insertion(model, names), {"rows": as_json(rows, binary(model, names))}
        )


def as_json(rows: Sequence[Row], binary: Sequence[str] = ()) -> str:
    """`binary` names the columns of bytes, which PostgreSQL reads as hexadecimal digits."""
    for name in binary:
        rows = [{**row, name: hexadecimal(row[name])} for row in rows]
    return msgspec.json.encode(rows).decode()


def hexadecimal(value: bytes | None) -> str | None:
    return None if value is None else rf"\x{value.hex()}"


@cache
def insertion(model: type[Base], names: tuple[str, ...]) -> str:
    columns = ", ".join(names)
    return (
        f"INSERT INTO {table_of(model).name} ({columns})"
        f" SELECT {columns} FROM json_to_recordset(%(rows)s::json) AS row ({typed(model, names)})"
    )


@cache
def binary(model: type[Base], names: tuple[str, ...]) -> tuple[str, ...]:
    columns = table_of(model).c
    return tuple(name for name in names if isinstance(columns[name].type, sa.LargeBinary))


def typed(model: type[Base], names: tuple[str, ...]) -> str:
    """The columns with their types, for `json_to_recordset`."""
    columns = table_of(model).c
    return ", ".join(f"{name} {columns[name].type.compile(dialect=DIALECT)}" for name in names)


def table_of(model: type[Base]) -> sa.Table:
    table = model.__table__
    assert isinstance(table, sa.Table)
    return table
