"""D.6.4: an office reads the words of a secret ticket without its citizen, wherever they stand."""

import json
from typing import Any

import pytest

from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People

PHONE, CARD, NAME = "13812345678", "110105199001011234", "张三丰"
LEAKS = (PHONE, "138 1234 5678", CARD, "一三八一二三四五六七八", NAME)
SECRET = [{"type": "report"}, {"citizen": {"confidential": True}}]


def tell(people: People, **changed: Any) -> str:
    citizen = {"name": NAME, "phone": PHONE, "confidential": changed.pop("confidential", False)}
    body = given.request(
        title=f"{NAME}举报",
        content=f"我是{NAME}，138 1234 5678，一三八一二三四五六七八，身份证{CARD}，食堂卫生差。",
        address={"text": f"朝阳区望京街道望京西园三区308楼{PHONE}"},
        source={"outlet": "微博", "title": f"{NAME} {PHONE}"},
        citizen=citizen,
        **changed,
    )
    answer = people.operator.post("/tickets", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["number"])


@pytest.mark.parametrize("kind", [{"type": "report"}, {"confidential": True}])
def test_no_office_reads_numbers_or_the_name_in_free_text(
    people: People, kind: dict[str, Any]
) -> None:
    number = tell(people, **kind)
    people.supervisor.does("note", number, text=f"{NAME}再来电{PHONE}")
    csv = {"Accept": "text/csv"}
    ndjson = {"Accept": "application/x-ndjson"}
    for office in (people.street(), people("chief", WANGJING), people.district(CHAOYANG)):
        ticket = office.get(f"/tickets/{number}")
        assert "308楼" in ticket.json()["address"]["text"]
        assert "食堂卫生差" in ticket.json()["content"]
        assert ticket.json()["route"]["evidence"][-1]["office_code"] == WANGJING
        read = [
            ticket.text,
            office.get("/tickets").text,
            office.get("/tickets", csv).text,
            office.get("/tickets", ndjson).text,
            office.get("/inbox").text,
            office.get("/feed").text,
            office.get(f"/tickets/{number}/events").text,
        ]
        assert [(text, leak) for text in read for leak in LEAKS if leak in text] == []
    noted = people.street().get(f"/tickets/{number}/events").json()[-1]
    assert noted["data"]["text"] == "***再来电***********"
    acted = people.street().does("acknowledge", number)
    assert not [leak for leak in LEAKS if leak in json.dumps(acted, ensure_ascii=False)]


def test_the_citys_desks_read_it_as_it_was_said(people: People) -> None:
    number = tell(people, type="report")

    for desk in (people.operator, people.callback, people.dispatcher):
        assert CARD in desk.get(f"/tickets/{number}").json()["content"]


def test_of_an_open_ticket_an_office_reads_the_words_as_they_are(people: People) -> None:
    number = tell(people)

    assert CARD in people.street().get(f"/tickets/{number}").json()["content"]


def test_what_is_told_anew_of_a_secret_citizen_is_for_the_city_only(people: People) -> None:
    number = tell(people, type="report", category="0101", external_id="K-1")
    citizen = {"name": "张先生", "phone": PHONE, "callback_phone": "13900000001", "language": "en"}
    body = given.request(
        type="report",
        category="0101",
        external_id="K-2",
        address={"text": "朝阳区望京西园三区"},
        citizen=citizen,
    )
    assert people.operator.post("/tickets", body).json()["number"] == number

    anew = people.operator.get(f"/tickets/{number}/events").json()[-1]["data"]
    assert {"name", "callback_phone", "external_id"} <= anew.keys()
    office = people("handler", "110105-market").get(f"/tickets/{number}/events").json()[-1]["data"]
    assert not {"name", "callback_phone", "external_id"} & office.keys()


@pytest.mark.parametrize("corrected", ["张三峰", None])
@pytest.mark.parametrize("kind", SECRET)
def test_a_name_that_was_corrected_stays_hidden(
    people: People, kind: dict[str, Any], corrected: str | None
) -> None:
    confidential = "citizen" in kind
    number = tell(people, type=kind.get("type", "complaint"), confidential=confidential)
    people.operator.does("correct", number, citizen={"name": corrected}, reason="听错了")
    people.operator.does("correct", number, citizen={"phone": "13800000099"}, reason="也听错了")
    people.operator.does("note", number, text=f"{NAME}又来电，{corrected or NAME}很急。")

    for office in (people.street(), people("chief", WANGJING), people.district(CHAOYANG)):
        paths = (f"/tickets/{number}", "/tickets", "/inbox", f"/tickets/{number}/events")
        read = [office.get(path).text for path in paths]
        names = [name for name in (NAME, corrected) if name]
        assert [name for text in read for name in names if name in text] == []
        assert "食堂卫生差" in read[0]
    assert NAME in people.operator.get(f"/tickets/{number}").json()["content"]
