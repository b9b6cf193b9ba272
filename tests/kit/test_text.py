"""Texts: what shows nothing is none, what nobody sees is taken out, lines stay lines."""

import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.kit import text
from app.kit.web.wire import Form, Line, Prose
from app.tickets.texts import AddressText, ExternalId, Name

FILLERS = ["\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", "\ufe0f", "\u0301", "\u034f"]
FORMS = {
    "line": TypeAdapter(Line),
    "prose": TypeAdapter(Prose),
    "name": TypeAdapter(Name),
    "address": TypeAdapter(AddressText),
    "external id": TypeAdapter(ExternalId),
}


@cache
def blanks() -> list[str]:
    every = map(chr, range(1, sys.maxunicode))
    return [c for c in every if unicodedata.category(c) in ("Cc", "Cf", "Zs", "Zl", "Zp")]


@pytest.mark.parametrize("form", FORMS)
def test_nothing_that_does_not_show_is_a_text(form: str) -> None:
    taken = []
    for blank in [*blanks(), *FILLERS]:
        for written in (blank, f" {blank}{blank} ", f"{blank}\u200d{blank}"):
            try:
                taken.append(hex(ord(FORMS[form].validate_python(written)[0])))
            except ValidationError:
                continue
    assert taken == []


@pytest.mark.parametrize("form", FORMS)
def test_what_nobody_sees_is_taken_out_of_a_text(form: str) -> None:
    unseen = [c for c in blanks() if unicodedata.category(c) in ("Cc", "Cf")]
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


AS_THEY_COME = frozenset({"Forgotten", "PlaceQuestion", "RouteQuestion", "Question"})
"""Forms of questions about a text, whose answers have positions in it: they refuse NUL alone."""


def forms(kind: type[Form]) -> Iterator[type[Form]]:
    for below in kind.__subclasses__():
        yield below
        yield from forms(below)


def takes(form: type[Form], name: str, text: str) -> bool:
    """Whether a member takes a text, or a list of such texts."""
    field = form.model_fields[name]
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    return any(fits(adapter, value) for value in (text, [text]))


def fits(adapter: TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_python(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("text", ["\u3164", "\u2800\u00ad", "\u115f", "a\x00b"])
def test_every_text_of_every_form_is_cleaned(app: FastAPI, text: str) -> None:
    """Also of rooms that are built later; a page's mark is the service's own, and checked by it."""
    shows = "\x00" in text
    taken = {
        f"{form.__name__}.{name}"
        for form in forms(Form)
        for name in form.model_fields
        if name != "cursor" and takes(form, name, text)
    }

    assert {name for name in taken if shows or name.split(".")[0] not in AS_THEY_COME} == set()
