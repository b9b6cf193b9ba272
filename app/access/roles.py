"""The roles a key may carry, and which of them act for one office (RULEBOOK D.2)."""

from dataclasses import dataclass
from enum import StrEnum


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
"""Those who see every ticket of the city."""

STAFF = frozenset(Role) - {Role.ANALYST}
ANYONE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, as far as we know one: the id of a key, its role, and the office it is bound to."""

    id: str
    role: Role
    office_code: str | None = None
    district_code: str | None = None
