"""The queue of callbacks, and one call."""

from asyncio import gather
from typing import Any

from starlette.responses import Response

from app.access.roles import Role
from app.console import hands
from app.console.acts import keep
from app.console.api import Refused, path
from app.console.callback import forms
from app.console.visit import Visit, page

DESK = frozenset({Role.CALLBACK, Role.SUPERVISOR})
CALLERS = frozenset({Role.CALLBACK})
ROWS = 100


async def show_queue(visit: Visit) -> Response:
    """What can be called now stands before what must wait for its hour."""
    asked = {"limit": ROWS, "cursor": visit.query.get("cursor")}
    queue = await visit.api.get("/v1/callbacks/queue", **asked)
    rows = queue["items"]
    parts = {
        "now": [row for row in rows if row["callable_now"] and not row["no_citizen"]],
        "verify": [row for row in rows if row["no_citizen"]],
        "later": [row for row in rows if not row["callable_now"] and not row["no_citizen"]],
    }
    held = await hands.holders(visit, [row["number"] for row in rows])
    template = "callback/rows.html" if visit.is_part else "callback/queue.html"
    return visit.page(template, parts_of=parts, next=queue["next"], holders=held, live=True)


async def show(visit: Visit) -> Response:
    return await show_call(visit, visit.request.path_params["number"])


async def show_call(visit: Visit, number: str, status: int = 200) -> Response:
    """The case, the script, and whoever else has it in hand."""
    ticket, attempts, events = await gather(
        visit.api.get(path("/v1/tickets/{}", number)),
        visit.api.get(path("/v1/tickets/{}/callbacks", number)),
        visit.api.get(path("/v1/tickets/{}/events", number)),
    )
    others = await hands.holders(visit, [number])
    if not others and visit.caller.role in CALLERS:
        await hands.take(visit, number)
    return visit.page(
        "callback/call.html",
        status,
        ticket=ticket,
        attempts=attempts,
        seen=events[-1]["seq"],
        contacts=[event for event in events if event["action"] == "contact"],
        holder=others.get(number),
        script=forms,
        errors={},
    )


async def record(visit: Visit) -> Response:
    """One attempt with its answers."""
    number, fields = visit.request.path_params["number"], visit.fields
    return await sent(visit, "callbacks", forms.answers(fields), number)


async def verify(visit: Visit) -> Response:
    """The result of a case without a citizen."""
    number, fields = visit.request.path_params["number"], visit.fields
    return await sent(visit, "verification", forms.verdict(fields), number)


async def sent(visit: Visit, act: str, body: Any, number: str) -> Response:
    try:
        await visit.act(path(f"/v1/tickets/{{}}/{act}", number), body)
    except Refused as refused:
        await keep(visit, act, refused, path("/v1/tickets/{}/events", number))
        return await show_call(visit, number, refused.status)
    await hands.let_go(visit, number)
    return visit.go("/callbacks", done="callback" if act == "callbacks" else act)


ROUTES = [
    page("/callbacks", show_queue, DESK),
    page("/callbacks/{number}", show, DESK),
    page("/callbacks/{number}/record", record, CALLERS, ["POST"]),
    page("/callbacks/{number}/verify", verify, DESK, ["POST"]),
]
