"""Signing in with a key, and out. A sign-in by another service (OIDC) ends at `signed_in`, too."""

import secrets
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.access import sessions
from app.access.service import hashed
from app.console import pages, safety
from app.console.visit import COOKIE, PREFIX, Visit, page
from app.kit.db import Sessions
from app.kit.errors import Unauthenticated
from app.kit.messages import language
from app.kit.share import in_turn

VISIT = "jiesu_visit"
"""A cookie of who has not signed in yet: the form bears its stamp."""
AFTER = "after"


def inside(path: str | None) -> str:
    """A page of the console to go to afterwards; any other address leads to the first one."""
    parts = urlsplit(path or "")
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith(f"{PREFIX}/")
    return parts._replace(fragment="").geturl() if is_ours else f"{PREFIX}/"


def form_page(request: Request, status: int = 200, **shown: Any) -> Response:
    visit = request.cookies.get(VISIT) or secrets.token_urlsafe(16)
    answer = pages.answer(
        "sign_in.html",
        language.get(),
        status,
        csrf=safety.stamp(request.app.state.secret, visit),
        after=inside(shown.pop(AFTER, None)),
        **{"problem": None, "lost": {}, **shown},
    )
    give_cookie(request, answer, VISIT, visit)
    return answer


def give_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    public = request.app.state.api.state.settings.public_url
    secure = request.url.scheme == "https" or public.startswith("https:")
    answer.set_cookie(name, value, path=PREFIX, httponly=True, samesite="strict", secure=secure)


async def show(request: Request) -> Response:
    return form_page(request, after=request.query_params.get(AFTER))


async def sign_in(request: Request) -> Response:
    """Refuses (OtherSite, OtherSession) a form that no page of ours sent."""
    safety.check_origin(request)
    form = await request.form(max_fields=10)
    state = request.app.state
    safety.check_stamp(state.secret, request.cookies.get(VISIT, ""), form.get(safety.FIELD))
    after = str(form.get(AFTER, ""))
    try:
        key = str(form.get("key", "")).strip()
        token = await in_turn(partial(begin, state.api.state.sessions, state.secret), key)
    except Unauthenticated as refusal:
        return form_page(request, 401, after=after, problem=refusal)
    return signed_in(request, token, after)


def begin(sessions_of: Sessions, secret: bytes, key: str) -> str:
    with sessions_of.begin() as session:
        return sessions.begin(session, secret, key)


def signed_in(request: Request, token: str, after: str) -> Response:
    answer = RedirectResponse(inside(after), 303)
    give_cookie(request, answer, COOKIE, token)
    answer.delete_cookie(VISIT, path=PREFIX)
    return answer


async def sign_out(visit: Visit) -> Response:
    state, token = visit.request.app.state, visit.api.token
    await in_turn(partial(end, state.api.state.sessions, state.secret), token)
    state.api.state.gate.forget_session(hashed(state.secret, token))
    answer = RedirectResponse(f"{PREFIX}/sign-in", 303)
    answer.delete_cookie(COOKIE, path=PREFIX)
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def end(sessions_of: Sessions, secret: bytes, token: str) -> None:
    with sessions_of.begin() as session:
        sessions.end(session, secret, token)


ROUTES = [
    Route("/sign-in", show),
    Route("/sign-in", sign_in, methods=["POST"]),
    page("/sign-out", sign_out, methods=["POST"]),
]
