"""Of two streets the initiator leads, unless both agree otherwise (RULEBOOK D.14.6)."""

from typing import Any

from tests.aids.given import WANGJING, People
from tests.aids.stages import DONGHUAMEN, JIUXIANQIAO
from tests.whistles import blown
from tests.whistles.blown import MARKET, act, does
from tests.whistles.steps import AT_MARKET, CHIEF, CO_CHIEF, CO_STREET

OFFER = {"street_code": DONGHUAMEN, "text": "现场主要在东华门，请贵街道牵头"}
AGREED = {"text": "同意"}


def waits(people: People, who: blown.Who) -> list[str]:
    items = people(*who).get("/inbox").json()["items"]
    return [item["because"] for item in items if item["because"] in ("agree-lead", "join")]


def heard(people: People, who: blown.Who) -> list[str]:
    kinds = [entry["kind"] for entry in people(*who).get("/feed").json()["items"]]
    return [kind for kind in kinds if kind.endswith("-lead")]


def refusal(people: People, who: blown.Who, number: str, path: str, form: Any) -> tuple[int, str]:
    answer = act(people, who, number, path, form)
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def both(people: People) -> str:
    number = str(blown.blow(people, MARKET, DONGHUAMEN, level="w2")["number"])
    assert refusal(people, CHIEF, number, "propose-lead", OFFER) == (422, "bad-lead")
    does(people, CO_STREET, number, "join")
    return number


def test_the_lead_is_asked_for_answered_by_the_other_street_and_declined(people: People) -> None:
    number = both(people)
    for street in (WANGJING, MARKET, JIUXIANQIAO):
        other = {**OFFER, "street_code": street}
        assert refusal(people, CHIEF, number, "propose-lead", other) == (422, "bad-lead"), street
    assert refusal(people, CHIEF, number, "agree-lead", AGREED) == (409, "no-lead-proposed")

    asked = does(people, CO_CHIEF, number, "propose-lead", **OFFER)
    assert (asked["proposed_lead"], asked["lead_asked"]) == (DONGHUAMEN, WANGJING)
    assert asked["lead_answer_due_at"] == "2026-10-20T02:30:00Z", "as another street accepts, W2"
    assert (waits(people, CHIEF), waits(people, CO_CHIEF)) == (["agree-lead"], [])
    assert "decline-lead" in asked["allowed"]
    assert "agree-lead" not in asked["allowed"]
    own = refusal(people, CO_CHIEF, number, "agree-lead", AGREED)
    assert own == (409, "lead-asked-of-another")
    assert refusal(people, CHIEF, number, "propose-lead", OFFER) == (409, "lead-proposed")
    refused = does(people, CHIEF, number, "decline-lead", text="仍由我街道牵头")
    assert (refused["proposed_lead"], refused["conductor"]["code"]) == (None, WANGJING)
    assert heard(people, AT_MARKET) == [], "what the streets talk over is theirs"


def test_the_street_to_which_the_lead_was_given_composes_and_begins(people: People) -> None:
    """The first does not any longer; and everybody knows whose command it is."""
    number, more = both(people), {"summonses": [blown.call("110105-water")]}
    assert refusal(people, CO_CHIEF, number, "compose", more) == (403, "not-your-whistle")
    does(people, CHIEF, number, "propose-lead", **OFFER)
    assert (waits(people, CHIEF), waits(people, CO_CHIEF)) == ([], ["agree-lead"])
    led = does(people, CO_CHIEF, number, "agree-lead", **AGREED)
    assert (led["conductor"]["code"], led["lead_asked"]) == (DONGHUAMEN, None)
    assert refusal(people, CHIEF, number, "compose", more) == (403, "not-your-whistle")
    does(people, CO_CHIEF, number, "compose", **more)
    blown.reports_in(people, number, MARKET)
    assert does(people, CO_CHIEF, number, "start")["status"] == "in_action"
    assert "东华门街道" in people(*CHIEF).get(f"/whistles/{number}/order").text
    for who in (CHIEF, CO_CHIEF, ("district", "110101"), ("district", "110105")):
        assert heard(people, who) == ["propose-lead", "agree-lead"], who
    assert heard(people, AT_MARKET) == ["agree-lead"]
    back = does(people, CO_CHIEF, number, "propose-lead", **{**OFFER, "street_code": WANGJING})
    assert back["lead_asked"] == WANGJING
