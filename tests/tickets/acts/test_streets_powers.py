"""A street supervises who helps it, advises who stands above it, and reads the answers (D.2)."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.aids.stages import JIUXIANQIAO, MARKET, refused, tries
from tests.conftest import StillClock

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
CITY_OFFICE = "city-housing"


def shared(people: People, *helpers: str, **request: Any) -> str:
    """Led by 望京街道, with other offices joint."""
    number = given.ticket(people, **request)
    joint = {"office_code": JIUXIANQIAO, "joint_office_codes": [], "reason": "先转酒仙桥"}
    people.dispatcher.does("dispatch", number, **joint)
    back = {"office_code": WANGJING, "joint_office_codes": list(helpers), "reason": "望京主办"}
    people.dispatcher.does("dispatch", number, **back)
    return number


def chief(people: People) -> Person:
    return people("chief", WANGJING)


def supervision(clock: StillClock, **changed: Any) -> dict[str, Any]:
    by = (clock() + 2 * HOUR).isoformat()
    body = {"level": "street", "reason": "请到场", "answer_due_at": by, "to_office_code": MARKET}
    return {**body, **changed}


def advice(clock: StillClock, **changed: Any) -> dict[str, Any]:
    by = (clock() + 24 * HOUR).isoformat()
    body = {
        "to_office_code": CHAOYANG,
        "about": "plan",
        "text": "建议纳入改造",
        "answer_due_at": by,
    }
    return {**body, "answer_due_at": by, **changed}


def waiting(person: Person) -> list[tuple[str, str, str]]:
    rows = person.get("/inbox").json()["items"]
    return [(row["number"], row["kind"], row["because"]) for row in rows]


def test_a_joint_office_has_a_clock_an_inbox_and_an_answer_that_the_lead_sees(
    people: People, clock: StillClock
) -> None:
    number, market = shared(people, MARKET), people.street(MARKET)
    seen = stages.seen(people, number)
    assert waiting(market) == [(number, "joint", "feed-back")]
    [row] = market.get("/inbox").json()["items"]
    assert (row["waits_until"], row["waits_since"]) == (seen["due_at"], seen["dispatched_at"])
    assert "feed-back" in row["allowed"]
    assert waiting(people.street()) == [(number, "lead", "acknowledge")]

    clock.tick(hours=1)
    market.does("feed-back", number, text="已查处无照经营", measures="每周巡查")
    [helper] = people.street().get(f"/tickets/{number}").json()["joint_offices"]
    assert (helper["code"], helper["text"], helper["measures"]) == (
        MARKET,
        "已查处无照经营",
        "每周巡查",
    )
    assert stages.instant(helper["answered_at"]) == clock()
    assert helper["answer_due_at"] == seen["due_at"]
    assert waiting(market) == []
    assert stages.news(people.street(), number)[-1] == "feed-back"
    assert stages.status(people, number) == "dispatched"
    refused(tries(people.street(), "feed-back", number, text="主办"), 403, "not-your-part")


def test_a_joint_office_is_awaited_while_the_ticket_is_in_its_offices(
    people: People, clock: StillClock
) -> None:
    number, market = shared(people, MARKET), people.street(MARKET)
    given.replied(people, number)
    assert waiting(market) == []
    people.district().does("review", number, approve=False, text="未说明协办情况")
    assert waiting(market) == [(number, "joint", "feed-back")]
    people.operator.does("withdraw", number, evidence="录音 7")
    assert waiting(market) == []


def test_an_office_reads_one_inbox_of_several_queues_by_due_time_in_pages(
    people: People, clock: StillClock
) -> None:
    own = given.ticket(people, urgency="L2")
    helped = [shared(people, MARKET, JIUXIANQIAO) for _ in range(3)]
    for number in helped:
        ask = supervision(clock, to_office_code=JIUXIANQIAO)
        chief(people).does("supervise", number, **ask)
        clock.tick(minutes=1)
    asked, read = people.street(JIUXIANQIAO), []
    cursor: dict[str, Any] = {}
    while True:
        page = asked.get("/inbox", limit=2, **cursor).json()
        read += [(row["number"], row["kind"]) for row in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert read == [
        *((number, "supervision") for number in helped),
        *((number, "joint") for number in helped),
    ]
    assert own not in dict(read)


def test_a_streets_supervision_is_answered_by_the_office_that_it_asks(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number, market = shared(people, MARKET), people.street(MARKET)
    assert "supervise" in chief(people).get(f"/tickets/{number}").json()["allowed"]
    chief(people).does("supervise", number, **supervision(clock))
    assert (number, "supervision", "note") in waiting(market)

    people.street().does("note", number, text="主办已到场")
    [asked] = stages.seen(people, number)["asked"]
    assert (asked["kind"], asked["level"], asked["office_code"]) == (
        "supervision",
        "street",
        MARKET,
    )
    assert (asked["text"], asked["answered_at"], asked["answer"]) == ("请到场", None, None)
    market.does("note", number, text="一小时内到")
    [asked] = chief(people).get(f"/tickets/{number}").json()["asked"]
    assert (stages.instant(asked["answered_at"]), asked["answer"]) == (clock(), "一小时内到")
    assert waiting(market) == [(number, "joint", "feed-back")]
    clock.tick(hours=3)
    sweep(app.state.sessions, app.state.city, clock)
    assert "unanswered" not in [name for name, *_ in stages.alarms(people, number)]


def test_silence_escalates_to_the_district_once(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = shared(people, MARKET)
    people.street().does("acknowledge", number)
    chief(people).does("supervise", number, **supervision(clock))
    clock.at += 2 * HOUR
    sweep(app.state.sessions, app.state.city, clock)
    assert stages.alarms(people, number) == []
    clock.at += TICK
    for _ in range(3):
        sweep(app.state.sessions, app.state.city, clock)
    [(alarm, to, _)] = stages.alarms(people, number)
    assert (alarm, to) == ("unanswered", ["district"])
    assert waiting(people.district()) == [(number, "alarm", "unanswered")]

    people.street(MARKET).does("feed-back", number, text="已办")
    assert waiting(people.district()) == []
    [asked] = stages.seen(people, number)["asked"]
    assert asked["answer"] == "已办"


@pytest.mark.parametrize(
    ("changed", "status", "problem"),
    [
        ({"to_office_code": JIUXIANQIAO}, 422, "not-joint"),
        ({"to_office_code": None}, 422, "not-joint"),
        ({"level": "district"}, 403, "not-your-part"),
        ({"level": "city", "to_office_code": None}, 403, "not-your-part"),
        ({"answer_due_at": "2026-10-20T02:00:00Z"}, 422, "answer-time-past"),
        ({"level": "town"}, 422, "invalid"),
        ({"to_office_code": ""}, 422, "invalid"),
    ],
)
def test_a_street_supervises_only_who_helps_it(
    people: People,
    app: FastAPI,
    clock: StillClock,
    changed: dict[str, Any],
    status: int,
    problem: str,
) -> None:
    number = shared(people, MARKET)
    before = given.record(app)

    answer = tries(chief(people), "supervise", number, **supervision(clock, **changed))

    refused(answer, status, problem)
    assert given.record(app) == before


def test_nobody_but_the_chief_of_the_street_that_leads_supervises_at_its_level(
    people: People, clock: StillClock
) -> None:
    number, body = shared(people, MARKET), supervision(clock)
    for person in (people.district(), people.supervisor, people("chief", MARKET)):
        refused(tries(person, "supervise", number, **body), 403, "not-your-part")
    alone = given.ticket(people)
    refused(tries(chief(people), "supervise", alone, **body), 403, "not-your-part")


@pytest.mark.parametrize("addressee", [CHAOYANG, CITY_OFFICE])
def test_an_advice_is_answered_by_whom_it_is_addressed_to(
    people: People, clock: StillClock, addressee: str
) -> None:
    number = stages.working(people)
    role = "district" if addressee == CHAOYANG else "handler"
    above = people(role, addressee)
    score = stages.rows(people, "SELECT count(*) FROM assessment")
    chief(people).does("advise", number, **advice(clock, to_office_code=addressee))
    assert waiting(above) == [(number, "advice", "answer-advice")]
    [row] = above.get("/inbox").json()["items"]
    assert "answer-advice" in row["allowed"]
    [asked] = row["asked"]
    assert (asked["kind"], asked["about"], asked["text"]) == ("advice", "plan", "建议纳入改造")

    above.does("answer-advice", number, text="已纳入明年计划", advice_seq=asked["seq"])
    [asked] = chief(people).get(f"/tickets/{number}").json()["asked"]
    assert asked["answer"] == "已纳入明年计划"
    assert waiting(above) == []
    refused(tries(above, "answer-advice", number, text="再答"), 409, "illegal-move")
    assert stages.rows(people, "SELECT count(*) FROM assessment") == score


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"to_office_code": "110101"}, 422),  # another district
        ({"to_office_code": JIUXIANQIAO}, 422),
        ({"to_office_code": "nowhere"}, 422),
        ({"about": "money"}, 422),
        ({"text": ""}, 422),
        ({"text": "字" * 20_001}, 422),
        ({"answer_due_at": "2026-10-20T02:00:00Z"}, 422),
        ({"answer_due_at": "2030-01-01T00:00:00Z"}, 422),
    ],
)
def test_a_bad_advice_is_refused_and_changes_nothing(
    people: People, app: FastAPI, clock: StillClock, changed: dict[str, Any], status: int
) -> None:
    number = given.ticket(people)
    before = given.record(app)

    assert tries(chief(people), "advise", number, **advice(clock, **changed)).status_code == status
    assert given.record(app) == before


def test_the_words_of_reply_return_and_callback_stand_in_the_ticket(
    people: People, clock: StillClock
) -> None:
    number = stages.replied(people, clock)
    people.district().does("review", number, approve=False, text="未写措施")
    body = {"text": "已整改", "measures": "夜间巡查", "citizen_feedback": {"method": "call"}}
    people.street().does("reply", number, **body)
    people.district().does("review", number, approve=True)
    stages.called(people, number, **{**given.DISCONTENT, "reason": "仍有噪声"})

    seen = people.street().get(f"/tickets/{number}").json()
    assert (seen["reply"]["text"], seen["reply"]["measures"]) == ("已整改", "夜间巡查")
    assert seen["returned"]["text"] == "未写措施"
    assert seen["callback_reason"]["text"] == "仍有噪声"
    [listed] = people.street().get("/tickets").json()["items"]
    assert listed["reply"] == seen["reply"]


def test_of_a_secret_ticket_an_office_reads_no_person_in_them(
    people: People, clock: StillClock
) -> None:
    caller = {"name": "欧阳建国", "phone": "13811112222"}
    number = given.ticket(people, type="report", citizen=caller)
    clock_body = advice(clock, text="欧阳建国13811112222 反映")
    chief(people).does("advise", number, **clock_body)
    for person in (chief(people), people.district()):
        text = person.get(f"/tickets/{number}").text
        assert "欧阳建国" not in text
        assert "13811112222" not in text
    assert "欧阳建国" in people.supervisor.get(f"/tickets/{number}").json()["asked"][0]["text"]


def test_an_advice_without_an_answer_rings_once_also_after_the_end(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = given.ticket(people)
    first, later = (advice(clock, text=text) for text in ("建议增设便民点", "建议改造管网"))
    later["answer_due_at"] = (clock() + 48 * HOUR).isoformat()
    for body in (first, later):
        chief(people).does("advise", number, **body)
    people.operator.does("withdraw", number, evidence="录音 8")

    def rung() -> list[Any]:
        sweep(app.state.sessions, app.state.city, clock)
        return [to for name, to, _ in stages.alarms(people, number) if name == "unanswered-advice"]

    clock.at += 24 * HOUR
    assert rung() == []
    clock.at += TICK
    assert [rung() for _ in range(2)] == [[["supervisor"]]] * 2
    assert waiting(people.supervisor) == [(number, "alarm", "unanswered-advice")]
    people.district().does("answer-advice", number, text="已列入计划")
    assert waiting(people.supervisor) == []
    clock.at += 24 * HOUR
    assert rung() == [["supervisor"]] * 2
    people.district().does("answer-advice", number, text="明年改造")
    assert waiting(people.supervisor) == []
    assert stages.status(people, number) == "withdrawn"


def test_a_joint_offices_clock_follows_that_of_the_lead(people: People, clock: StillClock) -> None:
    number, market = shared(people, MARKET), people.street(MARKET)
    people.street().does("acknowledge", number)

    def limits() -> set[str]:
        seen = stages.seen(people, number)
        [row] = [row for row in market.get("/inbox").json()["items"] if row["kind"] == "joint"]
        return {seen["due_at"], row["waits_until"], seen["joint_offices"][0]["answer_due_at"]}

    until = (stages.instant(stages.seen(people, number)["due_at"]) + 24 * HOUR).isoformat()
    asked = {"reason_code": "materials", "plan": "等配件", "due_at": until}
    people.street().does("request-extension", number, **asked)
    people.district().does("decide-extension", number, approve=True, text="同意")
    [extended] = limits()
    assert stages.instant(extended) == stages.instant(until)

    people.dispatcher.does("grade", number, urgency="L2", reason="停水")
    [hastened] = limits()
    assert stages.instant(hastened) == clock() + 24 * HOUR


def test_an_office_that_has_lost_the_ticket_is_asked_nothing_in_its_inbox(
    people: People, clock: StillClock
) -> None:
    """It could not open what lies there; what it is asked comes back with the ticket."""
    number, market = shared(people, MARKET), people.street(MARKET)
    chief(people).does("supervise", number, **supervision(clock))
    both = [(number, "supervision", "note"), (number, "joint", "feed-back")]
    assert waiting(market) == both

    people.dispatcher.does("dispatch", number, office_code=JIUXIANQIAO, reason="属酒仙桥")
    assert (market.get(f"/tickets/{number}").status_code, waiting(market)) == (404, [])

    again = {"office_code": WANGJING, "joint_office_codes": [MARKET], "reason": "仍属望京"}
    people.dispatcher.does("dispatch", number, **again)
    assert waiting(market) == both
    market.does("feed-back", number, text="已查处")
    assert waiting(market) == []


def test_who_is_advised_keeps_the_ticket_until_he_has_answered(
    people: People, clock: StillClock
) -> None:
    number, housing = given.ticket(people), people.street(CITY_OFFICE)
    chief(people).does("advise", number, **advice(clock, to_office_code=CITY_OFFICE))
    address = {"text": "朝阳区酒仙桥街道酒仙桥路10号"}
    people.operator.does("correct", number, address=address, reason="记错了")
    assert people.operator.get(f"/tickets/{number}").json()["office"]["code"] == JIUXIANQIAO
    assert waiting(housing) == [(number, "advice", "answer-advice")]
    housing.does("answer-advice", number, text="纳入计划")
    assert waiting(housing) == []


def test_who_was_advised_may_be_advised_again_after_a_ruling_of_all(
    people: People, clock: StillClock
) -> None:
    """会商 takes the ticket from those who owe nothing."""
    number, housing = shared(people), people.street(CITY_OFFICE)
    asked = advice(clock, to_office_code=CITY_OFFICE)
    chief(people).does("advise", number, **asked)
    housing.does("answer-advice", number, text="纳入计划")
    outside = stages.objection(proposed_office_code=stages.DONGHUAMEN)
    people.street().does("object", number, **outside)
    people.dispatcher.does("rule-objection", number, decision="consult", text="会商")
    concluded = {"lead_office_code": WANGJING, "joint_office_codes": [], "text": "仍由望京办理"}
    people("panel").does("conclude", number, **concluded)
    assert housing.get(f"/tickets/{number}").status_code == 404

    chief(people).does("advise", number, **asked)
    assert waiting(housing) == [(number, "advice", "answer-advice")]
