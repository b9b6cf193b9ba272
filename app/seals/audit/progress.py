"""A ticket's progress, replayed from its events: signatures, replies, its end, and how often it was
returned, urged, extended and the like."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.access.roles import Role
from app.seals.audit.course import Course
from app.seals.rederive.assessments import Happened
from app.tickets.event_data import (
    Adopted,
    Imported,
    LetGo,
    Received,
    Resumed,
    Reviewed,
    Ruled,
    Urged,
    name,
    read,
)
from app.tickets.life import limits
from app.tickets.life.lifecycle import TERMINAL, Action, Status, TicketType
from app.tickets.life.objections import UPHELD, Ruling

COUNTS = ("returns", "urged", "extensions", "renewals", "upheld", "members")
FLAGS = ("forced", "excluded")
INSTANTS = ("acknowledged_at", "replied_at", "closed_at", "erased_at", "repeat_of")


def follow(course: Course, event: Happened) -> None:
    """The event's marks, after its step in the course; old imports do not tell enough."""
    if not course.told_whole:
        return
    if event.seq == 1:
        begin(course, event)
    elif event.from_status is not event.to_status and event.to_status in TERMINAL:
        course.ticket["closed_at"] = event.since
    if event.action in MARKS:
        MARKS[event.action](course, event)
    if event.enters(Status.REWORK):
        course.ticket |= {"forced": False, "replied_at": None}


def begin(course: Course, event: Happened) -> None:
    course.ticket |= {**dict.fromkeys(COUNTS, 0), **dict.fromkeys(FLAGS, False), "objectors": []}
    course.ticket |= dict.fromkeys(INSTANTS)
    received = event.data
    if name(Received.secret) in received:
        course.ticket["secret"] = read(received, Received.secret)
        course.ticket["repeat_of"] = received.get(name(Received.repeat_of))
    elif event.action is Action.RECEIVE:
        del course.ticket["repeat_of"]
    if received["type"] == TicketType.REPORT:
        course.ticket["secret"] = True
    if event.action is Action.IMPORT:
        came(course, event)


def came(course: Course, event: Happened) -> None:
    """With an imported case."""
    replied_at, called_at = instant(event, Imported.replied_at), course.ticket["assessed_at"]
    due_at = course.leads[-1]["due_at"]
    course.ticket |= {
        "secret": event.data["type"] == TicketType.REPORT,
        "replied_at": replied_at,
        "closed_at": called_at,
        "excluded": bool(read(event.data, Imported.excluded)),
        "forced": replied_at is None and limits.is_late(due_at, None, called_at),
    }
    if name(Imported.acknowledged_at) in event.data:
        sign(course, instant(event, Imported.acknowledged_at))
    else:
        del course.ticket["acknowledged_at"], course.leads[-1]["acknowledged_at"]


def instant(event: Happened, member: object) -> datetime | None:
    text = event.data[name(member)]
    return datetime.fromisoformat(text) if text else None


def sign(course: Course, at: datetime | None) -> None:
    """The first signature stays."""
    course.ticket["acknowledged_at"] = course.ticket["acknowledged_at"] or at
    if course.lead:
        course.lead["acknowledged_at"] = course.ticket["acknowledged_at"]


def acknowledge(course: Course, event: Happened) -> None:
    sign(course, event.since)


def rule(course: Course, event: Happened) -> None:
    """Who is rejected has the ticket as if it had signed for it."""
    decision = Ruling(read(event.data, Ruled.decision))
    course.ticket["upheld"] += decision in UPHELD
    if decision is Ruling.REJECT:
        sign(course, event.at)


def object_to(course: Course, event: Happened) -> None:
    assert course.lead is not None  # only a lead office objects
    course.ticket["objectors"] = [*course.ticket["objectors"], course.lead["office_code"]]


def reply(course: Course, event: Happened) -> None:
    course.ticket["replied_at"] = course.ticket["replied_at"] or event.at


def resume(course: Course, event: Happened) -> None:
    """A hold that ended with the matter done is its own reply."""
    if read(event.data, Resumed.done):
        reply(course, event)


def review(course: Course, event: Happened) -> None:
    course.ticket["returns"] += event.to_status is Status.IN_PROGRESS


def force(course: Course, event: Happened) -> None:
    course.ticket["forced"] = True


def extend(course: Course, event: Happened) -> None:
    course.ticket["extensions"] += read(event.data, Reviewed.approve)


def renew(course: Course, event: Happened) -> None:
    granted = read(event.data, Reviewed.approve) and event.role != Role.DISTRICT
    course.ticket["renewals"] += granted and event.from_status is Status.ON_HOLD


def exclude(course: Course, event: Happened) -> None:
    course.ticket["excluded"] |= read(event.data, Reviewed.approve)


def urge(course: Course, event: Happened) -> None:
    course.ticket["urged"] = read(event.data, Urged.urged)


def adopt(course: Course, event: Happened) -> None:
    course.ticket["members"] = read(event.data, Adopted.members)


def let_go(course: Course, event: Happened) -> None:
    course.ticket["members"] = read(event.data, LetGo.members)


def unmerge(course: Course, event: Happened) -> None:
    course.ticket["closed_at"] = None


def conceal(course: Course, event: Happened) -> None:
    course.ticket["secret"] = True


def erase(course: Course, event: Happened) -> None:
    """Of its files the rows go after the bytes."""
    course.ticket["erased_at"] = event.at
    course.files.clear()


MARKS: dict[Action, Callable[[Course, Happened], Any]] = {
    Action.ACKNOWLEDGE: acknowledge,
    Action.REJECT_OBJECTION: acknowledge,
    Action.OBJECT: object_to,
    Action.RULE_OBJECTION: rule,
    Action.REPLY: reply,
    Action.RESUME: resume,
    Action.REVIEW: review,
    Action.FORCE_CALLBACK: force,
    Action.DECIDE_EXTENSION: extend,
    Action.DECIDE_HOLD: renew,
    Action.DECIDE_EXCLUSION: exclude,
    Action.URGE: urge,
    Action.ADOPT: adopt,
    Action.LET_GO: let_go,
    Action.UNMERGE: unmerge,
    Action.CONCEAL: conceal,
    Action.ERASE: erase,
}
