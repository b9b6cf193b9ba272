"""What may be told of one ticket without end is bounded by policy; nobody is called who has no
telephone; a group lies in one district."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock

ROOM = 60
FEW = 6

Govern = Callable[..., None]


@pytest.fixture
def governed(app: FastAPI) -> Iterator[Callable[..., None]]:
    """Another policy from now on: the values of a group of keys."""
    kept = app.state.city

    def govern(group: str, **values: int) -> None:
        (policy,) = kept.policies.documents
        rule = getattr(policy, group).model_copy(update=values)
        changed = policy.model_copy(update={group: rule})
        app.state.city = replace(kept, policies=replace(kept.policies, documents=(changed,)))

    yield govern
    app.state.city = kept


def test_a_ticket_takes_no_more_words_than_policy_says(people: People, governed: Govern) -> None:
    governed("ticket", content=ROOM)
    number = given.ticket(people, content="一" * 20)
    people.operator.does("add", number, text="二" * 19)
    full = stages.tries(people.operator, "add", number, text="三" * 20)
    last = people.operator.does("add", number, text="三" * 19)

    refusal = stages.refused(full, 409, "ticket-full")
    assert (refusal["most"], refusal["left"]) == (ROOM, 19)
    assert len(last["content"]) == ROOM


def test_of_a_full_ticket_only_what_moves_it_is_done(people: People, governed: Govern) -> None:
    governed("ticket", events=FEW)
    number = given.ticket(people)
    street = people.street()
    street.does("acknowledge", number)
    for _ in range(FEW - 3):
        street.does("note", number, text="已记录")
    full = stages.tries(street, "note", number, text="再记一次")
    before = people.street().get(f"/tickets/{number}").json()
    moved = street.does("contact", number, method="call", reached=True)
    idle = stages.tries(street, "contact", number, method="call", reached=True)
    urged = people.operator.does("urge", number, text="还没有人来")

    assert stages.refused(full, 409, "ticket-full")["status_now"] == "acknowledged"
    assert not {"note", "read"} & set(before["allowed"])
    assert {"contact", "object"} <= set(before["allowed"])
    assert moved["status"] == "in_progress"
    stages.refused(idle, 409, "ticket-full")
    assert urged["urged"] == 1


@pytest.mark.parametrize("reached", [True, False])
def test_nobody_is_called_who_left_no_telephone(people: People, reached: bool) -> None:
    number = given.ticket(people, citizen={"anonymous": True})
    street = people.street()
    street.does("acknowledge", number)

    stages.refused(
        stages.tries(street, "contact", number, method="call", reached=reached), 409, "no-telephone"
    )

    assert street.does("contact", number, method="visit", reached=True)["status"] == "in_progress"


def test_a_group_lies_in_one_district(people: People) -> None:
    first = given.ticket(people, citizen={"name": "张三", "phone": "13800000001"})
    elsewhere = given.ticket(
        people,
        address={"text": "海淀区中关村街道"},
        citizen={"name": "李四", "phone": "13800000002"},
    )

    refusal = stages.refused(
        stages.tries(people.dispatcher, "merge", elsewhere, parent_number=first),
        409,
        "not-mergeable",
    )

    assert CHAOYANG in refusal["detail"]


def test_a_group_has_no_more_members_than_policy_says(people: People, governed: Govern) -> None:
    numbers = [
        given.ticket(people, citizen={"name": "张三", "phone": f"1380000000{n}"}) for n in range(3)
    ]
    governed("merge", members=1)
    people.dispatcher.does("merge", numbers[1], parent_number=numbers[0])
    full = stages.tries(people.dispatcher, "merge", numbers[2], parent_number=numbers[0])

    stages.refused(full, 409, "not-mergeable")


def test_whoever_has_a_misplaced_ticket_is_told(people: People, clock: StillClock) -> None:
    number = stages.in_progress(people, clock)

    people.operator.does("correct", number, address={"text": "海淀区中关村街道"}, reason="听错地址")

    for reader in (people.dispatcher, people.street(WANGJING), people.district(CHAOYANG)):
        assert stages.news(reader, number)[-1] == "misplaced"
