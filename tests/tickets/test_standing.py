"""The standing of a ticket: its first members are the ticket's columns of the same names."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from app.offices.catalogue import Urgency
from app.tickets.life.guards import NAMES, Standing
from app.tickets.life.lifecycle import Channel, Status, TicketType
from app.tickets.life.parts import Part
from app.tickets.models import Ticket
from app.tickets.standing import standing_of
from tests.policies import beijing

NOW = datetime(2026, 11, 29, 1, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    **dict.fromkeys(Ticket.__table__.columns.keys()),
    "status": Status.IN_PROGRESS,
    "type": TicketType.HELP,
    "urgency": Urgency.L1,
    "doubted": False,
    "secret": False,
    "channel": Channel.PHONE,
    "no_citizen": False,
    "forced": False,
    "objection_locked": False,
    "since": NOW,
    "members": 0,
    "version": 3,
    "objectors": [],
    "advised": [],
    "whistles": [],
    "extensions": 0,
}
OF_PLAIN = Standing(Status.IN_PROGRESS, TicketType.HELP, Urgency.L1, no_call_due=True)
COLUMNS = [name for name in NAMES if name in PLAIN]


def standing(**changed: Any) -> Standing:
    return standing_of(SimpleNamespace(**{**PLAIN, **changed}), beijing(), None, NOW)


def test_a_plain_ticket_has_a_plain_standing() -> None:
    assert replace(standing(), objection_mine=False) == OF_PLAIN


def test_columns_are_the_first_members() -> None:
    assert tuple(COLUMNS) == NAMES[: len(COLUMNS)]


OTHERS: dict[str, Any] = {
    "status": Status.MERGED,
    "type": TicketType.REPORT,
    "urgency": Urgency.L2,
    "doubted": True,
    "secret": True,
    "no_citizen": True,
    "forced": True,
    "objection_locked": True,
    "asks_extension": Part.DISTRICT,
    "asks_hold": Part.SUPERVISOR,
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_is_read_by_its_name(name: str) -> None:
    other = {name: OTHERS[name]}
    expected = replace(standing(), **other)

    assert standing(**other) == replace(expected, verifiable=name == "no_citizen")
