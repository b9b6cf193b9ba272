"""Records of whistles made again from their events alone: they verify those that are read."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

import msgspec
from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.policy.documents import Policies
from app.whistles import event_data
from app.whistles.evaluation import score
from app.whistles.evaluation.score import Attendance, Chief, Marks, Record, mark_until
from app.whistles.event_data import (
    AppealDecided,
    Blown,
    BlownAtOnce,
    Composed,
    EvaluationDecided,
    FoundFalse,
    Left,
    Moved,
    Sent,
    SentBack,
    TakenOver,
    WhistleData,
    WhistleEvaluated,
    WhistleRuled,
    Written,
)
from app.whistles.events import WhistleEvent
from app.whistles.life.loop import (
    SummonsKind,
    SummonsStatus,
    WhistleAction,
    WhistleLevel,
    WhistleStatus,
)

A = WhistleAction


@dataclass(slots=True)
class Called:
    """An office's summons as the events so far leave it."""

    required: bool
    kind: SummonsKind
    evaluated_by: str | None = None
    sent_at: datetime | None = None
    arrive_due_at: datetime | None = None
    arrived_at: datetime | None = None
    away: bool = False
    left_at: datetime | None = None
    left_early: bool = False
    fed_back_at: datetime | None = None
    withdrawn: bool = False
    waived: bool = False
    """The whistle went on without it; its absence stays."""
    chief: Chief | None = None


@dataclass(slots=True)
class Lived:
    """A whistle as its events so far leave it."""

    number: str
    policy: str = ""
    level: WhistleLevel = WhistleLevel.W3
    street_code: str = ""
    finish_at: datetime | None = None
    settled_at: datetime | None = None
    marked_from: datetime | None = None
    returned: int = 0
    is_false: bool = False
    offices: dict[str, Called] = field(default_factory=dict)

    def take(self, event: WhistleEvent) -> None:
        if event.seq == 1:
            self.street_code = event.office_code or ""
        if event.action in TELLING:
            self.heed(event, event_data.of_event(event.action, event.data))
        self.follow(event)

    def heed(self, event: WhistleEvent, data: WhistleData) -> None:
        if isinstance(data, Written):
            self.policy, self.level = data.policy, data.level
        if isinstance(data, Written | Composed | Blown):
            self.summon(data.summonses, event.at)
        if isinstance(data, Blown | BlownAtOnce):
            self.finish_at = data.finish_due_at
        self.take_back(data, event.at)
        effect = EFFECTS.get(event.action)
        if effect and isinstance(data, Moved):
            effect(self.offices[data.office_code], data, event.at)

    def take_back(self, data: WhistleData, at: datetime) -> None:
        """What is sent back is fed back anew; the wrong department is let go, and after a ruling
        that is reversed whoever had not come has new limits (D.14.7)."""
        if isinstance(data, AppealDecided) and data.summonses is not UNSET:
            self.summon(data.summonses, at)
        if isinstance(data, SentBack):
            for code in data.office_codes:
                self.offices[code].fed_back_at = None
        if isinstance(data, FoundFalse):
            for code in data.withdrawn:
                self.offices[code].withdrawn = True

    def summon(self, summonses: Mapping[str, Sent], at: datetime) -> None:
        for code, sent in summonses.items():
            called = self.offices.setdefault(
                code, Called(sent.required, sent.kind, sent.evaluated_by)
            )
            if sent.arrive_due_at is not None:
                called.sent_at, called.arrive_due_at = at, sent.arrive_due_at

    def follow(self, event: WhistleEvent) -> None:
        self.returned += event.action is A.SEND_BACK
        self.is_false = event.to_status is WhistleStatus.FALSE
        if event.action is A.SETTLE:
            self.settled_at = event.at
        if event.action in GIVEN_BACK and event.to_status is WhistleStatus.SETTLED:
            self.marked_from = event.at


def report_in(called: Called, data: Moved, at: datetime) -> None:
    called.arrived_at = called.arrived_at or at
    called.away = False


def feed_back(called: Called, data: Moved, at: datetime) -> None:
    called.fed_back_at = at


def leave(called: Called, data: Moved, at: datetime) -> None:
    called.left_early |= isinstance(data, Left) and data.early
    called.left_at = called.left_at if called.away else at
    called.away = True


def interim_release(called: Called, data: Moved, at: datetime) -> None:
    called.away = True


def rule(called: Called, data: Moved, at: datetime) -> None:
    if not isinstance(data, WhistleRuled):
        return
    called.withdrawn = data.uphold
    if isinstance(data.arrive_due_at, datetime):
        called.sent_at, called.arrive_due_at = at, data.arrive_due_at


def consent(called: Called, data: Moved, at: datetime) -> None:
    assert isinstance(data, TakenOver)  # its action says so
    called.required = data.required
    if data.summons is SummonsStatus.WORKING:
        called.fed_back_at = None


def waive(called: Called, data: Moved, at: datetime) -> None:
    called.waived = True


def evaluate(called: Called, data: Moved, at: datetime) -> None:
    assert isinstance(data, WhistleEvaluated)  # its action says so
    called.chief = Chief(Fraction(data.effect), Fraction(data.attitude))


def decide(called: Called, data: Moved, at: datetime) -> None:
    assert isinstance(data, EvaluationDecided)  # its action says so
    if called.chief and data.approve:
        called.chief = Chief(called.chief.effect, called.chief.attitude, set_aside=True)


EFFECTS: Mapping[WhistleAction, Callable[[Called, Moved, datetime], None]] = {
    A.REPORT_IN: report_in,
    A.FEED_BACK: feed_back,
    A.LEAVE: leave,
    A.INTERIM_RELEASE: interim_release,
    A.RULE_OBJECTION: rule,
    A.CONSENT: consent,
    A.WAIVE: waive,
    A.EVALUATE: evaluate,
    A.DECIDE_EVALUATION: decide,
}


def settled(session: Session, since: datetime, until: datetime) -> set[str]:
    """The whistles that were settled in a time, by their events."""
    query = select(WhistleEvent.whistle_number).where(
        WhistleEvent.action == A.SETTLE, WhistleEvent.at >= since, WhistleEvent.at < until
    )
    return set(session.scalars(query))


GIVEN_BACK = frozenset({A.SETTLE, A.DECIDE_APPEAL})
"""After these the chief may mark what is settled."""

TELLING = EFFECTS.keys() | {A.DRAFT, A.BLOW, A.COMPOSE, A.SEND_BACK, A.RULE_FALSE, A.DECIDE_APPEAL}
"""Actions whose data a record rests on."""


def records(
    session: Session, policies: Policies, numbers: Collection[str], at: datetime
) -> dict[tuple[str, str], Record]:
    """By whistle and office, of the events up to an instant; none of a whistle whose events do not
    tell what they must."""
    query = select(WhistleEvent).where(
        WhistleEvent.whistle_number.in_(numbers), WhistleEvent.at <= at
    )
    events: dict[str, list[WhistleEvent]] = defaultdict(list)
    for event in session.scalars(query.order_by(WhistleEvent.whistle_number, WhistleEvent.seq)):
        events[event.whistle_number].append(event)
    lived = (life(number, events[number]) for number in events)
    return {
        (record.whistle_number, record.office_code): record
        for whistle in lived
        if whistle
        for record in of_whistle(whistle, policies, at)
    }


def life(number: str, events: Iterable[WhistleEvent]) -> Lived | None:
    lived = Lived(number)
    try:
        for event in events:
            lived.take(event)
    except (msgspec.ValidationError, KeyError):
        return None
    return lived


def of_whistle(whistle: Lived, policies: Policies, at: datetime) -> Iterator[Record]:
    if whistle.settled_at is None or whistle.is_false:
        return
    rules = policies.named(whistle.policy).evaluation
    for code, called in whistle.offices.items():
        if called.withdrawn or called.kind is SummonsKind.PEER or not is_due(called):
            continue
        street = called.evaluated_by or whistle.street_code
        key = (whistle.number, street, code, whistle.settled_at)
        marks = Marks(called.chief, mark_until(whistle.marked_from or whistle.settled_at, rules))
        yield score.record(key, attendance(whistle, called), marks, rules, at)


def is_due(called: Called) -> bool:
    return called.required or called.waived or called.arrived_at is not None


def attendance(whistle: Lived, called: Called) -> Attendance:
    assert called.sent_at is not None  # it was blown
    assert called.arrive_due_at is not None
    return Attendance(
        urgent=whistle.level is WhistleLevel.W1,
        called_at=called.sent_at,
        arrive_due_at=called.arrive_due_at,
        arrived_at=called.arrived_at,
        left_at=called.left_at if called.away else None,
        left_early=called.left_early,
        fed_back_at=called.fed_back_at,
        finish_at=whistle.finish_at,
        returned=whistle.returned,
    )
