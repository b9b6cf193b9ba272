"""each event has a link to the one before it, and each ticket the last; what is there is linked"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from secrets import token_bytes
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "d17f5b3c8a60"
down_revision = "d5f2a8c3917b"
branch_labels = None
depends_on = None

AT_ONCE = 2_000
FORMAT = 1
SALT_BYTES = 16
ENCODER = msgspec.json.Encoder(order="deterministic")
COLUMNS = [("ticket", "chain_head"), ("event", "words_hash"), ("event", "link")]
COLUMNS += [("statement", "salt")]
NEEDED = [column for column in COLUMNS if column != ("event", "words_hash")]

Row = Sequence[Any]

TICKETS = """
    SELECT number FROM ticket WHERE number > :after AND chain_head IS NULL ORDER BY number LIMIT :some
"""
EVENTS = """
    SELECT e.ticket_number, e.seq, e.at, e.due_at, e.actor, e.role, e.office_code, e.action,
        e.from_status, e.to_status, e.data, s.words, s.salt
    FROM event e LEFT JOIN statement s ON s.ticket_number = e.ticket_number AND s.seq = e.seq
    WHERE e.ticket_number = ANY(:numbers) ORDER BY e.ticket_number, e.seq
"""
SALTED = """
    UPDATE statement s SET salt = decode(row.salt, 'hex')
    FROM json_to_recordset(CAST(:rows AS json)) AS row (number text, seq integer, salt text)
    WHERE s.ticket_number = row.number AND s.seq = row.seq
"""
LINKED = """
    UPDATE event e SET link = decode(row.link, 'hex'), words_hash = decode(row.words, 'hex')
    FROM json_to_recordset(CAST(:rows AS json))
        AS row (number text, seq integer, link text, words text)
    WHERE e.ticket_number = row.number AND e.seq = row.seq
"""
HEADED = """
    UPDATE ticket t SET chain_head = coalesce((
        SELECT link FROM event e WHERE e.ticket_number = t.number ORDER BY seq DESC LIMIT 1), '')
    WHERE number = ANY(:numbers)
"""


def upgrade() -> None:
    """In pieces, each with a commit of its own: what was interrupted goes on where it was."""
    with op.get_context().autocommit_block():
        for table, name in COLUMNS:
            op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {name} bytea")
        connection, after = op.get_bind(), ""
        while numbers := some_tickets(connection, after):
            link_tickets(connection, numbers)
            after = numbers[-1]
    for table, name in NEEDED:
        op.alter_column(table, name, nullable=False)


def some_tickets(connection: sa.Connection, after: str) -> list[str]:
    found = connection.execute(sa.text(TICKETS), {"after": after, "some": AT_ONCE})
    return list(found.scalars())


def link_tickets(connection: sa.Connection, numbers: list[str]) -> None:
    """Only while they get their links may events be changed."""
    rows = connection.execute(sa.text(EVENTS), {"numbers": numbers}).all()
    salts: list[dict[str, object]] = []
    links = list(linked(rows, salts))
    connection.exec_driver_sql("BEGIN")
    connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
    connection.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER insert_only")
    connection.execute(sa.text(SALTED), {"rows": json.dumps(salts)})
    connection.execute(sa.text(LINKED), {"rows": json.dumps(links)})
    connection.execute(sa.text(HEADED), {"numbers": numbers})
    connection.exec_driver_sql("ALTER TABLE event ENABLE TRIGGER insert_only")
    connection.exec_driver_sql("COMMIT")


def linked(rows: Sequence[Row], salts: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """As the service links events in this format."""
    for number, events in groupby(rows, key=lambda row: row[0]):
        link = b""
        for *event, words, kept_salt in events:
            hashed = None
            if words is not None:
                salt = kept_salt or token_bytes(SALT_BYTES)
                hashed = sha256(salt + ENCODER.encode(words)).hexdigest()
                salts.append({"number": number, "seq": event[1], "salt": salt.hex()})
            members = [canonical(value) for value in event]
            link = sha256(ENCODER.encode([FORMAT, link.hex(), *members, hashed])).digest()
            yield {"number": number, "seq": event[1], "link": link.hex(), "words": hashed}


def canonical(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def downgrade() -> None:
    for table, name in COLUMNS:
        op.drop_column(table, name)
