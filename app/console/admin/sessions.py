"""Who is signed in at the console, and an end to it."""

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.access import sessions
from app.access.sessions import SignedIn
from app.console.admin.desk import TABS
from app.console.visit import Visit
from app.kit.db import Sessions


async def show(visit: Visit) -> Response:
    state = visit.request.app.state.api.state
    own = sessions.id_of(visit.request.app.state.secret, visit.api.token)
    signed_in = await run_in_threadpool(in_force, state.sessions)
    return visit.page("admin/sessions.html", tabs=TABS, sessions=signed_in, own=own)


def in_force(sessions_of: Sessions) -> list[SignedIn]:
    with sessions_of() as session:
        return sessions.in_force(session)


async def end(visit: Visit) -> Response:
    """Refuses (NoSuchSession) one that is over."""
    state = visit.request.app.state.api.state
    ended = await run_in_threadpool(ended_in, state.sessions, visit.request.path_params["session"])
    state.gate.forget_session(ended)
    return visit.go("/admin/sessions?was=ended")


def ended_in(sessions_of: Sessions, session_id: str) -> bytes:
    with sessions_of.begin() as session:
        return sessions.end_of(session, session_id)
