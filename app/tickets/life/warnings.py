"""Warnings: a due time nears or has passed, and offices get news of it (RULEBOOK D.6.3)."""

from collections.abc import Iterator
from datetime import datetime

from app.kit.workdays import times
from app.policy.documents import Policy
from app.tickets.life.lifecycle import IN_OFFICE, Action, Status
from app.tickets.life.timers import HOUR, Fall, Timers

OFFICES_OWN = ("before-", "share-", "overdue-chief")
"""Warnings for the working offices; the others go to informed offices, too."""


def warnings(policy: Policy, ticket: Timers) -> Iterator[Fall]:
    """The warnings and escalations of a ticket (D.6.3); a breach stays on the record."""
    working = ticket.status in IN_OFFICE
    unanswered = (
        ticket.status is Status.AWAITING_CALLBACK and ticket.forced and ticket.replied_at is None
    )
    if ticket.due_at is None or not (working or unanswered):
        return
    if working:
        yield from nearing(policy, ticket, ticket.due_at)
        yield from trouble(policy, ticket)
    for who, span in policy.warn.overdue:
        yield Fall(ticket.due_at + span, Action.ESCALATE, f"overdue-{who}")


def is_passed_on(warning: str) -> bool:
    """Whether the news goes to informed offices, too; news without a warning does."""
    return not warning.startswith(OFFICES_OWN)


def nearing(policy: Policy, ticket: Timers, due_at: datetime) -> Iterator[Fall]:
    warn = policy.warn
    for span in warn.before_due[ticket.urgency]:
        yield Fall(due_at - span, Action.WARN, f"before-{span // HOUR}h")
    if ticket.dispatched_at is not None:
        for share in warn.share_of_limit[ticket.urgency]:
            rest = times(policy.limits[ticket.urgency].result, 1 - share)
            yield Fall(due_at - rest, Action.WARN, f"share-{share}")


def trouble(policy: Policy, ticket: Timers) -> Iterator[Fall]:
    """问题工单: passed on so often that nobody has signed for it, or so often reworked (D.8)."""
    rule = policy.objection
    adrift = ticket.dispatches > rule.problem_transfers and ticket.acknowledged_at is None
    if adrift or ticket.reworks >= rule.problem_reworks:
        at = ticket.dispatched_at if adrift else ticket.since
        yield Fall(at or ticket.since, Action.ESCALATE, "problem")
