"""D.11 并单: one matter of several citizens has one clock, and nobody is forgotten in it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from tests.aids import given
from tests.aids.given import CHAOYANG, CONTENT, WANGJING, People
from tests.conftest import StillClock

NOISE = "0701"
TICK, DAY = timedelta(microseconds=1), timedelta(days=1)
ELSEWHERE = "110105002"
DISCONTENT = {**CONTENT, "resolved": "unresolved", "satisfied": "dissatisfied"}


def seen(people: People, number: str) -> Any:
    return people.operator.get(f"/tickets/{number}").json()


def history(people: People, number: str) -> Any:
    return people.operator.get(f"/tickets/{number}/events").json()


def merge(people: People, child: str, parent: str) -> Response:
    return people.dispatcher.post(f"/tickets/{child}/merge", {"parent_number": parent})


def call(people: People, number: str, body: dict[str, Any] = CONTENT) -> Response:
    return people.callback.post(f"/tickets/{number}/callbacks", body)


def queued(people: People) -> list[str]:
    return [item["number"] for item in people.callback.get("/callbacks/queue").json()["items"]]


def group(people: People, clock: StillClock, members: int = 1, **changed: Any) -> list[str]:
    """A parent and its members, a minute apart."""
    numbers = []
    for _ in range(members + 1):
        numbers.append(given.ticket(people, category=NOISE, **changed))
        clock.tick(minutes=1)
    for child in numbers[1:]:
        assert merge(people, child, numbers[0]).status_code == 200
    return numbers


def everything(app: FastAPI) -> list[str]:
    """Every row of every table that a refused call must leave alone."""
    tables = ("ticket", "dispatch", "event", "statement", "feed_entry", "assessment", "callback")
    with app.state.engine.connect() as connection:
        return [
            str(
                connection.exec_driver_sql(
                    f"SELECT array_agg(t::text ORDER BY t::text) FROM {t} t"
                ).scalar()
            )
            for t in tables
        ]


def test_a_member_leaves_its_clock_and_its_office_and_the_parent_takes_it_in(
    people: People, clock: StillClock
) -> None:
    parent = given.ticket(people, category=NOISE)
    clock.tick(hours=1)
    child = given.ticket(people, category=NOISE)
    due = seen(people, parent)["due_at"]
    answer = merge(people, child, parent)

    assert answer.status_code == 200, answer.text
    ticket = answer.json()
    assert (ticket["status"], ticket["merged_into"]) == ("merged", parent)
    assert ticket["office"] is None
    assert ticket["due_at"] is None
    assert ticket["allowed"] == []
    assert seen(people, parent)["members"] == 1
    assert seen(people, parent)["due_at"] == due
    adopted = history(people, parent)[-1]
    assert adopted["action"] == "adopt"
    assert adopted["data"] == {"member_number": child, "members": 1, "urgency": "L3"}
    assert history(people, child)[-1]["data"] == {"parent_number": parent}


def test_the_childs_office_loses_it_and_its_feed_says_so(people: People, clock: StillClock) -> None:
    parent = given.ticket(people, category=NOISE)
    child = given.ticket(people, category=NOISE, address={"text": "朝阳区朝外街道"})
    office = seen(people, child)["office"]["code"]
    assert office == ELSEWHERE
    assert merge(people, child, parent).status_code == 200

    former = people.street(ELSEWHERE)
    last = former.get("/feed").json()["items"][-1]
    assert (last["kind"], last["ticket_number"]) == ("merged", child)
    assert former.get(f"/tickets/{child}").status_code == 404
    assert former.get("/inbox").json()["items"] == []
    assert people.street(WANGJING).get(f"/tickets/{child}").status_code == 200


def test_the_group_is_as_urgent_as_its_most_urgent_member(
    people: People, clock: StillClock
) -> None:
    parent = given.ticket(people, category=NOISE)
    before = seen(people, parent)
    clock.tick(hours=3)
    child = given.ticket(people, category=NOISE, urgency="L1")
    assert merge(people, child, parent).status_code == 200

    after = seen(people, parent)
    assert after["urgency"] == "L1"
    assert after["due_at"] == seen_in(clock, hours=2)
    for name in ("acknowledge_due_at", "contact_due_at", "due_at"):
        assert after[name] <= before[name]


def seen_in(clock: StillClock, **span: float) -> str:
    at = clock.at
    later = clock.tick(**span).strftime("%Y-%m-%dT%H:%M:%S.%fZ").replace(".000000", "")
    clock.at = at
    return later


def test_a_less_urgent_member_changes_no_clock(people: People, clock: StillClock) -> None:
    parent = given.ticket(people, category=NOISE, urgency="L2")
    before = seen(people, parent)
    assert merge(people, given.ticket(people, category=NOISE), parent).status_code == 200

    after = seen(people, parent)
    for name in ("urgency", "acknowledge_due_at", "contact_due_at", "due_at", "dispatched_at"):
        assert after[name] == before[name]


def test_what_may_not_be_merged_is_refused_and_nothing_changes(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    parent, child = group(people, clock)
    alone = given.ticket(people, category=NOISE)
    closed = given.ticket(people, category=NOISE)
    given.awaiting(people, closed)
    assert call(people, closed).status_code == 201
    clock.tick(minutes=1)
    newest = given.ticket(people, category=NOISE)
    refused = [
        (parent, parent, 409),  # itself
        (alone, alone, 409),
        (parent, child, 409),  # its own child
        (child, parent, 409),  # merged already
        (alone, child, 409),  # into a member of another
        (newest, closed, 409),  # into a finished one
        (closed, parent, 409),  # a finished one
        (parent, alone, 409),  # a parent of others
        (alone, newest, 409),  # into a younger one
        (alone, "BJ202610209999999", 422),
    ]
    before = everything(app)
    for merged, parent, status in refused:
        answer = merge(people, merged, parent)
        assert answer.status_code == status, (merged, parent, answer.text)
        if status == 409:
            assert {"status_now", "allowed"} <= answer.json().keys()
    assert everything(app) == before


def test_only_a_dispatcher_merges_and_only_a_supervisor_takes_out(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock)
    other = given.ticket(people, category=NOISE)
    for role, office in [("operator", None), ("supervisor", None), ("handler", WANGJING)]:
        body = {"parent_number": parent}
        assert people(role, office).post(f"/tickets/{other}/merge", body).status_code == 403
    body = {"reason": "不是同一件事。"}
    for role, office in [("dispatcher", None), ("district", CHAOYANG)]:
        assert people(role, office).post(f"/tickets/{child}/unmerge", body).status_code == 403


def test_two_opposite_merges_at_once_end_with_one_parent(people: People, clock: StillClock) -> None:
    for _ in range(5):
        first, second = (given.ticket(people, category=NOISE) for _ in range(2))
        with ThreadPoolExecutor(2) as threads:
            answers = threads.map(
                lambda pair: merge(people, *pair), [(first, second), (second, first)]
            )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        states = [seen(people, number) for number in (first, second)]
        assert sorted(t["merged_into"] is None for t in states) == [False, True]
        assert sum(t["members"] for t in states) == 1


def test_many_merges_into_one_parent_at_once_are_all_counted(
    people: People, clock: StillClock
) -> None:
    parent = given.ticket(people, category=NOISE)
    children = [given.ticket(people, category=NOISE) for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda child: merge(people, child, parent), children))

    assert [answer.status_code for answer in answers] == [200] * 6
    assert seen(people, parent)["members"] == 6
    listed = people.street().get(f"/tickets/{parent}/members").json()
    assert [item["number"] for item in listed] == sorted(children)


def test_the_parents_office_sees_the_members_masked_and_contacts_each(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock)
    street = people.street()
    [member] = street.get(f"/tickets/{parent}/members").json()
    assert member["number"] == child
    assert member["citizen"]["name"] == "张*"
    assert "****" in member["citizen"]["phone"]
    assert member["contacted_at"] is None
    shown = street.get(f"/tickets/{child}").json()
    assert set(shown["allowed"]) == {"contact", "reveal"}
    assert street.does("reveal", child, reason="联系诉求人。")["phone"].startswith("139")

    ticket = street.does("contact", child, method="call", reached=True, note="已说明。")
    assert ticket["status"] == "merged"
    assert ticket["contacted_at"] is not None
    assert seen(people, parent)["contacted_at"] is None
    for role, office in [("handler", ELSEWHERE), ("district", "110101")]:
        assert people(role, office).get(f"/tickets/{parent}/members").status_code == 404


def test_a_member_may_be_contacted_up_to_the_later_of_two_limits(
    people: People, clock: StillClock
) -> None:
    parent = given.ticket(people, category=NOISE)
    clock.tick(hours=10)
    child = given.ticket(people, category=NOISE)
    assert merge(people, child, parent).status_code == 200

    [member] = people.street().get(f"/tickets/{parent}/members").json()
    assert member["joined_at"] == seen(people, child)["closed_at"]
    assert member["contact_due_at"] == seen_in(clock, hours=24)


def test_every_member_is_called_back_before_the_parent_closes(
    people: People, clock: StillClock, app: FastAPI
) -> None:
    parent, first, second = group(people, clock, members=2)
    assert call(people, first).status_code == 409
    given.awaiting(people, parent)
    assert sorted(queued(people)) == sorted([parent, first, second])

    assert call(people, parent).json()["status_now"] == "awaiting_callback"
    assert sorted(queued(people)) == sorted([first, second])
    assert call(people, parent).status_code == 409
    people.operator.does("urge", parent, text="还在等。")
    assert sorted(queued(people)) == sorted([first, second])
    assert call(people, first).json()["status_now"] == "merged"
    assert call(people, first).status_code == 409
    assert seen(people, parent)["status"] == "awaiting_callback"
    assert call(people, second).json()["status_now"] == "merged"

    assert queued(people) == []
    assert seen(people, parent)["status"] == "closed"
    assert [seen(people, n)["assessed_at"] is not None for n in (parent, first, second)] == [
        True
    ] * 3
    with app.state.engine.connect() as connection:
        facts = connection.exec_driver_sql(
            "SELECT merge_group, office_code, count(*) FROM assessment GROUP BY 1, 2"
        ).all()
    assert [tuple(row) for row in facts] == [(parent, WANGJING, 3)]


def test_a_reveal_at_the_callback_desk_keeps_a_member_in_the_queue(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock)
    given.awaiting(people, parent)
    people.callback.does("reveal", child, reason="回访。")

    assert child in queued(people)
    assert call(people, child).status_code == 201


def test_a_member_who_was_not_reached_keeps_the_group_waiting(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock)
    given.awaiting(people, parent)
    assert call(people, parent).status_code == 201
    for attempt in (1, 2, 3):
        assert seen(people, parent)["status"] == "awaiting_callback"
        made = call(people, child, {"reach": "unreached"})
        assert made.json()["attempt"] == attempt
        clock.tick(hours=4)

    assert seen(people, parent)["status"] == "closed"


def test_one_discontented_member_brings_the_group_to_rework_and_all_are_called_again(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock)
    given.awaiting(people, parent)
    assert call(people, child, DISCONTENT).status_code == 201
    assert call(people, parent).json()["status_now"] == "rework"
    assert queued(people) == []

    people.street().does("reply", parent, text="已重办。", citizen_feedback={"method": "call"})
    people.supervisor.does("review", parent, approve=True)
    assert sorted(queued(people)) == sorted([parent, child])
    assert call(people, parent, DISCONTENT).status_code == 201
    assert call(people, child, DISCONTENT).status_code == 201
    assert seen(people, parent)["status"] == "closed"


def test_an_unreasonable_demand_of_a_member_waits_for_a_supervisor(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock)
    given.awaiting(people, parent)
    assert call(people, parent).status_code == 201
    assert call(people, child, {**DISCONTENT, "reasonable": False}).status_code == 201

    assert seen(people, parent)["status"] == "awaiting_callback"
    assert queued(people) == []
    people.supervisor.does("review", parent, approve=True, text="要求不合理。")
    assert seen(people, parent)["status"] == "closed"


def test_the_group_is_one_unit_and_counts_the_mean_of_its_members(
    people: People, clock: StillClock
) -> None:
    """RULEBOOK D.21-18: yes, yes, no adds 2/3 to the numerator and 1 to the denominator."""
    parent, first, second = group(people, clock, members=2)
    for child in (first, second):
        people.street().does("contact", child, method="call", reached=True)
    given.awaiting(people, parent)
    for number, body in [(parent, CONTENT), (first, CONTENT), (second, DISCONTENT)]:
        assert call(people, number, body).status_code == 201

    rows = people("analyst").get("/rankings/2026-11").json()["rows"]
    [row] = [r for r in rows if r["office_code"] == WANGJING]
    assert row["assessed"] == 1
    assert row["volume"] == 3
    assert (row["response"]["numerator"], row["response"]["denominator"]) == ("1", 1)
    assert (row["resolution"]["numerator"], row["resolution"]["denominator"]) == ("2/3", 1)
    assert (row["satisfaction"]["numerator"], row["satisfaction"]["denominator"]) == ("2/3", 1)


@pytest.mark.parametrize(
    ("citizen", "contacted", "responded"),
    [
        ({"name": "李四", "phone": "13700000000"}, True, "1"),
        ({"name": "李四", "phone": "13700000000"}, False, "0"),
        ({"name": "李四"}, False, "1"),
    ],
)
def test_the_group_has_responded_when_every_member_with_a_phone_was_contacted(
    people: People,
    clock: StillClock,
    citizen: dict[str, Any],
    contacted: bool,
    responded: str,
) -> None:
    parent = given.ticket(people, category=NOISE)
    child = given.ticket(people, category=NOISE, citizen=citizen)
    assert merge(people, child, parent).status_code == 200
    if contacted:
        people.street().does("contact", child, method="call", reached=True)
    given.awaiting(people, parent)
    clock.tick(days=1)
    for number in (parent, child):
        assert call(people, number).status_code == 201

    assert response(people) == responded


def response(people: People) -> str:
    rows = people("analyst").get("/rankings/2026-11").json()["rows"]
    [row] = [r for r in rows if r["office_code"] == WANGJING]
    return str(row["response"]["numerator"])


@pytest.mark.parametrize(("late", "responded"), [(timedelta(0), "1"), (TICK, "1"), (DAY, "0")])
def test_who_is_called_before_his_time_to_be_contacted_has_run_costs_the_office_nothing(
    people: People, clock: StillClock, late: timedelta, responded: str
) -> None:
    parent = given.ticket(people, category=NOISE)
    given.awaiting(people, parent)
    clock.tick(hours=30)
    child = given.ticket(people, category=NOISE)
    assert merge(people, child, parent).status_code == 200
    clock.at += late
    for number in (parent, child):
        assert call(people, number).status_code == 201

    assert response(people) == responded


def test_a_forced_callback_calls_the_members_too(people: People, clock: StillClock) -> None:
    parent, child = group(people, clock)
    clock.tick(days=9)
    assert call(people, child).status_code == 201

    assert seen(people, parent)["status"] == "awaiting_callback"
    assert call(people, parent).json()["status_now"] == "closed"


def test_taken_out_a_member_has_a_full_clock_at_the_parents_office(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock)
    clock.tick(days=1)
    ticket = people.supervisor.does("unmerge", child, reason="不是同一件事。")

    assert ticket["status"] == "dispatched"
    assert ticket["merged_into"] is None
    assert ticket["closed_at"] is None
    assert ticket["office"]["code"] == WANGJING
    assert ticket["due_at"] == seen_in(clock, days=7)
    assert seen(people, parent)["members"] == 0
    assert history(people, parent)[-1]["action"] == "let_go"
    given.awaiting(people, child)
    assert call(people, child).json()["status_now"] == "closed"
    assert seen(people, parent)["status"] == "dispatched"


def test_taken_out_where_no_office_has_the_parent_it_waits_for_a_dispatcher(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock, address={"text": "朝阳区某处"})
    assert seen(people, parent)["status"] == "to_dispatch"
    assert (
        people.supervisor.does("unmerge", child, reason="不是同一件事。")["status"] == "to_dispatch"
    )


@pytest.mark.parametrize("body", [CONTENT, {"reach": "unreached"}])
def test_after_a_callback_of_anyone_nobody_is_taken_out_or_in(
    people: People, clock: StillClock, app: FastAPI, body: dict[str, Any]
) -> None:
    parent, child = group(people, clock)
    given.awaiting(people, parent)
    other = given.ticket(people, category=NOISE)
    assert call(people, parent, body).status_code == 201

    before = everything(app)
    out = people.supervisor.post(f"/tickets/{child}/unmerge", {"reason": "不是同一件事。"})
    assert out.status_code == 409, out.text
    assert merge(people, other, parent).status_code == 409
    assert everything(app) == before


def test_who_joins_a_parent_that_awaits_its_callback_is_called_back_too(
    people: People, clock: StillClock
) -> None:
    parent = given.ticket(people, category=NOISE)
    given.awaiting(people, parent)
    child = given.ticket(people, category=NOISE)
    assert merge(people, child, parent).status_code == 200

    assert sorted(queued(people)) == sorted([parent, child])


@pytest.mark.parametrize("urgency", ["L1", "L2"])
def test_danger_is_not_merged_into_a_ticket_on_which_nobody_works(
    people: People, clock: StillClock, urgency: str
) -> None:
    parent = given.ticket(people, category=NOISE)
    child = given.ticket(people, category=NOISE, urgency=urgency)
    given.awaiting(people, parent)

    answer = merge(people, child, parent)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-mergeable")
    assert seen(people, child)["status"] == "dispatched"


@pytest.mark.parametrize(
    ("role", "action", "body"),
    [
        ("operator", "withdraw", {"evidence": "录音 1"}),
        ("supervisor", "void", {"reason": "误录。"}),
    ],
)
def test_a_parent_is_not_taken_away_from_its_members(
    people: People,
    clock: StillClock,
    app: FastAPI,
    role: str,
    action: str,
    body: dict[str, Any],
) -> None:
    parent, child = group(people, clock)
    before = everything(app)
    answer = people(role).post(f"/tickets/{parent}/{action}", body)
    assert answer.status_code == 409, answer.text
    assert action not in answer.json()["allowed"]
    assert everything(app) == before

    people.supervisor.does("unmerge", child, reason="撤诉前分开。")
    people(role).does(action, parent, **body)
    assert seen(people, child)["status"] == "dispatched"


def test_an_upheld_objection_to_a_duplicate_merges_it(people: People, clock: StillClock) -> None:
    parent, child = (given.ticket(people, category=NOISE) for _ in range(2))
    people.street().does("object", child, ground="duplicate", text="与前单相同。", evidence="前单")
    ruling = {"decision": "duplicate", "text": "同意。", "parent_number": parent}
    ticket = people.dispatcher.does("rule-objection", child, **ruling)

    assert (ticket["status"], ticket["merged_into"]) == ("merged", parent)
    assert seen(people, parent)["members"] == 1


def test_another_citizens_ticket_on_the_same_matter_and_place_is_proposed(
    people: People, clock: StillClock
) -> None:
    first = given.ticket(people, category=NOISE)
    clock.tick(minutes=1)
    second = given.ticket(people, category=NOISE, title="吵", content="太吵了，睡不着。")
    clock.tick(minutes=1)
    third = given.ticket(people, category=None)
    given.ticket(people, category="0702", title="灯", content="路灯坏了三天。")
    given.ticket(people, category=NOISE, address={"text": "朝阳区望京西园四区"})

    page = people.dispatcher.get("/merges/proposals").json()
    assert page["next"] is None
    proposals = [(p["ticket"]["number"], p["parent"]["number"], p["matter"]) for p in page["items"]]
    assert proposals == [(second, first, "category"), (third, first, "text")]
    assert merge(people, second, first).status_code == 200
    left = people.dispatcher.get("/merges/proposals").json()["items"]
    assert [p["ticket"]["number"] for p in left] == [third]


def test_tickets_near_each_other_are_proposed_by_their_distance(
    people: People, clock: StillClock
) -> None:
    here = {"text": "望京阜荣街路口", "lon": 116.47, "lat": 39.9955}
    first = given.ticket(people, category=NOISE, address=here)
    clock.tick(minutes=1)
    near = {"text": "望京广顺北大街东侧", "lon": 116.4705, "lat": 39.996}
    far = {"text": "望京南湖南路北侧", "lon": 116.4711, "lat": 39.9962}
    second = given.ticket(people, category=NOISE, address=near)
    clock.tick(minutes=1)
    third = given.ticket(people, category=NOISE, address=far)

    items = people.dispatcher.get("/merges/proposals").json()["items"]
    assert [(p["ticket"]["number"], p["parent"]["number"], p["place"]) for p in items] == [
        (second, first, "distance"),
        (third, second, "distance"),
    ]


def test_after_seven_days_nothing_is_proposed_any_more(people: People, clock: StillClock) -> None:
    given.ticket(people, category=NOISE, type="consult", urgency="L4")
    clock.tick(days=7, microseconds=1)
    given.ticket(people, category=NOISE)

    assert people.dispatcher.get("/merges/proposals").json()["items"] == []


def test_proposals_come_in_pages_and_none_is_missed(people: People, clock: StillClock) -> None:
    numbers = []
    for _ in range(7):
        numbers.append(given.ticket(people, category=NOISE))
        clock.tick(minutes=1)
    proposed, cursor = [], None
    while True:
        asked: dict[str, Any] = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = people.dispatcher.get("/merges/proposals", **asked).json()
        proposed += [p["ticket"]["number"] for p in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert proposed == numbers[1:]


ENDINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "answer": ("operator", {"text": "已答复。"}),
    "transfer": ("operator", {"service": "119", "text": "已转消防。"}),
    "decline": ("supervisor", {"reason_code": "na_legal_route", "text": "请走诉讼途径。"}),
}


@pytest.mark.parametrize("action", ENDINGS)
def test_an_enquiry_is_not_ended_under_its_members(
    people: People, clock: StillClock, action: str
) -> None:
    parent, _ = group(people, clock, type="consult")
    role, body = ENDINGS[action]
    answer = people(role).post(f"/tickets/{parent}/{action}", body)
    assert answer.status_code == 409, answer.text
    assert seen(people, parent)["status"] == "received"


def test_a_group_that_is_asked_for_its_place_never_expires(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock, address={"text": "朝阳区某处"})
    people.operator.does("ask", parent, text="在哪条路上？")
    people.operator.does("contact", parent, method="call", reached=False)
    clock.tick(days=30)
    people.operator.does("add", parent, address={"text": "朝阳区望京街道"})
    assert seen(people, parent)["status"] == "dispatched"
    assert seen(people, child)["merged_into"] == parent


def test_a_group_is_not_found_unacceptable_with_its_members_in_it(
    people: People, clock: StillClock
) -> None:
    parent, child = group(people, clock)
    people.street().does("object", parent, ground="not_acceptable", text="不应受理。")
    ruling = {"decision": "not_acceptable", "text": "同意。"}
    answer = people.supervisor.post(f"/tickets/{parent}/rule-objection", ruling)
    assert answer.status_code == 409, answer.text
    people.supervisor.does("unmerge", child, reason="分开。")
    ticket = people.supervisor.does("rule-objection", parent, **ruling)
    assert ticket["status"] == "not_accepted"


def test_who_called_is_shown_to_no_office_once_the_group_is_finished(
    people: People, clock: StillClock
) -> None:
    numbers = group(people, clock)
    given.awaiting(people, numbers[0])
    asked = {"reason": "核实"}
    assert people.street().post(f"/tickets/{numbers[1]}/reveal", asked).status_code == 200
    for number in numbers:
        assert call(people, number).status_code == 201
    for number in numbers:
        answer = people.street().post(f"/tickets/{number}/reveal", asked)
        assert answer.status_code == 409
        assert "reveal" not in answer.json()["allowed"]
        assert "reveal" not in people.street().get(f"/tickets/{number}").json()["allowed"]


def test_in_rework_the_members_are_contacted_again(people: People, clock: StillClock) -> None:
    numbers = group(people, clock)
    given.awaiting(people, numbers[0])
    for number in numbers:
        call(people, number, DISCONTENT)
    assert seen(people, numbers[0])["status"] == "rework"
    people.street().does("contact", numbers[1], method="visit", reached=True)
