"""Random lives of whistles: whoever acts at whatever time, what the rules promise holds (RULEBOOK
D.14.4, D.21-7, 9, 10)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from fastapi import FastAPI
from httpx import Response
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from app.evaluations import terms
from app.evaluations.compute import behind
from app.seals.audit import whistles
from app.sweep import sweep
from app.whistles.evaluation import records
from app.whistles.life.loop import (
    OVER,
    SummonsKind,
    SummonsStatus,
    WhistleAction,
    WhistleStatus,
)
from app.whistles.life.moves import MOVES
from app.whistles.life.parts import WHO
from app.whistles.replay import replay
from tests.aids import stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown, forms
from tests.whistles.blown import MARKET, POLICE, POWER

NEXT_STREET = "110105043"
STREETS = {WANGJING, NEXT_STREET}
ACTORS: dict[str, tuple[str, str | None]] = {
    "chief": ("chief", WANGJING),
    "street": ("handler", WANGJING),
    "market": ("handler", MARKET),
    "police": ("chief", POLICE),
    "power": ("handler", POWER),
    "next chief": ("chief", NEXT_STREET),
    "district": ("district", CHAOYANG),
    "city": ("supervisor", None),
    "auditor": ("auditor", None),
}
AT_WORK = [(actor, ACTORS[actor]) for actor in ("chief", "market", "police", "district")]
AHEAD = (
    *("blow", "report-in", "feed-back", "conclude", "release", "waive", "verify", "settle"),
    "evaluate",
)
NOBODY: dict[str, Any] = {"allowed": [], "summonses": []}
SPANS = [
    timedelta(microseconds=1),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=8),
]
OFFICES = (MARKET, POLICE, POWER, NEXT_STREET)
ACTIONS = sorted(action.value for action in WHO)


class Whistles(RuleBasedStateMachine):
    """A whistle or two, everyone who may touch them, and a clock that jumps."""

    app: ClassVar[FastAPI]
    people: ClassVar[People]
    clock: ClassVar[StillClock]

    @initialize(kind=st.sampled_from(["enforcement", "emergency", "key_work"]), draft=st.booleans())
    def begin(self, kind: str, draft: bool) -> None:
        self.clock.reset()
        calls = [
            *forms.calls(MARKET, POLICE, NEXT_STREET),
            blown.call(POWER, required=False),
        ]
        self.number = str(
            blown.blow(self.people, kind=kind, summonses=calls, draft=draft)["number"]
        )

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.clock.at += span

    @rule()
    def the_sweep_comes_by(self) -> None:
        self.sweep()
        assert sweep(self.app.state.sessions, self.app.state.city, self.clock) == 0

    def sweep(self) -> None:
        sweep(self.app.state.sessions, self.app.state.city, self.clock)

    @rule(steps=st.integers(4, 10))
    def the_work_goes_on(self, steps: int) -> None:
        """Whoever has a next step takes it, as far as that goes."""
        for _ in range(steps):
            self.clock.tick(minutes=1)
            seen = {a: self.people(*who).get(f"/whistles/{self.number}") for a, who in AT_WORK}
            ahead = [
                (actor, action, office)
                for actor, answer in seen.items()
                for action, office in self.allowed(answer.json() if answer.is_success else NOBODY)
                if action in AHEAD
            ]
            if not ahead:
                return
            self.take(*min(ahead, key=lambda step: AHEAD.index(step[1])), yes=True)

    @rule(data=st.data(), actor=st.sampled_from(sorted(ACTORS)))
    def someone_does_what_he_may(self, data: st.DataObject, actor: str) -> None:
        seen = self.people(*ACTORS[actor]).get(f"/whistles/{self.number}")
        if seen.status_code != 200 or not (open_to := sorted(self.allowed(seen.json()))):
            return
        action, office = data.draw(st.sampled_from(open_to))
        self.take(actor, action, office, data.draw(st.booleans()))

    def allowed(self, whistle: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for action in whistle["allowed"]:
            yield action, MARKET
        for summons in whistle["summonses"]:
            yield from ((action, summons["office_code"]) for action in summons["allowed"])

    @rule(
        actor=st.sampled_from(sorted(ACTORS)),
        action=st.sampled_from(ACTIONS),
        office=st.sampled_from(OFFICES),
        yes=st.booleans(),
    )
    def someone_tries_something(self, actor: str, action: str, office: str, yes: bool) -> None:
        self.take(actor, action, office, yes)

    def take(self, actor: str, action: str, office: str, yes: bool) -> None:
        """Whoever is refused has changed nothing but what fell due."""
        before = self.acts()
        answer = self.send(actor, action, office, yes)
        assert answer.status_code in (200, 201, 403, 404, 409, 422), answer.text
        assert self.acts() == before + answer.is_success, (action, answer.text)

    def acts(self) -> int:
        query = "SELECT count(*) FROM whistle_event WHERE role IS NOT NULL"
        number = stages.rows(self.people, f"{query} AND whistle_number = '{self.number}'")[0][0]
        assert isinstance(number, int)
        return number

    def send(self, actor: str, action: str, office: str, yes: bool) -> Response:
        person = self.people(*ACTORS[actor])
        body = forms.bodies(self.clock(), office, yes).get(action, {})
        return person.post(f"/whistles/{self.number}/{forms.path(action, office)}", body)

    def events(self) -> list[dict[str, Any]]:
        chief = self.people("chief", WANGJING)
        return list(chief.get(f"/whistles/{self.number}/events").json())

    def teardown(self) -> None:
        if not hasattr(self, "number"):
            return
        for _ in range(8):
            self.clock.tick(days=5)
            self.sweep()
        history = self.events()
        self.check_moves(history)
        self.check_releases(history)
        self.check_settled(history)
        self.check_absences(history)
        self.check_trace(history)
        with self.app.state.sessions() as session:
            assert list(whistles.of_whistles(session)) == []
        query = "SELECT office_code, max(seq), count(*) FROM feed_entry GROUP BY office_code"
        assert all(last == count for _, last, count in stages.rows(self.people, query))

    def check_moves(self, history: list[dict[str, Any]]) -> None:
        """D.21-7: each change is one listed move and one event."""
        assert [event["seq"] for event in history] == list(range(1, len(history) + 1))
        status = history[0]["to"]
        for event in history[1:]:
            assert event["from"] == status
            at, action = WhistleStatus(status), WhistleAction(event["action"])
            status = event["to"]
            assert WhistleStatus(status) in MOVES[at, action], event

    def check_releases(self, history: list[dict[str, Any]]) -> None:
        """D.21-10: the street alone lets go; whatever comes after, who was let go stays so, also
        where he owes an answer to a supervision (D.2)."""
        statuses: dict[str, str] = {}
        for event in history:
            office_code, status = (event["data"].get(key) for key in ("office_code", "summons"))
            if status is None:
                continue
            before, statuses[office_code] = statuses.get(office_code), status
            if before == SummonsStatus.RELEASED:
                assert status in OVER, event
            elif status == SummonsStatus.RELEASED:
                assert event["action"] == WhistleAction.RELEASE, event
                assert event["office_code"] in STREETS - {office_code}

    def check_settled(self, history: list[dict[str, Any]]) -> None:
        """D.21-10: what is settled has released or let go every required office."""
        for event in history:
            if event["action"] != "settle":
                continue
            read = [
                {**e, "from_status": e["from"], "to_status": e["to"]}
                for e in history[: event["seq"]]
            ]
            for summons in replay(read).summonses.values():
                if summons["kind"] == SummonsKind.DEPARTMENT and summons["required"]:
                    assert SummonsStatus(summons["status"]) in OVER

    def check_trace(self, history: list[dict[str, Any]]) -> None:
        """D.14.7: a false whistle is in no department's performance."""
        with self.app.state.sessions() as session:
            policies, now = self.app.state.city.policies, self.clock()
            known = records.of_whistles(session, policies, [self.number], now)
            term = terms.at(now, self.app.state.city.periods)
            counted = {record.whistle_number for record in behind(session, term, now).all_records}
        if history[-1]["to"] == "false":
            assert self.number not in known.keys() | counted

    def check_absences(self, history: list[dict[str, Any]]) -> None:
        """Once for each limit, whenever the sweep came."""
        missed = [
            (event["data"]["office_code"], event["due_at"])
            for event in history
            if event["action"] in ("absent", "miss")
        ]
        assert len(missed) == len(set(missed))


def test_what_is_promised_holds_in_every_whistle_s_life(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    Whistles.app, Whistles.people, Whistles.clock = app, people, clock
    run_state_machine_as_test(
        Whistles,
        settings=settings(
            max_examples=12,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


def test_who_is_released_may_still_owe_an_answer(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    """Its silence is told by itself and releases nobody: a course that was found by chance."""
    Whistles.app, Whistles.people, Whistles.clock = app, people, clock
    course = Whistles()
    course.begin(kind="enforcement", draft=False)
    course.the_work_goes_on(steps=9)
    course.take("chief", "supervise", MARKET, yes=False)

    course.teardown()

    ends = [(e["action"], e["data"].get("summons"), e["office_code"]) for e in course.events()]
    assert ("release", "released", WANGJING) in ends
    assert ("unanswered", "released", None) in ends
