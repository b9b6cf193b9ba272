"""Acts on a ticket: a form of a page becomes one request of the API, sent once.

Every form carries the version of the ticket that its page showed and a mark of its own: whoever
clicks twice acts once, and where others acted first the page is shown again, with what they did
and with what was typed.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from app.console.api import Refused, marks, path
from app.console.case import forms
from app.console.case.page import show_case
from app.console.forms import WHOLE
from app.console.visit import Draft, Visit, page
from app.kit.messages import Message

SHOWN_AGAIN = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.CONFLICT,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Refusals after which the form is shown again as it was filled in."""
OWN_PATHS = {
    "request-exclusion": "/v1/tickets/{}/exclusion",
    "dispute": "/v1/tickets/{}/callbacks/{}/dispute",
}
"""Of acts whose path does not end with their name; the second part is the form's `of`."""


KEPT = Message("The files are kept; the note is not, and is still in the form.")


async def act(visit: Visit) -> Response:
    """Sends the act that the path names; a refused one shows the ticket with the form as it was."""
    number, name = visit.request.path_params["number"], visit.request.path_params["act"]
    try:
        await send(visit, number, name, visit.fields.get("version", ""))
    except Refused as refused:
        return await shown_again(visit, number, name, refused)
    return visit.go(back_to(visit.fields.get("next", ""), f"/tickets/{number}"), done=name)


async def send(visit: Visit, number: str, name: str, version: str) -> None:
    fields = visit.fields
    own = OWN_PATHS.get(name)
    target = (
        path(own, number, fields.get("of", "")) if own else path("/v1/tickets/{}/{}", number, name)
    )
    once = fields.get("once", "")
    body = visit.offices.coded(forms.body(name, fields))
    await visit.api.post(target, body, version=version, once=once)


async def shown_again(
    visit: Visit, number: str, name: str, refused: Refused, kept: Message | None = None
) -> Response:
    """The ticket's page with the form as it was sent. Passes on what no page can show."""
    await keep(visit, name, refused, path("/v1/tickets/{}/events", number), kept)
    return await show_case(visit, number, refused.status)


async def keep(
    visit: Visit, name: str, refused: Refused, events: str = "", kept: Message | None = None
) -> None:
    """Keep a refused form for its page, with what others did since that was shown; `events` is the
    API's path of them, `kept` what was done of the form. Passes on what no page can show."""
    if refused.status not in SHOWN_AGAIN:
        raise refused
    missed = await events_since(visit, events) if events else []
    visit.draft = Draft(name, visit.fields, refused.problem, tuple(missed), kept)


async def note(visit: Visit) -> Response:
    """Files, and what is noted of them, each where there is any. The files come first: where one is
    refused nothing is kept, and the note stands in its form again. Sent again they are the same."""
    number, version = visit.request.path_params["number"], visit.fields.get("version", "")
    done, has_words, kept = "attach", bool(visit.fields.get("text", "").strip()), None
    try:
        if visit.files:
            await send_files(visit, number, version)
            version, kept = "", KEPT
        if has_words or not visit.files:
            await send(visit, number, "note", version)
            done = "note"
    except Refused as refused:
        return await shown_again(visit, number, "note", named(refused, visit), kept)
    return visit.go(f"/tickets/{number}", done=done)


def named(refused: Refused, visit: Visit) -> Refused:
    """The same refusal, each fault of a file under its name."""
    files = {f"/files/{place}": file.filename or "" for place, file in enumerate(visit.files)}
    return under_names(refused, files, visit)


def under_names(refused: Refused, names: Mapping[str, str], visit: Visit) -> Refused:
    """The same refusal, each fault below one of the pointers under the name that it has there."""
    faults = []
    for fault in refused.problem.get("errors", ()):
        of = next((names[place] for place in names if within(fault["pointer"], place)), None)
        words = (
            Message("{file}: {fault}", file=of, fault=fault["detail"]) if of else fault["detail"]
        )
        faults.append({**fault, "detail": visit.words(words)})
    return Refused(refused.status, {**refused.problem, "errors": faults})


def within(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/")


async def send_files(visit: Visit, number: str, version: str) -> None:
    """All of them or none."""
    once = visit.fields.get("once", "")
    await visit.api.send(
        "POST",
        path("/v1/tickets/{}/attachments", number),
        files=[("files", (file.filename, file.file, file.content_type)) for file in visit.files],
        headers=marks(version, once and f"files-{once}"),
    )


def back_to(page: str, otherwise: str) -> str:
    """A path of the console; whatever else a browser sent is not followed."""
    return page if page.startswith("/") and not page.startswith("//") else otherwise


async def events_since(visit: Visit, events: str) -> list[Mapping[str, Any]]:
    """The events that came after the page was shown; its form names the last one before."""
    seen = visit.fields.get("seen", "")
    if not WHOLE.fullmatch(seen):
        return []
    return [event for event in await visit.api.get(events) if event["seq"] > int(seen)]


ROUTES = [
    page("/tickets/{number}/note", note, methods=["POST"]),
    page("/tickets/{number}/{act}", act, methods=["POST"]),
]
