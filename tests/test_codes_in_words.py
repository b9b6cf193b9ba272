"""Each code that a sheet or a message tells has a word in Chinese, and no word is left over."""

import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from app import main
from app.kit.messages import Vocabulary, vocabulary

assert main  # all rooms are imported, and have named their codes


def kinds() -> Iterator[tuple[str, frozenset[str]]]:
    """Two rooms may have an enum of one name; words are for one of them."""
    for enum in StrEnum.__subclasses__():
        if enum.__module__.startswith("app."):
            yield enum.__name__, frozenset(enum)
    for kind, codes in Vocabulary.every.items():
        yield kind, frozenset(codes)


def test_every_code_of_a_sheet_has_a_word() -> None:
    wanted = {(kind, code) for kind, codes in Vocabulary.every.items() for code in codes}
    assert wanted - vocabulary().keys() == set()


def test_a_kind_of_codes_has_words_for_all_of_them_and_for_no_other() -> None:
    known = set(kinds())
    for kind in {kind for kind, _ in vocabulary()}:
        assert (kind, frozenset(code for each, code in vocabulary() if each == kind)) in known


def test_the_words_are_chinese() -> None:
    for (kind, code), word in vocabulary().items():
        assert re.search("[一-龥]", word), f"{kind} {code}"
        assert not re.search("[a-z]", word), f"{kind} {code}"


def test_no_two_members_of_an_enum_have_the_same_word() -> None:
    words = Counter((kind, word) for (kind, _), word in vocabulary().items())
    alike = {kind for (kind, _), times in words.items() if times > 1}
    assert not [kind for kind in alike if not kind.endswith("column")]
