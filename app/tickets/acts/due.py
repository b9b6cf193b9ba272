"""Due changes: applied before every act, and by the sweep where nobody acts."""

from collections.abc import Callable

from app.tickets.acts import advice, extension, hold, objection, supervision
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch
from app.tickets.event_data import Alarmed, Declined, Escalated, Warned
from app.tickets.life import alarms, limits
from app.tickets.life.alarms import Alarm
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.timers import Fall, Timers
from app.tickets.models import Request


def apply_due(change: Change) -> int:
    """Apply all changes due by now, each as of its own instant; their count."""
    done = 0
    while fall := limits.due_now(change.policy, Timers.of(change.ticket), change.now):
        EFFECTS[fall.action](change, fall)
        done += 1
    return done


def route(change: Change, fall: Fall) -> None:
    """T6, T7: an enquiry that nobody answered on the spot is dispatched like any other request."""
    request = change.session.get_one(Request, change.ticket.number)
    dispatch.route(change, dispatch.locate(change, request, fall.at), fall.at)


def warn(change: Change, fall: Fall) -> None:
    """D.6.3: a due time nears."""
    change.ticket.warned = [*change.ticket.warned, fall.name]
    change.record(Action.WARN, change.ticket.status, data=Warned(warning=fall.name), due_at=fall.at)


def escalate(change: Change, fall: Fall) -> None:
    """D.6.3, D.8: a time has passed; the offices above learn of it, once."""
    change.ticket.warned = [*change.ticket.warned, fall.name]
    data = Escalated(warning=fall.name)
    change.record(Action.ESCALATE, change.ticket.status, data=data, due_at=fall.at)


def pass_on(change: Change, fall: Fall) -> None:
    """T5: nobody found its place in time, and the dispatcher looks (D.5 R5)."""
    change.record(Action.PASS_ON, due_at=fall.at)


def alarm(change: Change, fall: Fall) -> None:
    """D.6.3: a wait is too long; those who must act learn of it, once."""
    ticket = change.ticket
    if fall.name == Alarm.UNANSWERED:
        ring, level = supervision.pass_over(change, fall.at)
        data = Alarmed(alarm=ring.alarm, to=list(ring.to), level=level)
    elif fall.name == Alarm.UNANSWERED_ADVICE:
        ring = advice.pass_over(change, fall.at)
        data = Alarmed(alarm=ring.alarm, to=list(ring.to))
    else:
        every = alarms.rings(change.policy, Timers.of(ticket))
        ring = next(ring for ring in every if ring.name == fall.name)
        data = Alarmed(alarm=ring.alarm, to=list(ring.to))
    ticket.warned = [*ticket.warned, ring.name]
    change.record(Action.ALARM, ticket.status, data=data, due_at=fall.at)


def expire(change: Change, fall: Fall) -> None:
    """T5: the question to the citizen stayed without an answer, and he was called in vain."""
    data = Declined(reason_code="na_no_info")
    change.record(Action.EXPIRE, data=data, due_at=fall.at)


def pass_review(change: Change, fall: Fall) -> None:
    """T17: silence passes the reply."""
    change.record(Action.PASS_REVIEW, due_at=fall.at)


def force_callback(change: Change, fall: Fall) -> None:
    """T18: the citizen is called, replied or not."""
    change.ticket.forced = True
    change.record(Action.FORCE_CALLBACK, due_at=fall.at)


def send_to_rework(change: Change, fall: Fall) -> None:
    """T20: no supervisor confirmed that the demand is unreasonable."""
    change.ticket.doubted = False
    dispatch.rework(change, fall.at)
    change.record(Action.SEND_TO_REWORK, Status.REWORK, due_at=fall.at)


def skip_callback(change: Change, fall: Fall) -> None:
    """D.9: a ticket outside the sample is closed without a callback, and not assessed."""
    change.record(Action.SKIP_CALLBACK, due_at=fall.at)


EFFECTS: dict[Action, Callable[[Change, Fall], None]] = {
    Action.ROUTE: route,
    Action.WARN: warn,
    Action.ESCALATE: escalate,
    Action.ALARM: alarm,
    Action.REJECT_OBJECTION: objection.reject_by_silence,
    Action.REFUSE_EXTENSION: extension.refuse_by_silence,
    Action.VOID_EXTENSION: extension.check_told,
    Action.END_HOLD: hold.end_by_review,
    Action.PASS_ON: pass_on,
    Action.EXPIRE: expire,
    Action.PASS_REVIEW: pass_review,
    Action.FORCE_CALLBACK: force_callback,
    Action.SEND_TO_REWORK: send_to_rework,
    Action.SKIP_CALLBACK: skip_callback,
}
