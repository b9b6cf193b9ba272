"""Texts: what shows nothing is none, what nobody sees is taken out, lines stay lines."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.kit import text
from app.kit.web.wire import Line, Prose
from app.tickets.texts import AddressText, ExternalId, Name

BLANK = sorted(
    character
    for character in map(chr, range(1, sys.maxunicode))
    if unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp")
)
FILLERS = ["\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\ufe0f", "\u0301", "\u034f"]
FORMS = {
    "line": TypeAdapter(Line),
    "prose": TypeAdapter(Prose),
    "name": TypeAdapter(Name),
    "address": TypeAdapter(AddressText),
    "external id": TypeAdapter(ExternalId),
}


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_does_not_show_is_a_text(form: str) -> None:
    taken = []
    for blank in [*BLANK, *FILLERS]:
        for written in (blank, f" {blank}{blank} ", f"{blank}\u200d{blank}"):
            try:
                taken.append(hex(ord(FORMS[form].validate_python(written)[0])))
            except ValidationError:
                continue
    assert taken == []


@pytest.mark.parametrize("form", FORMS)
def test_what_nobody_sees_is_taken_out_of_a_text(form: str) -> None:
    unseen = [c for c in BLANK if unicodedata.category(c) in ("Cc", "Cf")]
    for blank in [*unseen, "\u3164", "\u2800"]:
        cleaned = FORMS[form].validate_python(f"噪{blank}声")
        assert (
            cleaned in ("噪声", "噪 声", "噪\n声", "噪\t声")
            or blank in "\u200c\u200d"
            or (unicodedata.category(blank) == "Cf" and text.JOINERS and ord(blank) < 0x900)
        ), hex(ord(blank))


@pytest.mark.parametrize(
    "end", ["\r", "\r\n", "\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]
)
def test_a_line_is_one_line_and_prose_keeps_its_lines(end: str) -> None:
    assert FORMS["line"].validate_python(f"第一行{end}=HYPERLINK(1)") == "第一行 =HYPERLINK(1)"
    assert FORMS["prose"].validate_python(f"第一行{end}第二行") == "第一行\n第二行"


@given(st.text())
def test_cleaning_once_is_cleaning_twice(written: str) -> None:
    if "\x00" not in written:
        once = text.clean(written)
        assert text.clean(once) == once
        assert text.one_line(text.one_line(written)) == text.one_line(written)


@pytest.mark.parametrize(
    "kept", ["👨‍👩‍👧 全家", "ئۇيغۇرچە", "ᠮᠣᠩᠭᠣᠯ", "བོད་ཡིག", "㐀𠮷野家", "a\tb", "①号楼"]
)
def test_what_shows_stays_as_it_is(kept: str) -> None:
    assert FORMS["prose"].validate_python(kept) == kept
