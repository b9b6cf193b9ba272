"""Each code that a sheet or a message tells has a word in Chinese, and no word is left over."""

import re
from collections import Counter

import pytest

from app import main
from app.kit.messages import Vocabulary
from app.kit.messages.catalogues import Entry, values, words

assert main  # all rooms are imported, and have named their codes


def test_every_code_of_a_sheet_has_a_word() -> None:
    wanted = {(kind, code) for kind, codes in Vocabulary.kinds.items() for code in codes}
    assert wanted - values().keys() == set()


def test_no_word_is_left_over() -> None:
    known = {(kind, code) for kind, codes in Vocabulary.kinds.items() for code in codes}
    assert {entry[:2] for entry in words()} - known == set()


@pytest.mark.parametrize("entry", [*words()], ids=lambda entry: f"{entry.context}-{entry.words}")
def test_a_word_is_chinese(entry: Entry) -> None:
    assert re.search("[一-龥]", entry.chinese)
    assert not re.search("[a-z]", entry.chinese)


def test_no_two_codes_of_a_kind_have_the_same_word() -> None:
    times = Counter((kind, word) for (kind, _), word in values().items())
    alike = {kind for (kind, _), number in times.items() if number > 1}
    assert {kind for kind in alike if not kind.endswith("column")} == set()
