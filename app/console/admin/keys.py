"""Keys: made and shown once, looked for, revoked."""

from typing import Any

from starlette.responses import Response

from app.access.roles import Role
from app.console import forms as engine
from app.console.admin.desk import TABS
from app.console.api import Refused, path
from app.console.forms import Field, Kind
from app.console.pages import instant
from app.console.visit import Draft, Visit
from app.kit.messages import Message

HERE = "/admin/keys"
MAKE = "make-key"
ROLES = {role.value: Message("{role}", role=role) for role in Role}
FORM = (
    Field("label", Message("Holder of the key")),
    Field("role", Message("Role"), Kind.CHOICE, choices=ROLES),
    Field(
        "office_code",
        Message("Office"),
        Kind.OFFICE,
        required=False,
        hint=Message("Of handlers and chiefs their office, of a district centre its district"),
    ),
    Field("expires_at", Message("Expires at"), Kind.INSTANT, required=False),
)
AT_ONCE = 500
SHOWN = 200


async def begin(visit: Visit) -> Response:
    return visit.go(HERE)


async def show(visit: Visit) -> Response:
    return await listed(visit)


async def listed(visit: Visit, status: int = 200, made: Any = None) -> Response:
    """The open keys, the newest first; `made` is a new one with its text."""
    wanted = visit.query.get("q", "").strip()
    with_closed = "all" in visit.query
    keys = [key for key in await every(visit) if with_closed or is_open(key, visit)]
    keys = [key for key in keys if wanted.lower() in words(key)]
    return visit.page(
        "admin/keys.html",
        status,
        tabs=TABS,
        form=FORM,
        made=made,
        keys=keys[:SHOWN],
        left_out=max(len(keys) - SHOWN, 0),
        errors=engine.errors(FORM, visit.draft.problem) if visit.draft else {},
    )


async def every(visit: Visit) -> list[Any]:
    keys: list[Any] = []
    cursor = None
    while True:
        page = await visit.api.get("/v1/keys", limit=AT_ONCE, cursor=cursor)
        keys += page["items"]
        cursor = page["next"]
        if cursor is None:
            return keys[::-1]


def is_open(key: Any, visit: Visit) -> bool:
    expires_at = instant(key["expires_at"])
    return not key["revoked_at"] and (expires_at is None or expires_at > visit.clock())


def words(key: Any) -> str:
    """What a key is looked for by."""
    parts = (key["id"], key["label"], key["role"], key["office_code"] or "")
    return " ".join(parts).lower()


async def make(visit: Visit) -> Response:
    """The key is shown on this answer alone."""
    try:
        made = await visit.api.post(
            "/v1/keys", visit.offices.coded(engine.body(FORM, visit.fields))
        )
    except Refused as refused:
        visit.draft = Draft(MAKE, visit.fields, refused.problem)
        return await listed(visit, refused.status)
    return await listed(visit, made=made)


async def revoke(visit: Visit) -> Response:
    target = path("/v1/keys/{}", visit.request.path_params["key"])
    await visit.api.send("DELETE", target)
    return visit.go(f"{HERE}?was=revoked")
