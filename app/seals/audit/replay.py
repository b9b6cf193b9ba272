"""A ticket replayed from its events: each event's step in its course.

Nothing is read but events and policies, so whatever a row says otherwise is false.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from app.callbacks.answers import Reach
from app.offices.catalogue import Urgency
from app.policy.documents import Policies
from app.seals.audit import progress
from app.seals.audit.course import Course, Row
from app.seals.audit.helpers import Helpers
from app.seals.rederive.assessments import Happened
from app.tickets.event_data import (
    Adopted,
    Advised,
    CalledBack,
    Contacted,
    Corrected,
    EndReason,
    ExclusionJudged,
    ExtensionDecided,
    Given,
    Graded,
    HeardAgain,
    Imported,
    Merged,
    Received,
    Reviewed,
    Routed,
    Seen,
    name,
    read,
)
from app.tickets.life import limits
from app.tickets.life.contacts import Method
from app.tickets.life.lifecycle import Action, DispatchRole, Status

FACTS = ("type", "category", "channel", "anonymous")
PLACE = ("street_code", "district_code", "community_code")
LATER = ("office_code", "dispatched_at", "assessed_at", "merged_into")
"""Null until an event says otherwise."""
ANSWERS = ("reach", "contacted", "resolved", "satisfied")
AS_MEMBER = 0
"""The dispatch of a contact with a group's member."""


def replay(events: Sequence[Happened], policies: Policies) -> Course:
    """Raises LookupError, TypeError or ValueError where an event does not tell what it must."""
    course = Course(policies)
    for event in events:
        course.ticket["status"] = event.to_status
        course.ticket |= {name: event.data[name] for name in PLACE if name in event.data}
        course.why = ENDS.get(event.action, EndReason.REDISPATCHED)
        if event.action in STEPS:
            STEPS[event.action](course, event)
        if event.enters(Status.REWORK):
            rework(course, event)
        progress.follow(course, event)
        follow_others(course, event)
    if course.told_whole:
        course.close(events[-1].at)
    return course


def follow_others(course: Course, event: Happened) -> None:
    """The other offices, and what was asked for and decided."""
    if course.policy is not None and not course.ticket.get("merged_into"):
        due_at = course.limits.get("due_at")
        course.helpers.await_answers(event, course.policy, course.urgency, due_at)
    course.appeals.follow(event)
    course.proceedings.follow(event, course.lead)
    merged = course.ticket.get("merged_into") is not None
    course.proceedings.await_answers(event, Helpers() if merged else course.helpers)


def rework(course: Course, event: Happened) -> None:
    course.reworked.append(event.at)
    assert course.policy is not None  # it was dispatched
    course.limits["due_at"] = limits.due(course.policy, course.urgency, event.since).result


def receive(course: Course, event: Happened) -> None:
    event_data = event.data
    course.ticket |= dict.fromkeys(LATER)
    course.ticket |= {name: event_data[name] for name in FACTS if name in event_data}
    course.ticket["received_at"] = event.at
    course.ticket["no_citizen"] = event_data.get(name(Received.no_citizen), False)
    if name(Received.policy) in event_data:
        course.policy = course.policies.named(read(event_data, Received.policy))
        course.ticket["policy"] = course.policy.name
    read_urgency(course, event_data)


def read_urgency(course: Course, event_data: Row) -> None:
    if name(Received.urgency) in event_data:
        course.urgency = Urgency(event_data[name(Received.urgency)])
        course.ticket["urgency"] = course.urgency


def take_over(course: Course, event: Happened) -> None:
    """An import: one event with the whole case."""
    event_data = event.data
    course.told_whole = name(Imported.dispatched_at) in event_data
    if not course.told_whole:
        course.ticket |= {name: event_data[name] for name in FACTS if name in event_data}
        read_urgency(course, event_data)
        return
    receive(course, event)
    course.ticket["received_at"] = instant(event_data, Imported.received_at)
    called_at = instant(event_data, Imported.called_at)
    course.ticket |= {"assessed_at": called_at, "community_code": None}
    begun = instant(event_data, Imported.dispatched_at)
    office_code = read(event_data, Imported.office_code)
    course.give(office_code, begun, begun, {office_code: DispatchRole.LEAD})
    for seq, (at, method, reached) in enumerate(event_data["contacts"], 1):
        made = {"seq": seq, "at": datetime.fromisoformat(at), "method": method, "reached": reached}
        course.contacts.append({**made, "dispatch_seq": 1, "office_code": office_code})
    answers = dict(zip(ANSWERS, event_data["answers"], strict=True))
    method = event_data.get(name(Imported.verified))
    final = {"cycle": 0, "reasonable": None, "method": method, "final": True}
    course.calls.append({"seq": 1, "at": called_at, **answers, **final})
    code = read(event_data, Imported.excluded)
    if code:
        course.exclusion = {"code": code, "decided_at": called_at, "recorded_at": event.at}


def instant(event_data: Row, member: object) -> datetime:
    return datetime.fromisoformat(event_data[name(member)])


def route(course: Course, event: Happened) -> None:
    if event.to_status is Status.DISPATCHED:
        office_code = read(event.data, Routed.office_code) or ""
        offices = event.data.get("offices")
        course.give(office_code, event.since, event.at, offices)


def dispatch(course: Course, event: Happened) -> None:
    """By a person: to another lead, to the same one with other helpers, or to none."""
    offices = read(event.data, Given.offices)
    lead = next((code for code, role in offices.items() if role == DispatchRole.LEAD), None)
    if lead is None and event.to_status is Status.NOT_ACCEPTED:
        course.end(event.at)
    elif lead is None:
        course.take_back(event.at)
    elif course.lead is None or course.lead["office_code"] != lead:
        course.give(lead, event.at, event.at, offices)
    else:
        course.helpers.share(course.lead["seq"], offices, event.at, course.why)
    if event.to_status is Status.MERGED:
        join(course, event)


def unmerge(course: Course, event: Happened) -> None:
    course.ticket["merged_into"] = None
    dispatch(course, event)


def merge(course: Course, event: Happened) -> None:
    course.take_back(event.at)
    join(course, event)


def join(course: Course, event: Happened) -> None:
    course.ticket["merged_into"], course.due_left = read(event.data, Merged.parent_number), None


def adopt(course: Course, event: Happened) -> None:
    new = Urgency(read(event.data, Adopted.urgency))
    if new is not course.urgency:
        course.regrade(new, event.at)


def grade(course: Course, event: Happened) -> None:
    course.regrade(Urgency(read(event.data, Graded.new)), event.at)


def extend(course: Course, event: Happened) -> None:
    if read(event.data, Reviewed.approve):
        course.set_limit("due_at", instant(event.data, ExtensionDecided.due_at))


def void_extension(course: Course, event: Happened) -> None:
    course.set_limit("due_at", event.since)


def end(course: Course, event: Happened) -> None:
    course.end(event.at)


def hold(course: Course, event: Happened) -> None:
    due_at = course.limits.get("due_at")
    if event.enters(Status.ON_HOLD) and due_at is not None:
        course.due_left, course.limits["due_at"] = due_at - event.at, None


def resume(course: Course, event: Happened) -> None:
    course.run_on(event.since)


def contact(course: Course, event: Happened) -> None:
    """By the lead office, or by one that led before; an event without data is a move by itself, and
    one without an office the city's own call back."""
    if event.office_code is not None and name(Contacted.method) in event.data:
        add_contact(
            course, event, read(event.data, Contacted.method), read(event.data, Contacted.reached)
        )


def inform(course: Course, event: Happened) -> None:
    """Who is advised has the ticket from then on."""
    assert course.lead is not None  # it is a lead that advises
    course.helpers.inform(course.lead["seq"], read(event.data, Advised.to_office_code), event.at)


def answer(course: Course, event: Happened) -> None:
    course.helpers.answer(event)


def attach(course: Course, event: Happened) -> None:
    sent = {"seq": event.seq, "office_code": event.office_code, "at": event.at, "erased": False}
    course.files.append({**event.data, **sent})


def relay(course: Course, event: Happened) -> None:
    """The office's text for the citizen of a secret ticket; the hotline's word on it is none."""
    if event.office_code is not None:
        add_contact(course, event, Method.RELAY, reached=True)


def add_contact(course: Course, event: Happened, method: str, reached: bool) -> None:
    office = event.office_code
    by = [lead["seq"] for lead in course.leads if lead["office_code"] == office]
    if course.lead and course.lead["office_code"] == office:
        by = [course.lead["seq"]]
    member = course.ticket.get("merged_into") is not None
    course.contacts.append(
        {
            "seq": event.seq,
            "dispatch_seq": AS_MEMBER if member else by[-1],
            "office_code": office,
            "at": event.at,
            "method": method,
            "reached": reached,
        }
    )


def call_back(course: Course, event: Happened) -> None:
    """The callback of a group's last citizen has an event with its parent, too, without answers."""
    if name(CalledBack.reach) not in event.data:
        return
    answers = {name: event.data[name] for name in ANSWERS}
    final = read(event.data, CalledBack.final)
    reasonable = read(event.data, CalledBack.reasonable)
    judged = {"reasonable": reasonable, "method": None, "final": final}
    course.calls.append({"seq": event.seq, "at": event.at, **answers, **judged})
    if final:
        course.ticket["assessed_at"] = course.ticket.get("assessed_at") or event.at


def verify(course: Course, event: Happened) -> None:
    """With a group's parent, too, without a result, like a callback."""
    if name(Seen.resolved) not in event.data:
        return
    resolved, method = read(event.data, Seen.resolved), read(event.data, Seen.method)
    answers = {"reach": Reach.VERIFIED, "contacted": None, "resolved": resolved, "satisfied": None}
    judged = {"reasonable": None, "method": method, "final": True}
    course.calls.append({"seq": event.seq, "at": event.at, **answers, **judged})
    course.ticket["assessed_at"] = course.ticket.get("assessed_at") or event.at


def ask_exclusion(course: Course, event: Happened) -> None:
    course.asked = read(event.data, ExclusionJudged.code)


def decide_exclusion(course: Course, event: Happened) -> None:
    if read(event.data, ExclusionJudged.approve):
        course.exclusion = {
            "code": course.asked,
            "decided_at": event.at,
            "recorded_at": event.at,
        }


def correct(course: Course, event: Happened) -> None:
    """The facts and the level as corrected; an old event of this action is a second hearing."""
    if name(HeardAgain.differs) in event.data:
        hear_again(course, event)
        return
    facts = (*FACTS, name(Corrected.no_citizen))
    course.ticket |= {fact: event.data[fact] for fact in facts if fact in event.data}
    if name(Corrected.urgency) in event.data:
        course.regrade(Urgency(event.data[name(Corrected.urgency)]), event.at)


def hear_again(course: Course, event: Happened) -> None:
    if read(event.data, HeardAgain.differs):
        heard = {name: event.data[name] for name in ("callback_id", *ANSWERS)}
        course.correction = {**heard, "corrected_at": event.at, "recorded_at": event.at}


ENDS = {
    Action.RULE_OBJECTION: EndReason.UPHELD,
    Action.CONCLUDE: EndReason.CONSULTED,
    Action.MERGE: EndReason.MERGED,
    Action.TRANSFER: EndReason.TRANSFERRED,
    Action.DECLINE: EndReason.NOT_ACCEPTED,
}
"""Why dispatches are over that an act ends; any other gives the ticket to others."""

STEPS: dict[Action, Callable[[Course, Happened], None]] = {
    Action.RECEIVE: receive,
    Action.IMPORT: take_over,
    Action.ROUTE: route,
    Action.TRANSFER: end,
    Action.DECLINE: end,
    Action.DISPATCH: dispatch,
    Action.RULE_OBJECTION: dispatch,
    Action.CONCLUDE: dispatch,
    Action.UNMERGE: unmerge,
    Action.MERGE: merge,
    Action.ADOPT: adopt,
    Action.GRADE: grade,
    Action.DECIDE_EXTENSION: extend,
    Action.VOID_EXTENSION: void_extension,
    Action.DECIDE_HOLD: hold,
    Action.RESUME: resume,
    Action.END_HOLD: resume,
    Action.CONTACT: contact,
    Action.RELAY: relay,
    Action.ADVISE: inform,
    Action.FEED_BACK: answer,
    Action.ATTACH: attach,
    Action.CALLBACK: call_back,
    Action.VERIFICATION: verify,
    Action.REQUEST_EXCLUSION: ask_exclusion,
    Action.DECIDE_EXCLUSION: decide_exclusion,
    Action.CORRECT: correct,
    Action.HEAR_AGAIN: hear_again,
}
