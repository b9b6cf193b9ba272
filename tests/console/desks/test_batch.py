"""Requests and older cases out of files, as a clerk keeps them."""

import json
from typing import Any

import pytest

from app.console.calls import sheet
from app.kit.messages import CHINESE, in_language
from tests.aids.given import People
from tests.console.visitor import Visitor, alert
from tests.imports.test_imports import line

HEADINGS = "来源渠道,诉求类型,标题,诉求内容,地址,电话号码,发生时间,匿名"
NIGHT = (
    "手机应用,投诉,夜间施工,工地夜里十一点还在施工。,朝阳区望京西园三区308楼,,2026/10/19 9:05,是"
)
TABLE = f"{HEADINGS}\n{NIGHT}\n\n,投诉,,路灯不亮,望京,,,\n"


def bodies(content: bytes) -> list[dict[str, Any]]:
    made = [json.loads(row.text) for row in sheet.rows(content)]
    for body in made:
        assert body.pop("idempotency_key").startswith("sheet-")
    return made


NIGHT_BODY = {
    "channel": "app",
    "type": "complaint",
    "title": "夜间施工",
    "content": "工地夜里十一点还在施工。",
    "address": {"text": "朝阳区望京西园三区308楼"},
    "occurred_at": "2026-10-19T09:05+08:00",
    "citizen": {"anonymous": True},
}
LAMP_BODY = {
    "type": "complaint",
    "title": "路灯不亮",
    "content": "路灯不亮",
    "address": {"text": "望京"},
}


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        TABLE.replace(",", "\t").encode("utf-16"),
        TABLE.replace("\n", "\r\n").encode(),
        "\n".join(json.dumps(body) for body in (NIGHT_BODY, LAMP_BODY)).encode(),
    ],
)
def test_a_table_of_any_spreadsheet_is_read_alike(content: bytes) -> None:
    assert bodies(content) == [NIGHT_BODY, LAMP_BODY]


def test_rows_keep_their_lines_and_keys_and_equal_ones_are_told_apart() -> None:
    rows = sheet.rows(f"{HEADINGS}\n{NIGHT}\n\n{NIGHT}\n".encode())
    assert [row.line for row in rows] == [2, 4]
    assert len({row.text for row in rows}) == 2
    assert rows == sheet.rows(f"{HEADINGS}\n{NIGHT}\n\n{NIGHT}\n".encode())
    own = '{"idempotency_key": "app-1", "title": "x"}'
    assert [row.text for row in sheet.rows(f"{own}\n{{}}\n{{broken".encode())] == [
        own,
        "{}",
        "{broken",
    ]


def test_no_more_of_a_file_is_read_than_is_taken() -> None:
    """One request more than the API takes, which then refuses them all."""
    rows = sheet.rows(f"{HEADINGS}\n{NIGHT}\n{NIGHT}\u2028\x0b\n".encode())
    assert len(rows) == 2
    assert len(sheet.rows(f"{HEADINGS}\n".encode() + f"{NIGHT}\n".encode() * 3_000)) == 1_001
    assert len(sheet.rows(b"{}\n" * 3_000)) == 1_001


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"PK\x03\x04", "另存为 CSV"),
        (b"x" * (sheet.MOST_BYTES + 1), "超过 16 百万字节"),
        (b"\xff\xfe\x00", "不是文本"),
        ("来源渠道,颜色\n".encode(), "没有名为“颜色”的列"),
        ("来源渠道,来源渠道\n".encode(), "“来源渠道”列重复"),
        ("来源渠道,\n".encode(), "没有名为"),
        ("来源渠道\nAPP,投诉\n".encode(), "第 2 行的单元格多于表头"),
        ('来源渠道\n"APP"x\n'.encode(), "第 2 行不符合 CSV 格式"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, detail: str) -> None:
    with pytest.raises(sheet.Unreadable) as refusal:
        sheet.rows(content)
    assert detail in in_language(refusal.value.detail, CHINESE)


def test_requests_of_a_file_each_have_their_answer_and_are_taken_once(people: People) -> None:
    operator = Visitor(people.client).signs_in(people.operator)
    content = TABLE.encode("gb18030")
    page = operator.sends("/batch", content).text
    assert "登记 1 件，未登记 1 件" in page
    assert "来源渠道" in page[page.index("未登记</h2>") : page.index("已登记</h2>")]
    assert "此前已登记" not in page
    mended = content.replace("\n,投诉".encode("gb18030"), "\n手机应用,投诉".encode("gb18030"))
    page = operator.sends("/batch", mended).text
    assert "登记 2 件，未登记 0 件" in page
    assert page.count("此前已登记") == 1
    tickets = people.operator.get("/tickets?channel=app").json()["items"]
    assert sorted(ticket["title"] for ticket in tickets) == ["夜间施工", "路灯不亮"]

    filled = operator.get("/batch/template")
    assert "%E6%89%B9%E9%87%8F" in filled.headers["content-disposition"]
    assert "登记 1 件，未登记 0 件" in operator.sends("/batch", filled.content).text
    assert "文件中没有诉求" in operator.sends("/batch", b"\n").text
    refused = operator.sends("/batch", b"{}\n" * 1_001)
    assert (refused.status_code, "最多 1,000 行" in alert(refused.text)) == (413, True)


def test_older_cases_of_a_file_are_taken_in(people: People) -> None:
    admin = Visitor(people.client).signs_in(people.admin)
    lines = [line(), line(external_id="old-2", office_code="nowhere")]
    content = "\n".join(map(json.dumps, lines)).encode()
    page = admin.sends("/admin/imports", content).text
    assert "导入 1 件，此前已有 0 件，未导入 1 件" in page
    assert "/office_code" in page
    assert "导入 0 件，此前已有 1 件" in admin.sends("/admin/imports", content).text
