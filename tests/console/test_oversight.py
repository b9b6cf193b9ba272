"""Oversight: who searched by a telephone, who exported, who read a number, what was learned."""

from tests.aids.given import People, ticket
from tests.console.visitor import Visitor


def test_looks_at_citizens_are_seen(people: People) -> None:
    number = ticket(people, citizen={"name": "张三", "phone": "13800000000"})
    people.operator.get("/tickets", phone="13800000000")
    people.operator.get(f"/tickets/{number}")
    people.supervisor.get("/tickets", {"Accept": "text/csv"})
    auditor = Visitor(people.client).signs_in(people("auditor"))
    telephones = auditor.get("/oversight/telephones").text
    assert "坐席" in telephones
    assert "13800000000" not in telephones
    assert "工单 <code>/v1/tickets" in auditor.get("/oversight/exports").text
    assert "随工单查看过" in auditor.get(f"/tickets/{number}").text
    assert auditor.get("/oversight/memory").status_code == 403


def test_a_learned_place_is_forgotten(people: People) -> None:
    number = ticket(people, address={"text": "朝阳区望京花家地怪楼"})
    people.dispatcher.does("dispatch", number, office_code="110105043", reason="核实")
    supervisor = Visitor(people.client).signs_in(people.supervisor)
    page = supervisor.get("/oversight/memory?text=朝阳区望京花家地怪楼")
    assert page.status_code == 200
    path = "/oversight/memory/forget"
    unknown = supervisor.fills_in(page, path, ticket_number="x")
    assert unknown.status_code == 422
    assert 'value="x"' in unknown.text
    assert supervisor.fills_in(page, path, text="朝阳区望京花家地怪楼").status_code == 303
    assert supervisor.fills_in(page, path, ticket_number=number).status_code == 303
