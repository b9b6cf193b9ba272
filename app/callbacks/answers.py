"""Answers: the citizen's choices in a callback (RULEBOOK D.9)."""

from dataclasses import dataclass
from enum import StrEnum

from app.kit.messages import worded


@worded
class Reach(StrEnum):
    REACHED = "reached"
    UNREACHED = "unreached"
    REFUSED = "refused"
    WRONG_NUMBER = "wrong_number"
    ANONYMOUS = "anonymous"
    VERIFIED = "verified"
    """Nobody was called: the result was verified (RULEBOOK D.9.1)."""


@worded
class Contacted(StrEnum):
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


@worded
class Resolved(StrEnum):
    RESOLVED = "resolved"
    PARTLY = "partly"
    UNRESOLVED = "unresolved"
    NO_ANSWER = "no_answer"


@worded
class Satisfied(StrEnum):
    VERY = "very"
    SATISFIED = "satisfied"
    BASIC = "basic"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"
    NO_ANSWER = "no_answer"


@worded
class ExclusionCode(StrEnum):
    """The reason of an office to leave a ticket out of the rates (RULEBOOK D.10)."""

    X1 = "X1"  # should not have been accepted
    X2 = "X2"  # beyond law and policy, explained to the citizen
    X3 = "X3"  # fabricated or malicious
    X4 = "X4"  # sent wrongly, and no time to object
    X5 = "X5"  # force majeure
    X6 = "X6"  # a central office's duty, no means here


@dataclass(frozen=True, slots=True)
class Answers:
    """Whether the citizen was reached, and then the three answers, which stand or fall together."""

    reach: Reach
    contacted: Contacted | None = None
    resolved: Resolved | None = None
    satisfied: Satisfied | None = None
