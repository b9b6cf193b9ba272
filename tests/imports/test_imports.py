"""History over HTTP: taken in as it is, each line for itself, and counted by the same rules."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import func, select

from app.feed.models import FeedEntry
from app.imports import rows, service
from app.imports.models import ImportedCase
from app.kit.db import Base
from app.kit.web.ndjson import MOST_BYTES
from app.tickets.models import Ticket
from tests.aids import recount
from tests.aids.cases import random_cases
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.aids.recount import Case
from tests.conftest import StillClock

Json = dict[str, Any]
JIANWAI, HEPINGJIE, DONGHUAMEN = "110105001", "110105007", "110101001"
BORDER = datetime.fromisoformat("2026-09-19T00:00:00+08:00")


def line(**changed: Any) -> Json:
    """A case of 望京街道 that was answered in time, and whose citizen is content."""
    case = {
        "external_id": "OLD-1",
        "type": "complaint",
        "channel": "phone",
        "category": None,
        "address": {"text": "朝阳区望京西园三区308楼"},
        "office_code": WANGJING,
        "urgency": "L3",
        "received_at": "2026-09-20T09:00:00+08:00",
        "dispatched_at": "2026-09-20T09:01:00+08:00",
        "acknowledged_at": "2026-09-20T09:30:00+08:00",
        "contacts": [{"at": "2026-09-20T10:00:00+08:00", "method": "call", "reached": True}],
        "replied_at": "2026-09-24T10:00:00+08:00",
        "callback": {
            "at": "2026-09-25T10:00:00+08:00",
            "reach": "reached",
            "contacted": "yes",
            "resolved": "resolved",
            "satisfied": "satisfied",
        },
    }
    return case | changed


def called_back(**changed: Any) -> Json:
    return {"callback": line()["callback"] | changed}


def written(cases: Iterable[object]) -> bytes:
    texts = (case if isinstance(case, str) else json.dumps(case) for case in cases)
    return "".join(text + "\n" for text in texts).encode("utf-8", "surrogatepass")


def send(people: People, body: bytes | Iterator[bytes]) -> Response:
    admin = people.admin
    answer: Response = admin.client.post("/v1/imports/cases", content=body, headers=admin.headers)
    return answer


def imported(people: People, *cases: object) -> Json:
    answer = send(people, written(cases))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def in_order(app: FastAPI, cases: Iterable[Case]) -> list[Case]:
    """In order of the numbers they got, which is what groups are counted by."""
    by_id = {case["external_id"]: case for case in cases}
    with app.state.sessions() as session:
        ids = session.scalars(select(Ticket.external_id).order_by(Ticket.number)).all()
    return [by_id[external_id] for external_id in ids]


def row_counts(app: FastAPI) -> dict[str, int]:
    models: tuple[type[Base], ...] = (*rows.TABLES, ImportedCase, FeedEntry)
    with app.state.sessions() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model))
            for model in models
        }


def test_a_thousand_random_cases_are_counted_scored_and_ranked_as_the_recount_does(
    app: FastAPI, people: People
) -> None:
    offices = [WANGJING, JIANWAI, HEPINGJIE, DONGHUAMEN, "110102001", "110106001"]
    cases = random_cases(Random(12345), 1000, offices, BORDER)
    for case in cases:
        if "merge_group" in case:
            case["merge_group"] += case["office_code"][:6]

    answer = imported(people, *cases)

    assert answer == {"accepted": 1000, "replayed": 0, "rejected": []}
    for period in ("2026-09", "2026-10"):
        expected = recount.recount(in_order(app, cases), period)
        assert shown(people, period) == {code: plain(row) for code, row in expected.items()}


def plain(row: recount.Row) -> Json:
    return {
        "assessed": row.assessed,
        "response": str(row.response),
        "resolution": (str(row.resolution), row.resolution_of),
        "satisfaction": (str(row.satisfaction), row.satisfaction_of),
        "excluded": row.excluded,
        "overdue": row.overdue,
        "composite": None if row.composite is None else str(row.composite),
        "rank": row.rank,
    }


def shown(people: People, period: str) -> dict[str, Json]:
    rows = people("analyst").get(f"/rankings/{period}").json()["rows"]
    return {
        row["office_code"]: {
            "assessed": row["assessed"],
            "response": row["response"]["numerator"],
            **{
                rate: (row[rate]["numerator"], row[rate]["denominator"])
                for rate in ("resolution", "satisfaction")
            },
            "excluded": row["excluded"],
            "overdue": row["overdue"],
            "composite": row["composite_exact"],
            "rank": row["rank"],
        }
        for row in rows
        if row["assessed"] or row["excluded"]
    }


MAY = ["reveal", "conceal", "erase"]


def test_a_finished_case_is_shown_as_a_closed_ticket_with_its_own_times(people: People) -> None:
    imported(people, line())

    (ticket,) = people.supervisor.get("/tickets", external_id="OLD-1").json()["items"]

    assert ticket["number"].startswith("BJ20260920")
    assert (ticket["status"], ticket["version"], ticket["allowed"]) == ("closed", 1, MAY)
    assert ticket["office"]["code"] == WANGJING
    assert ticket["district_code"] == CHAOYANG
    assert ticket["due_at"] == "2026-09-27T01:01:00Z"
    assert ticket["contacted_at"] == "2026-09-20T02:00:00Z"
    assert ticket["closed_at"] == ticket["assessed_at"] == "2026-09-25T02:00:00Z"
    (event,) = people.supervisor.get(f"/tickets/{ticket['number']}/events").json()
    assert (event["seq"], event["action"], event["from"], event["to"]) == (
        1,
        "import",
        None,
        "closed",
    )


def test_a_department_keeps_the_district_of_the_address(people: People) -> None:
    address = {"text": "某处", "district_code": CHAOYANG}
    imported(people, line(office_code="city-market", address=address))

    (ticket,) = people.supervisor.get("/tickets").json()["items"]

    assert ticket["office"]["code"] == "city-market"
    assert ticket["district_code"] == CHAOYANG


def test_the_same_case_again_changes_nothing_and_is_counted(app: FastAPI, people: People) -> None:
    cases = [line(external_id=f"OLD-{n}") for n in range(3)]
    imported(people, *cases)
    before = row_counts(app)

    again = imported(people, *cases, line(external_id="OLD-0", urgency="L1"))

    assert again == {"accepted": 0, "replayed": 4, "rejected": []}
    assert row_counts(app) == before


def test_an_auditor_sees_how_many_cases_came_in_on_which_day(
    people: People, clock: StillClock
) -> None:
    late = clock.tick(hours=13, minutes=59)  # 23:59 in Beijing
    imported(people, line(), line(external_id="OLD-2"))
    clock.tick(minutes=2)
    imported(people, line(), line(external_id="OLD-3"))

    days = people("auditor").get("/imports/cases").json()["items"]
    assert [(day["day"], day["cases"]) for day in days] == [("2026-10-21", 1), ("2026-10-20", 2)]
    assert datetime.fromisoformat(days[1]["latest_at"]) == late
    assert people.operator.get("/imports/cases").status_code == 403


def test_a_case_twice_in_one_file_is_taken_once(app: FastAPI, people: People) -> None:
    assert imported(people, line(), line())["replayed"] == 1
    assert row_counts(app)["ticket"] == 1


def test_it_makes_no_feed_entry_and_waits_in_no_inbox(app: FastAPI, people: People) -> None:
    imported(people, line())

    assert row_counts(app)["feed_entry"] == 0
    assert people.street().get("/inbox").json()["items"] == []
    assert people.callback.get("/callbacks/queue").json()["items"] == []


def test_it_is_anonymous_only_where_the_callback_says_so(people: People) -> None:
    unasked = {"at": "2026-09-25T10:00:00+08:00", "reach": "anonymous"}
    imported(people, line(), line(external_id="OLD-2", callback=unasked))

    tickets = people.supervisor.get("/tickets").json()["items"]

    anonymous = {ticket["external_id"]: ticket["citizen"]["anonymous"] for ticket in tickets}
    assert anonymous == {"OLD-1": False, "OLD-2": True}


DISSATISFIED = {"resolved": "unresolved", "satisfied": "dissatisfied"}
EXCLUDED = {"excluded": {"code": "X2", "text": "超出法律政策规定"}}

REFUSED: list[tuple[object, str]] = [
    (line(office_code="110199001"), "/office_code"),
    (line(category="9999"), "/category"),
    (line(address={"text": "某处", "district_code": "999999"}), "/address/district_code"),
    (line(address={"text": "某处", "district_code": WANGJING}), "/address/district_code"),
    (line(urgency="L5"), "/urgency"),
    (line(type="wish"), "/type"),
    (line(channel="fax"), "/channel"),
    (line(**called_back(reach="asleep")), "/callback/reach"),
    (line(unknown=1), "/unknown"),
    (line(**called_back(mood="good")), "/callback/mood"),
    (line(received_at="2026-09-20T09:00:00"), "/received_at"),
    (line(received_at=1789000000), "/received_at"),
    (line(received_at="0001-01-01T00:00:00+08:00"), "/received_at"),
    (line(received_at="1899-01-01T00:00:00+08:00"), "/received_at"),
    (line(dispatched_at="2026-09-20T08:59:59+08:00"), "/dispatched_at"),
    (line(acknowledged_at="2026-09-20T09:00:59+08:00"), "/acknowledged_at"),
    (line(replied_at="2026-09-20T09:00:59+08:00"), "/replied_at"),
    (line(**called_back(at="2026-09-20T09:00:59+08:00")), "/callback/at"),
    (line(**called_back(at="2026-10-20T10:00:01+08:00")), "/callback/at"),
    (line(**called_back(resolved=None)), "/callback/resolved"),
    (line(replied_at="2026-10-20T10:00:01+08:00"), "/replied_at"),
    (line(acknowledged_at="2099-01-01T00:00:00Z"), "/acknowledged_at"),
    (
        line(contacts=[{"at": "2026-10-21T06:00:00+08:00", "method": "call", "reached": True}]),
        "/contacts/0/at",
    ),
    (line(office_code=CHAOYANG), "/office_code"),
    (line(address={"text": "某处", "lon": 116.4}), "/address"),
    (line(address={"text": "某处", "lon": 0, "lat": 0}), "/address"),
    (line(**called_back(reach="refused")), "/callback/contacted"),
    (line(**EXCLUDED), "/excluded"),
    (line(excluded={"code": "X9", "text": "无"}, **called_back(**DISSATISFIED)), "/excluded/code"),
    (line(address={"text": "某\0处"}), "/address/text"),
    (line(external_id="a\0b"), "/external_id"),
    (line(external_id=""), "/external_id"),
    ({k: v for k, v in line().items() if k != "contacts"}, "/contacts"),
    (
        line(contacts=[{"at": "2026-09-20T09:00:59Z", "method": "smoke", "reached": True}]),
        "/contacts/0/method",
    ),
    (
        line(contacts=[{"at": "2026-09-20T00:59:59Z", "method": "call", "reached": True}]),
        "/contacts/0/at",
    ),
    (line(address={"text": "某" * 501}), "/address/text"),
    (line(address={"text": "某处", "lon": 181, "lat": 40}), "/address/lon"),
    ("{", ""),
    ("[]", ""),
    ("null", ""),
    ('{"external_id": "\\ud800"}', ""),
    ('{"external_id": "\ud800"}', ""),
    ("[" * 10_000, ""),
    ('"' + "x" * MOST_BYTES + '"', ""),
]


@pytest.mark.parametrize(("bad", "pointer"), REFUSED)
def test_a_bad_line_is_refused_with_its_number_and_the_member_at_fault(
    people: People, bad: object, pointer: str
) -> None:
    answer = imported(people, line(external_id="A"), bad, line(external_id="B"))

    assert (answer["accepted"], answer["replayed"]) == (2, 0)
    (rejected,) = answer["rejected"]
    assert rejected["line"] == 2
    assert pointer in [error["pointer"] for error in rejected["errors"]]


def test_a_group_lies_in_one_district(people: People) -> None:
    """Whichever lines come first, together or one after the other; a repeat changes nothing."""

    def member(n: int, office_code: str, group: str = "G-1") -> Json:
        return line(external_id=f"OLD-{n}", office_code=office_code, merge_group=group)

    others = [member(3, DONGHUAMEN), member(4, "city-water"), member(5, DONGHUAMEN, "G-2")]
    first = imported(people, member(1, WANGJING), member(2, JIANWAI), *others)
    later = imported(people, member(1, WANGJING), member(6, DONGHUAMEN), member(7, HEPINGJIE))

    apart = {
        "pointer": "/merge_group",
        "detail": "cases of G-1 lie in district 110105, and this one in 110101",
    }
    assert first == {
        "accepted": 4,
        "replayed": 0,
        "rejected": [{"line": 3, "errors": [apart]}],
    }
    assert later == {
        "accepted": 1,
        "replayed": 1,
        "rejected": [{"line": 2, "errors": [apart]}],
    }


def test_who_is_not_content_may_have_been_excluded(people: People) -> None:
    answer = imported(people, line(**EXCLUDED, **called_back(**DISSATISFIED)))

    assert answer["accepted"] == 1
    (ticket,) = people.supervisor.get("/tickets").json()["items"]
    assert ticket["excluded"] is True


def test_a_line_of_exactly_64_kb_is_read_and_one_byte_more_is_not(people: People) -> None:
    text = json.dumps(line())
    fits = text + " " * (MOST_BYTES - len(text))

    answer = imported(people, fits, fits + " ")

    assert answer["accepted"] == 1
    assert [rejected["line"] for rejected in answer["rejected"]] == [2]


def test_blank_lines_count_and_say_nothing(people: People) -> None:
    answer = imported(people, "", line(), "   ", "{")

    assert (answer["accepted"], [rejected["line"] for rejected in answer["rejected"]]) == (1, [4])


def test_a_last_line_needs_no_newline_and_an_empty_body_has_none(people: People) -> None:
    assert send(people, written([line()]).rstrip()).json()["accepted"] == 1
    assert send(people, b"").json() == {"accepted": 0, "replayed": 0, "rejected": []}


def test_only_an_administrator_brings_history(people: People) -> None:
    operator = people.operator
    path = "/v1/imports/cases"

    assert operator.client.post(path, content=b"{", headers=operator.headers).status_code == 403
    assert operator.client.post(path, content=b"{").status_code == 401


def test_a_stream_that_breaks_leaves_whole_chunks_and_the_repeat_completes(
    app: FastAPI, people: People
) -> None:
    cases = [line(external_id=f"OLD-{n:04}") for n in range(service.AT_ONCE + 100)]
    body = written(cases)

    class Cut(Exception):
        pass

    def until_it_breaks() -> Iterator[bytes]:
        yield body[: len(body) - 10]
        raise Cut

    with pytest.raises(Cut):
        send(people, until_it_breaks())

    again = imported(people, *cases)

    assert again["accepted"] + again["replayed"] == len(cases)
    assert again["replayed"] in (0, service.AT_ONCE)
    assert row_counts(app)["ticket"] == len(cases)


def test_an_old_case_takes_its_due_times_from_the_first_policy(
    people: People, clock: StillClock
) -> None:
    at = datetime.fromisoformat("1999-05-01T09:00:00+08:00")
    times = {"received_at": at.isoformat(), "dispatched_at": at.isoformat()}
    called = called_back(at=(at + timedelta(days=30)).isoformat())
    imported(people, line(**times, acknowledged_at=None, contacts=[], replied_at=None, **called))

    (ticket,) = people.supervisor.get("/tickets").json()["items"]

    assert (ticket["policy"], ticket["overdue"]) == ("beijing-2019", True)
    assert ticket["due_at"] == "1999-05-08T01:00:00Z"
    assert ticket["contacted_at"] is None
