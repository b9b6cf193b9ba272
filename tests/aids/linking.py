"""Links of events made anew: where a test writes rows itself, or plays who changes a row by force
and all links with it."""

from collections.abc import Collection
from itertools import groupby

import sqlalchemy as sa

from app.tickets.life import links

EVENTS = """
    SELECT * FROM event WHERE ticket_number = ANY(:numbers) ORDER BY ticket_number, seq
"""
LINKED = "UPDATE event SET link = :link WHERE ticket_number = :ticket_number AND seq = :seq"
HEADED = "UPDATE ticket SET chain_head = :link WHERE number = :ticket_number"


def relink(connection: sa.Connection, numbers: Collection[str] | None = None) -> None:
    """Of these tickets, by default of all."""
    if numbers is None:
        numbers = connection.scalars(sa.text("SELECT number FROM ticket")).all()
    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    events = connection.execute(sa.text(EVENTS), {"numbers": list(numbers)}).mappings().all()
    linked, headed = [], []
    for number, of_ticket in groupby(events, key=lambda event: event["ticket_number"]):
        link = links.BEFORE_ALL
        for event in of_ticket:
            link = links.link(link, {**event})
            linked.append({"link": link, "ticket_number": number, "seq": event["seq"]})
        headed.append({"link": link, "ticket_number": number})
    for statement, rows in ((LINKED, linked), (HEADED, headed)):
        if rows:
            connection.execute(sa.text(statement), rows)
    connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
