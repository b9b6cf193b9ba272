"""Yardsticks of the bare database on the same cluster: pgbench, and COPY."""

import re
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from app.kit.host import cluster
from bench.api.city import columns
from bench.api.turns import Turn, Work
from bench.api.usage import Usage, of_family

ONE_TICKET = """\\set n random(0, {last})
WITH place AS (SELECT code, district FROM bench.street WHERE n = :n),
t AS (INSERT INTO ticket ({ticket_names})
    SELECT {ticket_values} FROM bench.model_ticket t, place RETURNING number),
r AS (INSERT INTO request ({request_names})
    SELECT {request_values} FROM bench.model_request m, t),
c AS (INSERT INTO citizen ({citizen_names})
    SELECT {citizen_values} FROM bench.model_citizen m, t),
d AS (INSERT INTO dispatch ({dispatch_names})
    SELECT {dispatch_values} FROM bench.model_dispatch m, t, place),
e AS (INSERT INTO event ({event_names})
    SELECT {event_values} FROM bench.model_event m, t),
h AS (INSERT INTO feed_head (office_code, last_seq)
    SELECT unnest(ARRAY[district, code]), 1 FROM place
    ON CONFLICT (office_code) DO UPDATE SET last_seq = feed_head.last_seq + 1
    RETURNING office_code, last_seq)
INSERT INTO feed_entry (office_code, seq, at, kind, ticket_number, data)
SELECT h.office_code, h.last_seq, now(), 'route', t.number, '{{"status": "dispatched"}}' FROM h, t;
"""
NUMBER = """'BJ' || to_char(now(), 'YYYYMMDD')
    || lpad((nextval('ticket_number') % 10000000)::text, 7, '0')"""
ENCIPHERED = ("name", "phone", "callback_phone")
"""Of a citizen: left out of copies, since it opens under its own ticket's number alone."""
GIVEN = {
    "ticket": {
        "number": NUMBER,
        "received_at": "now()",
        "updated_at": "now()",
        "office_code": "place.code",
        "street_code": "place.code",
        "district_code": "place.district",
        "waits_for": "place.code",
    },
    "request": {"ticket_number": "t.number"},
    "citizen": {
        "ticket_number": "t.number",
        "phone_hash": "sha256(t.number::bytea)",
        **dict.fromkeys(ENCIPHERED, "NULL"),
    },
    "dispatch": {
        "ticket_number": "t.number",
        "office_code": "CASE m.role WHEN 'lead' THEN place.code ELSE place.district END",
    },
    "event": {"ticket_number": "t.number", "at": "now()"},
}
COPIED = (
    "ticket",
    "request",
    "citizen",
    "dispatch",
    "event",
    "statement",
    "contact",
    "callback",
    "assessment",
)


EXPORTED = """
COPY (SELECT t.*, r.*, c.* FROM ticket t JOIN request r ON r.ticket_number = t.number
    JOIN citizen c ON c.ticket_number = t.number WHERE t.office_code = %s
    ORDER BY t.received_at DESC, t.number DESC) TO STDOUT
"""


def one_ticket(database: str, model: str) -> str:
    """A script that writes the rows of a POST, as copies of the model's."""
    names: dict[str, str] = {}
    with psycopg.connect(database, cursor_factory=psycopg.ClientCursor) as connection:
        for table, given in GIVEN.items():
            key = "number" if table == "ticket" else "ticket_number"
            connection.execute(f"DROP TABLE IF EXISTS bench.model_{table}")
            connection.execute(
                f"CREATE TABLE bench.model_{table} AS SELECT * FROM {table} WHERE {key} = %s",
                [model],
            )
            row = "t" if table == "ticket" else "m"
            every = columns(connection, table)
            names[f"{table}_names"] = ", ".join(every)
            names[f"{table}_values"] = ", ".join(given.get(n, f"{row}.{n}") for n in every)
        last = connection.execute("SELECT max(n) FROM bench.street").fetchone()
    assert last is not None
    return ONE_TICKET.format(last=last[0], **names)


def pgbench(database: str, script: str, clients: int, directory: Path) -> Work:
    """A prepared script, run by a number of clients."""
    file = directory / f"{abs(hash(script))}.sql"
    file.write_text(script)

    def work(seconds: float) -> Turn:
        before = of_family(postmaster(directory))
        command = [str(cluster.programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(clients)]
        command += ["-T", str(round(seconds))] if seconds >= 1 else ["-t", str(few(seconds))]
        command += ["-f", str(file), database]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rate = float(captured(r"tps = ([\d.]+)", output))
        done = int(captured(r"transactions actually processed: (\d+)", output))
        spent = of_family(postmaster(directory)) - before
        return Turn(done, done / rate, Usage(0.0, spent))

    return work


def few(seconds: float) -> int:
    """Transactions of each client; pgbench counts no part of a second."""
    return max(round(200 * seconds), 1)


def captured(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def postmaster(directory: Path) -> int:
    """The process of the cluster under a directory."""
    return int((cluster.path(directory) / "postmaster.pid").read_text().split("\n")[0])


def copy(database: str, lines: int, directory: Path) -> Work:
    """COPY of the newest tickets' rows, under other numbers, into the same tables with their
    indexes, keys and triggers; without the feed, which numbers its rows one by one."""
    turns = iter(range(36**2))

    def work(seconds: float) -> Turn:
        done, before = 0, of_family(postmaster(directory))
        spent = 0.0
        while not done or spent < seconds:
            with psycopg.connect(database) as connection:
                texts = rows_of_newest(connection, lines, f"{next(turns):02}")
            began = time.perf_counter()
            write(database, texts)
            spent += time.perf_counter() - began
            done += lines
        return Turn(done, spent, Usage(0.0, of_family(postmaster(directory)) - before))

    return work


def copy_out(database: str, office: str, directory: Path) -> Work:
    """COPY of an office's tickets with their words and citizens, as in an export."""

    def work(seconds: float) -> Turn:
        done, before = 0, of_family(postmaster(directory))
        began = time.perf_counter()
        with psycopg.connect(database, cursor_factory=psycopg.ClientCursor) as connection:
            while not done or time.perf_counter() - began < seconds:
                with connection.cursor().copy(EXPORTED, [office]) as copied:
                    done += sum(1 for _ in copied)
        spent = of_family(postmaster(directory)) - before
        return Turn(done, time.perf_counter() - began, Usage(0.0, spent))

    return work


def rows_of_newest(
    connection: psycopg.Connection, lines: int, prefix: str
) -> list[tuple[sql.Composed, bytes]]:
    """For each table a COPY, and the rows for it."""
    connection.execute(
        "CREATE TEMP TABLE newest AS SELECT number FROM ticket WHERE number LIKE 'BJ%%'"
        " ORDER BY updated_at DESC LIMIT %s",
        [lines],
    )
    return [taken(connection, table, prefix) for table in COPIED]


def taken(connection: psycopg.Connection, table: str, prefix: str) -> tuple[sql.Composed, bytes]:
    key = "number" if table == "ticket" else "ticket_number"
    names = columns(connection, table)
    given: dict[str, sql.Composable] = {
        key: sql.SQL("{} || substr(t.{}, 3)").format(prefix, sql.Identifier(key))
    }
    if table == "citizen":
        given |= dict.fromkeys(ENCIPHERED, sql.SQL("NULL"))
    values = [given.get(name, sql.SQL("t.{}").format(sql.Identifier(name))) for name in names]
    query = sql.SQL("COPY (SELECT {} FROM {} t JOIN newest ON newest.number = t.{}) TO STDOUT")
    asked = query.format(sql.SQL(", ").join(values), sql.Identifier(table), sql.Identifier(key))
    with connection.cursor().copy(asked) as copied:
        text = b"".join(bytes(part) for part in copied)
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), listed), text


def write(database: str, texts: list[tuple[sql.Composed, bytes]]) -> None:
    with psycopg.connect(database) as connection:
        for command, text in texts:
            if text:
                with connection.cursor().copy(command) as copied:
                    copied.write(text)
