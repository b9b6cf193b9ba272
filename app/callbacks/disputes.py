"""Disputes 二次核实: an office doubts a record, a supervisor hears the recording again (D.9).

Both records are kept. A `q1 = no` is overturned in this way only (D.13.3).
"""

from dataclasses import asdict

from app.callbacks.answers import Reach
from app.callbacks.appeals import disputed_until
from app.callbacks.exclusions import assessed
from app.callbacks.models import Callback, Correction, Dispute
from app.callbacks.schemas import NewCorrection
from app.kit.errors import Conflict
from app.kit.messages import Message
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Words
from app.tickets.event_data import Disputed, HeardAgain
from app.tickets.life.lifecycle import Action


class NotCounted(Conflict):
    title = "Only the callback that counts is heard again"


class DisputeLate(Conflict):
    title = "The time to dispute the record has passed"


class DisputeRepeated(Conflict):
    title = "The record was disputed before"


class CorrectionRepeated(Conflict):
    title = "The recording was heard again before"


class NothingToCorrect(Conflict):
    title = "The record says what the recording says"


def check_counted(change: Change, callback: Callback) -> None:
    """Refuses (NotCounted) a callback that is not scored: only the first final one is (T20)."""
    if callback.reach is Reach.VERIFIED:
        raise NotCounted(Message("a verification has no recording that could be heard again"))
    if not callback.final or callback.cycle > 0:
        raise NotCounted(Message("it is not the first final callback"))


def dispute(change: Change, callback: Callback, body: Words) -> None:
    """The office that the ticket counts for disputes once, within `callback.dispute`."""
    check_counted(change, callback)
    fact = assessed(change)
    if change.session.get(Dispute, callback.id):
        raise DisputeRepeated(Message("a record is disputed once"))
    if change.session.get(Correction, fact.ticket_number):
        raise CorrectionRepeated(Message("it was corrected already"))
    until = disputed_until(change.policy, callback.at)
    if change.now > until:
        raise DisputeLate(Message("it could be disputed until {until}", until=until))
    change.session.add(
        Dispute(callback_id=callback.id, office_code=fact.office_code, raised_at=change.now)
    )
    change.ticket.disputed_at = change.now
    change.record(
        Action.DISPUTE,
        change.ticket.status,
        data=Disputed(callback_id=callback.id),
        words={"text": body.text},
    )


def correct(change: Change, callback: Callback, body: NewCorrection) -> None:
    """A supervisor hears the recording again, after a dispute or on his own.

    The same answers as on record settle a dispute, and the record stands.
    """
    check_counted(change, callback)
    assessed(change)
    open_dispute = change.session.get(Dispute, callback.id)
    was_heard = open_dispute is not None and open_dispute.heard_at is not None
    if change.session.get(Correction, callback.ticket_number) or was_heard:
        raise CorrectionRepeated(Message("a recording is heard again once"))
    differs = body.answers != callback.answers
    if not differs and open_dispute is None:
        raise NothingToCorrect(Message("nobody disputes it, and nothing differs"))
    if open_dispute:
        open_dispute.heard_at = change.now
    if differs:
        change.session.add(correction(change, callback, body))
    change.ticket.disputed_at = None
    change.record(
        Action.HEAR_AGAIN,
        change.ticket.status,
        data=HeardAgain(callback_id=callback.id, differs=differs, **asdict(body.answers)),
        words={"text": body.text},
    )


def correction(change: Change, callback: Callback, body: NewCorrection) -> Correction:
    return Correction(
        ticket_number=callback.ticket_number,
        callback_id=callback.id,
        corrected_at=change.now,
        recorded_at=change.now,
        **body.model_dump(exclude={"text"}),
    )
