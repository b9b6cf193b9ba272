"""Appeals: the limits to question an assessed ticket, to review that and to decide on it.

Every deadline is exact: at its very instant one is in time (RULEBOOK D.6.3).
"""

from datetime import datetime, timedelta

from app.period import Period
from app.policy.documents import Policy


def asked_until(policy: Policy, assessed_at: datetime) -> datetime:
    """The limit of an office to ask for exclusion (D.10)."""
    return assessed_at + timedelta(days=policy.exclude.request_days)


def reviewed_until(policy: Policy, asked_at: datetime) -> datetime:
    """The limit of its district to review; then the evaluator decides without."""
    return asked_at + timedelta(days=policy.exclude.review_days)


def decided_until(period: Period) -> datetime:
    """The freeze of the ticket's period: an undecided ticket is then not excluded."""
    return period.ends_at + timedelta(days=period.policy.period.freeze_days)


def disputed_until(policy: Policy, final_at: datetime) -> datetime:
    """The limit of an office to ask for a second hearing of the recording (D.9)."""
    return final_at + policy.callback.dispute
