"""What an office may know of: its list, and a ticket by its number, say the same."""

from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI

from app.tickets.models import Dispatch, Ticket
from tests.aids import given
from tests.aids.given import WANGJING, People
from tests.aids.stages import DONGHUAMEN, JIUXIANQIAO, MAIZIDIAN

HELPED = "110105-market"
OFFICES = (WANGJING, JIUXIANQIAO, MAIZIDIAN, DONGHUAMEN, HELPED)
DISTRICTS = ("110101", "110105", "110108")


def test_a_list_and_a_number_lead_to_the_same_tickets(people: People, app: FastAPI) -> None:
    led, kept, helped, member_of_led, member_of_kept, nobodys = (
        given.ticket(people) for _ in range(6)
    )
    others = [(led, "informed", JIUXIANQIAO), (helped, "joint", HELPED)]
    with app.state.engine.begin() as connection:
        alter(connection, kept, interim_office=JIUXIANQIAO)
        alter(connection, member_of_led, merged_into=led, office_code=None)
        alter(connection, member_of_kept, merged_into=kept, office_code=None)
        alter(connection, nobodys, district_code="110108", office_code=None)
        connection.execute(ended(kept, member_of_led, member_of_kept, nobodys))
        for number, role, office_code in others:
            connection.execute(another(number, role, office_code))

    for role, office in [*(("handler", code) for code in OFFICES), ("chief", JIUXIANQIAO)]:
        assert listed(people, role, office) == by_number(people, role, office)
    for district in DISTRICTS:
        assert listed(people, "district", district) == by_number(people, "district", district)
    assert listed(people, "handler", WANGJING) == {led, helped, member_of_led}
    assert listed(people, "handler", JIUXIANQIAO) == {led, kept, member_of_kept}
    assert listed(people, "handler", HELPED) == {helped}
    assert listed(people, "handler", MAIZIDIAN) == set()
    assert listed(people, "district", "110108") == {nobodys}
    assert listed(people, "operator", None) == by_number(people, "operator", None)


def alter(connection: sa.Connection, number: str, **values: Any) -> None:
    connection.execute(sa.update(Ticket).where(Ticket.number == number).values(**values))


def ended(*numbers: str) -> sa.Update:
    every = sa.update(Dispatch).where(Dispatch.ticket_number.in_(numbers))
    return every.values(ended_at=sa.func.now())


def another(number: str, role: str, office_code: str) -> sa.Insert:
    at = sa.func.now()
    return sa.insert(Dispatch).values(
        ticket_number=number, seq=2, role=role, office_code=office_code, dispatched_at=at
    )


def every_number(people: People) -> list[str]:
    return [item["number"] for item in people.operator.get("/tickets").json()["items"]]


def listed(people: People, role: str, office: str | None) -> set[str]:
    return {item["number"] for item in people(role, office).get("/tickets").json()["items"]}


def by_number(people: People, role: str, office: str | None) -> set[str]:
    caller = people(role, office)
    answers = {n: caller.get(f"/tickets/{n}").status_code for n in every_number(people)}
    assert set(answers.values()) <= {200, 404}
    return {number for number, status in answers.items() if status == 200}
