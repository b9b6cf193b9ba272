"""Relays: the office of a secret ticket asks and tells its citizen through the hotline (D.6.4).

The office has no number and owes no call: its text counts as its contact from the instant at which
it is given to the hotline.
"""

from app.kit.errors import Invalid
from app.kit.messages import Message, template
from app.tickets.acts import contact
from app.tickets.acts.change import Change
from app.tickets.acts.forms import NewRelay
from app.tickets.event_data import Relayed
from app.tickets.life import alarms
from app.tickets.life.alarms import Alarm
from app.tickets.life.contacts import Method
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import Part

HOTLINE = frozenset({Part.OPERATOR, Part.CALLBACK})


class RelayUnclear(Invalid):
    title = "The office gives the text, and the hotline says whether it was passed on"


def relay(change: Change, body: NewRelay) -> None:
    """D.6.4: a text for the citizen, or the hotline's word that it was passed on, or not."""
    ticket = change.ticket
    if change.parts & HOTLINE:
        ticket.relay_asked_at, to, data = None, ticket.status, Relayed(done=bool(body.done))
        ticket.warned = alarms.lasting(ticket.warned, {Alarm.UNRELAYED})
    else:
        contact.count(change, Method.RELAY, reached=True)
        ticket.relay_asked_at = ticket.relay_asked_at or change.now
        to, data = contact.begun(ticket), Relayed()
    change.record(Action.RELAY, to, data=data, words={"text": body.text})


WHETHER_PASSED_ON = template("required: whether it was passed on")
OF_THE_HOTLINE = template("the hotline says this")


def check_relay(change: Change, body: NewRelay) -> None:
    """Refuses (RelayUnclear) `done` from an office, and a hotline's text without it."""
    by_hotline = bool(change.parts & HOTLINE)
    if by_hotline is (body.done is None):
        detail = Message(WHETHER_PASSED_ON if by_hotline else OF_THE_HOTLINE)
        raise RelayUnclear(detail, errors=[{"pointer": "/done", "detail": detail}])
