"""Due changes: applied before every act, and by the sweep where nobody acts."""

from collections.abc import Callable

from app.whistles import standing
from app.whistles.acts import escalating
from app.whistles.acts.change import WhistleChange
from app.whistles.event_data import Moved
from app.whistles.life import falls, ladder
from app.whistles.life.falls import WhistleFall
from app.whistles.life.ladder import Trigger
from app.whistles.life.loop import SummonsStatus, WhistleAction
from app.whistles.views.scope import summoned


def apply_due(change: WhistleChange) -> int:
    """Apply all changes due by now, each as of its own instant; their count."""
    done = 0
    while fall := falls.due_now(*standing.timers_of(change.whistle, change.summonses), change.now):
        EFFECTS[fall.action](change, fall)
        done += 1
    return done


def lapse(change: WhistleChange, fall: WhistleFall) -> None:
    """D.14.3: no chief confirmed it in time; it stays valid, and flagged."""
    change.whistle.confirm_due_at = None
    change.whistle.unconfirmed = True
    change.record(WhistleAction.LAPSE, due_at=fall.at)


def absent(change: WhistleChange, fall: WhistleFall) -> None:
    """H3: the limit to arrive has passed without the office."""
    summons = summoned(change.summonses, fall.office_code or "")
    change.move(summons, WhistleAction.ABSENT)
    summons.absent_at = fall.at
    if summons.required:
        level = change.whistle.level
        summons.escalate_at = ladder.absence_rises(change.policy, level, fall.at)
    data = Moved(office_code=summons.office_code, summons=summons.status)
    change.record(WhistleAction.ABSENT, data, due_at=fall.at)


def miss(change: WhistleChange, fall: WhistleFall) -> None:
    """An appointment of an interim release has passed without the office."""
    summons = summoned(change.summonses, fall.office_code or "")
    change.move(summons, WhistleAction.MISS)
    summons.next_at = None
    summons.missed += 1
    data = Moved(office_code=summons.office_code, summons=summons.status)
    change.record(WhistleAction.MISS, data, due_at=fall.at)


def rise(change: WhistleChange, fall: WhistleFall) -> None:
    """D.14.5: an absence, an objection nobody ruled on, another street that did not join, or the
    plan date; each raises it once."""
    if fall.office_code is None:
        change.whistle.escalate_at = None
        escalating.rise(change, Trigger.PLAN, due_at=fall.at)
        return
    summons = summoned(change.summonses, fall.office_code)
    summons.escalate_at = None
    trigger = TRIGGERS[summons.status]
    escalating.rise(change, trigger, of=summons, due_at=fall.at)


TRIGGERS = {
    SummonsStatus.ABSENT: Trigger.ABSENT,
    SummonsStatus.OBJECTED: Trigger.OBJECTION,
    SummonsStatus.SENT: Trigger.PEER,
}


def unanswered(change: WhistleChange, fall: WhistleFall) -> None:
    """D.2: an answer is owed and did not come; the district is told, once."""
    summons = summoned(change.summonses, fall.office_code or "")
    summons.answer_due_at = None
    data = Moved(office_code=summons.office_code, summons=summons.status)
    change.record(WhistleAction.UNANSWERED, data, due_at=fall.at)


def close(change: WhistleChange, fall: WhistleFall) -> None:
    """H9: the time to evaluate has passed; what the chief left open has the record alone."""
    change.record(WhistleAction.CLOSE, due_at=fall.at)


EFFECTS: dict[WhistleAction, Callable[[WhistleChange, WhistleFall], None]] = {
    WhistleAction.LAPSE: lapse,
    WhistleAction.ABSENT: absent,
    WhistleAction.MISS: miss,
    WhistleAction.ESCALATE: rise,
    WhistleAction.UNANSWERED: unanswered,
    WhistleAction.CLOSE: close,
}
