"""A city's tickets, loaded by SQL as copies of a model: a ticket received by the service itself.

Columns not named here have the values of the model's row, so that a column of a later migration
needs no line here.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from app.city import OF_CITIZENS
from app.kit.cipher import Cipher
from app.period import Period
from app.tickets.citizens import sealed
from bench.api.searched import CONTENT, enter
from bench.api.server import SECRET
from bench.rankings import FACTS, tickets

WAITING = 80
"""Open tickets of a street: more than a page of its inbox."""
EARLIER = 20
"""Tickets of a regular caller."""
REGULARS = 10_000
FIRST_PHONE = 13_000_000_000
KNOWN = {"name": "张三", "phone": "13800000000"}
LEAPS = 1000
"""Numbers left free between the loaded tickets and the service's own."""

STREETS = """
CREATE TABLE IF NOT EXISTS bench.street AS
SELECT row_number() OVER (ORDER BY code) - 1 AS n, code, left(code, 6) AS district
FROM office WHERE kind IN ('street', 'township');
CREATE UNIQUE INDEX IF NOT EXISTS street_n ON bench.street (n);
"""
MADE = """
CREATE UNLOGGED TABLE bench.made AS
SELECT n, 'BJ' || to_char(at, 'YYYYMMDD') || lpad(((%(first)s + n) %% 10000000)::text, 7, '0')
        AS number,
    code AS office, district, at, at + INTERVAL '7 days' AS due,
    CASE WHEN n < %(closed)s THEN CASE WHEN n %% 33 = 0 THEN 'withdrawn' ELSE 'closed' END
        ELSE (ARRAY['dispatched', 'acknowledged', 'in_progress', 'dispatched'])[n %% 4 + 1]
    END AS status,
    CASE WHEN n >= %(number)s - %(regulars)s * %(earlier)s THEN n %% %(regulars)s END AS caller
FROM (SELECT g AS n, CASE WHEN g < %(closed)s THEN %(start)s + g * %(step)s
            ELSE %(opens)s + (g - %(closed)s) * %(step_open)s END AS at
      FROM generate_series(0, %(number)s::bigint - 1) AS g) AS times
JOIN (SELECT n AS place, code, district FROM bench.street) AS s
    ON place = (n * 7919) %% %(streets)s;
CREATE INDEX ON bench.made (number);
"""
OPEN = "m.status NOT IN ('closed', 'withdrawn')"
AFTER = "CASE WHEN m.status = 'closed' THEN m.at + INTERVAL '{}' END"
VERSION = """CASE m.status WHEN 'closed' THEN 7 WHEN 'in_progress' THEN 4
    WHEN 'dispatched' THEN 2 ELSE 3 END"""
TICKET = {
    "number": "m.number",
    "status": "m.status",
    "since": "m.at",
    "version": VERSION,
    "office_code": "m.office",
    "street_code": "m.office",
    "district_code": "m.district",
    "community_code": "NULL",
    "external_id": "NULL",
    "received_at": "m.at",
    "dispatched_at": "m.at",
    "acknowledged_at": "CASE WHEN m.status NOT IN ('dispatched') THEN m.at END",
    "contacted_at": "CASE WHEN m.status IN ('closed', 'in_progress') THEN m.at END",
    "replied_at": AFTER.format("1 day"),
    "assessed_at": AFTER.format("2 days"),
    "closed_at": AFTER.format("2 days"),
    "acknowledge_due_at": "m.at + INTERVAL '1 day'",
    "contact_due_at": "m.at + INTERVAL '1 day'",
    "due_at": "m.due",
    "next_due_at": f"CASE WHEN {OPEN} THEN m.due END",
    "waits_for": f"CASE WHEN {OPEN} THEN m.office END",
    "waits_until": f"CASE WHEN {OPEN} THEN m.due END",
    "updated_at": "m.at",
}
REQUEST = {
    "ticket_number": "m.number",
    "content": CONTENT,
    "place_key": "'bench' || m.number",
    "route": "t.route || jsonb_build_object('office_code', m.office)",
}
CITIZEN = {
    "ticket_number": "m.number",
    "phone_hash": "c.hash",
    "name": "k.name",
    "phone": "k.phone",
}
DISPATCH = {
    "ticket_number": "m.number",
    "office_code": "CASE t.role WHEN 'lead' THEN m.office ELSE m.district END",
    "dispatched_at": "m.at",
    "due_at": "CASE t.role WHEN 'lead' THEN m.due END",
    "ended_at": f"CASE WHEN NOT {OPEN} THEN m.at END",
    "end_reason": f"CASE WHEN NOT {OPEN} THEN m.status END",
}
EVENT = {
    "ticket_number": "m.number",
    "seq": "e.seq",
    "at": "m.at",
    "action": "CASE WHEN m.status = 'withdrawn' AND e.seq = 3 THEN 'withdraw' ELSE e.action END",
    "from_status": "e.before",
    "to_status": "CASE WHEN m.status = 'withdrawn' AND e.seq = 3 THEN m.status ELSE e.after END",
    "data": "CASE WHEN e.seq < 3 THEN t.data ELSE '{}' END",
}
STEPS = f"""JOIN (VALUES (1, 'receive', NULL, 'received'), (2, 'route', 'received', 'dispatched'),
    (3, 'acknowledge', 'dispatched', 'acknowledged'), (4, 'contact', 'acknowledged', 'in_progress'),
    (5, 'reply', 'in_progress', 'replied'), (6, 'review', 'replied', 'awaiting_callback'),
    (7, 'callback', 'awaiting_callback', 'closed')) AS e (seq, action, before, after)
    ON e.seq <= {VERSION} AND t.seq = least(e.seq, 2)"""
ENTRY = {
    "office_code": "m.office",
    "seq": "coalesce(h.last_seq, 0) + row_number() OVER (PARTITION BY m.office ORDER BY m.n)",
    "at": "m.at",
    "ticket_number": "m.number",
}
ASSESSED = """
CREATE UNLOGGED TABLE bench.assessed AS
SELECT row_number() OVER () AS n, number, office_code AS office, NULL::bigint AS caller FROM ticket
WHERE number LIKE %(prefix)s || '%%'
"""
HEADS = """
INSERT INTO feed_head (office_code, last_seq) SELECT office, count(*) FROM bench.made GROUP BY 1
ON CONFLICT (office_code) DO UPDATE SET last_seq = feed_head.last_seq + excluded.last_seq
"""


@dataclass(frozen=True, slots=True)
class City:
    """A city: the database of its tickets, and their model."""

    database: str
    model: str
    streets: int

    def load(self, number: int, waiting: int, now: datetime) -> None:
        """Load more tickets of the last year, `waiting` of them in inboxes."""
        regulars = max(min(REGULARS, number // (4 * EARLIER)), 1)
        with psycopg.connect(self.database, cursor_factory=psycopg.ClientCursor) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET synchronous_commit = off")
            know_callers(connection, regulars)
            first = next_number(connection) + LEAPS
            connection.execute("DROP TABLE IF EXISTS bench.made")
            connection.execute(MADE, self.spans(number, waiting, now, first, regulars))
            know_citizens(connection, "made")
            for table in TABLES:
                connection.execute(self.copies(connection, table, "made"))
            connection.execute(HEADS)
            enter(connection, self.words(connection))
            connection.execute("SELECT setval('ticket_number', %s)", [first + number + LEAPS])
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    def words(self, connection: psycopg.Connection) -> tuple[str, ...]:
        query = "SELECT title, content, address FROM request WHERE ticket_number = %s"
        [texts] = connection.execute(query, [self.model]).fetchall()
        return texts

    def assess(self, period: Period, number: int, prefix: str, now: datetime) -> None:
        """Load assessed tickets, spread evenly over a period and over all streets, with the rows
        that lists and rankings read."""
        with psycopg.connect(self.database, cursor_factory=psycopg.ClientCursor) as connection:
            streets = connection.execute("SELECT code FROM bench.street ORDER BY n").fetchall()
            values = {
                "prefix": f"{prefix}-{period.name}-",
                "start": period.starts_at,
                "end": period.ends_at,
                "step": (min(period.ends_at, now) - period.starts_at) / number,
                "streets": [code for (code,) in streets],
                "streets_number": len(streets),
                "number": number,
            }
            connection.execute("SET session_replication_role = replica")
            connection.execute(tickets(connection), values)
            connection.execute(f"{FACTS} WHERE number LIKE %(prefix)s || '%%'", values)
            connection.execute("DROP TABLE IF EXISTS bench.assessed")
            connection.execute(ASSESSED, values)
            know_citizens(connection, "assessed")
            for table in ("request", "citizen"):
                connection.execute(self.copies(connection, table, "assessed"))
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE ticket, assessment, request, citizen")

    def spans(
        self, number: int, waiting: int, now: datetime, first: int, regulars: int
    ) -> dict[str, Any]:
        closed, opens = number - waiting, now - timedelta(minutes=30)
        start = now - timedelta(days=365)
        return {
            "number": number,
            "closed": closed,
            "first": first,
            "start": start,
            "step": (opens - start) / max(closed, 1),
            "opens": opens,
            "step_open": (now - opens) / max(waiting, 1),
            "regulars": regulars,
            "earlier": EARLIER,
            "streets": self.streets,
        }

    def copies(self, connection: psycopg.Connection, table: str, source: str) -> sql.Composed:
        """Copies of the model's rows in a table, for each row of a source."""
        given, joined = TABLES[table]
        names = columns(connection, table)
        values = [sql.SQL(given.get(name, f't."{name}"')) for name in names]
        key = "number" if table == "ticket" else "ticket_number"
        return sql.SQL(
            "INSERT INTO {table} ({names}) SELECT {values} FROM bench.{source} m"
            " JOIN {table} t ON t.{key} = {model} " + joined
        ).format(
            table=sql.Identifier(table),
            source=sql.Identifier(source),
            names=sql.SQL(", ").join(map(sql.Identifier, names)),
            values=sql.SQL(", ").join(values),
            key=sql.Identifier(key),
            model=self.model,
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """A city as far as it is loaded."""

    city: City
    tickets: int
    facts: int


def keep(loaded: Kept) -> None:
    """Note in its database how far a city is loaded."""
    row = (loaded.city.model, loaded.city.streets, loaded.tickets, loaded.facts)
    with psycopg.connect(loaded.city.database, autocommit=True) as connection:
        connection.execute("INSERT INTO bench.kept VALUES (%s, %s, %s, %s)", row)


def kept(database: str) -> Kept | None:
    """The city that a database holds; none where there is no such database, or no city in it."""
    newest = (
        "SELECT model, streets, tickets, facts FROM bench.kept ORDER BY tickets DESC, facts DESC"
    )
    try:
        with psycopg.connect(database) as connection:
            row = connection.execute(newest).fetchone()
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
        return None
    return Kept(City(database, row[0], row[1]), row[2], row[3]) if row else None


TABLES = {
    "ticket": (TICKET, ""),
    "request": (REQUEST, ""),
    "citizen": (
        CITIZEN,
        "LEFT JOIN bench.caller c ON c.n = m.caller JOIN bench.known k ON k.number = m.number",
    ),
    "dispatch": (DISPATCH, ""),
    "event": (EVENT, STEPS),
    "feed_entry": (
        ENTRY,
        "AND length(t.office_code) = 9 LEFT JOIN feed_head h ON h.office_code = m.office",
    ),
}
"""For each table the values of a copy that differ from the model's, and a join for them."""


def prepare(database: str, number: int) -> int:
    """Makes the bench's own tables; the number of streets whose inboxes are full."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA bench")
        connection.execute(STREETS)
        connection.execute("CREATE TABLE bench.caller (n bigint PRIMARY KEY, hash bytea)")
        connection.execute(
            "CREATE TABLE bench.kept (model text, streets int, tickets bigint, facts bigint)"
        )
        connection.execute("CREATE UNLOGGED TABLE bench.known (number text, name text, phone text)")
        row = connection.execute("SELECT count(*) FROM bench.street").fetchone()
    assert row is not None
    return max(min(int(row[0]), number // 2 // WAITING), 1)


def columns(connection: psycopg.Connection, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' AND attidentity = '' ORDER BY attnum",
        [table],
    )
    return [name for (name,) in rows]


def next_number(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT nextval('ticket_number')").fetchone()
    assert row is not None
    return int(row[0])


def caller_hash(phone: int) -> bytes:
    """The service's hash of a caller, the key to his earlier tickets."""
    return hmac.new(SECRET, f"citizen:{phone}".encode(), hashlib.sha256).digest()


def know_callers(connection: psycopg.Connection, regulars: int) -> None:
    hashes = ((n, caller_hash(FIRST_PHONE + n)) for n in range(regulars))
    copy_in(connection, hashes)


def know_citizens(connection: psycopg.Connection, source: str) -> None:
    """Of each ticket of a source a citizen, enciphered as the service does it."""
    cipher = Cipher(SECRET, OF_CITIZENS)
    rows = connection.execute(
        sql.SQL("SELECT number FROM {}").format(sql.Identifier("bench", source))
    )
    numbers = rows.fetchall()
    connection.execute("TRUNCATE bench.known")
    with connection.cursor().copy("COPY bench.known FROM STDIN") as copy:
        for (number,) in numbers:
            copy.write_row((number, *sealed(cipher, number, KNOWN).values()))
    connection.execute("ANALYZE bench.known")


def copy_in(connection: psycopg.Connection, rows: Iterable[tuple[int, bytes | None]]) -> None:
    connection.execute("TRUNCATE bench.caller")
    with connection.cursor().copy("COPY bench.caller FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
