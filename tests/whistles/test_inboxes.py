"""A whistle lies in the inbox of whoever has to act next, beside his tickets."""

from typing import Any

from tests.aids import given
from tests.aids.given import CHAOYANG, CHINESE, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, does, of

OTHER_STREET = "110108010"
STATEMENTS = [{"office_code": code, "text": "陈述"} for code in (WANGJING, MARKET)]


def waits(people: People, role: str, office: str, **asked: Any) -> list[tuple[str, str]]:
    items = people(role, office).get("/inbox", **asked).json()["items"]
    return [(item["kind"], item["because"]) for item in items]


def test_each_step_lies_with_whoever_acts_next(people: People, clock: StillClock) -> None:
    ticket = given.ticket(people)
    number = blown.blow(people, MARKET)["number"]
    path = f"summonses/{MARKET}"

    assert waits(people, "handler", MARKET) == [("summons", "accept")]
    does(people, ("handler", MARKET), number, f"{path}/accept")
    assert waits(people, "handler", MARKET) == [("summons", "report-in")]
    blown.reports_in(people, number, MARKET)
    assert waits(people, "handler", MARKET) == [("summons", "feed-back")]
    assert waits(people, "chief", WANGJING) == [("lead", "acknowledge")]
    blown.feeds_back(people, number, MARKET)
    assert waits(people, "handler", MARKET) == []
    street = [("lead", "acknowledge"), ("whistle", "verify"), ("whistle", "release")]
    assert waits(people, "chief", WANGJING) == street
    pages = people("chief", WANGJING).get("/inbox", limit=1).json()
    assert pages["items"][0]["number"] == ticket
    second = people("chief", WANGJING).get("/inbox", limit=1, cursor=pages["next"]).json()
    assert second["items"][0]["whistle_number"] == number
    third = people("chief", WANGJING).get("/inbox", limit=5, cursor=second["next"]).json()
    assert [item["because"] for item in third["items"]] == ["release"]
    assert third["next"] is None


def test_the_end_lies_with_district_and_chief_and_each_party_hears_of_it(people: People) -> None:
    number = blown.blow(people, MARKET)["number"]
    blown.reports_in(people, number, MARKET)
    blown.feeds_back(people, number, MARKET)
    blown.releases(people, number, MARKET)
    seen = {"text": "现场已清理。", "evidence": ["照片"]}
    assert waits(people, "district", CHAOYANG) == []
    does(people, ("handler", WANGJING), number, "verify", **seen)
    assert waits(people, "district", CHAOYANG) == [("whistle", "settle")]
    does(people, ("district", CHAOYANG), number, "settle", text="结项")
    assert waits(people, "district", CHAOYANG) == []
    assert waits(people, "chief", WANGJING) == [("whistle", "evaluate")]
    does(people, ("chief", WANGJING), number, f"evaluations/{MARKET}", effect=12, attitude=13)
    assert waits(people, "chief", WANGJING) == []

    lived = ["blow", "report-in", "feed-back", "release", "verify", "settle", "evaluate"]
    for role, office in (("handler", MARKET), ("handler", WANGJING), ("district", CHAOYANG)):
        heard = people(role, office).get("/feed").json()["items"]
        assert [entry["kind"] for entry in heard] == lived, role
    ruling = {"finding": "empty", "text": "查无此事", "statements": STATEMENTS}
    does(people, ("district", CHAOYANG), number, "rule-false", **ruling)
    does(people, ("chief", WANGJING), number, "appeal", text="确有占道")
    desk = people("supervisor").get("/inbox").json()["items"]
    assert [(item["whistle_number"], item["because"]) for item in desk] == [
        (number, "decide-appeal")
    ]


def test_the_summoned_see_place_and_matter_and_no_telephone(people: People) -> None:
    ticket = given.ticket(people)
    matter = "占道经营，联系人13911112222"
    blown.blow(people, MARKET, matter=matter, ticket_numbers=[ticket])

    [item] = people("handler", MARKET).get("/inbox").json()["items"]
    assert item["whistle"]["matter"] == "占道经营，联系人***********"
    assert item["whistle"]["place"] == blown.POINT["text"]
    seen = people("handler", MARKET).get(f"/whistles/{item['whistle_number']}").json()
    assert (seen["matter"], seen["tickets"]) == ("占道经营，联系人***********", [])
    history = people("handler", MARKET).get(f"/whistles/{item['whistle_number']}/events").json()
    assert "13911112222" not in str(history)
    assert ticket not in str(history)


def test_the_summoned_and_a_street_that_has_not_joined_read_no_name_of_the_citizen(
    people: People,
) -> None:
    ticket = given.ticket(people, citizen={"name": "欧阳春晓", "phone": "13800000000"})
    caller = "欧阳春晓13911112222"
    number = blown.blow(
        people,
        ticket_numbers=[ticket],
        matter=f"投诉人{caller}",
        why=f"{caller}称",
        place={"text": f"望京西园，{caller}", "lon": 116.48, "lat": 39.99},
        meeting_point={**blown.POINT, "text": f"楼下，{caller}"},
        summonses=[blown.call(MARKET, f"与{caller}核对"), blown.call(OTHER_STREET)],
    )["number"]
    for who in (("handler", MARKET), ("chief", OTHER_STREET)):
        texts = [people(*who).get(path).text for path in (f"/whistles/{number}", "/inbox")]
        texts.append(people(*who).get(f"/whistles/{number}/events").text)
        for secret in ("欧阳春晓", "13911112222", ticket):
            assert not [text for text in texts if secret in text], (who, secret)
    order = (
        people("chief", WANGJING).get(f"/whistles/{number}/order", CHINESE).text
    )  # it is handed on
    assert "欧阳春晓" not in order
    assert "13911112222" not in order
    blown.reports_in(people, number, MARKET)
    [action] = of(people("handler", MARKET).get(f"/whistles/{number}").json(), MARKET)["actions"]
    answered = {"action": action["action"], "result": "已核对", "document": "1号"}
    path = f"summonses/{MARKET}/feed-back"
    does(people, ("handler", MARKET), number, path, results=[answered])
    does(people, ("chief", OTHER_STREET), number, "join")
    assert ticket in people("chief", OTHER_STREET).get(f"/whistles/{number}").text


def test_district_and_city_read_no_citizen_either_and_no_export_has_one(people: People) -> None:
    """D.16: who works with the citizen opens the ticket, and that is on record."""
    ticket = given.ticket(people, citizen={"name": "欧阳春晓", "phone": "13800000000"})
    caller = "欧阳春晓13911112222"
    number = blown.blow(people, MARKET, ticket_numbers=[ticket], matter=f"投诉人{caller}")["number"]
    does(people, ("chief", WANGJING), number, "escalate", reason=f"{caller}多次反映")
    desks = [(role, None) for role in ("supervisor", "auditor", "operator", "dispatcher")]
    for who in (("district", CHAOYANG), *desks):
        paths = ["", f"/{number}", f"/{number}/events"]
        texts = [people(*who).get(f"/whistles{path}").text for path in paths]
        assert "投诉人****" in texts[0]
        assert not [text for text in texts if "欧阳春晓" in text or "13911112222" in text], who
    assert "13911112222" not in people("district", CHAOYANG).get("/inbox").text
    own = people("handler", WANGJING)
    assert caller in own.get(f"/whistles/{number}").text
    lines = own.get("/whistles", headers={"Accept": "application/x-ndjson"})
    assert (number in lines.text, caller in lines.text) == (True, False)


def test_an_inbox_is_new_when_a_summons_changes(people: People) -> None:
    market = people("handler", MARKET)
    empty = market.get("/inbox").headers["ETag"]
    assert market.get("/inbox", headers={"If-None-Match": empty}).status_code == 304
    number = blown.blow(people, MARKET)["number"]
    assert market.get("/inbox", headers={"If-None-Match": empty}).status_code == 200
    heard = market.get("/feed").json()["items"]
    assert [(e["kind"], e["whistle_number"]) for e in heard] == [("blow", number)]
    heard = people("district", CHAOYANG).get("/feed").json()["items"]
    assert [e["kind"] for e in heard] == ["blow"]
    assert people("handler", POLICE).get("/feed").json()["items"] == []


def test_an_objection_waits_for_the_district(people: People) -> None:
    number = blown.blow(people, MARKET)["number"]
    objection = {"ground": "not_my_duty", "text": "属城管职责"}
    does(people, ("handler", MARKET), number, f"summonses/{MARKET}/object", **objection)
    assert waits(people, "district", CHAOYANG) == [("whistle", "rule-objection")]
    does(people, ("chief", WANGJING), number, "cancel", reason="改由城管处置")
    assert waits(people, "district", CHAOYANG) == []
