"""Refusals as pages: what is wrong, what was not done, and what to do now."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.console import pages, safety, sign_in
from app.console.api import Refused
from app.console.visit import PREFIX, SessionOver
from app.kit.errors import Refusal
from app.kit.messages import Message, in_language, language
from app.kit.web import problems

CHOSEN = re.compile(r"[a-z]+(?:[_-][a-z]+)*|L[1-4]")
"""A code of the API: it was chosen, not typed."""
SECRET_FIELDS = frozenset({safety.FIELD, "key", "version", "once", "back"})


async def on_refusal(request: Request, refusal: Refusal) -> Response:
    if isinstance(refusal, SessionOver):
        return await session_over(request, refusal)
    status = problems.STATUS[problems.family(refusal)]
    return await page(request, status, problems.describe(refusal))


async def on_refused(request: Request, refused: Refused) -> Response:
    if refused.status == HTTPStatus.UNAUTHORIZED:
        return await session_over(request, SessionOver())
    return await page(request, refused.status, refused.problem)


async def on_http(request: Request, error: HTTPException) -> Response:
    is_missing = error.status_code == HTTPStatus.NOT_FOUND
    title = Message("There is no such page") if is_missing else error.detail
    return await page(request, error.status_code, {"title": title, "detail": title})


async def on_fault(request: Request, fault: Exception) -> Response:
    title = Message("The service made a mistake")
    detail = Message("it was logged under {request_id}", request_id=request.state.request_id)
    return await page(request, 500, {"title": title, "detail": detail})


async def session_over(request: Request, refusal: SessionOver) -> Response:
    """To the sign-in and back; what was typed into a form is shown there, since it was not kept."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if "hx-request" in request.headers:
        current = request.headers.get("hx-current-url", "")
        path = current[current.find(PREFIX) :] if PREFIX in current else f"{PREFIX}/"
        target = f"{PREFIX}/sign-in?{sign_in.AFTER}={pages.quoted(path)}"
        return Response(status_code=401, headers={"HX-Redirect": target})
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=HTTPStatus.NO_CONTENT)  # a stream that asks no more
    if request.method in safety.SAFE:
        target = f"{PREFIX}/sign-in?{sign_in.AFTER}={pages.quoted(here)}"
        return RedirectResponse(target, HTTPStatus.SEE_OTHER)
    lost = typed(request)
    back = lost.pop("back", f"{PREFIX}/")
    return sign_in.form_page(request, 401, after=back, problem=refusal, lost=lost)


def typed(request: Request) -> dict[str, str]:
    """The texts of the form that was read, without what only the page needs."""
    form: FormData = getattr(request.state, "form", FormData())
    kept = {"back": str(form["back"])} if "back" in form else {}
    texts = {name: value for name, value in form.items() if isinstance(value, str) and value}
    return kept | {
        name: text
        for name, text in texts.items()
        if name not in SECRET_FIELDS and not CHOSEN.fullmatch(text)
    }


async def page(request: Request, status: int, problem: Mapping[str, Any]) -> Response:
    reader = language.get()
    words = {name: in_language(problem[name], reader) for name in ("title", "detail")}
    lost = typed(request)
    lost.pop("back", None)
    template = "problem_part.html" if "hx-request" in request.headers else "problem.html"
    return pages.answer(
        template,
        reader,
        status,
        problem={**problem, **words},
        request_id=request.state.request_id,
        lost=lost,
    )
