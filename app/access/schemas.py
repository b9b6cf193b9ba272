"""Keys as they cross the wire."""

from app.access.roles import Role
from app.kit.web.wire import At, Form, Line, OfficeCode, Told, View


class NewKey(Form):
    role: Role
    office_code: OfficeCode | None = None
    label: Line
    expires_at: Told | None = None


class KeyView(View):
    id: str
    role: Role
    office_code: str | None
    label: str
    created_at: At
    created_by: str
    expires_at: At | None
    last_used_at: At | None
    revoked_at: At | None
    revoked_by: str | None


class MadeKey(KeyView):
    key: str
