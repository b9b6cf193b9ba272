"""What was asked for and decided, replayed from a ticket's events: objections, extensions, holds,
supervisions and advices.

Rates of objections and the counts of a quarter rest on these rows. Events of older versions tell
neither a hold's level and milestones nor what answers a supervision of a joint office: such rows
are compared without these columns.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.access.roles import Role
from app.seals.audit.helpers import Helpers
from app.seals.rederive.assessments import Happened
from app.tickets.event_data import (
    AdviceAnswered,
    Advised,
    ExtensionAsked,
    HoldAsked,
    Objected,
    Resumed,
    Reviewed,
    Ruled,
    Supervised,
    name,
    read,
)
from app.tickets.life.lifecycle import TERMINAL, Action, DispatchRole
from app.tickets.life.objections import Ruling

Row = dict[str, Any]


@dataclass(slots=True)
class Proceedings:
    """The rows so far, each with the `seq` of its first event, by the names of their tables."""

    objection: list[Row] = field(default_factory=list)
    extension: list[Row] = field(default_factory=list)
    hold: list[Row] = field(default_factory=list)
    supervision: list[Row] = field(default_factory=list)
    advice: list[Row] = field(default_factory=list)

    def follow(self, event: Happened, lead: Row | None) -> None:
        """`lead`: the dispatch to the lead office, as it is after the event."""
        if event.action in STEPS:
            STEPS[event.action](self, event, lead)

    def await_answers(self, event: Happened, helpers: Helpers) -> None:
        """What is asked of an office waits in its inbox for as long as it has the ticket."""
        joint = helpers.codes(DispatchRole.JOINT) if event.to_status not in TERMINAL else set()
        for rows, here in (
            (self.supervision, joint),
            (self.advice, helpers.codes(*DispatchRole)),
        ):
            for row in rows:
                waits = row.get("answered_at") is None and row["office_code"] in here
                row["waits_until"] = row["answer_due_at"] if waits else None


def asked(event: Happened, **columns: Any) -> Row:
    return {"seq": event.seq, "office_code": event.office_code, **columns}


def instant(event: Happened, member: object) -> datetime:
    return datetime.fromisoformat(event.data[name(member)])


def object_to(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    assert lead is not None  # only a lead office objects
    rows.objection.append(
        asked(
            event,
            dispatch_seq=lead["seq"],
            ground=read(event.data, Objected.ground),
            proposed_office=read(event.data, Objected.proposed_office_code),
            raised_at=event.at,
            ruling=None,
            ruled_at=None,
            by_silence=False,
        )
    )


def rule(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    decision = read(event.data, Ruled.decision)
    rows.objection[-1] |= {"ruling": decision, "ruled_at": event.at}


def consult(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    rows.objection[-1] |= {"ruling": Ruling.CONSULT, "ruled_at": event.at}


def reject(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    """By silence."""
    silent = {"ruling": Ruling.REJECT, "ruled_at": event.since, "by_silence": True}
    rows.objection[-1] |= silent


def ask_extension(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    rows.extension.append(
        asked(
            event,
            reason_code=read(event.data, ExtensionAsked.reason_code),
            asked_at=event.at,
            asked_until=instant(event, ExtensionAsked.due_at),
            approved=None,
            decided_at=None,
            void_at=None,
        )
    )


def decide_extension(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    approved = read(event.data, Reviewed.approve)
    rows.extension[-1] |= {"approved": approved, "decided_at": event.at}


def refuse_extension(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    rows.extension[-1] |= {"approved": False, "decided_at": event.since}


def void_extension(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    rows.extension[-1]["void_at"] = event.since


def ask_hold(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    steps = ("district_at", "held_at", "refused_at", "ended_at", "done")
    plan = ("reason_code", *(column for column in PLAN if column in event.data))
    rows.hold.append(
        asked(
            event,
            **{column: event.data[column] for column in plan},
            asked_at=event.at,
            review_at=instant(event, HoldAsked.review_at),
            **dict.fromkeys(steps),
        )
    )


PLAN = ("level", "milestones")


def decide_hold(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    """The district's word, then the supervisor's, from which on the ticket is held."""
    if not read(event.data, Reviewed.approve):
        rows.hold[-1]["refused_at"] = event.at
    elif event.role == Role.DISTRICT:
        rows.hold[-1]["district_at"] = event.at
    else:
        end_holds(rows, event.at, done=None)
        rows.hold[-1]["held_at"] = event.at


def end_holds(rows: Proceedings, at: datetime, done: bool | None) -> None:
    for hold in rows.hold:
        if hold["held_at"] and not hold["ended_at"]:
            hold |= {"ended_at": at, "done": done}


def resume(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    end_holds(rows, event.at, read(event.data, Resumed.done))


def review_hold(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    """Its day came, and nothing was done."""
    end_holds(rows, event.since, done=False)


def supervise(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    row = {
        "seq": event.seq,
        "office_code": event.data.get(name(Supervised.office_code)),
        "level": read(event.data, Supervised.level),
        "issuer": event.actor,
        "issued_at": event.at,
        "answer_due_at": instant(event, Supervised.answer_due_at),
    }
    rows.supervision.append({**row, **UNANSWERED})


UNANSWERED: Row = {"answered_at": None, "answer_seq": None}


ANSWERED = "supervision_seqs"


def answer(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    """An office's note or answer, which tells the supervisions that it answers."""
    if ANSWERED not in event.data:
        answer_of_before(rows, event, lead)
        return
    seqs = event.data[ANSWERED]
    for row in rows.supervision:
        if row["seq"] in seqs:
            row |= {"answered_at": event.at, "answer_seq": event.seq}


def answer_of_before(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    """The lead office's next note answers what no other office is asked; whether another's did, an
    event of an older version does not tell."""
    own = None if lead and event.office_code == lead["office_code"] else event.office_code
    for row in rows.supervision:
        if row["office_code"] == own and row.get("answered_at") is None:
            if own is None:
                row |= {"answered_at": event.at, "answer_seq": event.seq}
            else:
                for column in UNANSWERED:
                    row.pop(column, None)


def advise(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    rows.advice.append(
        {
            "seq": event.seq,
            "about": read(event.data, Advised.about),
            "from_office": event.office_code,
            "office_code": read(event.data, Advised.to_office_code),
            "given_at": event.at,
            "answer_due_at": instant(event, Advised.answer_due_at),
            **UNANSWERED,
        }
    )


def answer_advice(rows: Proceedings, event: Happened, lead: Row | None) -> None:
    seq = read(event.data, AdviceAnswered.advice_seq)
    [row] = [row for row in rows.advice if row["seq"] == seq]
    row |= {"answered_at": event.at, "answer_seq": event.seq}


STEPS: dict[Action, Callable[[Proceedings, Happened, Row | None], None]] = {
    Action.OBJECT: object_to,
    Action.RULE_OBJECTION: rule,
    Action.CONSULT: consult,
    Action.REJECT_OBJECTION: reject,
    Action.REQUEST_EXTENSION: ask_extension,
    Action.DECIDE_EXTENSION: decide_extension,
    Action.REFUSE_EXTENSION: refuse_extension,
    Action.VOID_EXTENSION: void_extension,
    Action.REQUEST_HOLD: ask_hold,
    Action.DECIDE_HOLD: decide_hold,
    Action.RESUME: resume,
    Action.END_HOLD: review_hold,
    Action.SUPERVISE: supervise,
    Action.NOTE: answer,
    Action.FEED_BACK: answer,
    Action.ADVISE: advise,
    Action.ANSWER_ADVICE: answer_advice,
}
