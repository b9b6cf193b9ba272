"""Holds 挂账 and supervision 督办: their reasons and levels (RULEBOOK D.12, D.6.3)."""

from enum import StrEnum

from app.kit.messages import worded


@worded
class HoldReason(StrEnum):
    """Reasons outside the office: planning, funds, law, history."""

    PLANNING = "planning"
    FUNDS = "funds"
    LAW = "law"
    HISTORY = "history"


@worded
class HoldLevel(StrEnum):
    """The level that answers for the plan; each review without a result raises it."""

    STREET = "street"
    DISTRICT = "district"
    CITY = "city"

    @property
    def above(self) -> "HoldLevel":
        return {HoldLevel.STREET: HoldLevel.DISTRICT}.get(self, HoldLevel.CITY)


@worded
class About(StrEnum):
    """Matters of a street's advice 建议: the head of a branch, a plan, a matter, a reward."""

    HEAD = "head"
    PLAN = "plan"
    MATTER = "matter"
    REWARD = "reward"


@worded
class SupervisionLevel(StrEnum):
    STREET = "street"
    DISTRICT = "district"
    CITY = "city"
