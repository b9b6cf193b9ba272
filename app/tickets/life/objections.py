"""Objections: their grounds, their rulings, and the limits of both (D.8)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from app.kit.messages import worded
from app.kit.workdays import times
from app.offices.catalogue import Urgency
from app.policy.documents import Policy


@worded
class Ground(StrEnum):
    NOT_MY_AREA = "not_my_area"
    NOT_MY_DUTY = "not_my_duty"
    DEPARTMENT_DUTY = "department_duty"
    DUPLICATE = "duplicate"
    NOT_ACCEPTABLE = "not_acceptable"
    INFO_WRONG = "info_wrong"


@worded
class Ruling(StrEnum):
    UPHOLD = "uphold"
    REJECT = "reject"
    DUPLICATE = "duplicate"
    NOT_ACCEPTABLE = "not_acceptable"
    INFO_WRONG = "info_wrong"
    CONSULT = "consult"


NAMES_ANOTHER = frozenset({Ground.NOT_MY_AREA, Ground.NOT_MY_DUTY, Ground.DEPARTMENT_DUTY})
"""Grounds on which the objector must name the right office."""

UPHELD = frozenset({Ruling.UPHOLD, Ruling.DUPLICATE, Ruling.NOT_ACCEPTABLE, Ruling.INFO_WRONG})


def window_over(
    policy: Policy, urgency: Urgency, dispatched_at: datetime | None, now: datetime
) -> bool:
    """Whether the time to object, counted from the dispatch, has passed; equality is in time."""
    return dispatched_at is not None and now > window_ends(policy, urgency, dispatched_at)


def window_ends(policy: Policy, urgency: Urgency, dispatched_at: datetime) -> datetime:
    return dispatched_at + policy.objection.window[urgency]


def silent_at(policy: Policy, urgency: Urgency, raised_at: datetime) -> datetime:
    """The limit of the ruling; after this instant the city's dispatchers may rule."""
    return raised_at + policy.objection.decide[urgency]


def rejected_at(policy: Policy, urgency: Urgency, raised_at: datetime) -> datetime:
    """After this instant an objection without a ruling is taken as rejected, and flagged."""
    rule = policy.objection
    return raised_at + times(rule.decide[urgency], rule.silence_factor)


def goes_to_consulting(
    policy: Policy, upheld: int, proposed: str | None, objectors: Sequence[str]
) -> bool:
    """Whether 会商 is due: enough objections were upheld, or the ticket would go back to an
    objector."""
    return upheld >= policy.objection.max_upheld or proposed in objectors
