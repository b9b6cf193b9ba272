"""A kept reason is told in Chinese, whether it was kept with code and parts or as a sentence."""

from string import Formatter
from typing import Any

import pytest

from app.kit.messages import in_language
from app.routing.kept_reasons import in_own_language, read
from app.routing.reasons import TEXTS, Reason, message, tell

NAMES = ["望京街道 (0.51)", "东湖街道 (0.49)"]
SAMPLES: dict[str, Any] = {
    "why": Reason("like", {"place": "望京西元", "name": "望京西园"}),
    "cases": "3",
    "requests": "requests",
    "streets": NAMES,
    "names": ["望京西园", "望京东园"],
    "districts": ["朝阳区", "海淀区"],
}


def sample(code: str) -> Reason:
    fields = [name for _, name, _, _ in Formatter().parse(TEXTS[code]) if name]
    return Reason(
        code, {name: SAMPLES.get(name, f"甲{place}") for place, name in enumerate(fields)}
    )


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_is_read_back_as_it_was_meant(code: str) -> None:
    reason = sample(code)

    kept = {"reason": tell(reason)}

    assert in_own_language(kept, "en") == kept
    chinese = in_language(message(reason.code, reason.parts), "zh")
    assert in_own_language(kept, "zh")["reason"] == chinese


def test_what_no_template_makes_stays_as_it_is() -> None:
    assert read("the moon is full") is None
    assert in_own_language({"reason": "由人工派单"}, "zh") == {"reason": "由人工派单"}
    unknown = {"reason": "x", "explained": {"code": "of_tomorrow", "parts": {}}}
    assert in_own_language(unknown, "zh") == unknown
