"""The ladder 街乡 → 区 → 市 → 中央: who coordinates, what raises a whistle (RULEBOOK D.14.5)."""

from datetime import datetime, timedelta
from enum import StrEnum

from app.access.roles import DESKS, Role
from app.policy.documents import Policy
from app.whistles.life.loop import Tier, WhistleLevel


class Trigger(StrEnum):
    """Why a whistle was raised. `request`: by hand, where power or owner is above the tier."""

    REQUEST = "request"
    ABSENT = "absent"
    OBJECTION = "objection"
    PLAN = "plan"
    RETURNS = "returns"
    PEER = "peer"


ABOVE = {Tier.STREET: Tier.DISTRICT, Tier.DISTRICT: Tier.CITY, Tier.CITY: Tier.CENTRAL}

BY_ITSELF_FROM = frozenset({Tier.STREET, Tier.DISTRICT})
"""Central offices are asked by the city's people alone, never by a clock."""

CITY_DESK = DESKS[Role.SUPERVISOR]
OF_THE_CITY = frozenset({Tier.CITY, Tier.CENTRAL})


def owner(tier: Tier, street_code: str, district_code: str) -> str:
    """Who coordinates: the street, its district, or the city's desk of supervision."""
    return {Tier.STREET: street_code, Tier.DISTRICT: district_code}.get(tier, CITY_DESK)


def absence_rises(policy: Policy, level: WhistleLevel, absent_at: datetime) -> datetime:
    """Until when an absent office may still come before the whistle is raised."""
    after: timedelta = getattr(policy.whistle.escalate_absent, level.upper())
    return absent_at + after
