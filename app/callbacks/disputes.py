"""二次核实: an office doubts a record, a supervisor hears the recording again (RULEBOOK D.9).

Both records are kept. A `q1 = no` is overturned in this way only (D.13.3).
"""

from dataclasses import asdict

from app.callbacks.answers import Answers
from app.callbacks.appeals import disputed_until
from app.callbacks.exclusions import assessed
from app.callbacks.models import Callback, Correction, Dispute
from app.callbacks.schemas import NewCorrection
from app.kit.errors import Conflict
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


def check_counted(change: Change, made: Callback) -> None:
    """The first final one (T20: a second, after a rework, is not scored)."""
    if not made.final or made.cycle > 0:
        raise NotCounted("it is not the first final callback")


def dispute(change: Change, made: Callback, said: Words) -> None:
    """By the office it counts for, once, within `callback.dispute` of the callback."""
    check_counted(change, made)
    fact = assessed(change)
    if change.session.get(Dispute, made.id):
        raise DisputeRepeated("a record is disputed once")
    if change.session.get(Correction, fact.ticket_number):
        raise CorrectionRepeated("it was corrected already")
    until = disputed_until(change.policy, made.at)
    if change.now > until:
        raise DisputeLate(f"it could be disputed until {until.isoformat()}")
    change.session.add(
        Dispute(callback_id=made.id, office_code=fact.office_code, raised_at=change.now)
    )
    change.record(
        Action.DISPUTE,
        change.ticket.status,
        data=Disputed(callback_id=made.id),
        words={"text": said.text},
    )


def correct(change: Change, made: Callback, said: NewCorrection) -> None:
    """A supervisor's second hearing, of a disputed record or on his own.

    The same answers as on record settle a dispute: the record stands.
    """
    check_counted(change, made)
    assessed(change)
    raised = change.session.get(Dispute, made.id)
    if change.session.get(Correction, made.ticket_number) or (raised and raised.heard_at):
        raise CorrectionRepeated("a recording is heard again once")
    differs = said.answers != answers_of(made)
    if not differs and raised is None:
        raise NothingToCorrect("nobody disputes it, and nothing differs")
    if raised:
        raised.heard_at = change.now
    if differs:
        change.session.add(correction(change, made, said))
    change.record(
        Action.CORRECT,
        change.ticket.status,
        data=HeardAgain(callback_id=made.id, differs=differs, **asdict(said.answers)),
        words={"text": said.text},
    )


def answers_of(made: Callback) -> Answers:
    return Answers(made.reach, made.contacted, made.resolved, made.satisfied)


def correction(change: Change, made: Callback, said: NewCorrection) -> Correction:
    return Correction(
        ticket_number=made.ticket_number,
        callback_id=made.id,
        corrected_at=change.now,
        recorded_at=change.now,
        **said.model_dump(exclude={"text"}),
    )
