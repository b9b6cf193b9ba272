"""Acts by a page's forms: once each, never over another's head, and never losing what was typed."""

import pytest
from fastapi.routing import APIRoute

from app.console.case import forms
from app.tickets.acts.router import router as acts
from tests.aids.given import People, ticket
from tests.console.visitor import Visitor, alert

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def street(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people.street())


def test_every_act_of_the_api_has_a_form() -> None:
    routes = [route for route in acts.routes if isinstance(route, APIRoute)]
    named = {route.path.rpartition("/")[2] for route in routes}
    assert named
    assert named - forms.ELSEWHERE <= forms.FORMS.keys()


def test_a_double_click_acts_once(people: People, street: Visitor) -> None:
    number = ticket(people)
    page = street.get(f"/tickets/{number}")
    for _ in range(2):
        answer = street.fills_in(page, f"/tickets/{number}/acknowledge")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/console/tickets/{number}?done=acknowledge"
    events = people.street().get(f"/tickets/{number}/events").json()
    assert [event["action"] for event in events].count("acknowledge") == 1


def test_a_stale_form_shows_what_changed_and_keeps_what_was_typed(
    people: People, street: Visitor
) -> None:
    number = ticket(people)
    people.street().does("acknowledge", number)
    page = street.get(f"/tickets/{number}")
    people.operator.does("note", number, text="晚上六点后联系。")
    answer = street.fills_in(
        page, f"/tickets/{number}/contact", method="call", reached="yes", note="约定周三 & 上门"
    )
    assert answer.status_code == 412
    assert "记事 (坐席)" in alert(answer.text)
    assert "约定周三 &amp; 上门</textarea>" in answer.text
    assert 'value="yes" checked' in answer.text
    again = street.fills_in(
        answer, f"/tickets/{number}/contact", method="call", reached="yes", note="约定周三 & 上门"
    )
    assert again.status_code == 303
    assert people.street().get(f"/tickets/{number}").json()["contacted_at"]


def test_a_faulty_form_names_the_field(people: People, street: Visitor) -> None:
    number = ticket(people)
    people.street().does("acknowledge", number)
    page = street.get(f"/tickets/{number}")
    answer = street.fills_in(page, f"/tickets/{number}/contact", method="", reached="yes")
    assert answer.status_code == 422
    assert 'aria-describedby="contact-method-fault"' in answer.text
    assert 'id="contact-method-fault"' in answer.text


def test_texts_of_people_are_no_markup(people: People, street: Visitor) -> None:
    number = ticket(people, title=SCRIPT, content=SCRIPT)
    people.operator.does("note", number, text=SCRIPT)
    page = street.get(f"/tickets/{number}")
    assert SCRIPT not in page.text
    assert "&lt;script&gt;" in page.text


def test_a_word_of_five_thousand_characters_is_shown_whole(people: People, street: Visitor) -> None:
    number = ticket(people, content="长" * 5_000)
    assert "长" * 5_000 in street.get(f"/tickets/{number}").text


def test_the_telephone_is_revealed_once_it_is_asked_for_with_a_reason(
    people: People, street: Visitor
) -> None:
    number = ticket(people, citizen={"name": "张三", "phone": "13800000000"})
    page = street.get(f"/tickets/{number}")
    assert "13800000000" not in page.text
    answer = street.fills_in(page, f"/tickets/{number}/reveal", reason="约定上门时间")
    assert 'href="tel:13800000000"' in answer.text
    assert street.fills_in(page, f"/tickets/{number}/reveal", reason="").status_code == 422


def test_another_offices_ticket_is_not_there(people: People, street: Visitor) -> None:
    number = ticket(people, address={"text": "海淀区学院路街道"})
    assert street.get(f"/tickets/{number}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/tickets/../keys", "/tickets/%2e%2e%2fkeys", "/tickets/a%2Fb", "/tickets/%00", "/x"]
)
def test_an_odd_address_is_a_page_that_says_so(street: Visitor, path: str) -> None:
    answer = street.get(path)
    assert answer.status_code in (404, 405, 422)
    assert "text/html" in answer.headers["content-type"]


def test_english_for_who_asks_for_it(people: People) -> None:
    number = ticket(people)
    visitor = Visitor(people.client, "en-GB,en;q=0.9").signs_in(people.street())
    page = visitor.get(f"/tickets/{number}")
    assert '<html lang="en">' in page.text
    assert "Acknowledge" in page.text
    assert "签收" not in page.text
