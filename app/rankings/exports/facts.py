"""The facts behind a period as a stream: every assessment, then how many there were and a hash."""

import io
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import arro3.io
import msgspec
import sqlalchemy as sa
from arro3.core import Array, DataType, Field, RecordBatch, Schema

from app.callbacks.models import Assessment, Correction, Exclusion
from app.kit.db import Sessions
from app.kit.messages import Language, Vocabulary
from app.kit.web.sheets.sheet import inert, line
from app.kit.web.streams import kept, parts_of
from app.rankings.columns import COLUMNS, HEARD, LATER
from app.rankings.counting.record import Record

AT_ONCE = 5_000
FACT = Assessment.__table__.c
NAMES = (*COLUMNS, *LATER)
HEADINGS = Vocabulary("facts column", NAMES)
TEXT = DataType.utf8()
TEXTS = Schema([Field(name, TEXT) for name in NAMES])

Row = Sequence[Any]
FactLine = msgspec.defstruct("FactLine", NAMES)
LINES = msgspec.json.Encoder()


def batches(record: Record) -> Iterator[Sequence[Row]]:
    """In order of `assessed_at`, then number, as they stood at the record's instant; no person.

    Enums come as the texts that they are.
    """
    same = sa.and_(
        Exclusion.ticket_number == FACT.ticket_number, *record.known(Exclusion.recorded_at)
    )
    heard = (Correction.__table__.c[name] for name in HEARD)
    columns = (*(FACT[name] for name in COLUMNS), Exclusion.__table__.c.code, *heard)
    query = (
        record.assessments(*map(plain, columns))
        .outerjoin(Exclusion, same)
        .outerjoin(Correction, record.heard())
        .order_by(Assessment.assessed_at, Assessment.ticket_number)
        .execution_options(yield_per=AT_ONCE)
    )
    yield from record.session.connection().execute(query).partitions()


def plain(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.type_coerce(column, sa.Text) if isinstance(column.type, sa.Enum) else column


def as_ndjson(rows: Sequence[Row]) -> bytes:
    return LINES.encode_lines([FactLine(*row) for row in rows])


def as_csv(rows: Sequence[Row]) -> bytes:
    columns = [Array([*cells(column)], TEXT) for column in zip(*rows, strict=True)]
    out = io.BytesIO()
    arro3.io.write_csv(RecordBatch.from_arrays(columns, schema=TEXTS), out, header=False)
    return out.getvalue()


def cells(column: Sequence[object]) -> Iterable[str | None]:
    """A column as it is shown; each of its few values is looked at once."""
    if isinstance(column[0], datetime):
        stamps: list[str] = msgspec.to_builtins(column)
        return stamps
    shown = {value: None if value is None else str(inert(value)) for value in set(column)}
    return map(shown.__getitem__, column)


def ended(
    head: bytes, written: Iterable[tuple[int, bytes]], end: Callable[[int, str], bytes]
) -> Iterator[bytes]:
    """The bytes of each batch, then the number of rows and the hash."""
    digest, rows = sha256(head), 0
    yield head
    for number, chunk in written:
        digest.update(chunk)
        rows += number
        yield chunk
    yield end(rows, f"sha256:{digest.hexdigest()}")


def ndjson_end(rows: int, digest: str) -> bytes:
    return msgspec.json.encode({"rows": rows, "sha256": digest}) + b"\n"


def csv_end(rows: int, digest: str) -> bytes:
    return f"# rows {rows} {digest}\n".encode()


def ndjson(record: Record) -> Iterator[bytes]:
    written = ((len(rows), as_ndjson(rows)) for rows in batches(record))
    return ended(b"", written, ndjson_end)


def as_sheet(record: Record, reader: Language) -> Iterator[bytes]:
    """Headings for a person; what stands below is the record to be counted again: codes, UTC."""
    written = ((len(rows), as_csv(rows)) for rows in batches(record))
    headings = line(HEADINGS.word(name, reader) for name in NAMES)
    return ended(headings.encode(), written, csv_end)


@contextmanager
def reading(sessions: Sessions, record: Record) -> Iterator[Record]:
    """The record in a transaction of its own, which may last as long as it takes."""
    with sessions() as session:
        session.connection(execution_options={"postgresql_readonly": True})
        session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        yield replace(record, session=session)


def kept_as(
    sessions: Sessions, record: Record, write: Callable[[Record], Iterator[bytes]]
) -> Generator[bytes, None, None]:
    """All of it from one snapshot, kept in a file before the client reads any."""
    with reading(sessions, record) as there:
        return parts_of(kept(lambda file: file.writelines(write(there))))
