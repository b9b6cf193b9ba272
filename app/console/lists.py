"""Small parts that several pages ask for while a person types, and the stream that wakes them."""

from typing import Any

from starlette.responses import Response

from app.console.api import Forwarded
from app.console.forms import SEPARATORS
from app.console.naming import SEVERAL
from app.console.visit import Visit, page
from app.kit.workdays import day_of

SHOWN = 12
BEYOND = 2**53
"""A number that no feed reaches: its reader hears what comes next."""


async def offices(visit: Visit) -> Response:
    """Offices whose name, other name or code begins or contains what was typed, best first; of a
    field for several those that the last word means, behind the words before it."""
    field, typed = next(
        ((name, text.strip()) for name, text in visit.query.items() if text.strip()), ("", "")
    )
    last = SEPARATORS.split(typed)[-1] if SEVERAL in field else typed
    today = day_of(visit.clock())
    named = [
        office
        for office in visit.city.offices.values()
        if last and office.active(today) and any(last in name for name in names(office))
    ]
    named.sort(key=lambda office: (not office.name.startswith(last), len(office.name), office.code))
    before = typed.removesuffix(last)
    return visit.page("offices.html", offices=named[:SHOWN], before=before)


def names(office: Any) -> tuple[str, ...]:
    return (office.code, office.name, *office.aliases)


async def categories(visit: Visit) -> Response:
    """Categories whose code begins with what was typed, or whose name contains it."""
    typed = next((text.strip() for text in visit.query.values() if text.strip()), "")
    named = [
        category
        for category in visit.city.catalogue.categories.values()
        if typed and (category.code.startswith(typed) or typed in category.name)
    ]
    named.sort(key=lambda category: (len(category.code), category.code))
    return visit.page("categories.html", categories=named[:SHOWN])


async def live(visit: Visit) -> Any:
    """The caller's feed as server-sent events, from now on."""
    return Forwarded(visit.api, visit.request, "/v1/feed/stream", f"after={BEYOND}")


ROUTES = [page("/offices", offices), page("/categories", categories), page("/live", live)]
