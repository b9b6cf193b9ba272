"""Parts: the ties of a caller to a whistle or a summons, and the actions of each (RULEBOOK D.2,
D.14.3, D.14.4)."""

from enum import StrEnum

from app.kit.messages import worded
from app.policy.whistles import Whistle
from app.whistles.life.loop import WhistleAction, WhistleLevel, WhistleOrigin

A = WhistleAction


@worded
class WhistlePart(StrEnum):
    CHIEF = "chief"  # chief of the street that blows
    STREET = "street"  # any of its people
    BLOWER = "blower"  # of them, whom policy lets blow at this level
    DRAFTER = "drafter"  # any of them, while it is a draft
    LIAISON = "liaison"  # any of an office whose person is liaison of a campaign's team
    CO_CHIEF = "co_chief"  # chief of the other street, once it has joined (D.14.6)
    CO_STREET = "co_street"  # any of its people, once it has joined
    PEER = "peer"  # any of its people, until it has joined
    CONDUCTOR = "conductor"  # who composes and commands: street or district, by policy, or
    # the other street, where both agree
    SUMMONED = "summoned"  # handler or chief of the summoned office
    CENTRE = "centre"  # any of the street's people, of whom its centre calls (D.14.4)
    DISTRICT = "district"  # the district of the street that blows
    COORDINATOR = "coordinator"  # whose tier it was raised to: district or city (D.14.5)
    CITY = "city"  # the city's supervisor


P = WhistlePart

WHO: dict[WhistleAction, frozenset[WhistlePart]] = {
    A.BLOW: frozenset({P.BLOWER}),
    A.COMPOSE: frozenset({P.CONDUCTOR, P.DRAFTER}),
    A.CONFIRM: frozenset({P.CHIEF}),
    A.CANCEL: frozenset({P.CHIEF, P.DRAFTER}),
    A.START: frozenset({P.CONDUCTOR}),
    A.JOIN: frozenset({P.PEER}),
    A.PROPOSE_LEAD: frozenset({P.CHIEF, P.CO_CHIEF}),
    A.AGREE_LEAD: frozenset({P.CHIEF, P.CO_CHIEF}),
    A.DECLINE_LEAD: frozenset({P.CHIEF, P.CO_CHIEF}),
    A.ISSUE_CODE: frozenset({P.STREET, P.CO_STREET}),
    A.ACCEPT: frozenset({P.SUMMONED, P.CENTRE}),
    A.REPORT_IN: frozenset({P.SUMMONED, P.CENTRE}),
    A.FEED_BACK: frozenset({P.SUMMONED}),
    A.LEAVE: frozenset({P.SUMMONED}),
    A.OBJECT: frozenset({P.SUMMONED}),
    A.RELEASE: frozenset({P.CHIEF, P.CO_CHIEF}),
    A.HAND_OVER: frozenset({P.CHIEF, P.CO_CHIEF}),
    A.CONSENT: frozenset({P.SUMMONED}),
    A.DECLINE: frozenset({P.SUMMONED, P.CHIEF, P.CO_CHIEF}),
    A.INTERIM_RELEASE: frozenset({P.CHIEF, P.CO_CHIEF}),
    A.RULE_OBJECTION: frozenset({P.DISTRICT, P.COORDINATOR}),
    A.VERIFY: frozenset({P.STREET, P.CO_STREET}),
    A.SETTLE: frozenset({P.DISTRICT, P.COORDINATOR}),
    A.SEND_BACK: frozenset({P.STREET, P.CO_STREET, P.DISTRICT, P.COORDINATOR}),
    A.ESCALATE: frozenset({P.CHIEF, P.CO_CHIEF, P.DISTRICT, P.COORDINATOR}),
    A.COORDINATE: frozenset({P.COORDINATOR}),
    A.WAIVE: frozenset({P.DISTRICT, P.COORDINATOR}),
    A.RULE_FALSE: frozenset({P.DISTRICT}),
    A.APPEAL: frozenset({P.CHIEF}),
    A.READ_SIGNAL: frozenset({P.DISTRICT}),
    A.DECIDE_APPEAL: frozenset({P.CITY}),
    A.REPORT_REFUSAL: frozenset({P.CHIEF, P.CO_CHIEF, P.CONDUCTOR}),
    A.RULE_REFUSAL: frozenset({P.DISTRICT, P.COORDINATOR}),
    A.SUPERVISE: frozenset({P.CHIEF, P.CO_CHIEF, P.CONDUCTOR}),
    A.ANSWER: frozenset({P.SUMMONED}),
    A.THANK: frozenset({P.CHIEF, P.CO_CHIEF}),
    A.ORGANISE: frozenset({P.CHIEF, P.CONDUCTOR, P.DRAFTER}),
    A.LOG: frozenset({P.CHIEF, P.LIAISON}),
    A.CORRECT_LOG: frozenset({P.CHIEF, P.LIAISON}),
    A.MEET: frozenset({P.CHIEF, P.CO_CHIEF, P.CONDUCTOR, P.LIAISON}),
    A.NOTIFY: frozenset({P.CHIEF, P.CO_CHIEF, P.CONDUCTOR, P.LIAISON}),
    A.CONCLUDE: frozenset({P.CHIEF, P.CONDUCTOR}),
    A.EVALUATE: frozenset({P.CHIEF, P.CO_CHIEF}),
    A.APPEAL_EVALUATION: frozenset({P.SUMMONED}),
    A.DECIDE_EVALUATION: frozenset({P.DISTRICT}),
}
"""Actions not named here are the system's own."""


def may_blow(rules: Whistle, level: WhistleLevel, origin: WhistleOrigin, is_chief: bool) -> bool:
    """Whether one of the street's people may blow at this level (D.14.3): its chief, any of them
    (`handler`), or whoever reports what a patrol found (`patrol`)."""
    blowers: frozenset[str] = getattr(rules.blowers, level.upper())
    own = {"chief"} if is_chief else set()
    patrols = {"patrol"} if origin is WhistleOrigin.PATROL else set()
    return bool(blowers & {*own, *patrols, "handler"})
