"""What a person reads is in his language, whoever asked before him: explanations, sheets, names."""

import csv
import io
import re
from urllib.parse import unquote

import pytest
from httpx import Response

from tests.aids.given import WANGJING, People, Person
from tests.aids.past import WORKED_EXAMPLE, Store
from tests.whistles import blown

CHINESE, ENGLISH = {"Accept-Language": "zh-CN,zh"}, {"Accept-Language": "en"}
OFFICE = f"/rankings/2026-09/offices/{WANGJING}"


def name_of(answer: Response) -> str:
    return unquote(answer.headers["Content-Disposition"].partition("UTF-8''")[2])


def sheet(answer: Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert "Accept-Language" in answer.headers["Vary"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def both(person: Person, path: str, **asked: object) -> tuple[Response, Response]:
    """In Chinese and in English; what one has read is no answer to the other."""
    chinese, english = (person.get(path, each, **asked) for each in (CHINESE, ENGLISH))
    known = {**ENGLISH, "If-None-Match": chinese.headers.get("ETag", '"-"')}
    assert person.get(path, known, **asked).status_code == 200
    return chinese, english


def test_a_score_is_explained_in_the_readers_language(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)
    analyst = people("analyst")

    chinese, english = both(analyst, "/rankings/2026-09/offices/110105001")
    assert chinese.json()["explained"] == "未参加排名：本期没有考核件"
    assert english.json()["explained"] == "not ranked: no ticket was assessed"
    body = {
        "weights": {"response": "0.2", "resolution": "0.4", "satisfaction": "0.4"},
        "partly": "1/2",
    }
    compared = analyst.post("/rankings/2026-09/compare", body, CHINESE).json()
    why = [reason for row in compared["rows"] for reason in row["why"]]
    assert "响应率权重变化：-10.00 分" in why
    assert [reason for reason in why if re.search("[a-z]", reason)] == []
    counted = people("auditor").get(
        f"{OFFICE}/tickets", CHINESE, rate="resolution", counts="numerator"
    )
    assert {item["reason"] for item in counted.json()["items"]} == {"诉求人：已解决"}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_ranking_has_its_name_in_both_languages(people: People, store: Store, form: str) -> None:
    store(WORKED_EXAMPLE)
    chinese, english = both(people("analyst"), "/rankings/2026-09", format=form)
    assert name_of(chinese) == f"2026-09_街道排名.{form}"
    assert name_of(english) == f"2026-09_streets.{form}"
    assert f'filename="2026-09_streets.{form}"' in chinese.headers["Content-Disposition"]


def test_a_ranking_as_a_sheet_is_words(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)
    chinese, english = both(people("analyst"), "/rankings/2026-09", format="csv")
    first, as_codes = sheet(chinese)[0], sheet(english)[0]
    assert chinese.content.startswith(b"\xef\xbb\xbf")
    assert english.content.startswith(b"office_code")
    assert (first["单位"], first["状态"], first["综合得分"]) == ("望京街道", "参加排名", "86.88")
    assert (as_codes["office_name"], as_codes["status"]) == ("望京街道", "ranked")
    facts = people("analyst").get("/rankings/2026-09/facts", CHINESE, format="csv")
    assert facts.text.startswith("工单编号,考核时间")
    assert name_of(facts) == "2026-09_考核件明细.csv"


def test_whistles_and_tickets_as_sheets_are_words(people: People) -> None:
    blown.blow(people)
    asked = {**CHINESE, "Accept": "text/csv"}
    answer = people("chief", WANGJING).get("/whistles", asked)
    [row, *_] = sheet(answer)
    assert (row["状态"], row["级别"], row["须到场"]) == ("已吹哨", "二级（重要）", "是")
    assert row["吹哨时间"] == "2026-10-20 10:00:00"
    assert name_of(answer) == "2026-10-20_吹哨.csv"
    answer = people.dispatcher.get("/tickets", asked)
    assert sheet(answer) == []
    assert name_of(answer) == "2026-10-20_工单.csv"


def test_a_refusal_tells_states_and_acts_in_words(people: People) -> None:
    number = blown.blow(people)["number"]
    refused = people("chief", WANGJING).post(f"/whistles/{number}/blow", {}, CHINESE).json()
    assert refused["type"] == "/problems/illegal-whistle-move"
    assert refused["detail"] == "此哨处于“已吹哨”状态，不能执行“吹哨”"


def test_channels_are_named(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)
    path = "/statistics/2026-09"
    chinese, english = both(people("analyst"), path, by="channel")
    assert [row["name"] for row in chinese.json()["rows"]] == ["电话"]
    assert [row["name"] for row in english.json()["rows"]] == ["phone"]
