"""The administrator's desk and the pages below it."""

from app.access.roles import Role
from app.console.desks import Desk
from app.kit.messages import Message

ADMIN = frozenset({Role.ADMIN})
DESK = Desk("/admin", Message("Administration"), ADMIN)
TABS = (
    ("/admin/keys", Message("Keys")),
    ("/admin/sessions", Message("Sessions")),
    ("/admin/rules", Message("Rules")),
    ("/admin/data", Message("The city's own data")),
    ("/admin/health", Message("Health")),
    ("/admin/exports", Message("Exports")),
    ("/admin/imports", Message("Imports")),
)
"""Each page's path below /console and its name, in order."""
