"""The answers of a callback, and the result of a case without a citizen."""

from collections.abc import Mapping

from app.console.forms import Field, Json, Kind, body, names
from app.kit.messages import Message

REACHED = "reached"
REACH = ("reached", "unreached", "refused", "wrong_number", "anonymous")
QUESTIONS: Mapping[str, tuple[Message, tuple[str, ...]]] = {
    "contacted": (Message("Did the office contact you?"), ("yes", "no", "unsure")),
    "resolved": (
        Message("Is the matter resolved?"),
        ("resolved", "partly", "unresolved", "no_answer"),
    ),
    "satisfied": (
        Message("Are you satisfied with how it was handled?"),
        ("very", "satisfied", "basic", "dissatisfied", "very_dissatisfied", "no_answer"),
    ),
}
"""Each question as it is read out, with its answers, in the order of the call."""
SEEN = ("resolved", "partly", "unresolved")
METHODS = ("site", "photo", "document", "publication")
REASON = Field("reason", Message("The citizen's reason"), Kind.AREA, required=False)
REASONABLE = Field("reasonable", Message("Is the demand reasonable?"), Kind.YES_NO, required=False)
RECORDING = Field("recording", Message("Recording"), required=False)
TEXT = Field("text", Message("What was seen"), Kind.AREA)
EVIDENCE = Field("evidence", Message("Where the evidence is kept"), Kind.AREA)


NAMES: Mapping[str, Message] = {
    "/reach": Message("Was the citizen reached?"),
    "/method": Message("How it was verified"),
    **{f"/{code}": question for code, (question, _) in QUESTIONS.items()},
    **names((REASON, REASONABLE, RECORDING, TEXT, EVIDENCE)),
}
"""What each answer is called, by where the API's errors name it."""


def answers(typed: Mapping[str, str]) -> Json:
    """The record of a call. Answers left on the page of who was not reached are not sent."""
    made = body((REASON, REASONABLE, RECORDING), typed)
    asked = QUESTIONS if typed.get("reach") == REACHED else ()
    return made | {name: typed[name] for name in ("reach", *asked) if typed.get(name)}


def verdict(typed: Mapping[str, str]) -> Json:
    made = body((TEXT, EVIDENCE), typed)
    return made | {name: typed[name] for name in ("method", "resolved") if typed.get(name)}
