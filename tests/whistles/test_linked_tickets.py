"""Tickets for which a whistle is blown (RULEBOOK D.14.8, T15)."""

from datetime import timedelta
from typing import Any

from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, call, does

STREET = ("handler", WANGJING)
DISTRICT = ("district", CHAOYANG)
ANOTHER = "110105043"
"""Another street of the district."""
REPLY = {"text": "已联合查处", "citizen_feedback": {"method": "call"}}


def at_work(people: People) -> str:
    """A ticket of the street that it could reply to."""
    number = given.ticket(people)
    people(*STREET).does("acknowledge", number)
    people(*STREET).does("contact", number, method="call", reached=True)
    return str(number)


def seen(people: People, number: str) -> dict[str, Any]:
    return dict(people(*STREET).get(f"/tickets/{number}").json())


def actions(people: People, number: str) -> list[str]:
    history = people(*STREET).get(f"/tickets/{number}/events").json()
    return [event["action"] for event in history]


def test_no_reply_while_a_required_summons_is_open(people: People) -> None:
    number = at_work(people)
    before = seen(people, number)
    called = [call(MARKET), call(POLICE, required=False)]
    whistle = blown.blow(people, summonses=called, ticket_numbers=[number])["number"]
    during = seen(people, number)
    assert (during["open_whistles"], "reply" in during["allowed"]) == (1, False)
    assert (during["office"], during["due_at"]) == (before["office"], before["due_at"])
    refused = people(*STREET).post(f"/tickets/{number}/reply", REPLY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/whistle-open")
    assert refused.json()["whistles"] == [whistle]

    blown.reports_in(people, whistle, MARKET)
    blown.feeds_back(people, whistle, MARKET)
    assert people(*STREET).post(f"/tickets/{number}/reply", REPLY).status_code == 409
    blown.releases(people, whistle, MARKET)
    assert seen(people, number)["open_whistles"] == 0
    people(*STREET).does("reply", number, **REPLY)
    assert actions(people, number)[-3:] == ["whistle", "whistle-over", "reply"]


def test_a_former_leads_whistle_keeps_no_reply_of_the_next(people: People) -> None:
    number = given.ticket(people)
    whistle = blown.blow(people, MARKET, ticket_numbers=[number])["number"]
    people.dispatcher.does("dispatch", number, office_code=ANOTHER, reason="属地有误")
    then = people("handler", ANOTHER).get(f"/tickets/{number}").json()
    assert (then["office"]["code"], then["open_whistles"]) == (ANOTHER, 0)
    own = blown.blow(people, MARKET, street=ANOTHER, ticket_numbers=[number])["number"]
    does(people, ("chief", WANGJING), whistle, "cancel", reason="已移交")
    then = people("handler", ANOTHER).get(f"/tickets/{number}").json()
    assert then["open_whistles"] == 1
    does(people, ("chief", ANOTHER), own, "cancel", reason="已自行解决")
    assert people("handler", ANOTHER).get(f"/tickets/{number}").json()["open_whistles"] == 0


def test_a_whistle_that_is_no_more_keeps_no_ticket(people: People) -> None:
    number = at_work(people)
    cancelled = blown.blow(people, MARKET, ticket_numbers=[number])["number"]
    untrue = blown.blow(people, POLICE, ticket_numbers=[number])["number"]
    assert seen(people, number)["open_whistles"] == 2
    does(people, ("chief", WANGJING), cancelled, "cancel", reason="已自行解决")
    heard = [{"office_code": code, "text": "陈述"} for code in (WANGJING, POLICE)]
    ruling = {"finding": "empty", "text": "查无此事", "statements": heard}
    does(people, DISTRICT, untrue, "rule-false", **ruling)
    assert seen(people, number)["open_whistles"] == 0
    people(*STREET).does("reply", number, **REPLY)


def test_a_draft_keeps_none_and_an_office_called_later_does(people: People) -> None:
    number = at_work(people)
    drafted = blown.body(MARKET, draft=True, ticket_numbers=[number])
    whistle = people(*STREET).post("/whistles", drafted).json()["number"]
    assert seen(people, number)["open_whistles"] == 0
    does(people, ("chief", WANGJING), whistle, "blow")
    assert seen(people, number)["open_whistles"] == 1
    blown.reports_in(people, whistle, MARKET)
    blown.feeds_back(people, whistle, MARKET)
    blown.releases(people, whistle, MARKET)
    assert seen(people, number)["open_whistles"] == 0
    does(people, ("chief", WANGJING), whistle, "compose", summonses=[call(POLICE)])
    assert seen(people, number)["open_whistles"] == 1


def test_a_whistle_is_a_reason_for_more_time_once_and_only_while_it_is_open(
    people: People, clock: StillClock
) -> None:
    number = at_work(people)
    later = (clock() + timedelta(days=10)).isoformat()
    asked = {"reason_code": "whistle", "plan": "联合执法", "due_at": later}
    street = people(*STREET)
    none = street.post(f"/tickets/{number}/request-extension", asked)
    assert (none.status_code, none.json()["type"]) == (409, "/problems/no-whistle-open")
    blown.blow(people, MARKET, ticket_numbers=[number])
    assert street.post(f"/tickets/{number}/request-extension", asked).status_code == 200
    people(*DISTRICT).does("decide-extension", number, approve=False, text="先联合处置")
    again = street.post(f"/tickets/{number}/request-extension", asked)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/whistle-extension-spent")
    other = {**asked, "reason_code": "materials"}
    assert street.post(f"/tickets/{number}/request-extension", other).status_code == 200


def test_a_ticket_that_another_street_answers_for_is_not_linked(people: People) -> None:
    number = at_work(people)
    foreign = people("chief", "110101001").post(
        "/whistles", blown.body("110101-market", ticket_numbers=[number])
    )
    assert foreign.status_code == 422, foreign.text
    assert foreign.json()["type"] == "/problems/no-such-linked-ticket"


def merged(people: People, member: str, parent: str) -> None:
    people.dispatcher.does("merge", member, parent_number=parent)


def test_a_group_waits_for_its_members_whistles(people: People, clock: StillClock) -> None:
    """D.11: the parent's reply is the group's; a member that leaves takes its whistle along."""
    parent = at_work(people)
    clock.tick(minutes=1)
    member = given.ticket(people)
    whistle = blown.blow(people, MARKET, ticket_numbers=[member])["number"]
    assert seen(people, parent)["open_whistles"] == 0
    merged(people, member, parent)
    assert seen(people, parent)["open_whistles"] == 1
    refused = people(*STREET).post(f"/tickets/{parent}/reply", REPLY)
    assert (refused.status_code, refused.json()["whistles"]) == (409, [whistle])
    people("supervisor").does("unmerge", member, reason="并非一事")
    assert [seen(people, number)["open_whistles"] for number in (parent, member)] == [0, 1]
    merged(people, member, parent)
    does(people, ("chief", WANGJING), whistle, "cancel", reason="已自行解决")
    assert [seen(people, number)["open_whistles"] for number in (parent, member)] == [0, 0]
    people(*STREET).does("reply", parent, **REPLY)


def test_a_whistle_of_the_group_stays_with_it(people: People, clock: StillClock) -> None:
    parent = at_work(people)
    clock.tick(minutes=1)
    member = given.ticket(people)
    drafted = blown.body(MARKET, draft=True, ticket_numbers=[member])
    late = people(*STREET).post("/whistles", drafted).json()["number"]
    both = blown.blow(people, POLICE, ticket_numbers=[parent, member])["number"]
    merged(people, member, parent)
    does(people, ("chief", WANGJING), late, "blow")
    assert seen(people, parent)["open_whistles"] == 2
    people("supervisor").does("unmerge", member, reason="并非一事")
    assert [seen(people, number)["open_whistles"] for number in (parent, member)] == [1, 2]
    does(people, ("chief", WANGJING), both, "cancel", reason="已自行解决")
    assert [seen(people, number)["open_whistles"] for number in (parent, member)] == [0, 1]


def test_a_group_s_next_lead_is_free_of_its_members_whistles(
    people: People, clock: StillClock
) -> None:
    parent = given.ticket(people)
    clock.tick(minutes=1)
    member = given.ticket(people)
    blown.blow(people, MARKET, ticket_numbers=[member])
    merged(people, member, parent)
    people.dispatcher.does("dispatch", parent, office_code=ANOTHER, reason="属地有误")
    people("supervisor").does("unmerge", member, reason="并非一事")
    for number in (parent, member):
        then = people("handler", ANOTHER).get(f"/tickets/{number}").json()
        assert (then["office"]["code"], then["open_whistles"]) == (ANOTHER, 0)


def test_a_draft_of_a_former_lead_keeps_no_reply_once_it_is_blown(people: People) -> None:
    number = given.ticket(people)
    drafted = blown.body(MARKET, draft=True, ticket_numbers=[number])
    whistle = people(*STREET).post("/whistles", drafted).json()["number"]
    people.dispatcher.does("dispatch", number, office_code=ANOTHER, reason="属地有误")
    does(people, ("chief", WANGJING), whistle, "blow")
    then = people("handler", ANOTHER).get(f"/tickets/{number}").json()
    assert then["open_whistles"] == 0
