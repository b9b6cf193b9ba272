"""Every name shown on a page in Chinese has a Chinese word."""

import re
from itertools import product
from typing import get_args

from msgspec.structs import replace

from app.bulletins.escalations import FORMER_NAMES
from app.bulletins.schemas import WhistlesView
from app.bulletins.words import TALLIES
from app.kit.messages.catalogues import values
from app.offices.catalogue import Urgency
from app.period import State
from app.policy.keys import Class
from app.rankings.exports.sheet import CLASSES
from app.tickets.life.alarms import Alarm
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.timers import Timers
from app.tickets.life.warnings import warnings
from tests import policies
from tests.aids import pasted
from tests.tickets.life.test_warnings import GIVEN


def escalations() -> set[str]:
    """Every escalation and alarm that the rules give, for a ticket in any status."""
    began = Timers(Status.DISPATCHED, Urgency.L3, GIVEN, dispatches=99, reworks=99)
    ticket = replace(began, dispatched_at=GIVEN, due_at=GIVEN, answer_due_at=GIVEN)
    all_falls = (
        warnings(policies.beijing(), replace(ticket, status=status, forced=forced))
        for status, forced in product(Status, (True, False))
    )
    warned = {fall.name for falls in all_falls for fall in falls if fall.action is Action.ESCALATE}
    return warned | {FORMER_NAMES.get(alarm, str(alarm)) for alarm in Alarm}


def named_in_openapi() -> set[str]:
    """The labels of a quarter's `counts` in the contract."""
    text = pasted.text("openapi.md")
    passage = text.partition("A quarter has besides")[2].partition(
        "`whistles` are those of the quarter"
    )[0]
    return set(re.findall("`([a-z_-]+)`", passage))


def test_every_class_and_state_has_a_word() -> None:
    assert set(CLASSES.codes) == set(get_args(Class))
    assert {("State", state) for state in State} <= values().keys()


def test_every_escalation_has_a_word() -> None:
    assert escalations() <= set(TALLIES.codes)
    assert "supervision" in escalations()


def test_the_words_are_those_of_all_that_a_quarter_counts() -> None:
    members = {"counts", "total", "escalations", "supervisions", "hold_reviews"}

    of_whistles = set(WhistlesView.model_fields)
    assert named_in_openapi() - members == set(TALLIES.codes) - of_whistles
    assert escalations() <= named_in_openapi()
