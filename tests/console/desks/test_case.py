"""A ticket's page: what was done in words, the call, notes with photos, and what follows it."""

import json
from pathlib import Path

import pytest

from app.console.case.history import Shown, lines
from tests.aids.given import DISCONTENT, WANGJING, People, awaiting, ticket
from tests.console.visitor import Forms, Visitor, alert

SAMPLES = Path(__file__).parents[2] / "tickets/event_data.txt"
PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf"
    b"\xc0\0\0\3\1\1\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"
)


@pytest.fixture
def street(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people.street())


def with_files(visitor: Visitor, number: str, *files: bytes, **typed: str) -> str:
    """The page after a note was sent as a browser sends a form with files."""
    path = f"/tickets/{number}"
    answer = visitor.sends(path, *files, action=f"{path}/note", **typed)
    return str(answer.headers.get("location") or answer.text)


@pytest.mark.parametrize("line", SAMPLES.read_text().splitlines())
def test_the_data_of_every_event_is_told_without_marks_of_machines(line: str) -> None:
    action, _, data = line.partition(" ")
    shown = list(lines({"action": action, "data": json.loads(data)}))
    assert all(value not in (None, "", [], {}) for _, _, value in shown)
    page_words = " ".join(str(value) for _, how, value in shown if how == Shown.WORDS)
    assert not any(mark in page_words for mark in ("{", "T0", "98b8ced54f14", "1ab5e8b2"))


def test_events_are_told_in_words(people: People, street: Visitor) -> None:
    number = ticket(people)
    people.street().does("acknowledge", number)
    people.street().does(
        "object",
        number,
        ground="not_my_area",
        text="路口在东湖街道界内。",
        proposed_office_code="110105043",
    )
    page = street.get(f"/tickets/{number}").text
    for words in ("<mark>望京西园三区</mark>", "东湖街道", "路口在东湖街道界内。"):
        assert words in page
    assert "not_my_area</p>" not in page


def test_who_is_to_look_is_asked_whether_a_danger_is_meant(people: People, street: Visitor) -> None:
    number = ticket(people, channel="app", content="有个人脖子上血直往外滋。")
    question = "可能有险情，请向诉求人问清：有个人脖子上血直往外滋"
    assert question not in street.get(f"/tickets/{number}").text
    desk = Visitor(people.client).signs_in(people.dispatcher)
    page = desk.get(f"/tickets/{number}")
    assert question in page.text
    assert desk.fills_in(page, f"/tickets/{number}/note", text="问过，没有险情。").is_redirect
    assert question not in desk.get(f"/tickets/{number}").text


def test_a_call_is_recorded_in_two_taps(people: People, street: Visitor) -> None:
    number = ticket(people, citizen={"name": "张三", "phone": "13800000000"})
    people.street().does("acknowledge", number)
    page = street.get(f"/tickets/{number}")
    part = street.post(
        f"/tickets/{number}/reveal",
        {**Forms(page.text).by_action[f"/console/tickets/{number}/reveal"], "reason": "约定上门"},
        {"HX-Request": "true"},
    )
    assert 'href="tel:13800000000"' in part.text
    assert "<html" not in part.text
    answer = street.fills_in(part, f"/tickets/{number}/contact", reached="yes")
    assert answer.status_code == 303, answer.text
    assert people.street().get(f"/tickets/{number}").json()["status"] == "in_progress"


def test_a_call_after_others_acted_says_so(people: People, street: Visitor) -> None:
    number = ticket(people)
    people.street().does("acknowledge", number)
    page = street.get(f"/tickets/{number}")
    people.operator.does("note", number, text="晚上六点后联系。")
    part = street.post(
        f"/tickets/{number}/reveal",
        {**Forms(page.text).by_action[f"/console/tickets/{number}/reveal"], "reason": "约定上门"},
        {"HX-Request": "true"},
    )
    assert street.fills_in(part, f"/tickets/{number}/contact", reached="yes").status_code == 412


def test_photos_and_their_note_are_kept_together(people: People, street: Visitor) -> None:
    number = ticket(people)
    assert with_files(street, number, PNG, PNG + b"2", text="已到现场").endswith("?done=note")
    assert "<img" in street.get(f"/tickets/{number}").text
    events = people.street().get(f"/tickets/{number}/events").json()
    assert [event["action"] for event in events[-3:]] == ["attach", "attach", "note"]
    assert with_files(street, number, PNG + b"3", text=" ").endswith("?done=attach")


def test_a_refused_file_says_why_and_keeps_nothing_but_the_words(
    people: People, street: Visitor
) -> None:
    number = ticket(people)
    page = with_files(street, number, PNG, b"MZ no picture", text="已到 & 现场")
    assert "现场1.png" in alert(page)
    assert "未作任何更改" in alert(page)
    assert "已到 &amp; 现场</textarea>" in page
    assert people.street().get(f"/tickets/{number}/attachments").json() == []


def test_what_is_said_of_an_assessed_ticket_is_offered_once(
    people: People, street: Visitor
) -> None:
    number = ticket(people)
    awaiting(people, number)
    assert people.callback.post(f"/tickets/{number}/callbacks", DISCONTENT).status_code == 201
    for act, typed in (
        ("dispute", {"text": "录音里市民说接到过电话。"}),
        ("request-exclusion", {"text": "超出政策。", "code": "X2"}),
    ):
        page = street.get(f"/tickets/{number}")
        answer = street.fills_in(page, f"/tickets/{number}/{act}", **typed)
        assert answer.status_code == 303, alert(answer.text)
        assert f"/tickets/{number}/{act}" not in street.get(f"/tickets/{number}").text
    other = Visitor(people.client).signs_in(people("handler", "110105-market"))
    assert WANGJING not in other.get("/inbox").text


def test_files_of_a_refused_note_are_kept_and_that_is_told(people: People, street: Visitor) -> None:
    number = ticket(people)
    page = with_files(street, number, PNG, text="长" * 20_001)
    assert "文件已保存；记事未保存" in page
    assert "未作任何更改" not in page
    again = with_files(street, number, PNG, text="已到现场")
    assert "done=note" in again
    assert len(people.street().get(f"/tickets/{number}/attachments").json()) == 1
