"""The roles of keys, and those that act for one office (RULEBOOK D.2)."""

from dataclasses import dataclass
from enum import StrEnum

from app.kit.messages import worded


@worded
class Role(StrEnum):
    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    CALLBACK = "callback"
    SUPERVISOR = "supervisor"
    DISTRICT = "district"
    HANDLER = "handler"
    CHIEF = "chief"
    PANEL = "panel"
    EVALUATOR = "evaluator"
    AUDITOR = "auditor"
    ANALYST = "analyst"
    ADMIN = "admin"


OFFICE_BOUND = frozenset({Role.DISTRICT, Role.HANDLER, Role.CHIEF})
HANDLERS = frozenset({Role.HANDLER, Role.CHIEF})
CITY = frozenset(
    {
        Role.OPERATOR,
        Role.DISPATCHER,
        Role.CALLBACK,
        Role.SUPERVISOR,
        Role.PANEL,
        Role.EVALUATOR,
        Role.AUDITOR,
    }
)
"""Roles that see every ticket of the city."""

DESKS = {
    Role.DISPATCHER: "city:dispatch",
    Role.CALLBACK: "city:callback",
    Role.SUPERVISOR: "city:supervision",
    Role.PANEL: "city:panel",
}
"""The city's desks with a feed and an inbox of their own, by the role that works at each."""

ADDRESSED = OFFICE_BOUND | DESKS.keys()
"""Roles for which something waits, and which are told of it."""

STAFF = frozenset(Role) - {Role.ANALYST}
ANYONE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Caller:
    """The holder of a key: the key's id, its role, and the office that it is bound to."""

    id: str
    role: Role
    office_code: str | None = None
    district_code: str | None = None

    @property
    def address(self) -> str | None:
        """Whose feed and inbox are his: his office's, or his desk's."""
        return self.office_code or DESKS.get(self.role)
