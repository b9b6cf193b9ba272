"""Every refusal as RFC 9457 problem+json; no other file knows HTTP statuses."""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.kit import errors
from app.kit.errors import Invalid, Refusal
from app.kit.messages import Message, for_reader, in_words, language, template
from app.kit.web.faults import faults, first_of
from app.kit.web.idempotency import REPLAYED, DoneBefore
from app.kit.web.language import BY_LANGUAGE
from app.kit.web.logs import PROBES, kinds

logger = logging.getLogger(__name__)

STATUS: dict[type[Refusal], int] = {
    errors.Malformed: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
HEADERS: dict[type[Refusal], dict[str, str]] = {
    errors.Unauthenticated: {"WWW-Authenticate": "Bearer"},
    errors.TooMany: {"Retry-After": "1"},
    errors.Unavailable: {"Retry-After": "1"},
}
NO_JSON = Message("the body must be JSON, with Content-Type: application/json")
OF_STARLETTE = (template("Not Found"), template("Method Not Allowed"))
"""Titles that Starlette gives, for the catalogues."""


class Problem(JSONResponse):
    media_type = "application/problem+json"


def slug(refusal: type[Refusal]) -> str:
    """`IllegalMove` → `illegal-move`: the last part of the problem's `type`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", refusal.__name__).lower()


def family(refusal: Refusal) -> type[Refusal]:
    return next(kind for kind in type(refusal).__mro__ if kind in STATUS)


def describe(refusal: Refusal) -> dict[str, Any]:
    """The problem's members in the reader's language, without the request's id. Facts may not use
    RFC 9457's own names."""
    return {
        **{name: in_words(fact, language.get()) for name, fact in refusal.facts.items()},
        "type": f"/problems/{slug(type(refusal))}",
        "title": for_reader(Message(refusal.title)),
        "status": STATUS[family(refusal)],
        "detail": for_reader(refusal.detail),
    }


def problem(request: Request, members: dict[str, Any], headers: dict[str, str]) -> Problem:
    request_id = getattr(request.state, "request_id", None)
    body = {**members, "request_id": request_id}
    return Problem(body, members["status"], {**headers, **BY_LANGUAGE})


def on_refusal(request: Request, refusal: Refusal) -> Problem:
    if family(refusal) is errors.Unavailable and request.url.path not in PROBES:
        logger.warning("a request could not be answered", extra={"cause": kinds(refusal)})
    headers = HEADERS.get(family(refusal), {})
    if "retry_after" in refusal.facts:
        headers = {**headers, "Retry-After": str(refusal.facts["retry_after"])}
    return problem(request, describe(refusal), headers)


def on_bad_form(request: Request, error: RequestValidationError) -> Problem:
    """A body or query that is no form: unreadable or too large (see route.py), or invalid."""
    match error.body:
        case [Refusal() as refusal]:
            return on_refusal(request, refusal)
        case bytes():
            return on_refusal(request, errors.Malformed(NO_JSON))
    listed = faults(error.errors())
    return on_refusal(request, Invalid(first_of(listed), errors=listed))


def on_http(request: Request, error: HTTPException) -> Problem:
    """Starlette's own answers: no such route, or not by that method."""
    title = for_reader(Message(error.detail))
    members = {
        "type": "about:blank",
        "title": title,
        "status": error.status_code,
        "detail": f"{request.method} {request.url.path}: {title}",
    }
    return problem(request, members, dict(error.headers or {}))


def on_done_before(request: Request, done: DoneBefore) -> JSONResponse:
    """What was asked for is repeated to its sender, for the rest is no longer his to see."""
    return JSONResponse(request.path_params, done.status, {**REPLAYED, "Cache-Control": "no-store"})


def on_fault(request: Request, fault: Exception) -> Problem:
    """Our own mistake: the server logs it with its trace, and the client gets none."""
    members = {
        "type": "/problems/fault",
        "title": for_reader(Message("The service made a mistake")),
        "status": 500,
        "detail": for_reader(Message("it was logged under this request_id; nothing was changed")),
    }
    return problem(request, members, {"X-Request-ID": str(request.state.request_id)})


def install(app: FastAPI) -> None:
    app.add_exception_handler(DoneBefore, at_once(on_done_before))
    app.add_exception_handler(Refusal, at_once(on_refusal))
    app.add_exception_handler(RequestValidationError, at_once(on_bad_form))
    app.add_exception_handler(HTTPException, at_once(on_http))
    app.add_exception_handler(Exception, at_once(on_fault))


def at_once(
    handler: Callable[[Request, Any], JSONResponse],
) -> Callable[[Request, Any], Awaitable[JSONResponse]]:
    """In the event loop: for a plain `def` Starlette would hop to a thread."""

    async def answer(request: Request, fault: Any) -> JSONResponse:
        return handler(request, fault)

    return answer
