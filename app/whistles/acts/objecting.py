"""Objections to a summons: not our duty; ruled by the district (RULEBOOK D.14.4)."""

from app.whistles.acts import summoning
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import ObjectionRuling, SummonsObjection
from app.whistles.event_data import WhistleObjected, WhistleRuled
from app.whistles.life import clocks
from app.whistles.life.loop import SummonsStatus, WhistleAction
from app.whistles.models import Summons

A = WhistleAction


def object_to(change: WhistleChange, summons: Summons, body: SummonsObjection) -> None:
    """At W1 先到场后异议; at W2 and W3 no clock runs until the ruling."""
    change.move(summons, A.OBJECT)
    due_at = clocks.rule_due(change.policy, change.whistle.level, change.now)
    summons.objected_at, summons.objection_due_at = change.now, due_at
    summons.objection_ground, summons.escalate_at = body.ground, due_at
    data = WhistleObjected(
        office_code=summons.office_code,
        summons=summons.status,
        ground=body.ground,
        rule_due_at=due_at,
    )
    change.record(A.OBJECT, data, words={"text": body.text})


def rule(change: WhistleChange, summons: Summons, body: ObjectionRuling) -> None:
    """Upheld: withdrawn, neutral in every evaluation. Rejected: the office that has come goes on,
    any other is sent anew with new limits."""
    came = summons.arrived_at is not None
    summons.objection_due_at = summons.escalate_at = None
    if body.uphold:
        change.move(summons, A.RULE_OBJECTION, SummonsStatus.WITHDRAWN_BY_RULING)
        summons.withdrawn_at = change.now
    elif came:
        change.move(summons, A.RULE_OBJECTION, SummonsStatus.ARRIVED)
    else:
        change.move(summons, A.RULE_OBJECTION, SummonsStatus.SENT)
        summoning.set_limits(summons, change.whistle, change.policy, change.now)
    anew = not body.uphold and not came
    limits = {"accept_due_at": summons.accept_due_at, "arrive_due_at": summons.arrive_due_at}
    data = WhistleRuled(
        office_code=summons.office_code,
        summons=summons.status,
        uphold=body.uphold,
        **(limits if anew else {}),
    )
    change.record(A.RULE_OBJECTION, data, words={"text": body.text})
