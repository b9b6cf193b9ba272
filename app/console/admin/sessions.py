"""Who is signed in at the console, and an end to it."""

from starlette.responses import Response

from app.access import sessions
from app.console import hands
from app.console.admin.desk import TABS
from app.console.visit import Visit


async def show(visit: Visit) -> Response:
    own = sessions.id_of(visit.request.app.state.secret, visit.api.token)
    signed_in = await hands.ask(visit, sessions.in_force)
    return visit.page("admin/sessions.html", tabs=TABS, sessions=signed_in, own=own)


async def end(visit: Visit) -> Response:
    """Refuses (NoSuchSession) one that is over."""
    name = visit.request.path_params["session"]
    ended = await hands.ask(visit, lambda session: sessions.end_of(session, name))
    visit.request.app.state.api.state.gate.forget_session(ended)
    return visit.go("/admin/sessions?was=ended")
