"""The end of a whistle: the street verifies on the spot, the district settles or sends back
(RULEBOOK D.14.4 H7, H8; D.14.6)."""

from datetime import timedelta

from msgspec import UNSET

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.tickets.acts.forms import Reason, Words
from app.whistles.acts import escalating, handing
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import Verification
from app.whistles.event_data import Moved, SentBack, Settled, Verified
from app.whistles.life.ladder import BY_ITSELF_FROM, Trigger
from app.whistles.life.loop import SummonsStatus, WhistleAction, WhistleKind
from app.whistles.life.refusals import HazardRemains
from app.whistles.models import Summons, Whistle

A = WhistleAction


class NoEmergency(Invalid):
    title = "Of an emergency alone it is said whether the hazard is removed"


def check(change: WhistleChange, body: Verification) -> None:
    """Refuses NoEmergency."""
    if body.hazard_removed is not None and not is_emergency(change):
        detail = Message("the whistle is {kind}", kind=change.whistle.kind)
        raise NoEmergency(detail, errors=[{"pointer": "/hazard_removed", "detail": detail}])


def is_emergency(change: WhistleChange) -> bool:
    return change.whistle.kind is WhistleKind.EMERGENCY


def verify(change: WhistleChange, body: Verification) -> None:
    """H7: what the street saw; of two streets each verifies. Of an emergency it says with it that
    the hazard is removed. Refuses HazardRemains."""
    if body.hazard_removed is False:
        raise HazardRemains
    caller = change.caller
    assert caller is not None  # no street verifies by itself
    own: Whistle | Summons = change.whistle
    for summons in change.summonses:
        if summons.office_code == caller.office_code:
            own = summons
    own.verified_at = change.now
    data = Verified(
        street_code=caller.office_code or "",
        evidence=len(body.evidence),
        hazard_removed=True if is_emergency(change) else UNSET,
    )
    change.record(A.VERIFY, data, words={"text": body.text, "evidence": body.evidence})


def settle(change: WhistleChange, body: Words) -> None:
    """H7 核实结项: the grid centre has checked; every required office was released."""
    whistle, rules = change.whistle, change.policy.whistle.false
    whistle.settled_at = change.now
    whistle.rule_until = change.now + timedelta(days=rules.rule_days)
    change.record(A.SETTLE, Settled(rule_until=whistle.rule_until), words={"text": body.text})


def thank(change: WhistleChange, summons: Summons, body: Words) -> None:
    """驻区单位 and who else helps without being marked: not assessed, thanked (D.14.4)."""
    summons.thanked_at = change.now
    data = Moved(office_code=summons.office_code, summons=summons.status)
    change.record(A.THANK, data, words={"text": body.text}, to=change.whistle.status)


def send_back(change: WhistleChange, body: Reason) -> None:
    """H8: it is not done. Who was not released goes on; sent back too often, it is raised."""
    whistle = change.whistle
    whistle.returns += 1
    whistle.concluded_at = None
    again = [each for each in change.summonses if each.status is SummonsStatus.FED_BACK]
    handing.take_back(change, again)
    for summons in again:
        change.move(summons, A.SEND_BACK)
        summons.fed_back_at = None
        for item in handing.kept(change.items(summons)):
            item.result = item.document = item.fed_back_at = None
    escalating.unverify(change)
    data = SentBack(returns=whistle.returns, office_codes=[each.office_code for each in again])
    change.record(A.SEND_BACK, data, words={"reason": body.reason})
    if whistle.returns >= change.policy.whistle.max_returns and whistle.tier in BY_ITSELF_FROM:
        escalating.rise(change, Trigger.RETURNS)
