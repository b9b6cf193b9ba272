"""An office's tasks: what is pressing first, acknowledged with one tap, printed, and its own."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.console.inbox.page import grouped
from app.kit.workdays import BEIJING
from tests.aids.given import CHAOYANG, People, awaiting, ticket
from tests.console.visitor import Visitor
from tests.whistles import blown

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("alarms", "hours", "group"),
    [
        ([], -0.5, "late"),
        (["unsigned"], 30, "alarm"),
        ([], 0, "today"),
        ([], 8.9, "today"),
        ([], 9, "later"),
        ([], None, "later"),
    ],
)
def test_the_pressing_come_first(alarms: list[str], hours: float | None, group: str) -> None:
    until = None if hours is None else (NOW + timedelta(hours=hours)).isoformat()
    calm: dict[str, Any] = {"kind": "joint", "status": "", "alarms": [], "waits_until": None}
    [first, *_] = grouped([calm, {**calm, "alarms": alarms, "waits_until": until}], NOW)
    assert first.code == group


def test_the_limit_of_the_next_step_comes_before_the_whole() -> None:
    due = {"kind": "lead", "alarms": [], "waits_until": "2026-11-28T00:00:00Z"}
    limits = {
        "acknowledge_due_at": "2026-11-21T08:00:00Z",
        "contact_due_at": "2026-11-22T06:00:00Z",
    }
    unsigned = {**due, **limits, "status": "dispatched"}
    signed = {**due, **limits, "status": "acknowledged"}
    begun = {**due, **limits, "status": "in_progress"}
    groups = {group.code: group.rows for group in grouped([begun, signed, unsigned], NOW)}
    assert groups == {"today": [unsigned], "later": [signed, begun]}


def test_a_task_is_acknowledged_from_the_list_with_one_tap(people: People) -> None:
    number = ticket(people)
    street = Visitor(people.client).signs_in(people.street())
    home = street.get("/")
    assert home.headers["location"] == "/console/inbox"
    page = street.get("/inbox")
    assert "夜间施工噪声" in page.text
    answer = street.fills_in(page, f"/tickets/{number}/acknowledge")
    assert answer.headers["location"] == "/console/inbox?done=acknowledge"
    assert "待联系市民" in street.get("/inbox").text


def test_another_who_acknowledged_first_is_shown(people: People) -> None:
    number = ticket(people)
    street = Visitor(people.client).signs_in(people.street())
    page = street.get("/inbox")
    people.street().does("acknowledge", number)
    answer = street.fills_in(page, f"/tickets/{number}/acknowledge")
    assert answer.status_code == 412
    assert number in answer.text


def test_the_days_list_is_for_paper(people: People) -> None:
    number = ticket(people)
    page = Visitor(people.client).signs_in(people.street()).get("/inbox/day")
    assert number in page.text
    assert "/acknowledge" not in page.text


def test_who_is_not_addressed_has_no_tasks(people: People) -> None:
    assert Visitor(people.client).signs_in(people.operator).get("/inbox").status_code == 403
    assert Visitor(people.client).signs_in(people.district(CHAOYANG)).get("/inbox").is_success


def test_what_has_the_focus_has_it_still_when_its_list_is_shown_anew(people: People) -> None:
    """The focus is given back by an element's id."""
    ticket(people)
    awaiting(people, ticket(people))
    blown.blow(people)
    market = people("handler", blown.MARKET)
    pages = {"/inbox": people.street(), "/callbacks": people.callback, "/whistles": market}
    for path, person in [*pages.items(), ("/inbox", market)]:
        page = Visitor(people.client).signs_in(person).get(path).text
        _, live = page.split('hx-trigger="live', 1)
        elements = re.findall(r"<(?:a|button) [^>]*", live.split("</main>")[0])
        assert elements, path
        ids = [re.findall(' id="([^"]+)"', element) for element in elements]
        assert all(ids), (path, elements)
        assert len({name for [name] in ids}) == len(elements)
