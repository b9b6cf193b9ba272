"""Every action on a whistle by everyone in every status: what RULEBOOK D.14 lists is open, nothing
else (D.21-7).

The tables are written from the RULEBOOK and the API, not from the tables of the code. A refused
call says why by its status (403 before 404 before 409) and leaves every row as it was.
"""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from app.access.roles import OFFICE_BOUND, Role
from app.whistles.life.parts import WHO
from tests.aids import given
from tests.aids.given import People
from tests.aids.stages import JIUXIANQIAO
from tests.conftest import StillClock
from tests.whistles import blown, forms, steps
from tests.whistles.blown import MARKET, POLICE, Who

EVER: dict[str, str] = {
    # D.2, D.14.3, D.14.4: whose part an action ever is; of `summoned`, about its own summons
    "chief": "blow compose cancel confirm start issue-code release hand-over decline"
    " interim-release verify send-back escalate appeal report-refusal supervise organise log"
    " correct-log meet notify conclude evaluate propose-lead agree-lead decline-lead thank",
    "street": "blow compose cancel issue-code verify send-back organise log correct-log meet"
    " notify",
    "co-chief": "join issue-code release hand-over decline interim-release verify send-back"
    " escalate report-refusal supervise meet notify propose-lead agree-lead decline-lead compose"
    " start organise conclude thank",
    "co-street": "join issue-code verify send-back",
    "summoned": "accept report-in feed-back leave object consent decline answer appeal-evaluation"
    " log correct-log meet notify",
    "district": "settle send-back escalate coordinate waive rule-objection rule-false rule-refusal"
    " decide-evaluation read-signal",
    "city": "settle send-back escalate coordinate waive rule-objection rule-refusal decide-appeal",
    "other district": "",
    "auditor": "",
}
ACTORS: dict[str, Who] = {
    "chief": steps.CHIEF,
    "street": steps.STREET,
    "co-chief": steps.CO_CHIEF,
    "co-street": steps.CO_STREET,
    "summoned": steps.AT_MARKET,
    "district": steps.DISTRICT,
    "city": steps.CITY,
    "other district": ("district", "110101"),
    "auditor": ("auditor", None),
}
COMING = {"summoned": "accept object report-in", "district": "escalate rule-false waive"}
THERE = {"summoned": "feed-back leave object", "district": "escalate rule-false"}
WAITING = "compose escalate issue-code start supervise"
AT_WORK = "compose escalate interim-release issue-code supervise"
FED_BACK = "compose escalate hand-over issue-code release supervise verify"
STREET = {"street": "issue-code"}

OPEN: dict[str, dict[str, str]] = {
    "draft": {"chief": "blow cancel compose", "street": "cancel compose"},
    "blown": {"chief": f"cancel {WAITING}", **STREET, **COMING, "co-street": "join"},
    "joined": {"chief": f"cancel {WAITING}", **STREET, **COMING},
    "absent": {
        "chief": f"cancel report-refusal {WAITING}",
        **STREET,
        **COMING,
        "summoned": "report-in",
    },
    "led by the other": {
        "chief": "cancel escalate issue-code supervise",
        **STREET,
        **COMING,
        "co-chief": "compose start",
    },
    "objected": {
        "chief": f"cancel {WAITING}",
        **STREET,
        "district": "escalate rule-false rule-objection waive",
    },
    "let go": {
        "chief": "cancel compose escalate issue-code start",
        **STREET,
        "district": "escalate rule-false",
    },
    "assembling": {"chief": f"start {AT_WORK}", **STREET, **THERE},
    "gone": {
        "chief": f"report-refusal {AT_WORK}",
        **STREET,
        "summoned": "feed-back leave object report-in",
        "district": "escalate rule-false waive",
    },
    "supervised": {
        "chief": "cancel compose escalate issue-code start",
        **STREET,
        **COMING,
        "summoned": "accept answer object report-in",
    },
    "refusal told": {
        "chief": AT_WORK,
        **STREET,
        "summoned": "feed-back leave object report-in",
        "district": "escalate rule-false rule-refusal waive",
    },
    "fed back": {
        "chief": FED_BACK,
        "street": "issue-code verify",
        "summoned": "leave",
        "district": "escalate rule-false",
    },
    "offered": {
        "chief": "compose decline escalate hand-over issue-code supervise verify",
        "street": "issue-code verify",
        "summoned": "consent decline leave",
        "district": "escalate rule-false",
    },
    "released": {
        "chief": "compose escalate issue-code supervise verify",
        "street": "issue-code verify",
        "summoned": "leave",
        "district": "escalate rule-false",
    },
    "verifying": {
        "chief": "escalate issue-code release send-back supervise",
        "street": "issue-code send-back",
        "co-street": "issue-code send-back verify",
        "summoned": "leave",
        "district": "escalate rule-false send-back",
    },
    "verified": {
        "chief": "escalate issue-code send-back supervise",
        "street": "issue-code send-back",
        "summoned": "leave",
        "district": "escalate rule-false send-back settle",
    },
    "returned": {"chief": f"start {AT_WORK}", **STREET, **THERE},
    "at the district": {
        "chief": f"cancel {WAITING}",
        **STREET,
        **COMING,
        "district": "coordinate escalate rule-false waive",
    },
    "at the city": {
        "chief": f"cancel {WAITING}",
        **STREET,
        **COMING,
        "city": "coordinate escalate waive",
    },
    "at the centre": {
        "chief": "cancel compose issue-code start supervise",
        **STREET,
        **COMING,
        "district": "rule-false waive",
        "city": "coordinate waive",
    },
    "settled": {"chief": "evaluate", "summoned": "leave", "district": "rule-false"},
    "marked": {
        "chief": "evaluate",  # of the other department
        "summoned": "appeal-evaluation leave",
        "district": "rule-false",
    },
    "appealed": {
        "chief": "evaluate",
        "summoned": "leave",
        "district": "decide-evaluation rule-false",
    },
    "evaluated": {"summoned": "appeal-evaluation leave", "district": "rule-false"},
    "cancelled": {},
    "false": {"chief": "appeal", "district": "read-signal"},
    "ruling appealed": {"city": "decide-appeal", "district": "read-signal"},
    "campaign": {
        "chief": f"cancel conclude correct-log log meet notify organise {WAITING}",
        "street": "correct-log issue-code log meet notify",
        **COMING,
        "summoned": "accept correct-log log meet notify object report-in",
    },
    "campaign done": {
        "chief": f"correct-log {FED_BACK}",
        "street": "correct-log issue-code verify",
        "summoned": "correct-log leave",
        "district": "escalate rule-false",
    },
}
"""By stage and actor: the actions that are open on the whistle, and about the summoned office."""

COMMAND = {"compose", "start", "organise", "conclude"}
"""Of the street that leads alone."""

OVER = ("settled", "marked", "appealed", "evaluated", "cancelled", "false", "ruling appealed")

ABOUT = {"offered": POLICE}
"""The summoned office of a stage, where it is not the market regulators'."""

RECORDED = (
    *("whistle", "summons", "action_item", "attendance", "sign_in_code", "whistle_ticket"),
    *("whistle_event", "whistle_statement", "whistle_mark", "whistle_party"),
    *("errand", "feed_head", "feed_entry"),
)
OF_THE_CITY = ("at the city", "at the centre")
UNFIT: dict[str, set[str]] = {
    # refused for its form before its state: this body fits no whistle of that stage
    "coordinate": {"let go", "released", "verified", "settled", "marked", "appealed", "evaluated"},
    "hand-over": {"offered"},
    "rule-false": {"let go"},
    "organise": {"let go"},
    "propose-lead": {"draft", "blown"},
}


def office_of(name: str) -> str:
    return ABOUT.get(name, MARKET)


def person(people: People, actor: str, name: str = "") -> given.Person:
    role, office = ACTORS[actor]
    return people(role, office_of(name) if actor == "summoned" else office)


def open_to(name: str, actor: str) -> set[str]:
    """Another street that has joined may what the first may, as far as it is ever its part."""
    stage = OPEN[name]
    own = set(stage.get(actor, "").split())
    if actor in ("chief", "co-chief") and name not in ("draft", "blown", *OVER):
        own |= {"propose-lead"}
    if name in ("draft", "blown"):
        return own | set(stage.get("co-street", "").split() if actor == "co-chief" else ())
    if actor == "co-street" and actor not in stage:
        return set(stage.get("street", "").split()) & set(EVER[actor].split())
    if actor == "co-chief":
        first = set(stage.get("chief", "").split()) & set(EVER[actor].split()) - COMMAND
        return own | first | open_to(name, "co-street")
    return own


def seen(whistle: dict[str, Any], office: str) -> set[str]:
    return {*whistle["allowed"], *blown.of(whistle, office)["allowed"]}


def knows(name: str, actor: str) -> bool:
    return name != "draft" or actor in ("chief", "street")


@pytest.mark.parametrize("name", list(OPEN))
def test_only_what_is_listed_is_open(
    people: People, app: FastAPI, clock: StillClock, name: str
) -> None:
    """What a whistle says is allowed is what is listed; all else is refused, and writes nothing."""
    number, office = steps.build(people, clock, name), office_of(name)
    blown.swept(app)
    before = given.record(app, RECORDED)
    wrong: list[str] = []
    for actor in ACTORS:
        answer = person(people, actor, name).get(f"/whistles/{number}")
        if not knows(name, actor):
            assert answer.status_code == 404, actor
            continue
        allowed, listed = seen(answer.json(), office), open_to(name, actor)
        if allowed != listed:
            wrong.append(f"{actor}: {sorted(listed - allowed)}, not {sorted(allowed - listed)}")
        for action in sorted(set(EVER[actor].split()) - listed):
            again = tries(people, actor, action, number, name, clock)
            if again.status_code not in refusals(name, actor, action):
                wrong.append(f"{actor} may not {action}: {again.text}")

    assert wrong == []
    assert given.record(app, RECORDED) == before


def tries(
    people: People, actor: str, action: str, number: str, name: str, clock: StillClock
) -> Response:
    office = office_of(name)
    body = forms.bodies(clock(), office).get(action, {})
    return person(people, actor, name).post(
        f"/whistles/{number}/{forms.path(action, office)}", body
    )


def refusals(name: str, actor: str, action: str) -> set[int]:
    """409: the state. 403: it was never, or is no longer, the actor's part: a draft's people draft
    it, the other street takes part once it has joined, who coordinates goes by the tier."""
    no_liaison = set() if name.startswith("campaign") else {"log", "correct-log", "meet", "notify"}
    no_draft = {"blow"} if name == "draft" else {"blow", "compose", "cancel", "organise"}
    unjoined, led_by_other = name == "blown", name == "led by the other"
    not_led = set() if led_by_other else COMMAND
    parts: dict[str, set[str]] = {
        "street": no_draft | no_liaison,
        "chief": {"compose", "start"} if led_by_other else set(),
        "co-chief": set(EVER["co-chief"].split()) if unjoined else {"join"} | not_led,
        "co-street": set(EVER["co-street"].split()) if unjoined else {"join"},
        "summoned": no_liaison or {"log"},  # the day of the street's team
        "district": set() if name == "at the district" else {"coordinate"},
        "city": set() if name in OF_THE_CITY else set(EVER["city"].split()) - {"decide-appeal"},
    }
    if action in parts.get(actor, ()):
        return {403}
    return {422} if name in UNFIT.get(action, ()) else {409}


def test_nobody_does_anothers_part(people: People, app: FastAPI, clock: StillClock) -> None:
    number = steps.build(people, clock, "in action")
    before = given.record(app, RECORDED)
    every = sorted({action for actions in EVER.values() for action in actions.split()})
    assert every == sorted(WHO)
    for actor in ACTORS:
        for action in every:
            if action not in EVER[actor].split():
                answer = tries(people, actor, action, number, "in action", clock)
                assert answer.status_code == 403, (actor, action, answer.text)
    strangers: list[Who] = [
        ("chief", JIUXIANQIAO),
        ("handler", "110105-water"),
        ("district", "110102"),
    ]
    for who in strangers:
        assert people(*who).get(f"/whistles/{number}").status_code == 404, who
        answer = people(*who).post(f"/whistles/{number}/codes")
        assert answer.status_code == (403 if who[0] == "district" else 404), who
    assert given.record(app, RECORDED) == before


def test_a_role_without_a_part_is_refused_before_it_learns_what_exists(people: People) -> None:
    without = sorted(set(Role) - OFFICE_BOUND - {Role.SUPERVISOR})
    for role in without:
        for action in WHO:
            path = f"/whistles/SH202610209999999/{forms.path(action, MARKET)}"
            assert people(role).post(path, {"no": "form"}).status_code == 403, (role, action)
