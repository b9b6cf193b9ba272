"""What confirmed tickets teach suggestions, over HTTP; who may ask; what is forgotten."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app.access.roles import Role
from app.offices.files import read_catalogue
from app.suggest import service
from app.suggest.load import make_suggester
from app.suggest.memory import Memory
from app.suggest.models import CategoryLesson
from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People

WORDS = {"title": "碾盘子撂门前", "content": "隔壁的碾盘子撂俺门前，碍手碍脚。"}
CATEGORY = "060203"


def memory(app: FastAPI) -> Memory:
    """Of this process, brought up to date."""
    with app.state.sessions() as session:
        service.refresh(session, app.state.city.suggester)
    kept: Memory = app.state.city.suggester.memory
    return kept


def confirmed(people: People, **changed: Any) -> str:
    number = given.ticket(people, **{**WORDS, "category": CATEGORY, **changed})
    given.replied(people, number)
    return number


def suggested(people: People, text: str) -> Any:
    answer = people.operator.get("/suggest", text=text)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_candidates_are_told_with_words_places_and_confidence(people: People) -> None:
    answer = suggested(people, "市民反映：楼道里有煤气味，楼道灯也不亮")

    first, *others = answer["candidates"]
    assert answer["tell"] == ["119"]
    assert (first["category"], first["name"], first["urgency"]) == ("020401", "燃气泄漏", "L1")
    assert first["emergency"] is True
    assert first["words"] == ["煤气味"]
    assert first["spans"] == [{"start": 9, "end": 12, "text": "煤气味"}]
    assert others[0]["category"] == "020803"
    assert (others[0]["emergency"], 0 < others[0]["confidence"] <= 1) == (False, True)
    assert suggested(people, "昨天漏水已修好")["tell"] == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_every_role_but_the_analyst_may_ask(people: People, role: Role) -> None:
    office = {Role.DISTRICT: CHAOYANG, Role.HANDLER: WANGJING, Role.CHIEF: WANGJING}.get(role)
    answer = people(role, office).get("/suggest", text="路灯不亮")

    assert answer.status_code == (403 if role is Role.ANALYST else 200)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 422),
        ({"text": ""}, 422),
        ({"text": " \n"}, 422),
        ({"text": "灯\x00"}, 422),
        ({"text": "a" * 20_001}, 422),
        ({"text": "a" * 20_000}, 200),
        ({"text": "🙂"}, 200),
    ],
)
def test_a_text_has_between_one_and_20000_characters(
    people: People, asked: dict[str, str], status: int
) -> None:
    answer = people.operator.get("/suggest", **asked)

    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["pointer"] == "/query/text"
    else:
        assert answer.json()["tell"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/text"),
        ({"text": ""}, "/text"),
        ({"text": "灯" * 20_001}, "/text"),
        ({"text": "灯", "most": 3}, "/most"),
        ({"text": "灯" * 19_990 + "，煤气漏了"}, None),
    ],
)
def test_a_text_that_no_url_holds_is_posted(
    people: People, body: dict[str, object], pointer: str | None
) -> None:
    answer = people.operator.post("/suggest", body)

    if pointer is None:
        assert (answer.status_code, answer.json()["tell"]) == (200, ["119"])
    else:
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_work_under_a_category_confirms_it_in_every_process(people: People, app: FastAPI) -> None:
    number = confirmed(people)
    other = make_suggester(read_catalogue())
    with app.state.sessions() as session:
        assert service.refresh(session, other) == 1

    known = memory(app)
    assert list(known.category_of) == list(other.memory.category_of) == [number]
    assert other.profiles.codes[known.category_of[number]] == CATEGORY
    assert known.counts == other.memory.counts
    assert known.counts["碾盘"] == {known.category_of[number]: 1}


def test_a_second_reply_teaches_nothing_more(people: People, app: FastAPI) -> None:
    number = confirmed(people)
    review = {"approve": False, "text": "请补充。"}
    people("district", CHAOYANG).post(f"/tickets/{number}/review", review)
    again = {"text": "已再次清理。", "citizen_feedback": {"method": "call"}}
    answer = people("handler", WANGJING).post(f"/tickets/{number}/reply", again)
    assert answer.status_code == 200, answer.text

    with app.state.sessions() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(CategoryLesson)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"category": None},
        {"category": "0602"},
        {"title": "楼道灯不亮", "content": "楼道灯不亮，楼道灯坏了。", "category": "020803"},
    ],
    ids=["none", "upper", "known"],
)
def test_some_tickets_teach_nothing(people: People, app: FastAPI, changed: dict[str, Any]) -> None:
    """Without a category of the last level, or suggested surely already."""
    confirmed(people, **changed)

    assert not memory(app).category_of


SECRET = {"citizen": {"name": "张三", "phone": "13800000000", "confidential": True}}


@pytest.mark.parametrize("changed", [{"type": "report"}, SECRET], ids=["report", "confidential"])
def test_a_secret_ticket_teaches_nothing(
    people: People, app: FastAPI, changed: dict[str, Any]
) -> None:
    number = given.ticket(people, **WORDS, category=CATEGORY, **changed)
    street = people.street()
    street.does("acknowledge", number)
    street.does("relay", number, text="请问碾盘多大？")
    people.operator.does("relay", number, done=True, text="已转告。")
    street.does("reply", number, text="已挪走。", citizen_feedback={"method": "relay"})

    assert not memory(app).category_of


def test_an_imagined_ticket_teaches_nothing(people: People, app: FastAPI) -> None:
    number = given.ticket(people, **WORDS, category=CATEGORY)
    with app.state.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE ticket SET imagined = true WHERE number = :number"), {"number": number}
        )
    given.replied(people, number)

    assert not memory(app).category_of


ERASURES = [
    "DELETE FROM citizen WHERE ticket_number = '{number}'",
    "UPDATE request SET title = '', content = '' WHERE ticket_number = '{number}'",
    "DELETE FROM request WHERE ticket_number = '{number}'",
]


@pytest.mark.parametrize("erasure", ERASURES, ids=["caller", "words", "row"])
def test_a_citizen_that_is_erased_is_forgotten(people: People, app: FastAPI, erasure: str) -> None:
    number, other = confirmed(people), confirmed(people, external_id="other")
    assert list(memory(app).category_of) == [number, other]

    with app.state.engine.begin() as connection:
        connection.execute(sa.text(erasure.format(number=number)))

    assert list(memory(app).category_of) == [other]
    with app.state.sessions() as session:
        kept = session.scalars(sa.select(CategoryLesson).order_by(CategoryLesson.id)).all()
    assert [(row.ticket_number, bool(row.pairs)) for row in kept] == [
        (other, True),
        (number, False),
    ]


def test_a_correction_over_http_teaches(people: People, app: FastAPI) -> None:
    number = given.ticket(people, **WORDS, category="060204")
    people.operator.does("correct", number, category=CATEGORY, reason="听错了。")
    assert list(memory(app).category_of) == [number]
    pairs = set(memory(app).counts)

    people.operator.does("correct", number, title="石磙挡道", reason="听错了。")
    known = memory(app)
    assert list(known.category_of) == [number]
    assert "石磙" in set(known.counts) - pairs


def taught(people: People, app: FastAPI, *categories: str) -> Callable[[], list[str]]:
    """A ticket whose category is confirmed, and then corrected to others, one after another."""
    suggester = app.state.city.suggester
    with app.state.sessions.begin() as session:
        now = app.state.clock()
        for category in categories:
            lesson = service.Confirmed("BJ1", category, WORDS["content"])
            service.teach(session, suggester, lesson, now)
    return lambda: [suggester.profiles.codes[at] for at in memory(app).category_of.values()]


def test_a_corrected_category_takes_the_lessons_place(people: People, app: FastAPI) -> None:
    assert taught(people, app, CATEGORY, "060204")() == ["060204"]
    assert taught(people, app, "060201", "0602")() == []


def test_the_table_keeps_as_many_lessons_of_a_category_as_memory(
    people: People, app: FastAPI
) -> None:
    suggester = app.state.city.suggester
    with app.state.sessions.begin() as session:
        for number in range(53):
            lesson = service.Confirmed(f"BJ{number}", CATEGORY, f"{WORDS['content']}{number}")
            service.teach(session, suggester, lesson, app.state.clock())

    with app.state.sessions() as session:
        kept = session.scalars(sa.select(CategoryLesson.ticket_number)).all()
    assert sorted(kept) == sorted(f"BJ{number}" for number in range(3, 53))
    assert sorted(memory(app).category_of) == sorted(kept)
