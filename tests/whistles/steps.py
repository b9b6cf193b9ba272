"""Whistles brought to where a test begins: each status, reached over HTTP by those who may."""

from typing import Any

from app.whistles.life.loop import WhistleAction
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.stages import DONGHUAMEN
from tests.conftest import StillClock
from tests.whistles import blown, forms
from tests.whistles.blown import MARKET, POLICE, POWER, Who

A = WhistleAction

CHIEF, STREET = ("chief", WANGJING), ("handler", WANGJING)
CO_CHIEF, CO_STREET = ("chief", DONGHUAMEN), ("handler", DONGHUAMEN)
AT_MARKET, AT_POLICE = ("handler", MARKET), ("handler", POLICE)
DISTRICT, CITY = ("district", CHAOYANG), ("supervisor", None)

Step = tuple[Who, WhistleAction, str]
"""Who does what, about which office."""

COME: list[Step] = [(AT_MARKET, A.REPORT_IN, MARKET), (AT_POLICE, A.REPORT_IN, POLICE)]
FEED_BACK: list[Step] = [(AT_MARKET, A.FEED_BACK, MARKET), (AT_POLICE, A.FEED_BACK, POLICE)]
RELEASE: list[Step] = [(CHIEF, A.RELEASE, MARKET), (CO_CHIEF, A.RELEASE, POLICE)]
VERIFY: list[Step] = [(STREET, A.VERIFY, ""), (CO_STREET, A.VERIFY, "")]
JOINED: list[Step] = [(CO_STREET, A.JOIN, "")]
DONE = [*JOINED, *COME, *FEED_BACK]
ENDED: list[Step] = [*DONE, *RELEASE, *VERIFY, (DISTRICT, A.SETTLE, "")]
MARKED: list[Step] = [(CHIEF, A.EVALUATE, MARKET), (CHIEF, A.EVALUATE, POLICE)]
RAISED: list[Step] = [(CHIEF, A.ESCALATE, "")]
FALSE: list[Step] = [*JOINED, (DISTRICT, A.RULE_FALSE, "")]
CAMPAIGN: list[Step] = [*JOINED, (CHIEF, A.ORGANISE, "")]

STAGES: dict[str, list[Step]] = {
    "draft": [],
    "blown": [],
    "joined": JOINED,
    "absent": JOINED,
    "led by the other": [
        *JOINED,
        (CHIEF, A.PROPOSE_LEAD, ""),
        (CO_CHIEF, A.AGREE_LEAD, ""),
    ],
    "objected": [*JOINED, (AT_MARKET, A.OBJECT, MARKET)],
    "let go": [
        *JOINED,
        (AT_MARKET, A.OBJECT, MARKET),
        (DISTRICT, A.RULE_OBJECTION, MARKET),
    ],
    "assembling": [*JOINED, COME[0]],
    "in action": [*JOINED, *COME],
    "gone": [*JOINED, *COME, (AT_MARKET, A.LEAVE, MARKET)],
    "supervised": [*JOINED, (CHIEF, A.SUPERVISE, MARKET)],
    "refusal told": [
        *JOINED,
        *COME,
        (AT_MARKET, A.LEAVE, MARKET),
        (CHIEF, A.REPORT_REFUSAL, MARKET),
    ],
    "fed back": DONE,
    "offered": [*DONE, (CHIEF, A.HAND_OVER, MARKET)],
    "released": [*DONE, RELEASE[0]],
    "verifying": [*DONE, VERIFY[0]],
    "verified": [*DONE, *RELEASE, *VERIFY],
    "returned": [*DONE, VERIFY[0], (DISTRICT, A.SEND_BACK, "")],
    "at the district": [*JOINED, *RAISED],
    "at the city": [*JOINED, *RAISED, (DISTRICT, A.ESCALATE, "")],
    "at the centre": [*JOINED, *RAISED, (DISTRICT, A.ESCALATE, ""), (CITY, A.ESCALATE, "")],
    "settled": ENDED,
    "marked": [*ENDED, MARKED[0]],
    "appealed": [*ENDED, MARKED[0], (AT_MARKET, A.APPEAL_EVALUATION, MARKET)],
    "evaluated": [*ENDED, *MARKED],
    "cancelled": [*JOINED, (CHIEF, A.CANCEL, "")],
    "false": FALSE,
    "ruling appealed": [*FALSE, (CHIEF, A.APPEAL, "")],
    "campaign": CAMPAIGN,
    "campaign done": [*CAMPAIGN, *COME, *FEED_BACK, (CHIEF, A.CONCLUDE, "")],
}


def build(people: People, clock: StillClock, name: str) -> str:
    """The number of a whistle of 望京 and 东华门 that calls two departments, and a power company
    that is free to stay away."""
    kind = "key_work" if name.startswith("campaign") else "enforcement"
    calls = [*forms.calls(MARKET, POLICE, DONGHUAMEN), blown.call(POWER, required=False)]
    more: dict[str, Any] = {"kind": kind, "draft": name == "draft", "summonses": calls}
    number = str(blown.blow(people, level="w2", **more)["number"])
    agrees = name not in ("false", "ruling appealed")
    for who, action, office in STAGES[name]:
        clock.tick(seconds=1)
        form = forms.bodies(clock(), office, agrees).get(action, {})
        answer = blown.act(people, who, number, forms.path(action, office), form)
        assert answer.is_success, (name, action, answer.text)
    if name == "absent":
        clock.tick(minutes=31)
    return number
