"""Every action by every role in every status: what RULEBOOK D.6.2 lists succeeds, nothing else.

The table is written from the RULEBOOK and the API, not from the tables of the code. A refused call
must leave the ticket's row, its events and every office's feed as they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from app.access.roles import OFFICE_BOUND, Role
from app.tickets.lifecycle import Status
from tests import stages
from tests.conftest import StillClock
from tests.given import CHAOYANG, WANGJING, People, Person
from tests.stages import DONGHUAMEN, JIUXIANQIAO, STAGES

S = Status
ROLES: dict[str, tuple[str, str | None]] = {
    **{role: (role, None) for role in sorted(set(Role) - OFFICE_BOUND)},
    "handler": ("handler", WANGJING),
    "chief": ("chief", WANGJING),
    "district": ("district", CHAOYANG),
    "another street": ("handler", DONGHUAMEN),
    "another district": ("district", "110101"),
}
OFFICE = {"handler", "chief"}
ENDED = {S.CLOSED, S.ANSWERED, S.TRANSFERRED, S.NOT_ACCEPTED, S.MERGED, S.WITHDRAWN, S.VOID}
OPEN = set(Status) - ENDED
HAD_BY_OFFICE = OPEN - {S.RECEIVED}
"""望京街道 leads it, or keeps the duty of contact."""

FORMS: dict[str, dict[str, Any]] = {
    "answer": {"text": "已答复"},
    "transfer": {"service": "110", "text": "已转"},
    "decline": {"reason_code": "na_out_of_area", "text": "不在北京"},
    "ask": {"text": "请说明地点"},
    "add": {"text": "在望京西园三区"},
    "dispatch": {"office_code": JIUXIANQIAO, "reason": "改派"},
    "read": {},
    "acknowledge": {},
    "contact": {"method": "call", "reached": True},
    "object": stages.objection(),
    "rule-objection": {"decision": "reject", "text": "不成立"},
    "conclude": {"lead_office_code": JIUXIANQIAO, "text": "酒仙桥主办"},
    "note": {"text": "记录"},
    "request-extension": {"reason_code": "materials", "plan": "等配件"},
    "decide-extension": {"approve": True, "text": "同意"},
    "request-hold": {"reason_code": "funds", "plan": "列入预算"},
    "decide-hold": {"approve": True, "text": "同意"},
    "resume": {"done": False, "text": "继续办理"},
    "reply": {"text": "已办结", "citizen_feedback": {"method": "call"}},
    "review": {"approve": True},
    "urge": {"text": "催办"},
    "supervise": {"level": "district", "reason": "督办"},
    "grade": {"urgency": "L2", "reason": "升级"},
    "withdraw": {"evidence": "录音 12"},
    "void": {"reason": "误录"},
    "merge": {},
    "unmerge": {"reason": "不是一件事"},
    "reveal": {"reason": "联系诉求人"},
}
BY_ROLE: dict[tuple[str, str], dict[str, Any]] = {
    ("rule-objection", "supervisor"): {"decision": "not_acceptable", "text": "不应受理"},
    ("grade", "district"): {"urgency": "L4", "reason": "疑难"},
}

Rights = Mapping[str, list[tuple[set[Status], set[str]]]]
RIGHTS: Rights = {
    "answer": [({S.RECEIVED}, {"operator"})],
    "transfer": [({S.RECEIVED}, {"operator"})],
    "decline": [({S.RECEIVED, S.TO_DISPATCH}, {"operator", "supervisor"})],
    "ask": [({S.RECEIVED, S.TO_DISPATCH}, {"operator"})],
    "add": [({S.NEED_INFO}, {"operator"})],
    "dispatch": [
        ({S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED, S.ACKNOWLEDGED}, {"dispatcher"}),
        ({S.DISPATCHED, S.ACKNOWLEDGED}, {"district"}),
    ],
    "read": [(HAD_BY_OFFICE - {S.TO_DISPATCH, S.NEED_INFO, S.ON_HOLD}, {"chief"})],
    "acknowledge": [({S.DISPATCHED}, OFFICE)],
    "contact": [
        (HAD_BY_OFFICE - {S.DISPATCHED, S.REPLIED, S.AWAITING_CALLBACK, S.ON_HOLD}, OFFICE),
        ({S.MERGED}, OFFICE),
    ],
    "object": [({S.DISPATCHED, S.ACKNOWLEDGED}, OFFICE)],
    "rule-objection": [({S.OBJECTED}, {"dispatcher", "supervisor"})],
    "conclude": [({S.CONSULTING}, {"panel"})],
    "note": [
        (OPEN, {"operator", "dispatcher", "callback", "supervisor", "panel", "district"}),
        (HAD_BY_OFFICE, OFFICE),
    ],
    "request-extension": [({S.ACKNOWLEDGED, S.IN_PROGRESS, S.REWORK}, OFFICE)],
    "request-hold": [({S.IN_PROGRESS, S.REWORK, S.ON_HOLD}, OFFICE)],
    "resume": [({S.ON_HOLD}, {"supervisor"})],
    "reply": [({S.IN_PROGRESS, S.REWORK}, OFFICE)],
    "review": [({S.REPLIED}, {"district", "supervisor"})],
    "urge": [(OPEN, {"operator"})],
    "supervise": [(OPEN, {"district", "supervisor"})],
    "grade": [
        (OPEN, {"operator", "dispatcher", "supervisor"}),
        (OPEN - {S.REPLIED, S.AWAITING_CALLBACK, S.ON_HOLD}, {"district"}),
    ],
    "withdraw": [(OPEN - {S.AWAITING_CALLBACK}, {"operator"})],
    "void": [({S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED}, {"supervisor"})],
    "merge": [
        (
            {S.RECEIVED, S.TO_DISPATCH, S.DISPATCHED, S.ACKNOWLEDGED, S.IN_PROGRESS},
            {"dispatcher"},
        )
    ],
    "unmerge": [({S.MERGED}, {"supervisor"})],
    "reveal": [
        (set(Status), {"operator", "callback", "supervisor"}),
        (HAD_BY_OFFICE | {S.MERGED}, OFFICE),
    ],
}
UNCHANGING = {"note", "reveal", "urge", "supervise", "read"}
"""What may be done again and again to one ticket."""


def rightful(status: Status, action: str, role: str) -> bool:
    return any(status in when and role in who for when, who in RIGHTS.get(action, []))


def form(action: str, role: str, clock: StillClock, parent: str) -> dict[str, Any]:
    later = {
        "request-extension": {"due_at": clock.at + timedelta(days=10)},
        "request-hold": {"review_at": clock.at + timedelta(days=30)},
        "supervise": {"answer_due_at": clock.at + timedelta(days=1)},
    }
    told = {name: at.isoformat() for name, at in later.get(action, {}).items()}
    merging = {"parent_number": parent} if action == "merge" else {}
    return {**(BY_ROLE.get((action, role)) or FORMS[action]), **told, **merging}


def fingerprint(people: People, number: str) -> list[tuple[Any, ...]]:
    """The row, how many events and words it has, and how much any office was ever told."""
    return stages.rows(
        people,
        f"""SELECT ticket::text,
                   (SELECT count(*) FROM event WHERE ticket_number = number),
                   (SELECT count(*) FROM statement WHERE ticket_number = number),
                   (SELECT count(*) FROM dispatch WHERE ticket_number = number),
                   (SELECT count(*) FROM contact WHERE ticket_number = number),
                   (SELECT sum(last_seq) FROM feed_head), (SELECT count(*) FROM feed_entry)
            FROM ticket WHERE number = '{number}'""",
    )


@dataclass
class Walk:
    """One status, by everyone."""

    people: People
    clock: StillClock
    status: Status
    parent: str
    wrong: list[str] = field(default_factory=list)

    def person(self, role: str) -> Person:
        name, office = ROLES[role]
        return self.people.admin if name == "admin" else self.people(name, office)

    def takes(self, role: str, action: str, number: str) -> Response:
        said = form(action, role, self.clock, self.parent)
        return stages.tries(self.person(role), action, number, **said)

    def must_refuse(self, role: str, actions: set[str], number: str) -> None:
        before = fingerprint(self.people, number)
        for action in actions:
            status = self.takes(role, action, number).status_code
            if status not in (403, 404, 409):
                self.wrong.append(f"{role} may not {action} but got {status}")
        if fingerprint(self.people, number) != before:
            self.wrong.append(f"what was refused to {role} left a trace")

    def must_allow(self, role: str, actions: set[str], number: str) -> None:
        for action in sorted(actions):
            subject = (
                number if action in UNCHANGING else STAGES[self.status](self.people, self.clock)
            )
            answer = self.takes(role, action, subject)
            if answer.status_code != 200:
                self.wrong.append(f"{role} may {action} but got {answer.text}")


@pytest.mark.parametrize("status", list(Status))
def test_only_what_the_rulebook_lists_may_be_done(
    people: People, clock: StillClock, status: Status
) -> None:
    walk = Walk(people, clock, status, stages.fresh(people))
    clock.tick(seconds=1)
    number = STAGES[status](people, clock)
    assert stages.status(people, number) == status
    for role in ROLES:
        rights = {action for action in FORMS if rightful(status, action, role)}
        walk.must_refuse(role, FORMS.keys() - rights, number)
        walk.must_allow(role, rights, number)
    assert walk.wrong == []


@pytest.mark.parametrize("status", list(Status))
def test_what_a_ticket_says_is_allowed_is_what_is_allowed(
    people: People, clock: StillClock, status: Status
) -> None:
    number = STAGES[status](people, clock)
    for role in ("operator", "dispatcher", "supervisor", "panel", "handler", "chief", "district"):
        answer = people(*ROLES[role]).get(f"/tickets/{number}")
        said = set(answer.json()["allowed"]) if answer.status_code == 200 else set()
        rights = {action for action in FORMS if rightful(status, action, role)}
        unsaid = {"grade"} if role == "district" else set()
        assert said - unsaid == rights - unsaid, role
