"""Pages of a list, told of what was told before.

A list is asked for again and again, and hardly any of its tickets has changed meanwhile. So a page
is read as numbers with stamps, and only what is new of it is read and told anew. A stamp is made of
the transactions that wrote the rows of which a ticket is told: its own, its request's, its
citizen's and its group's parent's, and of the secrecy of the one that it repeats; dispatches change
only with their ticket.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from app.access.roles import Role
from app.kit.gather import Gathered
from app.kit.hop import in_thread
from app.kit.keep import Keep
from app.kit.messages import Language, language
from app.kit.ready import Ready
from app.kit.web.paging import MOST
from app.tickets.models import Ticket
from app.tickets.views import candidates, rows, view
from app.tickets.views.candidates import Shape
from app.tickets.views.forms import Form, form_of
from app.tickets.views.lists import Asked, Listing, asked_by, lines
from app.tickets.views.rows import Row
from app.tickets.views.view import Looker

MOST_BYTES = 64_000_000
FEW = 10
"""Tickets that the event loop tells itself: more would hold other requests up."""

AT_ONCE = 8
"""Pages that are read at once, so that a page that is slow to find holds up no other."""


Key = tuple[str, Language, Role, str | None, str]
"""By which rules and names a ticket is told, in which language, to whom, and its number."""


XMIN: sa.ColumnElement[Any] = sa.literal_column("ticket.xmin").label("xmin")
STAMP: sa.ColumnElement[Any] = sa.literal_column(
    "concat_ws(' ', page.xmin, request.xmin, citizen.xmin, parent.xmin,"
    " (SELECT secret FROM ticket AS repeated WHERE repeated.number = page.repeat_of))"
).label("stamp")
ANY_NUMBER = select(Ticket, XMIN).where(Ticket.number == sa.any_(view.NUMBERS))
NUMBERED = Ready(rows.shown(ANY_NUMBER).add_columns(STAMP))


@lru_cache(maxsize=500)
def stamped(shape: Shape) -> Ready:
    by = shape.order
    keys = [column for column in by.columns if column is not Ticket.number]
    pointers = (Ticket.merged_into, Ticket.repeat_of)
    columns: list[Any] = [Ticket.number, Ticket.due_at, *keys, *pointers, XMIN]
    page = candidates.page(shape, *columns).subquery("page")
    shown = (page.c.number, page.c.due_at, *(page.c[column.key] for column in keys), STAMP)
    return Ready(by.sorted(rows.joined(page, *shown), page))


def read(connection: sa.Connection, questions: Sequence[Asked]) -> dict[Asked, Sequence[Any]]:
    """Numbers and stamps of each page, and of one ticket more if there is one."""
    return {asked: lines(connection, asked, stamped) for asked in questions}


def read_new(connection: sa.Connection, numbers: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Each ticket and its stamp, by number: for whoever may see it under that stamp."""
    lines = NUMBERED.rows(connection, numbers=list(numbers))
    return {line.number: line for line in lines}


class Pages:
    """Lists' pages, and the tickets last told in them."""

    def __init__(self, engine: sa.Engine) -> None:
        self.pages = Gathered(engine, read, at_once=AT_ONCE, most=1)
        self.tickets = Gathered(engine, read_new, most=MOST + 1)
        self.forms: Keep[Key, Form] = Keep(MOST_BYTES)

    async def page(self, looker: Looker, listing: Listing) -> bytes | None:
        """In JSON; None where a ticket changed meanwhile. Refuses (BadCursor)."""
        asked = asked_by(looker.caller, listing)
        stamps = await self.pages.answer(asked) or ()
        shown, after = asked.shape.order.cut(stamps, listing.limit)
        bodies = {line.number: self.held(looker, line.number, line.stamp) for line in shown}
        new = [line for line in shown if bodies[line.number] is None]
        tickets = await self.tickets.answers([line.number for line in new])
        if len(new) > FEW:
            await in_thread()
        for line, ticket in zip(new, tickets, strict=True):
            if ticket is None or ticket[-1] != line.stamp:
                return None
            bodies[line.number] = self.tell(looker, rows.row_of(ticket[:-1]), line.stamp)
        return view.spliced(filter(None, bodies.values()), after)

    def held(self, looker: Looker, number: str, stamp: str) -> bytes | None:
        form = self.forms.get(key(looker, number))
        return form.body if form and form.holds(stamp, looker.now) else None

    def tell(self, looker: Looker, ticket: Row, stamp: str) -> bytes:
        body = view.as_json(looker, ticket, bulk=True)
        self.forms.put(key(looker, ticket.number), form_of(stamp, [ticket], looker, body))
        return body


def key(looker: Looker, number: str) -> Key:
    caller = looker.caller
    return looker.city.edition, language.get(), caller.role, caller.office_code, number
