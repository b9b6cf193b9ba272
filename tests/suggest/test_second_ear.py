"""Where the list of words is silent, the second ear asks: how often, and about what.

Learned by `scripts/learn_dangers.py` from the other tables; docs/suggest.md has the figures.
"""

import pytest

from app.suggest.suggestion import Doubt
from tests.aids import shipped
from tests.suggest.calls import phrases


def doubt(text: str) -> Doubt | None:
    return shipped.suggester().second_ear.doubt(text)


@pytest.mark.parametrize(
    ("table", "heard_of", "false"), [("seventh", 49, 1), ("eighth", 72, 8), ("ninth", 60, 0)]
)
def test_what_nobody_had_seen_rings_or_is_asked_about(
    table: str, heard_of: int, false: int
) -> None:
    of_table = [phrase for phrase in phrases() if phrase.table == table]
    list_of_words = shipped.emergencies()
    heard = [
        phrase.rings
        for phrase in of_table
        if list_of_words.suggest(phrase.text) or doubt(phrase.text)
    ]

    assert sum(heard) >= heard_of
    assert len(heard) - sum(heard) <= false


def test_a_danger_is_found_in_any_sentence_of_a_story() -> None:
    danger = "酒吧门口两拨人抡酒瓶子，有个人脖子上血直往外滋。"
    story = "我反映两个事。小区的路灯不亮有一个月了，找物业没人管。" * 3

    assert doubt(danger) is not None
    assert doubt(story) is None
    asked = doubt(story + danger + story)
    assert asked is not None
    assert asked.clause.text == "有个人脖子上血直往外滋"
    assert (story + danger + story)[asked.clause.start : asked.clause.end] == asked.clause.text


@pytest.mark.parametrize("text", ["", "。", "\n", "abc", "😀" * 50, "喂", "？！" * 9_000])
def test_what_has_no_words_is_not_asked_about(text: str) -> None:
    assert doubt(text) is None
