"""Which of two streets leads: the initiator, unless both agree otherwise (RULEBOOK D.14.6)."""

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.tickets.acts.forms import Words
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import LeadProposal
from app.whistles.event_data import LeadAnswered, LeadProposed
from app.whistles.life import clocks
from app.whistles.life.loop import WhistleAction, WhistleLevel
from app.whistles.standing import joined_streets

A = WhistleAction


class BadLead(Invalid):
    title = "That street cannot be proposed to lead"


def check(change: WhistleChange, body: LeadProposal) -> None:
    """Refuses NoSuchOffice, and (BadLead) a street that takes no part or leads already; and, by a
    street that does not lead, another than itself."""
    whistle, street = change.whistle, body.street_code
    name = change.city.office(street, "/street_code", change.now).name
    reason = None
    if street not in {whistle.street_code, *joined_streets(change.summonses)}:
        reason = Message("{street} takes no part in this whistle", street=name)
    elif street == whistle.conductor:
        reason = Message("{street} leads this whistle", street=name)
    elif own(change) not in (whistle.conductor, street):
        reason = Message("a street that does not lead proposes itself")
    if reason:
        raise BadLead(reason, errors=[{"pointer": "/street_code", "detail": reason}])


def own(change: WhistleChange) -> str | None:
    """The street that acts."""
    return change.caller.office_code if change.caller else None


def propose(change: WhistleChange, body: LeadProposal) -> None:
    """The street that leads offers it, or another asks for it; of the two the other answers, within
    the time in which another street accepts (W2)."""
    whistle, street = change.whistle, body.street_code
    asked = street if own(change) == whistle.conductor else whistle.conductor
    whistle.proposed_lead, whistle.lead_asked = street, asked
    whistle.lead_proposed_at = change.now
    whistle.lead_answer_due_at = clocks.accept_due(change.policy, WhistleLevel.W2, change.now)
    data = LeadProposed(street_code=street, asked=asked, answer_due_at=whistle.lead_answer_due_at)
    change.record(A.PROPOSE_LEAD, data, words={"text": body.text})


def agree(change: WhistleChange, body: Words) -> None:
    """From now on that street conducts: it composes and commands."""
    change.whistle.conductor = answered(change)
    change.record(
        A.AGREE_LEAD, LeadAnswered(street_code=change.whistle.conductor), {"text": body.text}
    )


def decline(change: WhistleChange, body: Words) -> None:
    """The asked street does not agree; or the other takes its proposal back."""
    street = answered(change)
    change.record(A.DECLINE_LEAD, LeadAnswered(street_code=street), {"text": body.text})


def answered(change: WhistleChange) -> str:
    """The street that was proposed; nothing waits any longer."""
    whistle = change.whistle
    street = whistle.proposed_lead
    assert street is not None  # its guard says so
    whistle.proposed_lead = whistle.lead_asked = None
    whistle.lead_proposed_at = whistle.lead_answer_due_at = None
    return street
