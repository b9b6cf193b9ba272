"""Each reader is told in his language, whoever else is answered from the same memory."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx import Response

from tests.aids import given
from tests.aids.given import People, Person

CHINESE = re.compile("[\u4e00-\u9fff]")
ZH, EN = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, {"Accept-Language": "en"}
SILENT = {"Accept-Language": ""}


def problem(answer: Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        (SILENT, "没有这件工单"),
        (ZH, "没有这件工单"),
        ({"Accept-Language": "fr, de;q=0.5"}, "没有这件工单"),
        ({"Accept-Language": "en;q=0.5, zh;q=0.9"}, "没有这件工单"),
        (EN, "There is no such ticket here"),
        ({"Accept-Language": "fr, en-GB;q=0.5"}, "There is no such ticket here"),
    ],
)
def test_a_problem_is_told_in_the_readers_language(
    people: People, asked: dict[str, str], title: str
) -> None:
    answer = people.operator.get("/tickets/BJ202611200000001", headers=asked)

    assert problem(answer)["title"] == title
    assert problem(answer)["type"] == "/problems/no-such-ticket"
    assert "Accept-Language" in answer.headers["Vary"]


WRONG = [
    ({"occurred_at": "2026-13-01T00:00:00Z"}, "/occurred_at", "须为 RFC 3339 格式的时间"),
    ({"channel": "pigeon"}, "/channel", "须为'phone'、"),
    ({"category": "1"}, "/category", "不是两位、四位或六位的分类代码"),
    ({"title": ""}, "/title", "至少 1 个字符"),
    ({"title": 7}, "/title", "须为文本"),
    ({"surprise": 1}, "/surprise", "不接受这个成员"),
    ({"occurred_at": "yesterday"}, "/occurred_at", "不是带时区偏移的 RFC 3339 时间"),
    ({"occurred_at": "2030-01-01T00:00:00Z"}, "/occurred_at", "在将来"),
    ({"citizen": {"phone": "abc"}}, "/citizen/phone", "不是电话号码"),
    ({"source": {"url": "x"}}, "/source/url", "不是网址"),
    ({"acceptance": {"outcome": "answer", "text": "好"}}, "/acceptance/outcome", "“投诉”不可以"),
]


@pytest.mark.parametrize(("changed", "pointer", "detail"), WRONG)
def test_a_fault_of_a_form_is_told_in_chinese_and_without_a_pattern(
    people: People, changed: dict[str, Any], pointer: str, detail: str
) -> None:
    answer = people.operator.post("/tickets", given.request(**changed), SILENT)

    assert answer.status_code == 422
    faults = {fault["pointer"]: fault["detail"] for fault in problem(answer)["errors"]}
    assert detail in faults[pointer]
    assert not re.search(r"\^|pattern", answer.text)


def test_who_acts_too_late_reads_why_in_words(people: People) -> None:
    number = given.ticket(people)
    people.street().does("acknowledge", number)

    answer = people.street().post(f"/tickets/{number}/acknowledge", {}, SILENT)

    assert problem(answer)["detail"] == "工单处于“已签收”状态，不能办理“签收”"
    assert problem(answer)["status_now"] == "acknowledged"


def reason(answer: Response) -> str:
    return str(answer.json()["route"]["reason"])


def first_reason(answer: Response) -> str:
    return str(answer.json()["items"][0]["route"]["reason"])


def test_a_kept_reason_is_told_to_each_reader(people: People) -> None:
    """Whatever is remembered of a ticket, of a page or of an inbox, was told in one language."""
    street, number = people.street(), given.ticket(people)
    for paths, words_of in (
        ([f"/tickets/{number}"], reason),
        (["/tickets", "/inbox", "/tickets?status=open"], first_reason),
    ):
        for path in paths:
            for asked in (EN, ZH, EN, SILENT):
                answer = street.get(path, headers=asked)
                assert bool(CHINESE.search(words_of(answer).replace("望京街道", ""))) is (
                    asked is not EN
                )
                assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/inbox", "/tickets/{number}"])
def test_what_is_known_in_one_language_is_new_in_another(people: People, path: str) -> None:
    street, asked = people.street(), path.format(number=given.ticket(people))
    tags = [street.get(asked, headers=language).headers["ETag"] for language in (ZH, EN)]

    answers = [
        street.get(asked, headers={**language, "If-None-Match": tag}).status_code
        for tag in tags
        for language in (ZH, EN)
    ]

    assert answers == [304, 200, 200, 304]


def test_what_was_read_in_any_language_may_be_changed(people: People) -> None:
    street, number = people.street(), given.ticket(people)
    path = f"/tickets/{number}"
    for language, action in ((EN, "acknowledge"), (ZH, "note")):
        tag = street.get(path, headers=language).headers["ETag"]
        body = {"text": "已到场。"} if action == "note" else {}
        answer = street.post(f"{path}/{action}", body, {**ZH, "If-Match": tag})
        assert answer.status_code == 200


def test_a_key_that_comes_again_is_answered_in_the_language_of_who_asks_again(
    people: People,
) -> None:
    key = {"Idempotency-Key": "once"}
    first, again = (
        people.operator.post("/tickets", given.request(), {**key, **language})
        for language in (EN, ZH)
    )

    assert first.json()["number"] == again.json()["number"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (reason(first), reason(again)) == ("望京街道 is named", "文中写明望京街道")


def test_requests_that_are_taken_in_together_are_answered_in_their_languages(
    people: People,
) -> None:
    def send(operator: Person, n: int) -> tuple[bool, str]:
        body = given.request(citizen={"name": "张三", "phone": f"138{n:08}"})
        answer = operator.post("/tickets", body, EN if n % 2 else ZH)
        return bool(n % 2), reason(answer)

    operator = people.operator
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: send(operator, n), range(16)))

    assert {("is named" in words) is english for english, words in answers} == {True}


def test_a_place_is_routed_for_a_person(people: People) -> None:
    asked = {"text": "朝阳区望京街道望京西园三区308楼"}
    answers = [people.operator.get("/route", headers=tongue, **asked) for tongue in (ZH, EN)]

    assert [answer.json()["reason"] for answer in answers] == [
        "文中写明望京街道",
        "望京街道 is named",
    ]
    assert answers[0].json()["explained"] == answers[1].json()["explained"]
