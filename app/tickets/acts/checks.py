"""What may be wrong with what was said, told before a ticket's version and status are looked at."""

from collections.abc import Callable
from typing import Any

from app.tickets.acts import extension, handling, hold, merge, objection, supervision, urgency
from app.tickets.acts.change import Change
from app.tickets.life.lifecycle import Action

CHECKS: dict[Action, Callable[[Change, Any], None]] = {
    Action.DECLINE: handling.check_decline,
    Action.ADD: handling.check_add,
    Action.DISPATCH: handling.check_dispatch,
    Action.REPLY: handling.check_reply,
    Action.GRADE: urgency.check_grading,
    Action.SUPERVISE: supervision.check_supervision,
    Action.OBJECT: objection.check_objection,
    Action.RULE_OBJECTION: objection.check_ruling,
    Action.CONCLUDE: objection.check_conclusion,
    Action.REQUEST_EXTENSION: extension.check_until,
    Action.REQUEST_HOLD: hold.check_review,
    Action.MERGE: lambda change, said: merge.check_parent(change, said.parent_number),
}


def check_words(change: Change, action: Action, said: object) -> None:
    """Refuses (403, then 422) what this caller may not say, or nobody may."""
    if action in CHECKS:
        CHECKS[action](change, said)
