"""D.6.4: numbers and the citizen's own name are found in free text, in any writing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets import personal
from app.tickets.personal import Kind, finds, hide

TELEPHONE, ID, NUMBER, NAME = Kind.TELEPHONE, Kind.ID_NUMBER, Kind.NUMBER, Kind.NAME

HIDDEN: list[tuple[str, str, Kind]] = [
    ("电话13800000000。", "电话***********。", TELEPHONE),
    ("138-0000-0000", "***-****-****", TELEPHONE),
    ("138 0000 0000", "*** **** ****", TELEPHONE),
    ("1 3 8 0 0 0 0 0 0 0 0", "* * * * * * * * * * *", TELEPHONE),
    ("１３８００００００００", "***********", TELEPHONE),
    ("一三八零零零零零零零零", "***********", TELEPHONE),
    ("幺三八，零零零零，〇〇〇〇", "***，****，****", TELEPHONE),
    ("①③⑧00000000", "***********", TELEPHONE),
    ("138OOOO0000", "***********", TELEPHONE),
    ("+86 138 0000 0000", "+** *** **** ****", TELEPHONE),
    ("010-65123456转801", "***-************", TELEPHONE),
    ("(010)6512 3456", "(***)**** ****", TELEPHONE),
    ("打65123456找我", "打********找我", TELEPHONE),
    ("6512-3456", "****-****", TELEPHONE),
    ("6-5-1-2-3-4-5-6", "*-*-*-*-*-*-*-*", NUMBER),
    ("身份证110105199001011234", "身份证******************", ID),
    ("110105 19900101 123x", "****** ******** ****", ID),
    ("６２２２ ０２００ ００００ ０００００", "**** **** **** *****", NUMBER),
    ("护照E12345678", "护照E********", NUMBER),
    ("我叫张三丰", "我叫***", NAME),
    ("张 三 丰住这里", "* * *住这里", NAME),
    ("张先生怕报复", "***怕报复", NAME),
]
PLAIN = [
    "望京西园三区308楼12单元1203室",
    "2026-11-29夜里，2026年11月29日，20261129",
    "2026-11-29 10:30 到 2026.11.30",
    "欠薪150000元，101，102，103，104室都没发",
    "一二三四五层没有水",
    "拨打12369和96310都说归街道管",
    "张经理说三天内修",
]


@pytest.mark.parametrize(("text", "hidden", "kind"), HIDDEN)
def test_a_number_is_hidden_in_any_writing(text: str, hidden: str, kind: Kind) -> None:
    assert hide(text, "张三丰") == hidden
    assert [find.kind for find in finds(text, "张三丰")] == [kind]


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_nobodys_own_stays(text: str) -> None:
    assert hide(text, "张三丰") == text


@pytest.mark.parametrize(
    ("name", "text", "hidden"),
    [
        ("欧阳锋", "欧阳先生和欧阳锋", "****和***"),
        ("Ann Lee", "I am ANN  lee", "I am ***  ***"),
        ("王", "王府井的王女士", "王府井的***"),
        ("a", "a banana", "a banana"),
        (None, "张三", "张三"),
    ],
)
def test_a_name_is_the_citizens_own_or_his_surname_with_a_title(
    name: str | None, text: str, hidden: str
) -> None:
    assert hide(text, name) == hidden


GAPS = st.text(" -.·()", max_size=2)


@given(st.text("0123456789", min_size=9, max_size=9), st.lists(GAPS, min_size=10, max_size=10))
def test_no_mobile_number_is_read_through_its_gaps(digits: str, gaps: list[str]) -> None:
    number = "13" + digits
    written = "".join(a + b for a, b in zip(number, [*gaps, ""], strict=True))

    assert not any(character.isdigit() for character in hide(f"我的号码{written}谢谢"))


@given(st.text(), st.text(max_size=10))
def test_only_letters_and_digits_are_hidden_and_nothing_moves(text: str, name: str) -> None:
    hidden = hide(text, name)

    assert len(hidden) == len(text)
    assert all(
        after in (before, personal.HIDDEN) for before, after in zip(text, hidden, strict=True)
    )
