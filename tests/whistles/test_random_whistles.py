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
from app.kit.workdays import day_of
from app.seals.audit import whistles
from app.sweep import sweep
from app.whistles.evaluation import records
from app.whistles.life.loop import (
    MOVES,
    OVER,
    SummonsKind,
    SummonsStatus,
    WhistleAction,
    WhistleStatus,
)
from app.whistles.replay import replay
from tests import stages
from tests.conftest import StillClock
from tests.given import CHAOYANG, WANGJING, People
from tests.whistles import blown, campaigns
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
STATEMENTS = [{"office_code": WANGJING, "text": "属实"}, {"office_code": MARKET, "text": "不属实"}]
PATHS = {
    "issue-code": "codes",
    "evaluate": "evaluations/{office}",
    "appeal-evaluation": "evaluations/{office}/appeal",
    "decide-evaluation": "evaluations/{office}/appeal/decision",
    "organise": "campaign",
    **{action: f"campaign/{action}" for action in ("log", "correct-log", "meet", "notify")},
    "conclude": "campaign/conclude",
}
"""Of actions whose path is not their name."""

OF_THE_WHISTLE = (
    *("blow", "compose", "confirm", "cancel", "start", "join", "issue-code", "verify", "settle"),
    *("send-back", "escalate", "coordinate", "rule-false", "appeal", "decide-appeal"),
    *("evaluate", "appeal-evaluation", "decide-evaluation"),
)
OF_A_SUMMONS = (
    *("accept", "report-in", "feed-back", "leave", "release", "interim-release", "object"),
    *("rule-objection", "waive", "supervise", "answer"),
)


class Whistles(RuleBasedStateMachine):
    """A whistle or two, everyone who may touch them, and a clock that jumps."""

    app: ClassVar[FastAPI]
    people: ClassVar[People]
    clock: ClassVar[StillClock]

    @initialize(kind=st.sampled_from(["enforcement", "emergency", "key_work"]), draft=st.booleans())
    def begin(self, kind: str, draft: bool) -> None:
        self.clock.reset()
        calls = [
            blown.call(MARKET, "查处", "清退"),
            blown.call(POLICE),
            blown.call(POWER, required=False),
            blown.call(NEXT_STREET),
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
        action=st.sampled_from(OF_THE_WHISTLE + OF_A_SUMMONS),
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
        of_summons = f"summonses/{office}/{action}"
        path = PATHS.get(action, action if action in OF_THE_WHISTLE else of_summons)
        body = self.bodies(office, yes).get(action, {})
        person = self.people(*ACTORS[actor])
        return person.post(f"/whistles/{self.number}/{path.format(office=office)}", body)

    def of_campaign(self) -> dict[str, dict[str, Any]]:
        today = f"{day_of(self.clock())}"
        meeting = {"held_at": self.clock().isoformat(), "resolutions": ["断电"], "text": "研判"}
        return {
            "organise": campaigns.plan(),
            "log": campaigns.day(on=today),
            "correct-log": campaigns.day(on=today, reason="漏记"),
            "meet": {**meeting, "people": [campaigns.person("张书记")]},
            "notify": {"text": "进展"},
            "conclude": {"text": "小结"},
        }

    def bodies(self, office: str, yes: bool) -> dict[str, dict[str, Any]]:
        ahead = (self.clock() + timedelta(hours=20)).isoformat()
        words, ruling = {"text": "同意"}, {"uphold": yes, "text": "裁定"}
        results = [{"action": 1, "result": "已办", "document": "罚1号"}]
        if office == MARKET:
            results.append({"action": 2, "result": "已办", "document": "罚2号"})
        return {
            **self.of_campaign(),
            "compose": {"summonses": [blown.call("110105-water" if yes else "city-housing")]},
            "cancel": {"reason": "误吹"},
            "verify": {**words, "evidence": ["照片"]},
            "settle": words,
            "send-back": {"reason": "未清"},
            "escalate": {"reason": "超出本级"},
            "coordinate": {**words, "lead_office_code": MARKET, "new_date_at": ahead},
            "rule-false": {
                **words,
                "finding": "wrong_department" if yes else "reckless",
                "statements": STATEMENTS,
            },
            "appeal": words,
            "decide-appeal": ruling,
            "report-in": {"person": "王强", "duty": "队长", **blown.NEAR},
            "feed-back": {"results": results},
            "leave": {"reason": "另有任务"},
            "release": words,
            "interim-release": {**words, "next_at": ahead},
            "object": {"ground": "not_my_duty", "text": "非职责"},
            "rule-objection": ruling,
            "waive": words,
            "supervise": {"reason": "请到场", "answer_due_at": ahead},
            "answer": words,
            "evaluate": {"effect": 12, "attitude": 13},
            "appeal-evaluation": words,
            "decide-evaluation": {"approve": yes, "text": "裁定"},
        }

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
        """D.21-10: the street alone lets go."""
        for event in history:
            if event["data"].get("summons") == "released" and event["action"] != "leave":
                assert event["office_code"] in STREETS
                assert event["office_code"] != event["data"]["office_code"]

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
