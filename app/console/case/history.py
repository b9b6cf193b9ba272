"""What happened to a ticket, in words: of each event the members of its data, in a fixed order."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from app.kit.messages import Message


class Shown(StrEnum):
    """How a value is written on a page; any other is the kind of a label."""

    WORDS = "words"
    TIME = "time"
    OFFICE = "office"
    OFFICES = "offices"
    """Each office with its part."""
    YES_NO = "yes_no"
    TICKET = "ticket"
    WHISTLE = "whistle"
    LABELS = "labels"
    """Codes of alarms' addressees."""
    LIST = "list"
    WARNING = "warning"
    FILE = "file"
    MESSAGE = "message"


class Line(NamedTuple):
    label: Message | None
    shown: str
    value: Any


UNTITLED = None
MEMBERS: Mapping[str, tuple[Message | None, str]] = {
    "offices": (UNTITLED, Shown.OFFICES),
    "office_code": (Message("Office"), Shown.OFFICE),
    "to_office_code": (Message("To"), Shown.OFFICE),
    "proposed_office_code": (Message("Whose it is"), Shown.OFFICE),
    "queue": (Message("Queue"), Shown.OFFICE),
    "parent_number": (Message("Number of the first ticket"), Shown.TICKET),
    "member_number": (Message("Member of the group"), Shown.TICKET),
    "whistle_number": (Message("Whistle"), Shown.WHISTLE),
    "alarm": (UNTITLED, "alarm"),
    "warning": (UNTITLED, Shown.WARNING),
    "method": (Message("How"), "method"),
    "reached": (Message("Reached"), Shown.YES_NO),
    "ground": (Message("Ground"), "ground"),
    "decision": (Message("Ruling"), "ruling"),
    "approve": (Message("Approved"), Shown.YES_NO),
    "done": (Message("Passed on or settled"), Shown.YES_NO),
    "code": (Message("Exclusion"), "exclusion_code"),
    "level": (Message("Level"), "supervision_level"),
    "about": (Message("About"), "about"),
    "service": (Message("Line"), Shown.WORDS),
    "reach": (Message("Call"), "reach"),
    "contacted": (Message("Contacted by the office"), "contacted"),
    "resolved": (Message("Resolved"), "resolved"),
    "satisfied": (Message("Satisfied"), "satisfied"),
    "reason_code": (Message("Why"), Shown.WORDS),
    "category": (Message("Category"), Shown.WORDS),
    "urgency": (Message("Urgency"), "urgency"),
    "former_urgency": (Message("Urgency before"), "urgency"),
    "due_at": (Message("Due"), Shown.TIME),
    "answer_due_at": (Message("Answer by"), Shown.TIME),
    "review_at": (Message("Review on"), Shown.TIME),
    "claimed_at": (Message("Told at"), Shown.TIME),
    "former_title": (Message("Title before"), Shown.WORDS),
    "former_address": (Message("Address before"), Shown.WORDS),
    "title": (Message("Title"), Shown.WORDS),
    "address": (Message("Address"), Shown.WORDS),
    "text": (UNTITLED, Shown.WORDS),
    "reason": (UNTITLED, Shown.WORDS),
    "note": (UNTITLED, Shown.WORDS),
    "plan": (Message("Plan"), Shown.WORDS),
    "milestones": (Message("Milestones"), Shown.LIST),
    "measures": (Message("Measures"), Shown.WORDS),
    "person": (Message("Told by"), Shown.WORDS),
    "published": (Message("Published where"), Shown.WORDS),
    "evidence": (Message("Evidence"), Shown.WORDS),
    "recording": (Message("Recording"), Shown.WORDS),
    "media_type": (UNTITLED, Shown.FILE),
    "urged": (Message("Times"), Shown.WORDS),
}
"""In the order of the page. What is not named here tells a person nothing."""

BY_ACTION: Mapping[tuple[str, str], tuple[Message | None, str] | None] = {
    ("route", "method"): None,
    ("route", "decision"): (Message("Decision"), "decision_kind"),
    ("verification", "method"): (Message("How"), "verified"),
    ("request-hold", "reason_code"): (Message("Why"), "hold_reason"),
    ("request-extension", "reason_code"): (Message("Why"), "extension_reason"),
    ("decline", "reason_code"): (Message("Why"), "decline_reason"),
    ("expire", "reason_code"): (Message("Why"), "decline_reason"),
    ("end_hold", "level"): (Message("Level"), "hold_level"),
    ("receive", "category"): None,
    ("grade", "from"): (Message("From"), "urgency"),
    ("grade", "to"): (Message("To"), "urgency"),
    ("alarm", "to"): (Message("Rings for"), Shown.LABELS),
    ("reply", "published"): (Message("Published where"), Shown.WORDS),
}


def lines(event: Mapping[str, Any]) -> Iterator[Line]:
    """What an event says, as a page writes it; empty members are left out."""
    data, action = event["data"], event["action"]
    own = {name for of_action, name in BY_ACTION if of_action == action}
    for name in (*MEMBERS, *sorted(own - MEMBERS.keys())):
        value = data.get(name)
        how = BY_ACTION.get((action, name), MEMBERS.get(name))
        if how is None or value in (None, "", [], {}):
            continue
        if how[1] == Shown.WORDS and isinstance(value, bool):
            continue
        label, shown = how
        if shown in IN_WORDS:
            shown, value = Shown.MESSAGE, IN_WORDS[shown](value)
        yield Line(label, shown, value)


WARNINGS = {
    "overdue-chief": Message("It is overdue: its chief is told"),
    "overdue-district": Message("It is overdue: the district is told"),
    "overdue-supervisor": Message("It is overdue: the supervisors are told"),
    "problem": Message("It was sent about or done again too often: the supervisors are told"),
    "supervision": Message("The supervision was not answered"),
}


def warning(code: str) -> Message | str:
    """`before-48h`, `share-1/2` and the like have their figure in their name."""
    kind, _, figure = code.partition("-")
    if kind == "before":
        return Message("Due in {hours} hours", hours=figure.removesuffix("h"))
    if kind == "share":
        percent = round(Fraction(figure) * 100)
        return Message("{percent} per cent of its time are over", percent=percent)
    return WARNINGS.get(code, code)


FILES = {
    "image": Message("Photo"),
    "video": Message("Video"),
    "audio": Message("Recording"),
}


def file_kind(media_type: str) -> Message:
    return FILES.get(media_type.partition("/")[0], Message("Document"))


IN_WORDS: Mapping[str, Callable[[str], Message | str]] = {
    Shown.WARNING: warning,
    Shown.FILE: file_kind,
}
