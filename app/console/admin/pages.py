"""The administrator's pages by their addresses."""

from app.console.admin import health, imports, keys, records, rules, sessions
from app.console.admin.desk import ADMIN, DESK
from app.console.visit import page

DESKS = (DESK,)
POST = ("POST",)
ROUTES = [
    page("/admin", keys.begin, ADMIN),
    page("/admin/keys", keys.show, ADMIN),
    page("/admin/keys", keys.make, ADMIN, POST),
    page("/admin/keys/{key}/revoke", keys.revoke, ADMIN, POST),
    page("/admin/sessions", sessions.show, ADMIN),
    page("/admin/sessions/{session}/end", sessions.end, ADMIN, POST),
    page("/admin/rules", rules.show, ADMIN),
    page("/admin/data", records.data, ADMIN),
    page("/admin/health", health.show, ADMIN),
    page("/admin/exports", records.exports, ADMIN),
    page("/admin/imports", imports.show, ADMIN),
    page("/admin/imports", imports.take, ADMIN, POST),
]
