"""The usual request for an inbox, a list, a ticket or its events, without FastAPI's dependencies.

None: it is unusual, and the endpoint answers or refuses it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import Request, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.access.gate import known
from app.access.roles import OFFICE_BOUND, Caller
from app.kit.errors import NotFound
from app.kit.etag import known_to, tagged
from app.kit.hop import in_thread
from app.kit.wire import JsonBytes
from app.tickets.views import export, history, lists, scope, view
from app.tickets.views import inbox as inboxes
from app.tickets.views.inbox import Inboxes
from app.tickets.views.lists import Listing, Paging
from app.tickets.views.view import Viewer


async def inbox(request: Request) -> Response | None:
    caller, paging = known(request, OFFICE_BOUND), paging_of(request)
    if caller is None or paging is None:
        return None
    state, asked = request.app.state, inboxes.asked_by(caller, paging)
    kept: Inboxes = state.inboxes
    head = await kept.heads.version(asked.office_code)
    now, version = state.clock(), inboxes.version(asked, head, state.city)
    for tag in known_to(request):
        if inboxes.holds(tag, version, now):
            return Response(status_code=304, headers={"ETag": f'"{tag}"'})
    page = kept.kept(asked, version, now)
    if page is None:
        await in_thread()
        with glance(request, caller) as viewer:
            page = inboxes.read(viewer, asked)
        kept.keep(asked, page)
    answer = JsonBytes(page.body)
    return tagged(request, answer, page.tag, answer)


def paging_of(request: Request) -> Paging | None:
    asked = request.query_params
    try:
        return Paging.model_validate(dict(asked)) if asked else FIRST_PAGE
    except ValidationError:
        return None


FIRST_PAGE = Paging()


async def listing(request: Request) -> Response | None:
    """A page without filters."""
    caller, paging = known(request, scope.READERS), paging_of(request)
    if caller is None or paging is None or export.wanted(request):
        return None
    await in_thread()
    with glance(request, caller) as viewer:
        return JsonBytes(lists.page(viewer, Listing(limit=paging.limit, cursor=paging.cursor)))


async def ticket(request: Request) -> Response | None:
    def show(viewer: Viewer, number: str) -> Response:
        row = view.seen(viewer, number)
        answer = JsonBytes(view.told(viewer, row))
        return tagged(request, answer, row.version, answer)

    return await by_number(request, show)


async def events(request: Request) -> Response | None:
    return await by_number(request, lambda viewer, number: JsonBytes(history.told(viewer, number)))


async def by_number(request: Request, show: Callable[[Viewer, str], Response]) -> Response | None:
    caller = known(request, scope.READERS)
    if caller is None or request.query_params:
        return None
    await in_thread()
    with glance(request, caller) as viewer:
        try:
            return show(viewer, request.path_params["number"])
        except NotFound:
            return None


@contextmanager
def glance(request: Request, caller: Caller) -> Iterator[Viewer]:
    """For a single statement, which is a snapshot by itself and needs no transaction."""
    state = request.app.state
    with state.inboxes.heads.engine.connect() as connection:
        yield Viewer(caller, Session(connection), state.city, state.clock())
