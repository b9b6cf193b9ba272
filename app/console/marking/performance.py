"""Departments' performance 部门绩效: the table of a period, one department of it, and its seal."""

from asyncio import gather
from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from app.access.roles import Role
from app.console import forms as engine
from app.console.acts import keep
from app.console.api import Forwarded, Refused, path
from app.console.desks import Desk
from app.console.forms import Field, Kind
from app.console.marking import forms
from app.console.visit import Visit, page
from app.kit.messages import Message

READERS = frozenset({Role.EVALUATOR, Role.AUDITOR, Role.SUPERVISOR})
VERIFIERS = frozenset({Role.EVALUATOR, Role.AUDITOR})
TABLE = "/v1/departments/performance"
OTHER = (Field("other", Message("The rest of its performance, of 100"), Kind.DECIMAL),)


async def show(visit: Visit) -> Response:
    return await show_table(visit)


def chosen(visit: Visit, terms: list[Any]) -> Any:
    """The term that the address names, or else the last one that is over, or the first."""
    asked = visit.request.path_params.get("period") or visit.query.get("period")
    over = [term for term in terms if term["state"] != "open"]
    named = [term for term in terms if term["name"] == asked]
    return (named or over[-1:] or terms[-1:])[0]


async def show_table(visit: Visit, status: int = 200, **outcome: Any) -> Response:
    """The table of a period, with what came of an act on it."""
    terms = await visit.api.get("/v1/evaluations")
    term = chosen(visit, terms)
    table, seal = await gather(
        visit.api.get(TABLE, period=term["name"]), seal_of(visit, term["name"], term["state"])
    )
    return visit.page(
        "marking/performance.html",
        status,
        terms=terms,
        term=term,
        rows=list(wanted(visit, table["rows"])),
        seal=seal,
        may_verify=visit.caller.role in VERIFIERS,
        may_seal=visit.caller.role is Role.EVALUATOR,
        **{"verdict": None, "problem": None, **outcome},
    )


def wanted(visit: Visit, rows: list[Any]) -> Iterator[Any]:
    """Those whose name has the words of the query; without words those of which something is on
    record, or all where all are asked for."""
    words = visit.query.get("q", "").strip()
    for row in rows:
        is_known = row["streets"] or row["other"] is not None or "all" in visit.query
        if words in row["office_name"] if words else is_known:
            yield row


async def seal_of(visit: Visit, period: str, state: str) -> Any:
    if state != "sealed":
        return None
    return await visit.api.get(path("/v1/evaluations/{}/seal", period))


async def act(visit: Visit) -> Response:
    """Seal the period, or verify its seal; the table says what came of it."""
    parts = visit.request.path_params
    try:
        answer = await visit.act(path("/v1/evaluations/{}/{}", parts["period"], parts["act"]), {})
    except Refused as refused:
        return await show_table(visit, refused.status, problem=refused.problem)
    return await show_table(visit, verdict=answer if parts["act"] == "verify" else None)


async def show_department(visit: Visit) -> Response:
    return await show_one(visit)


async def show_one(visit: Visit, status: int = 200) -> Response:
    """One department, opened to each street's mark."""
    parts, draft = visit.request.path_params, visit.draft
    target = path("/v1/departments/{}/performance/{}", parts["office"], parts["period"])
    own = await visit.api.get(target)
    return visit.page(
        "marking/department.html",
        status,
        own=own,
        form=forms,
        fields=OTHER,
        may_enter=visit.caller.role is Role.EVALUATOR and not own["sealed"],
        errors=engine.errors(OTHER, draft.problem) if draft else {},
    )


async def enter(visit: Visit) -> Response:
    """The rest of a department's performance, until the period is sealed."""
    parts = visit.request.path_params
    target = path("/v1/departments/{}/performance/{}", parts["office"], parts["period"])
    try:
        await visit.act(target, engine.body(OTHER, visit.fields), "PUT")
    except Refused as refused:
        await keep(visit, "enter", refused)
        return await show_one(visit, refused.status)
    return visit.go(f"/performance/{parts['period']}?was=entered")


async def download(visit: Visit) -> Any:
    """The table as a file, named by the API: `format` is xlsx or csv."""
    return Forwarded(visit.api, visit.request, TABLE)


DESK = Desk("/performance", Message("Departments"), READERS)
ROUTES = [
    page("/performance", show, READERS),
    page("/performance/file", download, READERS),
    page("/performance/{period}", show, READERS),
    page("/performance/{period}/{act}", act, VERIFIERS, ["POST"]),
    page("/performance/{period}/of/{office}", show_department, READERS),
    page("/performance/{period}/of/{office}", enter, {Role.EVALUATOR}, ["POST"]),
]
