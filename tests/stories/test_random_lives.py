"""Random lives: whoever acts at whatever time, what RULEBOOK D.21 promises holds (1–9, 13)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from app.seals.audit import service as audit
from app.sweep import sweep
from app.tickets.life.lifecycle import IN_OFFICE, MOVES, TERMINAL, Action, Status
from tests.aids import given, stages
from tests.aids.given import People, Person
from tests.aids.stages import DONGHUAMEN, JIUXIANQIAO
from tests.conftest import StillClock
from tests.tickets.acts.test_every_act import FORMS, ROLES, form

SPANS = [
    timedelta(microseconds=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=24),
    timedelta(days=7),
    timedelta(days=15),
    timedelta(days=40),
]
ANSWERS: list[dict[str, Any]] = [
    {"resolved": "resolved", "satisfied": "very"},
    {"resolved": "unresolved", "satisfied": "dissatisfied"},
    {"resolved": "unresolved", "satisfied": "basic", "reasonable": False},
]
ACTORS = {
    **ROLES,
    "next street": ("handler", JIUXIANQIAO),
    "far street": ("handler", DONGHUAMEN),
}
NEW_DUE_TIME = {
    "route",
    "dispatch",
    "rule-objection",
    "conclude",
    "grade",
    "decide-extension",
    "void_extension",
    "callback",
    "review",
    "send_to_rework",
    "unmerge",
    "adopt",
}
ASKED = {("ask", "operator"), ("ask", "dispatcher")}
CALLED_BACK = {("contact", "operator"), ("contact", "dispatcher")}
ROWS = "SELECT number, status, version, dispatches, interim_office, office_code FROM ticket"
LEADS = "SELECT ticket_number, office_code FROM dispatch WHERE role = 'lead' AND ended_at IS NULL"
PLACES = ["朝阳区望京街道望京西园三区308楼", "朝阳区某处", "不知道在哪"]


class Lives(RuleBasedStateMachine):
    """A few tickets, everyone who may touch them, and a clock that jumps."""

    app: ClassVar[FastAPI]
    people: ClassVar[People]
    clock: ClassVar[StillClock]

    @initialize(urgency=st.sampled_from(["L1", "L2", "L3", "L4"]))
    def begin(self, urgency: str) -> None:
        self.clock.reset()
        self.numbers = [given.ticket(self.people, urgency=urgency)]

    @rule(
        urgency=st.sampled_from(["L1", "L3"]),
        kind=st.sampled_from(["complaint", "consult"]),
        place=st.sampled_from(PLACES),
    )
    def one_more(self, urgency: str, kind: str, place: str) -> None:
        self.clock.tick(seconds=1)
        request = {"urgency": urgency, "type": kind, "address": {"text": place}}
        self.numbers.append(given.ticket(self.people, **request))

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.clock.at += span

    @rule()
    def the_sweep_comes_by(self) -> None:
        self.sweep()
        assert sweep(self.app.state.sessions, self.app.state.city, self.clock) == 0

    def sweep(self) -> None:
        sweep(self.app.state.sessions, self.app.state.city, self.clock)

    @rule(data=st.data(), actor=st.sampled_from(sorted(ACTORS)))
    def someone_does_what_he_may(self, data: st.DataObject, actor: str) -> None:
        number = data.draw(st.sampled_from(self.numbers))
        seen = self.person(actor).get(f"/tickets/{number}")
        allowed = seen.json()["allowed"] if seen.status_code == 200 else []
        if known := sorted(set(allowed) & FORMS.keys()):
            self.take(actor, data.draw(st.sampled_from(known)), number)

    @rule(data=st.data(), actor=st.sampled_from(sorted(ACTORS)))
    def someone_tries_something(self, data: st.DataObject, actor: str) -> None:
        action = data.draw(st.sampled_from(sorted(FORMS)))
        self.take(actor, action, data.draw(st.sampled_from(self.numbers)))

    @rule(data=st.data())
    def a_reply_is_sent_back(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(self.numbers))
        answer = stages.tries(self.people.supervisor, "review", number, approve=False, text="再办")
        assert answer.status_code in (200, 409), answer.text

    @rule(data=st.data(), answers=st.sampled_from(ANSWERS))
    def the_citizen_is_called(self, data: st.DataObject, answers: dict[str, Any]) -> None:
        number = data.draw(st.sampled_from(self.numbers))
        form = {"reach": "reached", "contacted": "yes", **answers}
        answer = self.people.callback.post(f"/tickets/{number}/callbacks", form)
        assert answer.status_code in (201, 409), answer.text

    def take(self, actor: str, action: str, number: str) -> None:
        """Twice under one key, which is one effect (D.21-13)."""
        body = form(action, actor, self.clock, self.numbers[0])
        key = {} if action == "reveal" else {"Idempotency-Key": f"{number} {action} {self.clock()}"}
        path = f"/tickets/{number}/{action}"
        first = self.person(actor).post(path, body, key)
        assert first.status_code in (200, 403, 404, 409, 422), first.text
        if first.status_code == 200 and key:
            again = self.person(actor).post(path, body, key)
            assert again.status_code in (200, 404), again.text
            assert again.status_code == 404 or again.json()["version"] == first.json()["version"]

    def person(self, actor: str) -> Person:
        name, office = ACTORS[actor]
        return self.people.admin if name == "admin" else self.people(name, office)

    def teardown(self) -> None:
        if not hasattr(self, "numbers"):
            return
        self.check_rows()
        for number in self.numbers:
            self.check_history(stages.events(self.people, number))
        self.check_feeds()
        for _ in range(12):
            self.clock.tick(days=30)
            self.sweep()
        for number in self.numbers:
            self.check_somebody_looked(stages.events(self.people, number))
        self.check_nobody_hides()
        self.check_audit()
        self.check_ranking()

    def check_audit(self) -> None:
        """Every row follows from its events (D.21-11)."""
        with self.app.state.sessions() as session:
            assert list(audit.of_tickets(session, self.app.state.city, self.numbers)) == []

    def mine(self) -> Iterator[tuple[Any, ...]]:
        rows = stages.rows(self.people, ROWS)
        return (row for row in rows if row[0] in self.numbers)

    def check_rows(self) -> None:
        """D.21-8: one lead at most; from the first dispatch on one leads or keeps the duty."""
        given = stages.rows(self.people, LEADS)
        leads = dict(given)
        assert len(leads) == len(given)
        for number, status, version, dispatches, interim, office in self.mine():
            if dispatches and status not in TERMINAL:
                assert number in leads or interim, (number, status)
            assert leads.get(number) == office, (number, status)
            last = stages.events(self.people, number)[-1]
            assert (last["to"], last["seq"]) == (status, version), (number, status)

    def check_history(self, history: list[dict[str, Any]]) -> None:
        """D.21-7: each change is one listed move and one event; what has ended does not change."""
        assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
        status, given_warnings = None, set[str]()
        for event in history:
            assert event["from"] == status
            action, status = Action(event["action"]), Status(event["to"])
            assert event["from"] is None or status in MOVES[Status(event["from"]), action], event
            given_warnings = set() if action in NEW_DUE_TIME else given_warnings
            if warning := event["data"].get("warning"):
                assert warning not in given_warnings, history
                given_warnings.add(warning)

    def check_somebody_looked(self, history: list[dict[str, Any]]) -> None:
        """D.5 R5: nothing ends that no person has looked at since it came in."""
        ended = next((e["seq"] for e in history if e["to"] in TERMINAL), None)
        if ended is None:
            return
        by_persons = [e for e in history[1:ended] if e["role"]]
        assert by_persons, history
        if history[ended - 1]["action"] == "expire":
            actions = {(e["action"], e["role"]) for e in by_persons}
            assert actions & ASKED, history
            assert actions & CALLED_BACK, history

    def check_feeds(self) -> None:
        query = "SELECT office_code, max(seq), count(*) FROM feed_entry GROUP BY office_code"
        assert all(last == count for _, last, count in stages.rows(self.people, query))

    def check_nobody_hides(self) -> None:
        """D.21-6: in time, every ticket leaves its office for a callback; none is counted twice."""
        for number, status, *_ in self.mine():
            assert status not in IN_OFFICE, (number, status)
        counted = stages.rows(self.people, "SELECT ticket_number FROM assessment")
        assert len(counted) == len(set(counted))

    def check_ranking(self) -> None:
        """D.21-2: no rate leaves its bounds; D.21-1: each unit is in one office's row."""
        ranking = self.people("analyst").get("/rankings/2026-11")
        for row in ranking.json()["rows"] if ranking.status_code == 200 else []:
            for rate in (row["response"], row["resolution"], row["satisfaction"]):
                assert rate["percent"] is None or 0 <= rate["percent"] <= 100


def test_what_is_promised_holds_in_every_life(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    Lives.app, Lives.people, Lives.clock = app, people, clock
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
