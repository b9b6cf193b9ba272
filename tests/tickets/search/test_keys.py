"""Keys of search: whatever is looked for is among the candidates, and windows miss no ticket."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets.search import keys

INSTANTS = st.integers(1_550_000_000, 2_200_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
TEXTS = st.text(st.characters(categories=("L", "N", "P", "Z")), max_size=30)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("夜间施工噪声", ["夜间施工噪声"]),
        ("望京 西园，三区", ["望京", "西园", "三区"]),
        ("３０８号楼", ["308号楼"]),
        ("京Ａ12345 堵路", ["京a12345", "堵路"]),
        ("snake_case", ["snake", "case"]),
        ("……！", []),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert keys.words(text) == words


@pytest.mark.parametrize(
    ("text", "number"),
    [("噪", 0), ("噪声", 1), ("噪声扰民", 3), ("3", 1), ("308号楼", 2), ("a b", 2), ("，", 0)],
)
def test_a_pair_is_a_key_and_a_run_is_one(text: str, number: int) -> None:
    assert len(set(keys.of_text(text))) == number


@given(TEXTS, TEXTS, TEXTS)
def test_a_text_has_every_key_of_its_words(before: str, word: str, after: str) -> None:
    text = f"{before} {word} {after}"

    assert set(keys.of_text(word)) <= set(keys.of_text(text))
    assert all(-keys.SIGN <= key < keys.SIGN for key in keys.of_text(text))


def test_a_text_of_twenty_thousand_characters_has_no_more_keys_than_characters() -> None:
    text = "".join(chr(0x4E00 + n % 5000) for n in range(20_000))

    assert len(set(keys.of_text(text))) == 5000


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=900)), st.integers(1, 10_000_000))
def test_a_window_has_all_that_came_since_and_nothing_else(
    until: datetime, earlier: timedelta, minutes: int
) -> None:
    at = until - earlier
    window = keys.window(until, minutes)
    length = until - window.since

    assert (at >= window.since) == bool(set(keys.of_time(at)) & set(window.spans))
    assert minutes * keys.MINUTE <= length < 3 * max(minutes, keys.SPANS[0]) * keys.MINUTE
    assert len(window.spans) <= max(keys.MOST_SPANS, minutes // keys.SPANS[-1] + 1) + 1


@pytest.mark.parametrize("digits", [4, 5, 6, 7, 8, 15])
def test_the_end_of_a_number_is_a_key_of_it(digits: int) -> None:
    number = "BJ202611210000042"

    assert keys.of_end(number[-digits:]) in set(keys.of_number(number))


@pytest.mark.parametrize("code", ["07", "0701", "070103"])
def test_a_category_is_found_at_each_level(code: str) -> None:
    assert keys.fact("category", code) in set(keys.of_category("070103"))
    assert keys.fact("category", code) not in set(keys.of_category("060103"))
