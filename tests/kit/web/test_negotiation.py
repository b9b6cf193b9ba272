"""Negotiation by RFC 9110: what a client accepts, what it has, and who keeps an answer."""

import pytest

from tests.aids import given
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock

JSON, CSV, NDJSON = "application/json", "text/csv", "application/x-ndjson"
ACCEPT = [
    (None, JSON),
    ("", JSON),
    ("*/*", JSON),
    ("application/*", JSON),
    ("text/*", CSV),
    ("Text/CSV", CSV),
    ("text/csv; charset=utf-8", CSV),
    ("text/csv;q=0.1, application/json", JSON),
    ("text/csv, application/json;q=0.9", CSV),
    ("application/x-ndjson;q=0.5, text/csv;q=0.4", NDJSON),
    ("text/csv;q=0, */*", JSON),
    ("application/json;q=0, */*;q=0.1", NDJSON),
    ("text/html, */*;q=0.8", JSON),
    ("text/csv, application/x-ndjson", CSV),
    ("TEXT/CSV;Q=0.9, application/json;q=0.8", CSV),
    ("text/csv;q=0", JSON),
    ("image/png", JSON),
    ("application/xml, text/html", JSON),
    ("*/*;q=0", JSON),
]


@pytest.mark.parametrize(("accept", "kind"), ACCEPT)
@pytest.mark.parametrize("filters", [{}, {"category": "0701"}])
def test_a_list_comes_as_its_client_likes_it_best(
    people: People, accept: str | None, kind: str, filters: dict[str, str]
) -> None:
    headers = {"Accept": accept} if accept is not None else {"Accept": ""}
    answer = people.operator.get("/tickets", headers, **filters)

    assert answer.headers["content-type"].partition(";")[0] == kind
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("form", ['"{0}"', 'W/"{0}"', '"x", "{0}"', '"a,b","{0}"', "*"])
def test_who_has_a_ticket_is_sent_nothing_again(people: People, form: str) -> None:
    number = given.ticket(people)
    dispatcher = people.dispatcher
    tag = dispatcher.get(f"/tickets/{number}").headers["ETag"].strip('"')

    known = dispatcher.get(f"/tickets/{number}", {"If-None-Match": form.format(tag)})
    assert (known.status_code, known.content) == (304, b"")
    stale = dispatcher.get(f"/tickets/{number}", {"If-None-Match": f'"{tag},{tag}"'})
    assert stale.status_code == 200


def test_what_time_alone_has_changed_is_sent(people: People, clock: StillClock) -> None:
    """Overdue, and what may be done: under the version of before."""
    url = f"/tickets/{given.ticket(people)}"
    street = people.street()
    tag = {"If-None-Match": street.get(url).headers["ETag"]}
    assert street.get(url, tag).status_code == 304

    clock.tick(days=8)
    late = street.get(url, tag)

    assert late.status_code == 200
    assert late.json()["overdue"]


def test_conditions_may_come_in_several_lines(people: People) -> None:
    number = given.ticket(people)
    tag = people.street().get(f"/tickets/{number}").headers["ETag"]
    lines = [*people.street().headers.items()]
    url = f"/v1/tickets/{number}"

    known = people.client.get(
        url, headers=[*lines, ("If-None-Match", '"0"'), ("If-None-Match", tag)]
    )
    act = people.client.post(
        f"{url}/acknowledge", json={}, headers=[*lines, ("If-Match", '"0"'), ("If-Match", tag)]
    )
    assert (known.status_code, act.status_code) == (304, 200)


@pytest.mark.parametrize("path", ["/tickets/{0}", "/tickets", "/inbox"])
def test_a_view_is_its_callers_own(people: People, path: str) -> None:
    number = given.ticket(people)
    answer = people.street(WANGJING).get(path.format(number))

    assert "private" in answer.headers["Cache-Control"]
    assert "Authorization" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/tickets/{0}", "/tickets", "/inbox"])
def test_a_head_tells_what_a_get_would(people: People, path: str) -> None:
    number = given.ticket(people)
    street = people.street(WANGJING)
    url = "/v1" + path.format(number)

    whole = street.client.get(url, headers=street.headers)
    head = street.client.head(url, headers=street.headers)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Type", "Content-Length"):
        assert head.headers.get(name) == whole.headers.get(name)
