"""Until when an assessed ticket's count may be questioned, and until when others have a word in it.

Every deadline is exact: at its very instant one is in time (RULEBOOK D.6.3).
"""

from datetime import datetime, timedelta

from app.period import Period
from app.policy.documents import Policy


def asked_until(policy: Policy, assessed_at: datetime) -> datetime:
    """An office asks for exclusion (D.10)."""
    return assessed_at + timedelta(days=policy.exclude.request_days)


def reviewed_until(policy: Policy, asked_at: datetime) -> datetime:
    """Its district reviews that; after this the evaluator decides without."""
    return asked_at + timedelta(days=policy.exclude.review_days)


def decided_until(period: Period) -> datetime:
    """The freeze of the ticket's period: what is undecided then is not excluded."""
    return period.ends_at + timedelta(days=period.policy.period.freeze_days)


def disputed_until(policy: Policy, final_at: datetime) -> datetime:
    """An office asks that the recording be heard again (D.9)."""
    return final_at + policy.callback.dispute
