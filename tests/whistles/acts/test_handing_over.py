"""Actions handed over to another office with its consent, so that the first is released (H5)."""

from typing import Any

import pytest

from tests.aids.given import WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, act, call, does, of

CHIEF = ("chief", WANGJING)
MARKETS = ("handler", MARKET)
POLICES = ("handler", POLICE)
OFFER: dict[str, Any] = {"to_office_code": POLICE, "actions": [2], "text": "抗拒检查归公安处置"}
HAND = f"summonses/{MARKET}/hand-over"


def both_fed_back(people: People, **changed: Any) -> str:
    """The market office has two actions, the police one."""
    called = [call(MARKET, "查处无照经营", "处置抗拒检查"), call(POLICE, "维持秩序")]
    number = str(blown.blow(people, summonses=called, **changed)["number"])
    for office, actions in ((MARKET, (1, 2)), (POLICE, (1,))):
        blown.reports_in(people, number, office)
        results = [
            {"action": n, "result": "已处置", "document": "京朝〔2026〕1号"} for n in actions
        ]
        does(people, ("handler", office), number, f"summonses/{office}/feed-back", results=results)
    return number


def waits(people: People, office: str, number: str) -> list[str]:
    rows = people("handler", office).get("/inbox").json()["items"]
    return [row["because"] for row in rows if row.get("whistle_number") == number]


def test_an_action_is_handed_over_with_consent_and_its_office_released(
    people: People, clock: StillClock
) -> None:
    number = both_fed_back(people)
    offered = of(does(people, CHIEF, number, HAND, **OFFER), POLICE)
    assert (offered["offered_from"], offered["offered_actions"]) == (MARKET, [2])
    assert waits(people, POLICE, number) == ["consent"]
    assert set(waits(people, WANGJING, number)) == {"verify", "hand-over"}, "none can be released"
    early = act(people, CHIEF, number, f"summonses/{MARKET}/release", {"text": "可撤"})
    assert (early.status_code, early.json()["type"]) == (409, "/problems/offer-open")

    clock.tick(minutes=1)
    after = does(people, POLICES, number, f"summonses/{POLICE}/consent", text="我队接手")
    assert after["status"] == "in_action"
    given, taken = of(after, MARKET)["actions"][1], of(after, POLICE)["actions"]
    assert (given["handed_to"], given["handed_at"]) == (POLICE, "2026-10-20T02:01:00Z")
    assert [item["taken_from"] for item in taken] == [None, MARKET]
    assert taken[1]["action"] == "处置抗拒检查"
    assert (of(after, POLICE)["status"], of(after, POLICE)["fed_back_at"]) == ("working", None)

    released = of(blown.releases(people, number, MARKET), MARKET)
    assert [bool(item["verified_at"]) for item in released["actions"]] == [True, False]
    results = [{"action": 2, "result": "已传唤", "document": "京朝公〔2026〕2号"}]
    done = does(people, POLICES, number, f"summonses/{POLICE}/feed-back", results=results)
    assert (done["status"], of(done, POLICE)["status"]) == ("fed_back", "fed_back")
    blown.releases(people, number, POLICE)
    assert blown.settles(people, number)["status"] == "settled"


def test_an_office_that_was_free_to_stay_away_is_required_once_it_has_taken_over(
    people: People,
) -> None:
    called = [call(MARKET), call(POLICE, required=False)]
    number = str(blown.blow(people, summonses=called)["number"])
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    does(people, CHIEF, number, HAND, **{**OFFER, "actions": [1]})
    after = does(people, POLICES, number, f"summonses/{POLICE}/consent", text="接手")
    assert (of(after, POLICE)["required"], after["status"]) == (True, "assembling")


@pytest.mark.parametrize("who", [POLICES, CHIEF])
def test_an_offer_is_declined_or_taken_back(people: People, who: blown.Who) -> None:
    number = both_fed_back(people)
    does(people, CHIEF, number, HAND, **OFFER)
    twice = act(people, CHIEF, number, HAND, {**OFFER, "actions": [1]})
    assert twice.json()["type"] == "/problems/offer-pending"
    after = does(people, who, number, f"summonses/{POLICE}/decline", text="非我职责")
    assert (of(after, POLICE)["offered_from"], waits(people, POLICE, number)) == (None, [])
    assert waits(people, WANGJING, number).count("release") == 2
    gone = act(people, POLICES, number, f"summonses/{POLICE}/consent", {"text": "接手"})
    assert (gone.status_code, gone.json()["type"]) == (409, "/problems/nothing-offered")
    assert of(blown.releases(people, number, MARKET), MARKET)["status"] == "released"


def test_who_is_sent_back_to_work_gives_nothing_up(people: People) -> None:
    number = both_fed_back(people)
    does(people, CHIEF, number, HAND, **OFFER)
    seen = {"text": "现场", "evidence": ["照片"]}
    does(people, ("handler", WANGJING), number, "verify", **seen)
    after = does(people, CHIEF, number, "send-back", reason="未清理")
    assert (of(after, POLICE)["offered_from"], of(after, MARKET)["status"]) == (None, "working")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"to_office_code": MARKET}, "/to_office_code"),
        ({"to_office_code": "ent-water"}, "/to_office_code"),
        ({"actions": [2, 3]}, "/actions/1"),
        ({"actions": [2, 2]}, "/actions"),
        ({"actions": []}, "/actions"),
    ],
)
def test_what_cannot_be_handed_over(people: People, changed: dict[str, Any], pointer: str) -> None:
    number = both_fed_back(people)
    refused = act(people, CHIEF, number, HAND, {**OFFER, **changed})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


def test_the_street_offers_and_the_asked_office_consents(people: People) -> None:
    number = both_fed_back(people)
    for who in (MARKETS, ("handler", WANGJING)):
        assert act(people, who, number, HAND, OFFER).status_code == 403
    does(people, CHIEF, number, HAND, **OFFER)
    for who in (MARKETS, CHIEF):
        path = f"summonses/{POLICE}/consent"
        assert act(people, who, number, path, {"text": "接手"}).status_code == 403
    fresh = blown.blow(people)["number"]
    early = act(people, CHIEF, fresh, HAND, {**OFFER, "actions": [1]})
    assert (early.status_code, early.json()["status_now"]) == (409, "sent")
