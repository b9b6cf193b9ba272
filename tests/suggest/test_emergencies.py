"""Words of an emergency ring whenever there is danger, and only then (RULEBOOK D.4).

`emergencies.csv` are calls in callers' words, each with the category to which it must be raised, or
with none: then it must not ring.
"""

import re
from pathlib import Path

import pytest

from app.offices.catalogue import Urgency
from app.suggest.load import BadWords, read_emergencies
from app.suggest.suggestion import Suggestion
from tests.aids import shipped
from tests.suggest.calls import emergencies, phrases

CATALOGUE = shipped.catalogue()
CALLS = emergencies()


def heard(text: str) -> Suggestion | None:
    return shipped.emergencies().suggest(text)


@pytest.mark.parametrize(("text", "categories"), [call for call in CALLS if call[1]])
def test_a_danger_rings(text: str, categories: tuple[str, ...]) -> None:
    suggestion = heard(text)

    assert suggestion is not None
    assert suggestion.category in categories
    assert suggestion.urgency is Urgency.L1
    for word in suggestion.words:
        assert text[word.start : word.end] == word.text


@pytest.mark.parametrize("text", [text for text, categories in CALLS if not categories])
def test_what_is_no_danger_does_not_ring(text: str) -> None:
    assert heard(text) is None


@pytest.mark.parametrize(
    ("table", "heard_of", "false"),
    [
        ("first", 66, 2),
        ("second", 37, 2),
        ("third", 35, 2),
        ("fourth", 153, 0),
        ("fifth", 89, 1),
        ("sixth", 93, 2),
        ("seventh", 26, 1),
        ("eighth", 42, 4),
        ("ninth", 57, 0),
    ],
)
def test_what_the_list_had_not_seen_is_heard_as_the_page_says(
    table: str, heard_of: int, false: int
) -> None:
    """docs/suggest.md; a list that hears more, or rings less for nothing, is better."""
    of_table = [phrase for phrase in phrases() if phrase.table == table]
    ringing = [phrase.rings for phrase in of_table if heard(phrase.text)]

    assert sum(ringing) >= heard_of
    assert len(ringing) - sum(ringing) <= false


def test_the_table_is_as_long_as_it_must_be() -> None:
    texts = [text for text, _ in CALLS]

    assert len(set(texts)) == len(texts)
    assert sum(bool(categories) for _, categories in CALLS) >= 120
    assert sum(not categories for _, categories in CALLS) >= 60


@pytest.mark.parametrize(
    ("text", "tell"),
    [
        ("楼道着火了", ("119",)),
        ("楼道煤气味很大", ("119",)),
        ("电梯困人", ("119",)),
        ("老人晕倒了", ("120",)),
        ("有人要跳楼", ("110", "120")),
        ("出车祸了，有人昏迷", ("122", "120")),
        ("着火了，有人烧伤了", ("119", "120")),
        ("路上井盖没了", ()),
    ],
)
def test_the_services_that_must_be_told(text: str, tell: tuple[str, ...]) -> None:
    suggestion = heard(text)

    assert suggestion is not None
    assert suggestion.tell == tell


def test_the_words_are_shown_as_the_caller_wrote_them() -> None:
    suggestion = heard("市民反映：樓道裡 煤 氣 味 很大。")

    assert suggestion is not None
    assert [word.text for word in suggestion.words] == ["煤 氣 味"]
    assert [(word.start, word.end) for word in suggestion.words] == [(9, 14)]


@pytest.mark.parametrize(
    ("title", "content", "rings"),
    [
        ("着火", "昨天家里着火，已经扑灭，想问赔偿。", False),
        ("漏气问题", "昨天漏气，物业已修好。", False),
        ("燃气泄漏", "燃气公司上门处理好了，没有味了。", False),
        ("火灾隐患", "楼道堆物，怕着火。", False),
        ("触电", "怕孩子触电，希望加护栏。", False),
        ("着火", "对面楼着火，快来。", True),
        ("着火", "地址在望京西园三区。", True),
        ("着火了快来", "昨天也着火，已扑灭，今天又烧起来了。", True),
        ("漏气", "昨天漏气修好了，今天又漏气。", True),
        ("电梯困人", "上周困过人，已救出；现在里面又有人被困。", True),
        ("楼道灯不亮", "另外楼道里有煤气味。", True),
    ],
)
def test_a_title_is_read_with_what_stands_below_it(title: str, content: str, rings: bool) -> None:
    assert (heard(f"{title}\n{content}") is not None) is rings


GOOD = """
effective_from = 2026-11-29
[[emergency]]
category = "020401"
urgency = "L1"
words = ["煤气味"]
"""


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (GOOD.replace("020401", "990101"), "emergency 1: no category '990101'"),
        (GOOD.replace("L1", "L3"), "emergency 1: an emergency is L1 or L2, not 'L3'"),
        (GOOD.replace('words = ["煤气味"]', ""), "emergency 1: needs words, or things"),
        (GOOD.replace('["煤气味"]', '["", 3]'), "emergency 1: words is a list of words"),
        (GOOD + 'tell = ["911"]', "emergency 1: tell is of"),
        (GOOD + "lasting = 3", "emergency 1: lasting is true or false"),
        (GOOD + 'word = ["x"]', "emergency 1: there is no member 'word'"),
        (GOOD.replace("煤气味", "煤(气|味"), "emergency 1: '煤(气|味' needs letters, and brackets"),
        (GOOD.replace("煤气味", "<gas>味"), "emergency 1: '<gas>味': no kind 'gas'"),
        (GOOD.replace("煤气味", "(|煤)"), "emergency 1: '(|煤)' needs letters"),
        (GOOD.replace("煤气味", "(一|二|三|四|五|六|七|八|九)" * 4), "has over 5000 words"),
        (GOOD.replace("2026-11-29", '"today"'), "needs effective_from, a day"),
        ("effective_from = 2026-11-29", "at least one emergency"),
        ("effective_from =", "words.toml"),
    ],
)
def test_a_wrong_list_is_refused_with_its_line(wrong: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text(wrong, encoding="utf-8")

    with pytest.raises(BadWords, match=re.escape(fault)):
        read_emergencies(CATALOGUE, path)
    path.write_text(GOOD, encoding="utf-8")
    assert read_emergencies(CATALOGUE, path).suggest("有煤气味") is not None


def test_a_pattern_stands_for_all_its_words(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    kinds = '[kinds]\ngas = ["煤气", "瓦斯"]\n'
    text = GOOD.replace("[[emergency]]", kinds + "[[emergency]]").replace(
        "煤气味", "<gas>(的|)(味|臭)"
    )
    path.write_text(text, encoding="utf-8")

    [danger] = read_emergencies(CATALOGUE, path).dangers

    assert danger.words == (
        *("煤气的味", "煤气的臭", "煤气味", "煤气臭"),
        *("瓦斯的味", "瓦斯的臭", "瓦斯味", "瓦斯臭"),
    )


ENGLISH = [
    ("There is a strong smell of gas in the stairwell", "020401"),
    ("I smell gas in my apartment and my wife fainted", "020401"),
    ("The gas pipe in the yard is broken, gas is leaking", "020401"),
    ("Help! My neighbour's kitchen is on fire", "16"),
    ("There's a fire in our building, the corridor is full of smoke", "16"),
    ("We are stuck in the elevator, nobody answers the bell", "030101"),
    ("My kid is trapped in the lift of building 5", "030101"),
    ("An old man passed out on the pavement and is not breathing", "110105"),
    ("My roommate says she wants to kill herself", "15"),
    ("Someone is going to jump off the roof of building 3", "15"),
    ("Water is pouring onto the electric panel, sparks flying", "020302"),
    ("A man with a knife is at my door", "1501"),
    ("A child fell into the lake in the park", "100403"),
]
HARMLESS = [
    "Water leaking from the ceiling",
    "There is no gas in my flat since Monday",
    "The gas leak was fixed yesterday, thank you",
    "The fire lane is blocked by cars",
    "The fire was put out last night, who pays for the wall?",
    "The elevator is broken again",
    "The elevator button is stuck",
    "The building site is noisy at night, I can't sleep",
    "When does the swimming pool open?",
    "Fireworks every night",
    "No hot water for two days",
    "How do I renew my work permit?",
    "The landlord does not return my deposit",
    "I am afraid of a gas leak, please inspect",
    "Please hold a fire drill in our compound",
]


@pytest.mark.parametrize(("text", "category"), ENGLISH)
def test_a_danger_told_in_english_rings(text: str, category: str) -> None:
    for written in (text, text.upper()):
        suggestion = heard(written)
        assert suggestion is not None
        assert (suggestion.category, suggestion.urgency) == (category, Urgency.L1)
        assert suggestion.tell


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_danger_in_english_does_not_ring(text: str) -> None:
    assert heard(text) is None
