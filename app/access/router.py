"""Keys over HTTP; for administrators."""

from fastapi import APIRouter, Depends, Request

from app.access import exports, service
from app.access.exports import ExportView
from app.access.gate import Admin, Gate, allow
from app.access.roles import Role
from app.access.schemas import KeyView, MadeKey, NewKey
from app.kit.clock import Now
from app.kit.db import Reading, Writing
from app.kit.web.idempotency import NotHere
from app.kit.web.paging import DEFAULT_LIMIT, CursorText, Limit, Page
from app.kit.web.route import Route

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=Route)
exports_router = APIRouter(prefix="/v1/exports", tags=["keys"], route_class=Route)


@router.post("", status_code=201)
def make_key(
    request: Request, caller: Admin, new: NewKey, session: Writing, now: Now, once: NotHere
) -> MadeKey:
    """Make a key; this answer is the only time it is shown. Takes no Idempotency-Key."""
    key, text = service.make(session, request.app.state.secret, new, caller.id, now)
    return MadeKey(key=text, **KeyView.model_validate(key).model_dump())


@router.get("")
def list_keys(
    caller: Admin, session: Reading, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Page[KeyView]:
    """Every key ever made, oldest first; never its text."""
    keys, more = service.page(session, limit, cursor)
    return Page(items=[KeyView.model_validate(key) for key in keys], next=more)


@router.delete("/{key_id}", status_code=204)
def revoke_key(request: Request, key_id: str, caller: Admin, session: Writing, now: Now) -> None:
    """Revoke a key: refused here at once, by every other process within two seconds."""
    service.revoke(session, key_id, caller.id, now)
    gate: Gate = request.app.state.gate
    gate.forget(key_id)


@exports_router.get("", dependencies=[Depends(allow({Role.ADMIN, Role.AUDITOR}))])
def list_exports(
    session: Reading, limit: Limit = DEFAULT_LIMIT, cursor: CursorText = None
) -> Page[ExportView]:
    """Who streamed a whole list out of the service (tickets, facts), newest first."""
    made, more = exports.page(session, limit, cursor)
    return Page(items=[ExportView.model_validate(export) for export in made], next=more)
