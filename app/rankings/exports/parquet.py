"""The facts behind a period as Parquet: typed columns, a group of rows at a time.

A Parquet file ends with its footer, which cannot hold the file's hash: the hash stands in a header.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import file_digest
from io import BufferedRandom
from typing import IO, Any

import arro3.io
from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema

from app.kit.db import Sessions
from app.kit.web.streams import kept
from app.rankings.counting.record import Record
from app.rankings.exports.facts import NAMES, Row, batches, reading

TEXT, FLAG, TIME = DataType.utf8(), DataType.bool(), DataType.timestamp("us", tz="UTC")
OTHERS = {
    "assessed_at": TIME,
    "recorded_at": TIME,
    "anonymous": FLAG,
    "contact_ok": FLAG,
    "late": FLAG,
}
TYPES = {name: OTHERS.get(name, TEXT) for name in NAMES}
SCHEMA = Schema([Field(name, kind) for name, kind in TYPES.items()])
EPOCH, TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
ROWS_AT_ONCE = 100_000


def written(record: Record, file: IO[bytes]) -> None:
    arro3.io.write_parquet(
        RecordBatchReader.from_batches(SCHEMA, map(batch, batches(record))),
        file,
        compression="zstd(3)",
        max_row_group_size=ROWS_AT_ONCE,
        key_value_metadata=about(record),
    )


def about(record: Record) -> dict[str, str]:
    """One entry: several would be written in another order each time, and the bytes be others."""
    members = {"period": record.period.name, "policy": record.period.policy.name}
    return {"jiesu": json.dumps(members)}


def batch(rows: Sequence[Row]) -> RecordBatch:
    columns = zip(TYPES.values(), zip(*rows, strict=True), strict=True)
    return RecordBatch.from_arrays([array(kind, column) for kind, column in columns], schema=SCHEMA)


def array(kind: DataType, column: Sequence[Any]) -> Array:
    if kind == TIME:
        return Array([(at - EPOCH) // TICK for at in column], DataType.int64()).cast(TIME)
    return Array(column, kind)


def made(sessions: Sessions, record: Record) -> BufferedRandom:
    with reading(sessions, record) as there:
        return kept(lambda file: written(there, file))


def headers(file: BufferedRandom) -> dict[str, str]:
    """Its length and its hash (RFC 9530)."""
    length = file.tell()
    file.seek(0)
    digest = b64encode(file_digest(file, "sha256").digest()).decode()
    return {"Content-Length": str(length), "Repr-Digest": f"sha-256=:{digest}:"}
