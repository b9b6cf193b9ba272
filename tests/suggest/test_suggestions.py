"""Categories are suggested from names, synonyms and lessons (RULEBOOK D.4, D.7.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.suggest.grams import grams, neighbours
from app.suggest.load import BadWords, make_suggester, read_synonyms
from app.suggest.memory import MOST, MOST_PAIRS, Memory
from app.suggest.suggester import Suggester
from app.suggest.suggestion import Doubt, Word
from tests.aids import shipped
from tests.suggest.calls import Call, calls

CATALOGUE = shipped.catalogue()
SYNONYMS = read_synonyms(CATALOGUE)
CALLS = calls()
LEAVES = [entry for entry in CATALOGUE.categories.values() if entry.level == 3]


def categories(text: str, most: int = 3) -> list[str]:
    return [suggestion.category for suggestion in shipped.suggester().likely(text, most)]


def right(asked: Sequence[Call], most: int) -> float:
    """The share of calls of which a right category is among the first candidates."""
    hits = [set(categories(call.text, most)) & set(call.categories) for call in asked]
    return sum(map(bool, hits)) / len(asked)


def test_the_calls_are_many_and_of_all_groups() -> None:
    assert len({call.text for call in CALLS}) == len(CALLS) >= 200
    assert len({call.categories[0][:2] for call in CALLS}) == 20
    assert sum(call.apart for call in CALLS) * 3 >= len(CALLS) - 2
    assert {code for call in CALLS for code in call.categories} <= CATALOGUE.categories.keys()


@pytest.mark.parametrize(("apart", "first", "third"), [(False, 0.84, 0.95), (True, 0.74, 0.84)])
def test_what_callers_mean_is_suggested(apart: bool, first: float, third: float) -> None:
    """docs/suggest.md has the figures; here stands what they must never fall below."""
    asked = [call for call in CALLS if call.apart is apart]

    assert right(asked, 1) >= first
    assert right(asked, 3) >= third


def test_a_category_is_suggested_by_its_own_name() -> None:
    missed = [entry.name for entry in LEAVES if entry.code not in categories(entry.name)]

    assert missed == []


def test_a_category_is_suggested_by_its_synonyms() -> None:
    words = [(word, entry.code) for entry in LEAVES for word in SYNONYMS[entry.code]]
    missed = [word for word, code in words if code not in categories(word)]

    assert len(missed) <= 0.01 * len(words), missed


def test_every_category_has_synonyms() -> None:
    assert SYNONYMS.keys() == CATALOGUE.categories.keys()
    assert all(SYNONYMS.values())


@pytest.mark.parametrize(
    "text", ["", "。", "abc", "１２３", "🙂🙂", "\n\n", "The tap drips since May"]
)
def test_words_that_say_nothing_suggest_nothing(text: str) -> None:
    assert shipped.suggester().suggest(text) == []


@given(st.text(alphabet="煤气味着火没有暖气不热电梯坏了楼道灯 ，。！\n１aＡ電梯", max_size=80))
def test_words_stand_where_they_are_said_to_stand(text: str) -> None:
    suggestions = shipped.suggester().suggest(text)

    for suggestion in suggestions:
        assert 0 <= suggestion.confidence <= 1
        assert [word.text for word in suggestion.words] == [
            text[word.start : word.end] for word in suggestion.words
        ]
    confidences = [each.confidence for each in suggestions if not each.emergency]
    assert confidences == sorted(confidences, reverse=True)
    assert len({each.category for each in suggestions}) == len(suggestions) <= 5


def test_letters_of_a_mark_up_are_no_words() -> None:
    suggestions = shipped.suggester().suggest('<div class="x">噪声扰民</div>')

    assert suggestions[0].words[0].text == "噪声扰民"
    assert not any(word.text.isascii() for each in suggestions for word in each.words)


def test_an_emergency_stands_before_all() -> None:
    first, *others = shipped.suggester().suggest("楼道灯坏了，黑，还有一股煤气味")

    assert (first.category, first.urgency, first.emergency, first.tell) == (
        "020401",
        "L1",
        True,
        ("119",),
    )
    assert "020803" in [other.category for other in others]
    assert not any(other.emergency for other in others)


def test_a_matter_at_the_beginning_of_a_long_story_is_read() -> None:
    assert categories("楼道灯不亮。" + "我今天说一下情况。" * 2_000, 1) == ["020803"]


def test_grams_are_characters_and_near_pairs_of_a_clause() -> None:
    assert grams("灯坏，灯") == {"灯": (0, 0), "灯坏": (0, 1), "坏": (1, 1)}
    assert "一七" not in grams("一二三四五六七")
    assert neighbours("灯坏了，灯坏", 9) == ("灯坏", "坏了")
    assert len(neighbours("".join(map(chr, range(0x4E00, 0x5200))), MOST_PAIRS)) == MOST_PAIRS


DIALECT = "隔壁的碾盘子撂俺门前，碍手碍脚"


def test_lessons_teach_new_words() -> None:
    suggester = Suggester(
        CATALOGUE, shipped.suggester().emergencies, SYNONYMS, shipped.suggester().second_ear
    )
    position = suggester.profiles.position["060203"]
    before = [each.category for each in suggester.likely(DIALECT, 1)]
    for number in range(5):
        text = f"碾盘子撂门前{number}，碍手碍脚的"
        suggester.memory.learn(str(number), position, neighbours(text, MOST_PAIRS))

    assert before != ["060203"]
    assert [each.category for each in suggester.likely(DIALECT, 1)] == ["060203"]

    for number in range(5):
        suggester.memory.forget(str(number))
    assert [each.category for each in suggester.likely(DIALECT, 1)] == before


@dataclass
class Plain:
    """Memory as a list of lessons, to compare with."""

    lessons: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)

    def learn(self, ticket: str, category: int, pairs: tuple[str, ...]) -> None:
        self.lessons.pop(ticket, None)
        alike = [number for number, lesson in self.lessons.items() if lesson[0] == category]
        if len(alike) >= MOST:
            del self.lessons[alike[0]]
        self.lessons[ticket] = (category, pairs)

    def counts(self) -> dict[str, dict[int, int]]:
        counts: dict[str, dict[int, int]] = {}
        for category, pairs in self.lessons.values():
            for pair in pairs:
                of_pair = counts.setdefault(pair, {})
                of_pair[category] = of_pair.get(category, 0) + 1
        return counts


LESSON = st.tuples(
    st.integers(0, 120).map(str),
    st.sampled_from([None, 0, 1]),
    st.lists(st.sampled_from(["楼道", "道灯", "漏水"]), unique=True).map(tuple),
)


@given(st.lists(LESSON, max_size=150))
def test_memory_is_what_its_lessons_make_it(
    lessons: list[tuple[str, int | None, tuple[str, ...]]],
) -> None:
    memory, plain = Memory(2), Plain()
    for ticket, category, pairs in lessons:
        if category is None:
            memory.forget(ticket)
            plain.lessons.pop(ticket, None)
        else:
            memory.learn(ticket, category, pairs)
            plain.learn(ticket, category, pairs)

    assert dict(memory.counts) == plain.counts()
    assert memory.category_of == {ticket: each[0] for ticket, each in plain.lessons.items()}
    assert all(len(kept) <= MOST for kept in memory.lessons)


def test_a_city_has_words_of_its_own(tmp_path: Path) -> None:
    """Its words of an emergency instead of the shipped, its synonyms category by category."""
    own = "effective_from = 2026-11-29\n[[emergency]]\n"
    own += 'category = "020401"\nurgency = "L1"\nwords = ["铁牛冒气"]\n'
    (tmp_path / "emergencies.toml").write_text(own, encoding="utf-8")
    (tmp_path / "synonyms.csv").write_text("code,words\n180303,铁牛趴窝\n", encoding="utf-8")
    city = make_suggester(CATALOGUE, tmp_path)

    assert [each.category for each in city.suggest("俺的铁牛趴窝了", 1)] == ["180303"]
    assert [each.category for each in city.suggest("楼道灯不亮", 1)] == ["020803"]
    assert city.emergencies.suggest("铁牛冒气") is not None
    assert city.emergencies.suggest("楼道着火了") is None

    ear = tmp_path / "second_ear.csv"
    ear.write_text("gram,weight\n(bias),-5\n(asks from),0.5\n铁牛,6\n", encoding="utf-8")
    doubt = make_suggester(CATALOGUE, tmp_path).second_ear.doubt
    assert doubt("铁牛。路灯不亮") == Doubt(0.7311, Word(0, 2, "铁牛"))
    assert doubt("路灯不亮") is None
    for wrong in (
        "(bias),-5\n(asks from),0.5\n铁牛,多",
        "铁牛,6\n(bias),-5",
        "(bias),nan\n(asks from),0.5",
    ):
        ear.write_text(f"gram,weight\n{wrong}\n", encoding="utf-8")
        with pytest.raises(BadWords, match=r"second_ear\.csv"):
            make_suggester(CATALOGUE, tmp_path)
    ear.unlink()

    (tmp_path / "synonyms.csv").write_text("code,words\n990101,铁牛\n", encoding="utf-8")
    with pytest.raises(BadWords, match="990101"):
        make_suggester(CATALOGUE, tmp_path)


def test_a_wrong_list_of_synonyms_is_refused(tmp_path: Path) -> None:
    for wrong in ("990101,乱", "0101,乱\n0101,也乱"):
        path = tmp_path / "synonyms.csv"
        path.write_text(f"code,words\n{wrong}\n", encoding="utf-8")
        with pytest.raises(BadWords, match=wrong[:4]):
            read_synonyms(CATALOGUE, path)
