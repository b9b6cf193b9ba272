"""The matter of a ticket, as it is compared with others."""

from typing import Any

import sqlalchemy as sa

from app.tickets.life.lifecycle import TicketType
from app.tickets.life.likeness import Matter
from app.tickets.models import Request, Ticket


def matter_of(ticket: Ticket | sa.Row[Any], request: Request | sa.Row[Any]) -> Matter:
    """From ticket and request, or from a row with the columns of both."""
    return Matter(
        place=request.place_key or "",
        words=words(request.title, request.content),
        category=ticket.category,
        praise=ticket.type is TicketType.PRAISE,
        district_code=ticket.district_code,
        street_code=ticket.street_code,
        lon=ticket.lon,
        lat=ticket.lat,
    )


def words(title: str, content: str) -> str:
    return f"{title}\n{content}"
