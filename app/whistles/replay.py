"""A whistle's course: the rows that its events so far leave, for an audit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.whistles.life.loop import SummonsStatus, WhistleAction

Row = dict[str, Any]
Event = Mapping[Any, Any]

A, P = WhistleAction, SummonsStatus

LEAD = ("proposed_lead", "lead_asked", "lead_proposed_at", "lead_answer_due_at")

WHISTLE = (
    *("status", "version", "kind", "level", "origin", "in_progress", "street_code", "policy"),
    *LEAD,
    *("conductor", "meet_at", "finish_due_at", "blown_at", "confirmed_at", "unconfirmed"),
    *("started_at", "verified_at", "settled_at", "returns"),
    *("campaign_at", "campaign_until", "liaisons", "concluded_at", "ruled_at", "finding"),
    *("ruled_from", "appealed_at", "appeal_decided_at", "signal_at", "signal_read_at"),
)
"""The columns of a whistle that its events tell."""

WRITTEN = ("kind", "level", "origin", "in_progress", "policy", "conductor")
"""Those that the first event says; all but the conductor stay so."""

OFFER = ("offered_from", "offered_actions", "offered_at", "offer_due_at")

SUMMONS = (
    *("kind", "required", "status", "accept_due_at", "arrive_due_at", "accepted_at"),
    *("arrived_at", "absent_at", "early_leave", "missed", "fed_back_at", "released_at"),
    *("withdrawn_at", "waived_at", "objected_at", "supervised_at", "answer_due_at", "came_at"),
    *OFFER,
    *("refusal_at", "refused", "refusal_ruled_at", "evaluated_by"),
    *("sent_at", "left_at", "away", "next_at", "through_centre", "thanked_at"),
)

VISIT = ("office_code", "came_at", "left_at", "distance_m", "by_code")
"""The columns of an attendance."""

MARK = ("effect", "attitude", "rough", "marked_at", "marked_by")
APPEAL = ("appealed_at", "appealed_by", "set_aside", "decided_at")
"""The columns of the chief's points in a record."""

MARKED_AT = {
    A.ACCEPT: "accepted_at",
    A.JOIN: "accepted_at",
    A.FEED_BACK: "fed_back_at",
    A.RELEASE: "released_at",
    A.OBJECT: "objected_at",
    A.REPORT_REFUSAL: "refusal_at",
    A.RULE_REFUSAL: "refusal_ruled_at",
    A.THANK: "thanked_at",
}
"""The column of a summons that says when an action was done."""

MARKED = {
    A.START: "started_at",
    A.SETTLE: "settled_at",
    A.CONFIRM: "confirmed_at",
    A.CONCLUDE: "concluded_at",
    A.APPEAL: "appealed_at",
    A.DECIDE_APPEAL: "appeal_decided_at",
    A.TOO_MANY_FALSE: "signal_at",
    A.READ_SIGNAL: "signal_read_at",
}
"""The same of a whistle."""


@dataclass(slots=True)
class Course:
    """A whistle as its events so far leave it, with its summonses by office."""

    whistle: Row = field(default_factory=dict)
    summonses: dict[str, Row] = field(default_factory=dict)
    marks: dict[str, Row] = field(default_factory=dict)
    """The chief's points, by office."""
    visits: dict[int, Row] = field(default_factory=dict)
    """By event."""
    tickets: list[str] = field(default_factory=list)
    """For which it was blown."""

    def summons(self, event: Event) -> Row:
        return self.summonses[event["data"]["office_code"]]


def replay(events: Iterable[Event]) -> Course:
    """Raises KeyError, TypeError or ValueError where the events do not tell what they must."""
    course = Course(dict.fromkeys(WHISTLE))
    for event in events:
        action = WhistleAction(event["action"])
        follow(course, action, event)
        if action in EFFECTS:
            EFFECTS[action](course, event)
    return course


def follow(course: Course, action: WhistleAction, event: Event) -> None:
    """What every event tells alike: statuses, and the instant of its action."""
    data = event["data"]
    course.whistle |= {"status": event["to_status"], "version": event["seq"]}
    if action in MARKED:
        course.whistle[MARKED[action]] = event["at"]
    if "summons" in data:
        course.summons(event)["status"] = data["summons"]
    if action in MARKED_AT:
        course.summons(event)[MARKED_AT[action]] = event["at"]


def draft(course: Course, event: Event) -> None:
    data = event["data"]
    course.tickets = data["tickets"]
    course.whistle |= {
        **{name: data[name] for name in WRITTEN},
        "meet_at": instant(data["meet_at"]),
        "street_code": event["office_code"],
        "unconfirmed": False,
        "returns": 0,
    }
    call(course, event, P.DRAFT)


def blow(course: Course, event: Event) -> None:
    data = event["data"]
    if "origin" in data:
        draft(course, event)
    course.whistle |= {
        "finish_due_at": instant(data["finish_due_at"]),
        "blown_at": event["at"],
        "confirmed_at": None if data["confirm_due_at"] else event["at"],
    }
    call(course, event, P.SENT)


def compose(course: Course, event: Event) -> None:
    call(course, event, P.DRAFT if event["to_status"] == "draft" else P.SENT)


def call(course: Course, event: Event, status: SummonsStatus) -> None:
    """Summonses as the event sends or drafts them."""
    for code, sent in event["data"]["summonses"].items():
        course.summonses[code] = {
            **dict.fromkeys(SUMMONS),
            "kind": sent["kind"],
            "required": sent["required"],
            "evaluated_by": sent.get("evaluated_by"),
            "through_centre": sent.get("through_centre", False),
            "status": status,
            **limits(sent),
            "sent_at": event["at"] if status is P.SENT else None,
            "early_leave": False,
            "away": False,
            "missed": 0,
        }


def limits(sent: Event) -> Row:
    return {name: instant(sent[name]) for name in ("accept_due_at", "arrive_due_at")}


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def lapse(course: Course, event: Event) -> None:
    course.whistle["unconfirmed"] = True


def start(course: Course, event: Event) -> None:
    for summons in course.summonses.values():
        if summons["status"] == P.ARRIVED:
            summons["status"] = P.WORKING


def report_in(course: Course, event: Event) -> None:
    """The first arrival is the one that counts; who comes has accepted."""
    summons = course.summons(event)
    for name in ("accepted_at", "arrived_at"):
        summons[name] = summons[name] or event["at"]
    summons |= {"came_at": event["at"], "away": False, "left_at": None, "next_at": None}
    how = {name: event["data"][name] for name in ("office_code", "distance_m", "by_code")}
    course.visits[event["seq"]] = {**how, "came_at": event["at"], "left_at": None}


def leave(course: Course, event: Event) -> None:
    summons = course.summons(event)
    summons["early_leave"] |= event["data"]["early"]
    if not summons["away"]:
        summons["left_at"] = event["at"]
    end_visit(course, event)


def release_for_now(course: Course, event: Event) -> None:
    course.summons(event)["next_at"] = instant(event["data"]["next_at"])
    end_visit(course, event)


def end_visit(course: Course, event: Event) -> None:
    """Of the office's last visit."""
    office = event["data"]["office_code"]
    course.summonses[office]["away"] = True
    visits = [visit for visit in course.visits.values() if visit["office_code"] == office]
    if visits and visits[-1]["left_at"] is None:
        visits[-1]["left_at"] = event["at"]


def absent(course: Course, event: Event) -> None:
    course.summons(event)["absent_at"] = event["due_at"]


def miss(course: Course, event: Event) -> None:
    summons = course.summons(event)
    summons |= {"missed": summons["missed"] + 1, "next_at": None}


def rule_objection(course: Course, event: Event) -> None:
    data, summons = event["data"], course.summons(event)
    if data["uphold"]:
        summons["withdrawn_at"] = event["at"]
    if "accept_due_at" in data:
        summons |= {**limits(data), "sent_at": event["at"]}


def verify(course: Course, event: Event) -> None:
    if event["data"]["street_code"] == course.whistle["street_code"]:
        course.whistle["verified_at"] = event["at"]


def propose_lead(course: Course, event: Event) -> None:
    data = event["data"]
    course.whistle |= {
        "proposed_lead": data["street_code"],
        "lead_asked": data["asked"],
        "lead_proposed_at": event["at"],
        "lead_answer_due_at": instant(data["answer_due_at"]),
    }


def agree_lead(course: Course, event: Event) -> None:
    course.whistle["conductor"] = event["data"]["street_code"]
    decline_lead(course, event)


def decline_lead(course: Course, event: Event) -> None:
    course.whistle |= dict.fromkeys(LEAD)


def escalate(course: Course, event: Event) -> None:
    course.whistle["verified_at"] = None


def waive(course: Course, event: Event) -> None:
    course.summons(event).update(required=False, waived_at=event["at"])


def hand_over(course: Course, event: Event) -> None:
    data = event["data"]
    course.summonses[data["to_office_code"]].update(
        offered_from=data["office_code"],
        offered_actions=data["actions"],
        offered_at=event["at"],
        offer_due_at=instant(data["offer_due_at"]),
    )


def consent(course: Course, event: Event) -> None:
    """What was fed back before is fed back anew, with what was taken over."""
    summons = course.summons(event)
    summons.update(dict.fromkeys(OFFER), required=event["data"]["required"])
    if summons["status"] == P.WORKING:
        summons["fed_back_at"] = None


def decline(course: Course, event: Event) -> None:
    course.summons(event).update(dict.fromkeys(OFFER))


def decide_appeal(course: Course, event: Event) -> None:
    """A whistle that is none false after all: who had not come has new limits."""
    if event["data"]["uphold"]:
        course.whistle["finding"] = None
    for code, sent in event["data"].get("summonses", {}).items():
        course.summonses[code] |= {**limits(sent), "sent_at": event["at"]}


def send_back(course: Course, event: Event) -> None:
    course.whistle |= {"verified_at": None, "returns": event["data"]["returns"]}
    course.whistle["concluded_at"] = None
    again = event["data"]["office_codes"]
    for code in again:
        course.summonses[code] |= {"status": P.WORKING, "fed_back_at": None}
    for summons in course.summonses.values():
        if summons["offered_from"] in again:
            summons.update(dict.fromkeys(OFFER))


def rule_false(course: Course, event: Event) -> None:
    if event["to_status"] == "false":
        course.whistle |= {"ruled_at": event["at"], "finding": event["data"]["finding"]}
        course.whistle["ruled_from"] = event["from_status"]
    for code in event["data"]["withdrawn"]:
        course.summonses[code] |= {"status": P.WITHDRAWN_BY_RULING, "withdrawn_at": event["at"]}


def supervise(course: Course, event: Event) -> None:
    due_at = instant(event["data"]["answer_due_at"])
    course.summons(event).update(supervised_at=event["at"], answer_due_at=due_at)


def rule_refusal(course: Course, event: Event) -> None:
    data = event["data"]
    course.summons(event)["refused"] = data["refused"]
    if "answer_due_at" in data:
        supervise(course, event)


def answer(course: Course, event: Event) -> None:
    course.summons(event).update(supervised_at=None, answer_due_at=None)


def unanswered(course: Course, event: Event) -> None:
    course.summons(event)["answer_due_at"] = None


def evaluate(course: Course, event: Event) -> None:
    data = event["data"]
    points = {name: data[name] for name in ("effect", "attitude", "rough")}
    marked = {"marked_at": event["at"], "marked_by": event["actor"]}
    course.marks[data["office_code"]] = points | marked | dict.fromkeys(APPEAL)


def appeal_evaluation(course: Course, event: Event) -> None:
    mark = course.marks[event["data"]["office_code"]]
    mark.update(appealed_at=event["at"], appealed_by=event["actor"])


def decide_evaluation(course: Course, event: Event) -> None:
    data = event["data"]
    course.marks[data["office_code"]].update(set_aside=data["approve"], decided_at=event["at"])


def organise(course: Course, event: Event) -> None:
    data, whistle = event["data"], course.whistle
    whistle |= {
        "campaign_at": whistle["campaign_at"] or event["at"],
        "campaign_until": instant(data["until"]),
        "liaisons": data["liaisons"],
        "finish_due_at": instant(data["finish_due_at"]),
    }


EFFECTS: dict[WhistleAction, Callable[[Course, Event], None]] = {
    A.DRAFT: draft,
    A.BLOW: blow,
    A.COMPOSE: compose,
    A.LAPSE: lapse,
    A.START: start,
    A.REPORT_IN: report_in,
    A.LEAVE: leave,
    A.INTERIM_RELEASE: release_for_now,
    A.ABSENT: absent,
    A.MISS: miss,
    A.RULE_OBJECTION: rule_objection,
    A.VERIFY: verify,
    A.SEND_BACK: send_back,
    A.PROPOSE_LEAD: propose_lead,
    A.AGREE_LEAD: agree_lead,
    A.DECLINE_LEAD: decline_lead,
    A.ESCALATE: escalate,
    A.HAND_OVER: hand_over,
    A.CONSENT: consent,
    A.DECLINE: decline,
    A.WAIVE: waive,
    A.DECIDE_APPEAL: decide_appeal,
    A.RULE_FALSE: rule_false,
    A.RULE_REFUSAL: rule_refusal,
    A.SUPERVISE: supervise,
    A.ANSWER: answer,
    A.UNANSWERED: unanswered,
    A.EVALUATE: evaluate,
    A.APPEAL_EVALUATION: appeal_evaluation,
    A.DECIDE_EVALUATION: decide_evaluation,
    A.ORGANISE: organise,
}
