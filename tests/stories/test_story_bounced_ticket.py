"""A ticket that two streets hand to each other: the clock never stops, and 会商 ends it."""

from tests.aids import given, stages
from tests.aids.given import WANGJING, People
from tests.aids.stages import JIUXIANQIAO, refused, tries
from tests.conftest import StillClock


def test_a_bounced_ticket_ends_in_a_consultation_whose_word_is_final(
    people: People, clock: StillClock
) -> None:
    number = given.ticket(people)
    bounce(people, clock, number)
    consult(people, clock, number)
    work(people, clock, number)

    # the ranking counts it once, for who led at the end; both objections stay on record
    rows = people("analyst").get("/rankings/2026-11").json()["rows"]
    counted = {row["office_code"]: row["assessed"] for row in rows if row["assessed"]}
    assert counted == {WANGJING: 1}
    assert stages.rows(people, "SELECT office_code, ruling FROM objection ORDER BY seq") == [
        (WANGJING, "uphold"),
        (JIUXIANQIAO, "consult"),
    ]
    ends = stages.rows(people, "SELECT end_reason FROM dispatch WHERE role = 'lead' ORDER BY seq")
    assert ends == [("objection_upheld",), ("consulted",), (None,)]


def bounce(people: People, clock: StillClock, number: str) -> None:
    wangjing, jiuxianqiao = people.street(), people.street(JIUXIANQIAO)

    # 望京 says it is 酒仙桥's; its clock runs on while the district thinks
    clock.tick(minutes=40)
    due_at = stages.seen(people, number)["due_at"]
    assert wangjing.does("object", number, **stages.objection())["due_at"] == due_at
    clock.tick(hours=5)
    body = {"decision": "uphold", "text": "楼属酒仙桥街道"}
    people.district().does("rule-objection", number, **body)

    # 酒仙桥 says it is 望京's: nobody rules again, all sit together
    clock.tick(hours=1)
    back = stages.objection(proposed_office_code=WANGJING, text="路南属望京")
    assert jiuxianqiao.does("object", number, **back)["status"] == "consulting"

    # meanwhile somebody always has the duty of contact
    wangjing.does("contact", number, method="visit", reached=True, note="现场已围挡")
    jiuxianqiao.does("contact", number, method="call", reached=True)


def consult(people: People, clock: StillClock, number: str) -> None:
    wangjing = people.street()

    # the result names one who leads and one who helps, with a full clock
    clock.tick(hours=20)
    body = {
        "lead_office_code": WANGJING,
        "joint_office_codes": [JIUXIANQIAO],
        "text": "望京主办，酒仙桥协办",
    }
    ticket = people("panel").does("conclude", number, **body)
    assert (ticket["status"], ticket["office"]["code"]) == ("dispatched", WANGJING)
    assert stages.inbox(wangjing) == [number]

    # it is final: no objection, no redispatch
    again = stages.objection()
    refused(tries(wangjing, "object", number, **again), 409, "objection-locked")
    move = {"office_code": "110105012", "reason": "再改派"}
    refused(tries(people.district(), "dispatch", number, **move), 409, "objection-locked")


def work(people: People, clock: StillClock, number: str) -> None:
    wangjing, jiuxianqiao = people.street(), people.street(JIUXIANQIAO)

    # the lead works, the joint office sees and notes, but does not answer for it
    wangjing.does("acknowledge", number)
    clock.tick(hours=2)
    wangjing.does("contact", number, method="call", reached=True)
    jiuxianqiao.does("note", number, text="已提供底图")
    assert tries(jiuxianqiao, "reply", number, text="x").status_code == 403
    wangjing.does("reply", number, text="已处理", citizen_feedback={"method": "visit"})
    people.district().does("review", number, approve=True)
    stages.called(people, number)
