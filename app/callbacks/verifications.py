"""Verifications: the result of a case without a citizen (RULEBOOK D.9.1)."""

from app.callbacks import results
from app.callbacks.answers import Answers, Reach
from app.callbacks.models import Callback
from app.callbacks.schemas import NewVerification
from app.tickets.acts.change import Change
from app.tickets.event_data import Seen
from app.tickets.life.lifecycle import Action


def verify(change: Change, body: NewVerification) -> Callback:
    """Record a verification (RULEBOOK D.9.1): a case without a citizen has its result by it, and is
    settled (T19, T20)."""
    answers = Answers(Reach.VERIFIED, resolved=body.resolved)
    tried = results.attempts(change.session, [change.ticket])[change.ticket.number]
    callback = results.attempt(change, tried, answers)
    callback.method, callback.final = body.method, True
    assessed = results.score(change, callback)
    data = Seen(method=body.method, resolved=body.resolved, assessed=assessed)
    words = {"text": body.text, "evidence": body.evidence}
    results.finish(change, callback, Action.VERIFICATION, data, words)
    return callback
