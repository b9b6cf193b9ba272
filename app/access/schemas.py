"""Keys as they cross the wire."""

from app.access.roles import Role
from app.kit.web.wire import At, Form, Line, OfficeCode, View


class NewKey(Form):
    role: Role
    office_code: OfficeCode | None = None
    label: Line


class KeyView(View):
    id: str
    role: Role
    office_code: str | None
    label: str
    created_at: At
    revoked_at: At | None


class MadeKey(KeyView):
    key: str
