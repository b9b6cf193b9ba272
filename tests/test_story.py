"""One ticket's whole way over HTTP, from the call to the ranking with that one case."""

from tests import given
from tests.given import WANGJING, People


def test_a_request_finds_its_street_is_worked_called_back_and_counted(people: People) -> None:
    taken = people.operator.post("/tickets", given.request())
    assert taken.status_code == 201, taken.text
    ticket = taken.json()
    print(ticket)
    assert ticket["status"] == "dispatched"
    assert ticket["office"] == {"code": WANGJING, "name": "望京街道", "district_code": "110105"}
    number = ticket["number"]
    given.awaiting(people, number)
    called = people.callback.post(f"/tickets/{number}/callbacks", given.CONTENT)
    assert called.status_code == 201, called.text
    print(people.operator.get(f"/tickets/{number}").json())
    ranking = people("analyst").get("/rankings/2026-11").json()
    print(ranking["rows"][0])
    assert ranking["rows"][0]["office_code"] == WANGJING
