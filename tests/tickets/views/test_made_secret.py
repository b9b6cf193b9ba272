"""D.16: what is made secret is named in nothing else that an office reads, however it was linked
before: every answer and every page is looked through for its number."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from httpx import Response

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.aids.stages import JIUXIANQIAO
from tests.conftest import StillClock
from tests.console.test_odd_questions import addresses
from tests.console.visitor import Visitor
from tests.whistles import blown

CITIZEN = {"name": "李四", "phone": "13800000077"}
HERE = {"text": "朝阳区望京街道望京西园三区308楼", "lon": 116.47, "lat": 39.9955}
IN_PATHS = {"period": "2026-10", "code": WANGJING, "name": "beijing-2019"}
STREAM = "/v1/feed/stream"
WHOLE = ("text/csv", "application/x-ndjson")


class Link(NamedTuple):
    """A ticket that will be secret, one that is linked to it, and where an office reads of it."""

    secret: str
    ordinary: str
    named_at: set[str]


def moved(people: People, number: str, *helpers: str) -> None:
    """Another street answers for it."""
    reason = "属酒仙桥街道"
    dispatch = {"office_code": JIUXIANQIAO, "joint_office_codes": list(helpers), "reason": reason}
    people.dispatcher.does("dispatch", number, **dispatch)
    people.street(JIUXIANQIAO).does("acknowledge", number)


def repeated(people: People, clock: StillClock) -> Link:
    request = {"citizen": CITIZEN, "category": "0701", "address": HERE}
    first = given.ticket(people, **request)
    body = {"office_code": JIUXIANQIAO, "reason": "属酒仙桥街道"}
    people.dispatcher.does("dispatch", first, **body)
    given.awaiting(people, first, JIUXIANQIAO)
    assert people.callback.post(f"/tickets/{first}/callbacks", given.CONTENT).status_code == 201
    again = given.ticket(people, **request)
    assert stages.seen(people, again)["repeat_of"] == first
    pages = {"/v1/tickets", "/v1/inbox", "application/x-ndjson"}
    return Link(first, again, pages | {f"/v1/tickets/{again}", f"/v1/tickets/{again}/events"})


def let_go(people: People, clock: StillClock) -> Link:
    member = stages.merged(people, clock)
    parent = stages.seen(people, member)["merged_into"]
    people.supervisor.does("unmerge", member, reason="不是同一件事")
    moved(people, member)
    return Link(member, parent, {f"/v1/tickets/{parent}/events", f"/console/tickets/{parent}"})


def helped(people: People, clock: StillClock) -> Link:
    """A member, whose parent's helper sees the parent only."""
    member = stages.merged(people, clock)
    parent = stages.seen(people, member)["merged_into"]
    moved(people, parent, WANGJING)
    events, members = (f"/v1/tickets/{parent}/{part}" for part in ("events", "members"))
    return Link(member, parent, {events, members, f"/console/tickets/{parent}"})


def whistled(people: People, clock: StillClock) -> Link:
    gone, kept = given.ticket(people), given.ticket(people)
    whistle = blown.blow(people, ticket_numbers=[gone, kept])["number"]
    moved(people, gone)
    return Link(gone, whistle, {"/v1/whistles", f"/v1/whistles/{whistle}"})


LINKED = (repeated, let_go, helped, whistled)


def answers(app: FastAPI, reader: Person, numbers: Set[str]) -> Iterator[tuple[str, Response]]:
    """Of every way to read, the numbers of tickets and whistles in its place."""
    described = app.openapi()["paths"].items()
    paths = [path for path, methods in described if "get" in methods and path != STREAM]
    for path in filled(paths, numbers, IN_PATHS):
        yield path, reader.get(path.removeprefix("/v1"))
    for kind in WHOLE:
        yield kind, reader.get("/tickets", {"Accept": kind})
        yield f"whistles {kind}", reader.get("/whistles", {"Accept": kind})


def pages(app: FastAPI, visitor: Visitor, numbers: Set[str]) -> Iterator[tuple[str, Response]]:
    for path in filled(addresses(app), numbers, {}):
        yield f"/console{path}", visitor.get(path)


def filled(paths: Iterable[str], numbers: Set[str], fixed: Mapping[str, str]) -> list[str]:
    """Each once, also one in which no number has a place."""
    every = [with_number(path, number, fixed) for path in paths for number in numbers]
    return list(dict.fromkeys(every))


def with_number(path: str, number: str, fixed: Mapping[str, str]) -> str:
    return re.sub(r"{(\w+)[^}]*}", lambda part: fixed.get(part[1], number), path)


def own_news_left_out(path: str, answer: Response) -> str:
    """A feed keeps what an office was told of a ticket while that was its own."""
    if path == "/v1/feed":
        return str([entry["data"] for entry in answer.json()["items"]])
    return answer.text


def naming(app: FastAPI, people: People, links: list[Link]) -> set[tuple[str, str]]:
    """Where the street reads of a ticket: each with the place."""
    reader = people("chief", WANGJING)
    visitor = Visitor(people.client).signs_in(reader)
    numbers = {link.ordinary for link in links}
    return {
        (link.secret, path)
        for read in (answers(app, reader, numbers), pages(app, visitor, numbers))
        for path, answer in read
        for link in links
        if link.secret in own_news_left_out(path, answer)
    }


def test_no_office_reads_of_a_ticket_that_was_made_secret(
    app: FastAPI, people: People, clock: StillClock
) -> None:
    links = [link(people, clock) for link in LINKED]
    street = people("chief", WANGJING)
    versions = {link.ordinary: street.get(f"/tickets/{link.ordinary}") for link in links[:3]}
    opened = [street.get(f"/tickets/{link.secret}").status_code for link in links]
    assert opened == [404] * len(links)
    before = naming(app, people, links)
    assert {(link.secret, path) for link in links for path in link.named_at} - before == set()

    for link in links:
        people.operator.does("conceal", link.secret, reason="诉求人怕报复")

    assert naming(app, people, links) == set()
    repeating = links[0].ordinary
    known = {"If-None-Match": versions[repeating].headers["ETag"]}
    assert street.get(f"/tickets/{repeating}", known).status_code == 200
    for reader in (people.district(), people("district", CHAOYANG)):
        assert reader.get(f"/tickets/{repeating}").json()["repeat_of"] is None
    for desk in (people.operator, people.dispatcher, people("auditor")):
        assert desk.get(f"/tickets/{repeating}").json()["repeat_of"] == links[0].secret
        assert links[0].secret in desk.get(f"/tickets/{repeating}/events").text


@pytest.mark.parametrize("is_parent", [True, False])
def test_a_group_tells_no_office_that_a_secret_citizen_is_one_of_its_others(
    people: People, clock: StillClock, is_parent: bool
) -> None:
    parent = given.ticket(people, citizen=CITIZEN)
    clock.tick(seconds=1)
    other = {"title": "路灯不亮", "content": "小区门口的路灯坏了三天。"}
    member = given.ticket(people, citizen=CITIZEN, **other)
    people.dispatcher.does("merge", member, parent_number=parent)
    street, members = people.street(), f"/tickets/{parent}/members"
    assert [each["same_citizen"] for each in street.get(members).json()] == [True]
    adopted = street.get(f"/tickets/{parent}/events").json()[-1]["data"]
    assert adopted["same_citizen"]

    people.operator.does("conceal", parent if is_parent else member, reason="诉求人怕报复")

    assert [each["same_citizen"] for each in street.get(members).json()] == [False]
    assert "same_citizen" not in street.get(f"/tickets/{parent}/events").text
    merged = street.get(f"/tickets/{member}").json()["merged_into"]
    assert merged == (None if is_parent else parent)
    assert (parent in street.get(f"/tickets/{member}/events").text) is not is_parent
    assert people.supervisor.get(members).json()[0]["same_citizen"]
