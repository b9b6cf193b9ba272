"""One decision: the request with its photos beside the reply, what led here, and the form."""

from asyncio import gather
from http import HTTPStatus

from starlette.responses import Response

from app.access.roles import ADDRESSED
from app.console import forms as engine
from app.console import hands
from app.console.acts import keep
from app.console.api import Refused, path
from app.console.callback import forms as script
from app.console.case.forms import RULINGS
from app.console.case.history import lines
from app.console.case.page import marked_address
from app.console.decisions import kinds
from app.console.decisions.kinds import DECISIONS, EXCLUSION, RULERS, Decision, Json
from app.console.visit import Visit, page

WAITING = 200
"""Tickets of the inbox that are looked through for the next one."""
LISTS = {EXCLUSION: "/registers/exclusions", "resumption": "/registers/holds"}
"""Where decisions of these kinds are listed, which no inbox has; others lie in the inbox."""
SAID_BEFORE = frozenset({"dispatch", "correct", "note", "review-exclusion", "decide-hold"})
"""Events that the other side of a decision may rest on."""


async def show(visit: Visit) -> Response:
    return await show_decision(visit, visit.request.path_params["number"])


async def show_decision(visit: Visit, number: str, status: int = 200) -> Response:
    """The page, in the hand of who opens it; with `visit.draft` the refused form is as it was."""
    ticket, events, files, callbacks, exclusion = await gather(
        visit.api.get(path("/v1/tickets/{}", number)),
        visit.api.get(path("/v1/tickets/{}/events", number)),
        visit.api.get(path("/v1/tickets/{}/attachments", number)),
        visit.api.get(path("/v1/tickets/{}/callbacks", number)),
        exclusion_of(visit, number),
    )
    disputed = disputed_of(callbacks, events)
    wanted = visit.query.get("kind", "")
    decisions = list(kinds.open_to(visit.caller, ticket, exclusion, disputed))
    decisions.sort(key=lambda decision: decision.kind != wanted)
    others = await hands.holders(visit, [number])
    if decisions and not others:
        await hands.take(visit, number)
    return visit.page(
        "decisions/page.html",
        status,
        ticket=ticket,
        events=events,
        lines=lines,
        files=files,
        callbacks=callbacks,
        exclusion=exclusion,
        disputed=disputed,
        decisions=decisions,
        sides={each.act: sides(each, events) for each in decisions},
        contacts=[event for event in events if event["action"] == "contact"],
        address=marked_address(ticket),
        holder=others.get(number),
        kinds=kinds,
        script=script,
        rulings=RULINGS,
        proposed=proposed(events),
        errors=faults(visit),
    )


def faults(visit: Visit) -> dict[str, str]:
    draft = visit.draft
    if draft is None:
        return {}
    return engine.errors(kinds.fields_of(draft.act, visit.caller.role), draft.problem)


async def exclusion_of(visit: Visit, number: str) -> Json | None:
    """The request to exclude it; None where there is none."""
    try:
        exclusion: Json = await visit.api.get(path("/v1/tickets/{}/exclusion", number))
    except Refused as refused:
        if refused.status == HTTPStatus.NOT_FOUND:
            return None
        raise
    return exclusion


def disputed_of(callbacks: list[Json], events: list[Json]) -> Json | None:
    """The callback that an office disputes, until its recording was heard again."""
    if any(event["action"] == "hear_again" for event in events):
        return None
    return next((callback for callback in callbacks if callback["disputed_at"]), None)


def sides(decision: Decision, events: list[Json]) -> list[Json]:
    """The newest request for a decision, and what others said of the matter after and before it."""
    asked = [event for event in events if event["action"] == decision.asked]
    if not asked:
        return []
    before = [event for event in events if event["action"] in SAID_BEFORE]
    return [*before[-3:], asked[-1]]


def proposed(events: list[Json]) -> str:
    """The office that the newest objection names."""
    objections = [event for event in events if event["action"] == "object"]
    return str(objections[-1]["data"].get("proposed_office_code") or "") if objections else ""


async def act(visit: Visit) -> Response:
    """Take the decision, then to the next of its kind; other acts stay at the ticket."""
    parts, fields = visit.request.path_params, visit.fields
    number, name = parts["number"], parts["act"]
    decision = DECISIONS.get(name)
    target = (
        path(decision.path, number, fields.get("of", ""))
        if decision
        else path("/v1/tickets/{}/{}", number, name)
    )
    after = await following(visit, decision, number) if decision else []
    request = kinds.request_of(name, visit.caller.role, fields, visit.words(kinds.AGREED))
    try:
        await visit.act(target, request)
    except Refused as refused:
        await keep(visit, name, refused, path("/v1/tickets/{}/events", number))
        return await show_decision(visit, number, refused.status)
    if decision is None:
        return visit.go(f"/decisions/{number}", done=name)
    await hands.let_go(visit, number)
    return visit.go(await first_free(visit, decision, after), done=name)


async def following(visit: Visit, decision: Decision, number: str) -> list[str]:
    """The tickets that wait for the same kind of decision: of exclusions, which are no inbox's,
    those that were asked for after this one."""
    if decision.kind == EXCLUSION:
        listed = await visit.api.get("/v1/exclusions", limit=WAITING)
        mine = [row for row in listed["items"] if kinds.waits_for(visit.caller, row)]
        numbers = [row["ticket_number"] for row in mine]
        return numbers[numbers.index(number) + 1 :] if number in numbers else numbers
    if decision.kind in LISTS:
        return []
    inbox = await visit.api.get("/v1/inbox", limit=WAITING)
    same = [row["number"] for row in inbox["items"] if is_like(row, decision)]
    return [each for each in same if each != number]


def is_like(row: Json, decision: Decision) -> bool:
    """Whether a row of the inbox waits for such a decision, be it as an alarm."""
    return row["kind"] == decision.kind or decision.act in row.get("allowed", ())


async def first_free(visit: Visit, decision: Decision, numbers: list[str]) -> str:
    """The page of the first ticket that nobody else has in hand, or else the list."""
    for number in numbers:
        if await hands.take(visit, number):
            return f"/decisions/{number}?kind={decision.kind}"
    return LISTS.get(decision.kind, "/inbox")


async def let_go(visit: Visit) -> Response:
    await hands.let_go(visit, visit.request.path_params["number"])
    beginning = "/inbox" if visit.caller.role in ADDRESSED else "/registers"
    return visit.go(LISTS.get(visit.fields.get("kind", ""), beginning))


ROUTES = [
    page("/decisions/{number}", show, RULERS),
    page("/decisions/{number}/let-go", let_go, RULERS, ["POST"]),
    page("/decisions/{number}/{act}", act, RULERS, ["POST"]),
]
