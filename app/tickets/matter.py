"""The matter of a ticket, as it is compared with others."""

from typing import Any

from app.tickets.life.lifecycle import TicketType
from app.tickets.life.likeness import Matter


def matter_of(ticket: Any, request: Any) -> Matter:
    """Of a Ticket and its Request, or of one row with the columns of both."""
    return Matter(
        place=request.place_key or "",
        words=words(request.title, request.content),
        category=ticket.category,
        praise=ticket.type == TicketType.PRAISE,
        district_code=ticket.district_code,
        street_code=ticket.street_code,
        lon=ticket.lon,
        lat=ticket.lat,
        secret=ticket.secret,
    )


def words(title: str, content: str) -> str:
    return f"{title}\n{content}"
