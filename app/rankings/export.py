"""The facts behind a period as a stream: every assessment, then how many there were and a hash."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

import msgspec
import sqlalchemy as sa
from sqlalchemy import select

from app.callbacks.models import Assessment, Exclusion
from app.kit.db import Sessions
from app.kit.sheet import inert, line
from app.kit.wire import in_utc
from app.rankings.facts import Record, within

AT_ONCE = 2_000
COLUMNS = (
    "ticket_number",
    "assessed_at",
    "recorded_at",
    "office_code",
    "district_code",
    "industry_office",
    "category",
    "type",
    "channel",
    "urgency",
    "anonymous",
    "merge_group",
    "reach",
    "contacted",
    "resolved",
    "satisfied",
    "contact_ok",
    "late",
    "excluded",
)
FACT = Assessment.__table__.c
Row = tuple[object, ...]


def rows(record: Record) -> Iterator[Row]:
    """In order of `assessed_at`, then number, as they stood at the record's instant; no person."""
    same = sa.and_(
        Exclusion.ticket_number == FACT.ticket_number, *record.known(Exclusion.recorded_at)
    )
    query = (
        select(*(FACT[name] for name in COLUMNS[:-1]), Exclusion.code)
        .outerjoin_from(Assessment, Exclusion, same)
        .where(within(Assessment.assessed_at, record.period))
        .where(*record.known(Assessment.recorded_at))
        .order_by(Assessment.assessed_at, Assessment.ticket_number)
        .execution_options(yield_per=AT_ONCE)
    )
    for found in record.session.execute(query):
        number, assessed_at, recorded_at, *rest = found
        yield number, in_utc(assessed_at), in_utc(recorded_at), *rest


def as_ndjson(found: Iterable[Row]) -> Iterator[bytes]:
    for row in found:
        yield msgspec.json.encode(dict(zip(COLUMNS, row, strict=True))) + b"\n"


def as_csv(found: Iterable[Row]) -> Iterator[bytes]:
    yield line(COLUMNS).encode()
    for row in found:
        yield line(map(inert, row)).encode()


def sealed_off(
    lines: Iterable[bytes], end: Callable[[int, str], bytes], header: int
) -> Iterator[bytes]:
    """The lines, many at a time, and after them how many rows there were and their hash."""
    digest, number, chunk = sha256(), -header, bytearray()
    for one in lines:
        digest.update(one)
        number += 1
        chunk += one
        if len(chunk) > CHUNK:
            yield bytes(chunk)
            chunk.clear()
    yield bytes(chunk) + end(number, f"sha256:{digest.hexdigest()}")


CHUNK = 1 << 16


def ndjson_end(number: int, digest: str) -> bytes:
    return msgspec.json.encode({"rows": number, "sha256": digest}) + b"\n"


def csv_end(number: int, digest: str) -> bytes:
    return f"# rows {number} {digest}\n".encode()


def ndjson(record: Record) -> Iterator[bytes]:
    return sealed_off(as_ndjson(rows(record)), ndjson_end, 0)


def csv(record: Record) -> Iterator[bytes]:
    return sealed_off(as_csv(rows(record)), csv_end, 1)


def streamed(
    sessions: Sessions, record: Record, write: Callable[[Record], Iterator[bytes]]
) -> Iterator[bytes]:
    """In a transaction of its own that lasts as long as the client reads."""
    with sessions() as session:
        session.connection(execution_options={"postgresql_readonly": True})
        session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        yield from write(replace(record, session=session))
