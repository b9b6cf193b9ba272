"""What may be wrong with what was said, told before a ticket's version and status are looked at."""

from collections.abc import Callable
from typing import Any

from app.tickets import actions, attention, extending, holds, merging, objecting
from app.tickets.change import Change
from app.tickets.lifecycle import Action

CHECKS: dict[Action, Callable[[Change, Any], None]] = {
    Action.DECLINE: actions.check_decline,
    Action.ADD: actions.check_add,
    Action.DISPATCH: actions.check_dispatch,
    Action.REPLY: actions.check_reply,
    Action.GRADE: attention.check_grading,
    Action.SUPERVISE: attention.check_supervision,
    Action.OBJECT: objecting.check_objection,
    Action.RULE_OBJECTION: objecting.check_ruling,
    Action.CONCLUDE: objecting.check_conclusion,
    Action.REQUEST_EXTENSION: extending.check_until,
    Action.REQUEST_HOLD: holds.check_review,
    Action.MERGE: lambda change, said: merging.check_parent(change, said.parent_number),
}


def check_words(change: Change, action: Action, said: object) -> None:
    """Refuses (403, then 422) what this caller may not say, or nobody may."""
    if action in CHECKS:
        CHECKS[action](change, said)
