"""A ticket's page: the request, who works on it, what this person may do now, what was done."""

from asyncio import gather
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from app.access.roles import ADDRESSED, HANDLERS, Role
from app.console import forms as engine
from app.console.api import Forwarded, Refused, path
from app.console.case.forms import BESIDE, FIRST, FORMS, OWN_PLACE
from app.console.case.history import lines
from app.console.forms import WHOLE, Field
from app.console.marks import marked
from app.console.visit import Visit, page
from app.kit.messages import Message
from app.offices.directory import STREET_KINDS

Json = Mapping[str, Any]
UNSEEN = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
OVER = frozenset(
    {"closed", "answered", "transferred", "not_accepted", "merged", "withdrawn", "void"}
)


async def show(visit: Visit) -> Response:
    return await show_case(visit, visit.request.path_params["number"])


async def show_case(
    visit: Visit, number: str, status: int = 200, contact: Json | None = None
) -> Response:
    """The page of a ticket; with `visit.draft` the form of the refused act is as it was filled,
    and with `contact` the citizen's telephone is on it."""
    ticket, events, files = await gather(
        visit.api.get(path("/v1/tickets/{}", number)),
        visit.api.get(path("/v1/tickets/{}/events", number)),
        visit.api.get(path("/v1/tickets/{}/attachments", number)),
    )
    beside, danger = await gather(others(visit, ticket, events), danger_of(visit, ticket))
    return visit.page(
        "case/page.html",
        status,
        ticket=ticket,
        events=events,
        files=files,
        lines=lines,
        limits=limits(ticket),
        address=marked_address(ticket),
        danger=danger,
        errors=faults(visit),
        names=engine.names(refused_fields(visit)),
        live=visit.caller.role in ADDRESSED,
        **offered(visit, ticket, events, beside["callbacks"]),
        **beside,
        **contact_of(ticket, events, contact),
    )


async def danger_of(visit: Visit, ticket: Json) -> str | None:
    """The words that may mean a danger to life, for somebody of the city who is to look."""
    if ticket["danger_asked_at"] is None or visit.caller.role not in LOOKERS:
        return None
    heard = await visit.api.post(
        "/v1/suggest", {"text": f"{ticket['title']}\n{ticket['content']}"[:MOST_HEARD]}
    )
    if heard["possible_danger"]:
        return str(heard["possible_danger"]["words"])
    grave = (each for each in heard["candidates"] if each["emergency"])
    return "、".join(word for each in grave for word in each["words"]) or ticket["title"]


LOOKERS = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR})
MOST_HEARD = 20_000


async def others(visit: Visit, ticket: Json, events: list[Json]) -> dict[str, Any]:
    """What stands beside a ticket: calls to the citizen, a group's members, whistles."""
    number = ticket["number"]
    actions = {event["action"] for event in events}
    watches = visit.caller.role in WATCHERS
    callbacks, members, whistles, disclosures = await gather(
        some(visit, path("/v1/tickets/{}/callbacks", number), bool(actions & CALLS)),
        some(visit, path("/v1/tickets/{}/members", number), bool(ticket["members"])),
        some(visit, f"/v1/whistles?ticket_number={number}", "whistle" in actions),
        some(visit, path("/v1/tickets/{}/disclosures", number), watches),
    )
    return {
        "callbacks": callbacks,
        "members": members,
        "whistles": whistles,
        "disclosures": disclosures,
    }


WATCHERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
CALLS = frozenset({"callback", "verification"})


async def some(visit: Visit, address: str, is_there: bool) -> list[Any]:
    """A list of the API, empty where there is none or this person may not see it."""
    if not is_there:
        return []
    try:
        answer = await visit.api.get(address)
    except Refused as refused:
        if refused.status in UNSEEN:
            return []
        raise
    return list(answer["items"] if isinstance(answer, dict) else answer)


def limits(ticket: Json) -> Iterator[tuple[Message, str | None]]:
    """The limits that still run."""
    if ticket["status"] in OVER:
        return
    if not ticket["acknowledged_at"]:
        yield Message("Acknowledge by"), ticket["acknowledge_due_at"]
    if not ticket["contacted_at"]:
        yield Message("Contact by"), ticket["contact_due_at"]
    if not ticket["replied_at"]:
        yield Message("Reply by"), ticket["due_at"]


def marked_address(ticket: Json) -> list[tuple[str, Json | None]]:
    """The address, with the spans on which the route rests, as far as it still is the same."""
    text = ticket["address"]["text"] or ""
    evidence = ticket["route"].get("evidence") or ()
    spans = [span for span in evidence if text[span["start"] : span["end"]] == span["text"]]
    return marked(text, [span for span in spans if span["score"]])


def offered(
    visit: Visit, ticket: Json, events: list[Json], callbacks: list[Json]
) -> dict[str, Any]:
    """The acts of the page: those that `allowed` names in the order of the work, then those that
    have paths of their own."""
    allowed = [act for act in ticket["allowed"] if act in FORMS and act not in OWN_PLACE]
    order = {act: place for place, act in enumerate(FIRST)}
    office = visit.office
    is_lead = office is not None and (ticket["office"] or {}).get("code") == office.code
    is_street = office is not None and office.kind in STREET_KINDS
    return {
        "acts": sorted(allowed, key=lambda act: order.get(act, len(order))),
        "leading": [act for act in FIRST if act in allowed][:1],
        "forms": FORMS,
        "forms_beside": BESIDE,
        "beside": list(own_paths(visit, ticket, events, callbacks)) if is_lead else [],
        "takes_files": "note" in ticket["allowed"],
        "most_mb": visit.request.app.state.api.state.settings.file_mb,
        "is_lead": is_lead,
        "may_whistle": is_lead and is_street and ticket["status"] not in OVER,
    }


def own_paths(
    visit: Visit, ticket: Json, events: list[Json], callbacks: list[Json]
) -> Iterator[tuple[str, str]]:
    """What the office may say of an assessed ticket, each with its hidden value."""
    if visit.caller.role not in HANDLERS or not ticket["assessed_at"]:
        return
    if all(event["action"] != "request-exclusion" for event in events):
        yield "request-exclusion", ""
    counted = next((callback for callback in callbacks if callback["final"]), None)
    if counted and not counted["disputed_at"] and not counted["correction"]:
        yield "dispute", str(counted["id"])


def contact_of(ticket: Json, events: list[Json], contact: Json | None) -> dict[str, Any]:
    return {
        "contact": contact,
        "problem": None,
        "number": ticket["number"],
        "version": ticket["version"],
        "seen": events[-1]["seq"] if events else "",
        "may_contact": "contact" in ticket["allowed"],
    }


def faults(visit: Visit) -> dict[str, str]:
    """What is wrong with each field of the refused form."""
    draft = visit.draft
    return engine.errors(refused_fields(visit), draft.problem) if draft else {}


def refused_fields(visit: Visit) -> Sequence[Field]:
    """The fields of the refused form."""
    draft = visit.draft
    return (FORMS.get(draft.act) or BESIDE.get(draft.act, ())) if draft else ()


async def reveal(visit: Visit) -> Response:
    """The citizen's name and telephone, for this once; it is on record with the reason."""
    number, fields = visit.request.path_params["number"], visit.fields
    try:
        contact: Any = await visit.api.post(
            path("/v1/tickets/{}/reveal", number), {"reason": fields.get("reason", "")}
        )
    except Refused as refused:
        if not visit.is_part:
            raise
        return visit.page(
            "case/contact.html", refused.status, contact=None, problem=refused.problem
        )
    if not visit.is_part:
        return await show_case(visit, number, contact=contact)
    ticket, events = await gather(
        visit.api.get(path("/v1/tickets/{}", number)),
        visit.api.get(path("/v1/tickets/{}/events", number)),
    )
    shown = contact_of(ticket, events, contact)
    if fields.get("version") != str(ticket["version"] - 1):
        shown |= {"version": fields.get("version", ""), "seen": fields.get("seen", "")}
    return visit.page("case/contact.html", ticket={**ticket, "version": shown["version"]}, **shown)


async def since(visit: Visit) -> Response:
    """What others did after an open page was shown, without touching what is typed into it."""
    number, seen = visit.request.path_params["number"], visit.query.get("seen", "")
    events = await visit.api.get(path("/v1/tickets/{}/events", number))
    last = int(seen) if WHOLE.fullmatch(seen) else 0
    others = (event for event in events if event["actor"] != visit.caller.id)
    missed = [event for event in others if event["seq"] > last]
    return visit.page("case/since.html", number=number, missed=missed)


async def file(visit: Visit) -> Any:
    """A file of a ticket, as the API gives it to this person."""
    parts = visit.request.path_params
    target = path("/v1/tickets/{}/attachments/{}", parts["number"], parts["file"])
    return Forwarded(visit.api, visit.request, target)


ROUTES = [
    page("/tickets/{number}", show),
    page("/tickets/{number}/reveal", reveal, methods=["POST"]),
    page("/tickets/{number}/since", since, ADDRESSED),
    page("/tickets/{number}/files/{file}", file),
]
