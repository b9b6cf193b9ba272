"""Whatever course the rules of a whistle's life allow, what they promise holds (RULEBOOK D.14.4,
D.21-10): a state machine over the rules alone, which lets every listed move happen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.whistles.acts.handing import ABLE
from app.whistles.life import permission
from app.whistles.life.ladder import ABOVE
from app.whistles.life.loop import (
    AWAITED,
    BY_ITSELF,
    OF_RECORD,
    OF_SUMMONS,
    OVER,
    SummonsStatus,
    WhistleAction,
    WhistleLevel,
    WhistleStatus,
)
from app.whistles.life.moves import MOVES, SUMMONS_MOVES
from app.whistles.life.parts import WhistlePart
from app.whistles.life.standings import SummonsStanding, WhistleStanding

A, P, S, W = WhistleAction, SummonsStatus, WhistleStatus, WhistlePart
NOW = datetime(2026, 10, 20, 2, tzinfo=UTC)
STREET = "street"
CHIEFS = {W.CHIEF, W.CO_CHIEF}
OF_SUMMONED = frozenset({W.SUMMONED})
SETTLED = {S.SETTLED, S.EVALUATED}

Choice = tuple[WhistlePart, WhistleAction, SummonsStanding | None]

FLAGS: dict[WhistleAction, dict[str, Any]] = {
    A.REPORT_IN: {"has_arrived": True, "is_away": False},
    A.LEAVE: {"is_away": True},
    A.INTERIM_RELEASE: {"is_away": True},
    A.OBJECT: {"has_objected": True},
    A.WAIVE: {"required": False, "waived": True},
    A.SUPERVISE: {"supervised": True},
    A.ANSWER: {"supervised": False},
    A.CONSENT: {"offered_from": None, "required": True},
    A.DECLINE: {"offered_from": None},
    A.REPORT_REFUSAL: {"refusal": True},
    A.RULE_REFUSAL: {"refusal": False, "supervised": True},
}
"""What an action says of the summons beside its status."""


def called(place: int, required: bool, level: WhistleLevel, is_peer: bool) -> SummonsStanding:
    return SummonsStanding(
        office_code=f"office-{place}",
        status=P.DRAFT,
        required=required,
        is_peer=is_peer,
        has_arrived=False,
        is_away=False,
        object_until=None if level is WhistleLevel.W1 else NOW + timedelta(hours=1),
        has_objected=False,
    )


def farthest(listed: list[WhistleStatus]) -> WhistleStatus:
    return S.FED_BACK if S.FED_BACK in listed else listed[-1]


class AnyCourse(RuleBasedStateMachine):
    whistle: WhistleStanding
    ruled_from: WhistleStatus

    @initialize(
        level=st.sampled_from(WhistleLevel),
        required=st.lists(st.booleans(), min_size=1, max_size=3),
        peer=st.booleans(),
    )
    def draft(self, level: WhistleLevel, required: list[bool], peer: bool) -> None:
        offices = [called(place, each, level, False) for place, each in enumerate(required)]
        others = [called(len(offices), True, level, True)] if peer else []
        self.whistle = WhistleStanding(
            status=S.DRAFT,
            level=level,
            now=NOW,
            confirmed=True,
            unverified_street=STREET,
            summonses=(*offices, *others),
        )
        self.ruled_from = S.DRAFT

    @rule(span=st.sampled_from([timedelta(minutes=30), timedelta(hours=2), timedelta(days=6)]))
    def time_passes(self, span: timedelta) -> None:
        self.whistle = replace(self.whistle, now=self.whistle.now + span)

    @rule(data=st.data())
    def somebody_stays_away(self, data: st.DataObject) -> None:
        away = [each for each in self.whistle.summonses if each.status in AWAITED]
        away = [each for each in away if not each.is_peer]
        if away and (self.whistle.status, A.ABSENT) in MOVES:
            self.change(data.draw(st.sampled_from(away)), status=P.ABSENT)

    @rule(data=st.data(), steps=st.integers(1, 12), released_first=st.booleans())
    def the_work_goes_on(self, data: st.DataObject, steps: int, released_first: bool) -> None:
        """What leads to the end, so that many courses reach it."""
        end = (A.RELEASE, A.VERIFY, A.SETTLE) if released_first else (A.VERIFY, A.SETTLE, A.RELEASE)
        ahead = (A.BLOW, A.REPORT_IN, A.FEED_BACK, *end)
        for _ in range(steps):
            choices = [each for each in self.choices() if each[1] in ahead]
            if choices:
                choice = min(choices, key=lambda each: ahead.index(each[1]))
                self.take(data, choice, goes_on=True)
                self.what_is_settled_has_let_every_required_office_go()

    @rule(data=st.data())
    def somebody_does_what_is_allowed(self, data: st.DataObject) -> None:
        if choices := list(self.choices()):
            self.take(data, data.draw(st.sampled_from(choices)))

    def choices(self) -> Iterator[Choice]:
        for part in WhistlePart:
            for action in permission.allowed(self.whistle, {part}):
                yield part, action, None
            for summons in self.whistle.summonses:
                for action in permission.summons_allowed(self.whistle, summons, {part}):
                    yield part, action, summons

    def take(self, data: st.DataObject, choice: Choice, goes_on: bool = False) -> None:
        """With any listed outcome; the one farthest ahead where the work goes on."""
        part, action, summons = choice
        if summons is not None:
            outcomes = SUMMONS_MOVES.get((summons.status, action), (summons.status,))
            status = data.draw(st.sampled_from(outcomes))
            if status in OVER and status is not summons.status:
                assert part is not W.SUMMONED, "nobody lets himself go"
                assert status is not P.RELEASED or part in CHIEFS
            self.change(summons, status=status, **FLAGS.get(action, {}))
        if action is A.HAND_OVER and summons is not None:
            self.offer(data, summons)
        before = self.whistle.status
        listed = self.outcomes(action)
        after = farthest(listed) if goes_on else data.draw(st.sampled_from(listed))
        self.beside(data, action, part, after)
        self.whistle = replace(self.whistle, status=after)
        if action is A.RULE_FALSE and after is S.FALSE:
            self.ruled_from = before

    def outcomes(self, action: WhistleAction) -> list[WhistleStatus]:
        """Every listed one; an appeal brings back only what it was."""
        listed = MOVES[self.whistle.status, action]
        back = {S.FALSE, self.ruled_from}
        return [to for to in listed if action is not A.DECIDE_APPEAL or to in back]

    def beside(
        self, data: st.DataObject, action: WhistleAction, part: WhistlePart, after: WhistleStatus
    ) -> None:
        """What an action on the whistle does to its summonses and its other standing."""
        for each in self.whistle.summonses:
            self.along(data, action, part, each, after)
        changes: dict[WhistleAction, dict[str, Any]] = {
            A.VERIFY: {"unverified_street": self.whistle.unverified_street},
            A.SEND_BACK: {"unverified_street": STREET},
            A.ESCALATE: {"unverified_street": STREET, "tier": ABOVE.get(self.whistle.tier)},
            A.APPEAL: {"appealed": True},
            A.DECIDE_APPEAL: {"appeal_decided": True},
        }
        if action is A.VERIFY and part is W.STREET:
            changes[A.VERIFY] = {"unverified_street": None}
        if action is A.COMPOSE:
            self.compose(data.draw(st.booleans()))
        self.whistle = replace(self.whistle, **changes.get(action, {}))

    def along(
        self,
        data: st.DataObject,
        action: WhistleAction,
        part: WhistlePart,
        summons: SummonsStanding,
        after: WhistleStatus,
    ) -> None:
        outcomes = SUMMONS_MOVES.get((summons.status, action), ())
        if action in (A.BLOW, A.START, A.SEND_BACK) and outcomes:
            self.change(summons, status=outcomes[0])
        elif action is A.JOIN and summons.is_peer:
            self.change(summons, status=P.ACCEPTED)
        elif action is A.VERIFY and part is W.CO_STREET:
            self.change(summons, verified=summons.is_peer)
        elif action in (A.ESCALATE, A.SEND_BACK):
            self.change(summons, verified=False)
        elif action is A.RULE_FALSE and after is not S.FALSE and outcomes:
            self.change(summons, status=data.draw(st.sampled_from([summons.status, *outcomes])))

    def offer(self, data: st.DataObject, giver: SummonsStanding) -> None:
        others = [s for s in self.whistle.summonses if not s.is_peer and s.status in ABLE]
        others = [each for each in others if each.office_code != giver.office_code]
        if others:
            to = data.draw(st.sampled_from(others))
            self.change(to, offered_from=giver.office_code)

    def compose(self, required: bool) -> None:
        whistle = self.whistle
        more = called(len(whistle.summonses), required, whistle.level, False)
        status = P.DRAFT if whistle.status is S.DRAFT else P.SENT
        more = replace(more, status=status)
        self.whistle = replace(whistle, summonses=(*whistle.summonses, more))

    def change(self, summons: SummonsStanding, **members: Any) -> None:
        renewed = tuple(
            replace(each, **members) if each.office_code == summons.office_code else each
            for each in self.whistle.summonses
        )
        self.whistle = replace(self.whistle, summonses=renewed)

    @invariant()
    def what_is_settled_has_let_every_required_office_go(self) -> None:
        if hasattr(self, "whistle") and self.whistle.status in SETTLED:
            required = [s for s in self.whistle.summonses if s.required and not s.is_peer]
            assert {each.status for each in required} <= OVER
            assert self.whistle.unverified == [], "of two streets both verify"

    @invariant()
    def the_summoned_alone_settle_and_release_nothing(self) -> None:
        if not hasattr(self, "whistle"):
            return
        own = set(permission.allowed(self.whistle, OF_SUMMONED))
        for summons in self.whistle.summonses:
            own |= set(permission.summons_allowed(self.whistle, summons, OF_SUMMONED))
        of_others = {A.RELEASE, A.INTERIM_RELEASE, A.SETTLE, A.VERIFY, A.WAIVE}
        assert own.isdisjoint(of_others | {A.HAND_OVER, A.RULE_REFUSAL})

    @invariant()
    def nothing_is_put_on_the_record_of_a_false_whistle(self) -> None:
        if hasattr(self, "whistle") and self.whistle.status is S.FALSE:
            everybody = frozenset(WhistlePart)
            assert OF_RECORD.isdisjoint(permission.allowed(self.whistle, everybody))
            for summons in self.whistle.summonses:
                open_to = permission.summons_allowed(self.whistle, summons, everybody)
                assert set(open_to) <= {A.LEAVE}


def test_of_a_false_whistle_nothing_falls_due_but_its_street_s_signal() -> None:
    moves = {action for action in BY_ITSELF | OF_SUMMONS if (S.FALSE, action) in MOVES}
    assert moves == {A.LEAVE, A.TOO_MANY_FALSE}


def test_what_is_promised_holds_on_any_course() -> None:
    run_state_machine_as_test(
        AnyCourse,
        settings=settings(max_examples=60, stateful_step_count=20, deadline=None, derandomize=True),
    )
