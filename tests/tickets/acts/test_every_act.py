"""Every action by every role in every status: what RULEBOOK D.6.2 lists succeeds, nothing else.

The tables are written from the RULEBOOK and the API, not from the tables of the code. A refused
call says why by its status (403 before 404 before 409) and leaves every row as it was; what
succeeds leads where the RULEBOOK says, and each step of it is one event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import Response

from app.access.roles import OFFICE_BOUND, Role
from app.tickets.life.lifecycle import Status
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, CONTENT, WANGJING, People, Person
from tests.aids.stages import DONGHUAMEN, JIUXIANQIAO, STAGES, Build
from tests.aids.standing import Standing
from tests.conftest import StillClock

S = Status
MARKET = "110105-market"
ROLES: dict[str, tuple[str, str | None]] = {
    **{role: (role, None) for role in sorted(set(Role) - OFFICE_BOUND)},
    "handler": ("handler", WANGJING),
    "chief": ("chief", WANGJING),
    "district": ("district", CHAOYANG),
    "another street": ("handler", DONGHUAMEN),
    "another district": ("district", "110101"),
    "joint office": ("handler", MARKET),
}
OFFICE = {"handler", "chief"}
ENDED = {S.CLOSED, S.ANSWERED, S.TRANSFERRED, S.NOT_ACCEPTED, S.MERGED, S.WITHDRAWN, S.VOID}
OPEN = set(Status) - ENDED
AT_A_DESK = {S.RECEIVED, S.NEED_INFO, S.TO_DISPATCH}
HAD_BY_OFFICE = OPEN - {S.RECEIVED}
"""望京街道 leads it, or keeps the duty of contact."""

FORMS: dict[str, dict[str, Any]] = {
    "answer": {"text": "已答复"},
    "transfer": {"service": "110", "text": "已转"},
    "hand-on": {"service": "119", "text": "已同时通知消防"},
    "decline": {"reason_code": "na_out_of_area", "text": "不在北京"},
    "ask": {"text": "请说明地点"},
    "add": {"text": "在望京西园三区"},
    "dispatch": {"office_code": JIUXIANQIAO, "reason": "改派"},
    "return": {"text": "不在本区"},
    "correct": {"title": "施工噪声扰民", "reason": "听错"},
    "read": {},
    "acknowledge": {},
    "contact": {"method": "call", "reached": True},
    "relay": {"text": "请问车牌号是多少？"},
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
    "advise": {"to_office_code": CHAOYANG, "about": "plan", "text": "建议列入规划"},
    "answer-advice": {"text": "已列入规划"},
    "feed-back": {"text": "协办部分已完成"},
    "grade": {"urgency": "L2", "reason": "升级"},
    "withdraw": {"evidence": "录音 12"},
    "void": {"reason": "误录"},
    "merge": {},
    "unmerge": {"reason": "不是一件事"},
    "reveal": {"reason": "联系诉求人"},
    "conceal": {"reason": "诉求人要求保密"},
    "erase": {"reason": "依申请消除"},
}
BY_ROLE: dict[tuple[str, str], dict[str, Any]] = {
    ("rule-objection", "supervisor"): {"decision": "not_acceptable", "text": "不应受理"},
    ("relay", "operator"): {"done": True, "text": "已转告"},
    ("relay", "callback"): {"done": True, "text": "已转告"},
    ("grade", "district"): {"urgency": "L4", "reason": "疑难"},
    ("supervise", "chief"): {"level": "street", "reason": "督办", "to_office_code": MARKET},
}

Rights = Mapping[str, list[tuple[set[Status], set[str]]]]
RIGHTS: Rights = {
    "answer": [({S.RECEIVED}, {"operator"})],
    "transfer": [
        (AT_A_DESK, {"operator", "dispatcher"}),
        ({S.DISPATCHED, S.ACKNOWLEDGED}, {"dispatcher"}),
    ],
    "hand-on": [(OPEN, {"operator", "dispatcher"})],
    "decline": [
        (AT_A_DESK, {"operator", "dispatcher", "supervisor"}),
        ({S.DISPATCHED}, {"supervisor"}),
    ],
    "ask": [(AT_A_DESK, {"operator", "dispatcher"})],
    "add": [(OPEN, {"operator"})],
    "dispatch": [
        ({S.TO_DISPATCH, S.NEED_INFO, S.DISPATCHED, S.ACKNOWLEDGED}, {"dispatcher"}),
        ({S.DISPATCHED, S.ACKNOWLEDGED}, {"district"}),
    ],
    "correct": [(OPEN - {S.REWORK}, {"operator", "dispatcher", "supervisor"})],
    "read": [(HAD_BY_OFFICE - {S.TO_DISPATCH, S.NEED_INFO, S.ON_HOLD}, {"chief"})],
    "acknowledge": [({S.DISPATCHED}, OFFICE)],
    "contact": [
        (HAD_BY_OFFICE - {S.DISPATCHED, S.REPLIED, S.AWAITING_CALLBACK, S.ON_HOLD}, OFFICE),
        ({S.MERGED}, OFFICE),
        ({S.NEED_INFO}, {"operator", "dispatcher"}),
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
    "advise": [(HAD_BY_OFFICE - {S.TO_DISPATCH, S.NEED_INFO}, {"chief"})],
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
    "conceal": [(set(Status), {"operator", "callback", "supervisor"})],
    "erase": [(set(Status) - OPEN - {S.MERGED}, {"supervisor"})],
}
BY_NAME = {**FORMS, "callbacks": CONTENT}
CALLED: Rights = {**RIGHTS, "callbacks": [({S.AWAITING_CALLBACK}, {"callback"})]}
"""With the callback, which is a path of its own and an action all the same."""

UNCHANGING = {"note", "correct", "hand-on", "reveal", "urge", "supervise", "advise", "read"}
"""What may be done again and again to one ticket."""

BECOMES: dict[str, Status] = {
    "answer": S.ANSWERED,
    "transfer": S.TRANSFERRED,
    "decline": S.NOT_ACCEPTED,
    "ask": S.NEED_INFO,
    "dispatch": S.DISPATCHED,
    "acknowledge": S.ACKNOWLEDGED,
    "object": S.OBJECTED,
    "conclude": S.DISPATCHED,
    "resume": S.IN_PROGRESS,
    "reply": S.REPLIED,
    "withdraw": S.WITHDRAWN,
    "void": S.VOID,
    "merge": S.MERGED,
    "unmerge": S.DISPATCHED,
    "callbacks": S.CLOSED,
}
"""What it is afterwards, where it changes at all; BECOMES_OF has the exceptions."""

BECOMES_OF: dict[tuple[str, str], Status] = {
    ("contact", "acknowledged"): S.IN_PROGRESS,
    ("relay", "secret"): S.IN_PROGRESS,
    ("rule-objection", "dispatcher"): S.ACKNOWLEDGED,
    ("rule-objection", "district"): S.ACKNOWLEDGED,
    ("rule-objection", "supervisor"): S.NOT_ACCEPTED,
    ("review", "replied"): S.AWAITING_CALLBACK,
    ("add", "need_info"): S.DISPATCHED,  # T5, and then T6
    ("add", "nowhere"): S.NEED_INFO,
    ("review", "doubted"): S.CLOSED,
    ("reply", "forced"): S.AWAITING_CALLBACK,
    ("decide-hold", "hold passed on"): S.ON_HOLD,
    ("decide-hold", "renewal passed on"): S.ON_HOLD,
}
"""By the stage or by the role of who does it."""


@dataclass(frozen=True)
class Stage:
    """A status, and what of a ticket in it changes who may do what."""

    status: Status
    build: Build
    more: Mapping[str, set[str]] = field(default_factory=dict)
    less: Mapping[str, set[str]] = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()

    def may(self, role: str, action: str) -> bool:
        listed = any(self.status in at and role in who for at, who in CALLED.get(action, []))
        seen = role not in self.unseen
        given = role in self.more.get(action, set())
        return seen and (given or (listed and role not in self.less.get(action, set())))


def forced(people: People, clock: StillClock) -> str:
    number = stages.working(people)
    clock.tick(days=8, hours=1)
    stages.tries(people.operator, "note", number, text="又来电")
    return number


def extension_asked(people: People, clock: StillClock) -> str:
    number = stages.working(people)
    until = clock.at + timedelta(days=9)
    asks = form("request-extension", "handler", clock, "") | {"due_at": until.isoformat()}
    people.street().does("request-extension", number, **asks)
    return number


def objected_inside(people: People, clock: StillClock) -> str:
    return stages.objected(people)


def long_extension_asked(people: People, clock: StillClock) -> str:
    number = stages.working(people, urgency="L4")
    until = clock.at + timedelta(days=30)
    asks = form("request-extension", "handler", clock, "") | {"due_at": until.isoformat()}
    people.street().does("request-extension", number, **asks)
    return number


def hold_asked(people: People, clock: StillClock) -> str:
    number = stages.working(people)
    people.street().does("request-hold", number, **stages.hold(clock))
    return number


def hold_passed_on(people: People, clock: StillClock) -> str:
    number = hold_asked(people, clock)
    people.district().does("decide-hold", number, approve=True, text="同意上报")
    return number


def renewal_asked(people: People, clock: StillClock) -> str:
    number = stages.on_hold(people, clock)
    people.street().does("request-hold", number, **stages.hold(clock, 90))
    return number


def renewal_passed_on(people: People, clock: StillClock) -> str:
    number = renewal_asked(people, clock)
    people.district().does("decide-hold", number, approve=True, text="同意续挂")
    return number


def secret(people: People, clock: StillClock) -> str:
    number = given.ticket(people, type="report")
    people.street().does("acknowledge", number)
    return number


def relay_asked(people: People, clock: StillClock) -> str:
    number = secret(people, clock)
    people.street().does("relay", number, text="请问违建在几层？")
    return number


def helped(people: People, clock: StillClock) -> str:
    number = given.ticket(people)
    shares = {"office_code": JIUXIANQIAO, "joint_office_codes": [MARKET], "reason": "需要协办"}
    people.dispatcher.does("dispatch", number, **shares)
    people.dispatcher.does("dispatch", number, **{**shares, "office_code": WANGJING})
    people.street().does("acknowledge", number)
    return number


def advised(people: People, clock: StillClock) -> str:
    number = stages.working(people)
    advice = form("advise", "chief", clock, "")
    people("chief", WANGJING).does("advise", number, **advice)
    return number


def enquiry_asked(people: People, clock: StillClock) -> str:
    number = stages.received(people, clock)
    people.operator.does("ask", number, text="请说明是哪种证件")
    return number


ELSEWHERE = {"another street", "another district", "joint office"}
NEVER_HAD = {S.RECEIVED, S.ANSWERED, S.TRANSFERRED, S.NOT_ACCEPTED}
KINDS: dict[str, Stage] = {
    **{
        status.value: Stage(
            status,
            STAGES[status],
            unseen=frozenset(ELSEWHERE | (OFFICE if status in NEVER_HAD else set())),
        )
        for status in Status
    },
    "doubted": Stage(
        S.AWAITING_CALLBACK,
        STAGES["doubted"],
        more={"review": {"supervisor"}},
        less={
            "callbacks": {"callback"},
            "correct": {"operator", "dispatcher", "supervisor"},
        },
        unseen=frozenset(ELSEWHERE),
    ),
    "forced": Stage(
        S.AWAITING_CALLBACK, forced, more={"reply": OFFICE}, unseen=frozenset(ELSEWHERE)
    ),
    "extension asked": Stage(
        S.IN_PROGRESS,
        extension_asked,
        more={"decide-extension": {"district"}},
        less={"request-extension": OFFICE},
        unseen=frozenset(ELSEWHERE),
    ),
    "objected inside": Stage(
        S.OBJECTED,
        objected_inside,
        more={"rule-objection": {"district"}},
        less={"rule-objection": {"dispatcher"}},
        unseen=frozenset(ELSEWHERE),
    ),
    "long extension asked": Stage(
        S.IN_PROGRESS,
        long_extension_asked,
        more={"decide-extension": {"supervisor"}},
        less={"request-extension": OFFICE},
        unseen=frozenset(ELSEWHERE),
    ),
    "hold asked": Stage(
        S.IN_PROGRESS,
        hold_asked,
        more={"decide-hold": {"district"}},
        less={"request-hold": OFFICE},
        unseen=frozenset(ELSEWHERE),
    ),
    "hold passed on": Stage(
        S.IN_PROGRESS,
        hold_passed_on,
        more={"decide-hold": {"supervisor"}},
        less={"request-hold": OFFICE},
        unseen=frozenset(ELSEWHERE),
    ),
    "renewal asked": Stage(
        S.ON_HOLD,
        renewal_asked,
        more={"decide-hold": {"district"}},
        less={"request-hold": OFFICE},
        unseen=frozenset(ELSEWHERE),
    ),
    "renewal passed on": Stage(
        S.ON_HOLD,
        renewal_passed_on,
        more={"decide-hold": {"supervisor"}},
        less={"request-hold": OFFICE},
        unseen=frozenset(ELSEWHERE),
    ),
    "secret": Stage(
        S.ACKNOWLEDGED,
        secret,
        more={"relay": OFFICE},
        less={
            "contact": OFFICE,
            "reveal": OFFICE,
            "conceal": {"operator", "callback", "supervisor"},
        },
        unseen=frozenset(ELSEWHERE),
    ),
    "relay asked": Stage(
        S.IN_PROGRESS,
        relay_asked,
        more={"relay": {*OFFICE, "operator", "callback"}},
        less={
            "contact": OFFICE,
            "reveal": OFFICE,
            "conceal": {"operator", "callback", "supervisor"},
        },
        unseen=frozenset(ELSEWHERE),
    ),
    "helped": Stage(
        S.ACKNOWLEDGED,
        helped,
        more={
            "feed-back": {"joint office"},
            "note": {"joint office"},
            "supervise": {"chief"},
        },
        unseen=frozenset(ELSEWHERE - {"joint office"}),
    ),
    "advised": Stage(
        S.IN_PROGRESS,
        advised,
        more={"answer-advice": {"district"}},
        unseen=frozenset(ELSEWHERE),
    ),
    "queued": Stage(
        S.TO_DISPATCH,
        STAGES["queued"],
        more={"dispatch": {"district"}, "return": {"district"}},
        unseen=frozenset(ELSEWHERE | OFFICE),
    ),
    "enquiry asked": Stage(
        S.NEED_INFO,
        enquiry_asked,
        more={"answer": {"operator"}},
        unseen=frozenset(ELSEWHERE | OFFICE),
    ),
    "nowhere": Stage(
        S.NEED_INFO, STAGES["nowhere"], unseen=frozenset(ELSEWHERE | OFFICE | {"district"})
    ),
}
NO_READERS = {"analyst", "admin"}
LEADS_OWN = {
    "advise",
    "answer-advice",
    "acknowledge",
    "object",
    "request-extension",
    "request-hold",
    "reply",
}
"""Not for an office that only keeps the duty of contact until another has signed."""


ALIKE = {"another street": "handler", "another district": "district", "joint office": "handler"}

WHERE_OTHERS_HELP = {"chief": {"supervise", "feed-back"}, "handler": {"feed-back"}}
"""Of a ticket with joint offices only."""

WHERE_ADVISED = {"chief": {"answer-advice"}, "handler": {"answer-advice"}}
"""Of an office that a street has advised only; to whom it is not, nothing waits (409)."""


def ever(role: str, action: str) -> bool:
    """Whether a role has a part in an action, in some ticket (RULEBOOK D.2)."""
    alike = ALIKE.get(role, role)
    listed = any(stage.may(alike, action) for stage in KINDS.values())
    others = action in WHERE_OTHERS_HELP.get(alike, set()) | WHERE_ADVISED.get(alike, set())
    return listed or others


def refusal(stage: Stage, role: str, action: str) -> int:
    """403 (role) goes before 404 (scope), before 403 (another's part), before 409 (state)."""
    if not ever(role, action):
        return 403
    if role in stage.unseen:
        return 404
    if action in WHERE_OTHERS_HELP.get(role, set()):
        return 403
    if role == "joint office" and action not in WHERE_ADVISED["handler"]:
        return 403
    former = stage.status in (S.TO_DISPATCH, S.NEED_INFO) and role in OFFICE
    return 403 if former and action in LEADS_OWN else 409


def becomes(name: str, role: str, action: str) -> Status:
    stage = KINDS[name]
    exception = BECOMES_OF.get((action, name)) or BECOMES_OF.get((action, role))
    return exception or BECOMES.get(action, stage.status)


def allowed(stage: Stage, role: str) -> set[str]:
    """As a TicketView names them: the recording of a callback is the action `callback`."""
    return {
        action.replace("callbacks", "callback") for action in BY_NAME if stage.may(role, action)
    }


def form(action: str, role: str, clock: StillClock, parent: str) -> dict[str, Any]:
    later = {
        "request-extension": {"due_at": clock.at + timedelta(days=10)},
        "request-hold": {"review_at": clock.at + timedelta(days=30)},
        "supervise": {"answer_due_at": clock.at + timedelta(days=1)},
        "advise": {"answer_due_at": clock.at + timedelta(days=1)},
    }
    instants = {name: at.isoformat() for name, at in later.get(action, {}).items()}
    merging = {"parent_number": parent} if action == "merge" else {}
    return {**(BY_ROLE.get((action, role)) or BY_NAME[action]), **instants, **merging}


def person(people: People, role: str) -> Person:
    name, office = ROLES[role]
    return people.admin if name == "admin" else people(name, office)


STATE = """
    SELECT status, version, (SELECT count(*) FROM event WHERE ticket_number = number) FROM ticket
"""


@dataclass
class Walk:
    """One stage, by everyone."""

    people: People
    clock: StillClock
    name: str
    parent: str
    wrong: list[str] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        return KINDS[self.name]

    def person(self, role: str) -> Person:
        return person(self.people, role)

    def takes(self, role: str, action: str, number: str) -> Response:
        body = self.words(role, action, number)
        return stages.tries(self.person(role), action, number, **body)

    def words(self, role: str, action: str, number: str) -> dict[str, Any]:
        """What is fit to be said of this ticket now."""
        body = form(action, role, self.clock, self.parent)
        if action == "request-extension" and (due_at := stages.seen(self.people, number)["due_at"]):
            body["due_at"] = (stages.instant(due_at) + timedelta(days=3)).isoformat()
        if action == "reply" and "relay" in self.stage.more:
            body["citizen_feedback"] = {"method": "relay"}
        return body

    def must_say(self, role: str, number: str) -> None:
        """What a ticket says is allowed is what is allowed."""
        answer = self.person(role).get(f"/tickets/{number}")
        if role in NO_READERS or role in self.stage.unseen:
            expected = 403 if role in NO_READERS else 404
            if answer.status_code != expected:
                self.wrong.append(f"{role} reads it: {answer.text}")
            return
        unsaid = {"grade"} if role == "district" else set()
        named = set(answer.json()["allowed"]) - unsaid
        if named != allowed(self.stage, role) - unsaid:
            self.wrong.append(f"{role} is told {sorted(named)}")

    def must_refuse(self, role: str, action: str, number: str) -> None:
        answer = self.takes(role, action, number)
        expected = refusal(self.stage, role, action)
        if answer.status_code != expected:
            self.wrong.append(f"{role} may not {action}: {expected}, but got {answer.text}")
        elif expected == 409:
            problem = answer.json()
            facts = (problem.get("status_now"), set(problem.get("allowed", ())) - {"grade"})
            if facts != (self.stage.status, allowed(self.stage, role) - {"grade"}):
                self.wrong.append(f"{role}, refused to {action}, is told {answer.text}")

    def must_say_and_refuse(self, number: str) -> None:
        """To everyone, of all that he ever has a part in."""
        for role in ROLES:
            self.must_say(role, number)
        for role, action in product(ROLES, BY_NAME):
            if ever(role, action) and not self.stage.may(role, action):
                self.must_refuse(role, action, number)

    def state(self, number: str) -> tuple[Any, ...]:
        """Status, version and how many events are on record."""
        (state,) = stages.rows(self.people, f"{STATE} WHERE number = '{number}'")
        return state

    def must_allow(self, role: str, action: str, number: str) -> None:
        """It leads where it should, by one event for each step."""
        _, before, _ = self.state(number)
        answer = self.takes(role, action, number)
        if answer.status_code != (201 if action == "callbacks" else 200):
            self.wrong.append(f"{role} may {action} but got {answer.text}")
            return
        steps = 2 if (action, self.name) == ("add", "need_info") else 1
        state, version = self.state(number), before + steps
        if state != (becomes(self.name, role, action), version, version):
            self.wrong.append(f"{role} may {action}, which led to {state}")


@pytest.mark.parametrize("name", list(KINDS))
def test_only_what_the_rulebook_lists_may_be_done_and_the_ticket_says_so(
    people: People, app: FastAPI, clock: StillClock, clearing: sa.Engine, name: str
) -> None:
    """By whoever ever may: to others the test below shows every ticket shut. Within a status only
    what is special there is done again."""
    stage, special = KINDS[name], name not in set(Status)
    walk = Walk(people, clock, name, given.ticket(people))
    clock.tick(seconds=1)
    number = stage.build(people, clock)
    assert stages.status(people, number) == stage.status

    before = given.record(app)
    walk.must_say_and_refuse(number)
    assert given.record(app) == before
    standing = Standing(clearing)
    for role, action in product(ROLES, stage.more if special else BY_NAME):
        if stage.may(role, action):
            walk.must_allow(role, action, number)
            if action not in UNCHANGING:
                standing.put_back()

    assert walk.wrong == []


def test_a_role_without_a_part_is_refused_before_it_learns_what_exists(
    people: People, app: FastAPI
) -> None:
    """In whatever status: while nobody can read any ticket, it gets the same answer."""
    number = given.ticket(people)
    with app.state.engine.connect() as connection:
        connection.exec_driver_sql("LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE")
        for role, action in product(ROLES, BY_NAME):
            if not ever(role, action):
                answer = stages.tries(person(people, role), action, number, no="form")
                assert answer.status_code == 403, (role, action)
