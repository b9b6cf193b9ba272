"""What the database has, compared with what writers sent and what was acknowledged."""

from collections import Counter
from collections.abc import Iterable

import psycopg

from bench.faults.writers import STREET, Written

ROWS = {
    "created": "SELECT external_id, number FROM ticket WHERE external_id IS NOT NULL",
    "noted": """SELECT words ->> 'text', ticket_number FROM statement JOIN event
        USING (ticket_number, seq) WHERE action = 'note'""",
    "signed": """SELECT 'signs ' || ticket_number, ticket_number FROM event
        WHERE action = 'acknowledge'""",
}
"""Key and ticket of everything that was written."""
HOLES = """SELECT count(*) FROM (SELECT count(*) AS entries, min(seq) AS first, max(seq) AS last,
    max(last_seq) AS head FROM feed_entry JOIN feed_head USING (office_code) GROUP BY office_code)
    WHERE entries <> head OR first <> 1 OR last <> head"""
UNTOLD = """SELECT count(*) FROM
    (SELECT ticket_number, action, count(*) FROM event WHERE action <> 'receive' GROUP BY 1, 2) acts
    FULL JOIN (SELECT ticket_number, kind AS action, count(*) FROM feed_entry
        WHERE office_code = %s GROUP BY 1, 2) entries USING (ticket_number, action, count)
    WHERE acts IS NULL OR entries IS NULL"""
"""Acts of which the feed of the street, which leads all tickets, does not tell once each."""

ENTRIES = "SELECT seq, ticket_number, kind FROM feed_entry WHERE office_code = %s ORDER BY seq"


def faults(database: str, writings: Iterable[Written]) -> dict[str, int]:
    """By name, their number: acknowledged and lost, acknowledged as another's, written twice,
    written unsent, feeds with holes, acts of which a feed does not tell once."""
    written = union(writings)
    with psycopg.connect(database) as connection:
        counts = compared(
            written, {kind: connection.execute(rows).fetchall() for kind, rows in ROWS.items()}
        )
        holes = connection.execute(HOLES).fetchone()
        untold = connection.execute(UNTOLD, [STREET]).fetchone()
    return {**counts, "holes": number(holes), "untold": number(untold)}


def entries(database: str) -> list[tuple[int, str, str]]:
    """Of the street's feed: number, ticket and kind, in order."""
    with psycopg.connect(database) as connection:
        return connection.execute(ENTRIES, [STREET]).fetchall()


def number(row: tuple[int] | None) -> int:
    return row[0] if row else -1


def union(writings: Iterable[Written]) -> Written:
    whole = Written()
    for part in writings:
        whole.sent |= part.sent
        whole.acknowledged |= part.acknowledged
    return whole


def compared(written: Written, rows: dict[str, list[tuple[str, str]]]) -> dict[str, int]:
    kept = Counter(key for pairs in rows.values() for key, _ in pairs)
    numbers = {key: number for pairs in rows.values() for key, number in pairs}
    acknowledged = written.acknowledged.items()
    return {
        "lost": sum(key not in numbers for key, _ in acknowledged),
        "another": sum(numbers.get(key, number) != number for key, number in acknowledged),
        "twice": sum(count > 1 for count in kept.values()),
        "unsent": sum(key not in written.sent for key in kept),
    }
