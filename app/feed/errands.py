"""Errands: what waits in offices' inboxes beside tickets, replaced by the room it belongs to."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.feed.service import touch
from app.kit.ready import Statement
from app.kit.rows import as_json


def replace(session: Session, number: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """All errands of a whistle: `rows` have all columns but the number and the place among those
    of their office."""
    wanted = numbered(number, rows)
    values = {"number": number, "wanted": as_json(list(wanted.values()))}
    former = Statement(REPLACED, values).run(session.connection())
    touch(session, {*(row.office_code for row in former), *(code for code, _ in wanted)})


REPLACED = """
WITH wanted AS (
    SELECT * FROM json_to_recordset(%(wanted)s::json) AS wanted (
        office_code text COLLATE "C", number text COLLATE "C", seq integer, kind text,
        because text, since timestamptz, until timestamptz, data jsonb
    )
), gone AS (
    DELETE FROM errand WHERE number = %(number)s AND NOT EXISTS (
        SELECT FROM wanted
        WHERE wanted.office_code = errand.office_code AND wanted.seq = errand.seq
    )
), written AS (
    INSERT INTO errand (office_code, number, seq, kind, because, since, until, data)
    SELECT office_code, number, seq, kind, because, since, until, data FROM wanted
    ON CONFLICT (office_code, number, seq) DO UPDATE
    SET kind = excluded.kind, because = excluded.because, since = excluded.since,
        until = excluded.until, data = excluded.data
    WHERE (errand.kind, errand.because, errand.since, errand.until, errand.data)
        IS DISTINCT FROM
        (excluded.kind, excluded.because, excluded.since, excluded.until, excluded.data)
)
SELECT DISTINCT office_code FROM errand WHERE number = %(number)s
"""
"""Tells the offices in whose inboxes they lay before."""


def numbered(
    number: str, rows: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, int], dict[str, Any]]:
    placed: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        seq = sum(code == row["office_code"] for code, _ in placed) + 1
        placed[row["office_code"], seq] = {"number": number, "seq": seq, **row}
    return placed
