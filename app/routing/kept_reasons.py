"""Reasons as they are kept, told in the reader's language. Those that were kept before reasons had
codes are English sentences: they are read back into code and parts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from string import Formatter
from typing import Any

from app.kit.messages import ENGLISH, Language, in_language
from app.routing.reasons import AND, TEXTS, between, message

SEVERAL = frozenset({"streets", "names", "districts"})
WITNESS = "why"
Pattern = re.Pattern[str]
LETTERS = re.compile(r"[a-z]")


def in_own_language(route: dict[str, Any], reader: Language) -> dict[str, Any]:
    """A route as it is kept, its reason told to a reader."""
    reason = route.get("explained") or (None if reader == ENGLISH else read(route["reason"]))
    if not reason or reason["code"] not in TEXTS:
        return route
    return {**route, "reason": in_language(message(**reason), reader)}


@lru_cache(maxsize=10_000)
def read(sentence: str) -> Mapping[str, Any] | None:
    """`{"code": …, "parts": {…}}`; None for a sentence that no template makes."""
    return next(readings(sentence, patterns()), None)


def readings(sentence: str, among: Sequence[tuple[str, Pattern]]) -> Iterator[Mapping[str, Any]]:
    for code, pattern in among:
        match = pattern.fullmatch(sentence)
        parts = match and parts_of(code, match.groupdict())
        if parts:
            yield {"code": code, "parts": parts}
        elif match and not match.groupdict():
            yield {"code": code, "parts": {}}


def parts_of(code: str, texts: Mapping[str, str]) -> dict[str, Any] | None:
    """None where the witness is none, or a name has words of a sentence in it."""
    parts: dict[str, Any] = dict(texts)
    if WITNESS in parts:
        parts[WITNESS] = next(readings(parts[WITNESS], of_witnesses()), None)
    for name in SEVERAL & parts.keys():
        parts[name] = parts[name].split(" and " if between(code, name) == AND else " or ")
    return parts if all(map(is_part, parts.items())) else None


def is_part(part: tuple[str, Any]) -> bool:
    name, value = part
    if name in ("requests", WITNESS):
        return value is not None
    return not any(map(LETTERS.search, [value] if isinstance(value, str) else value))


@cache
def of_witnesses() -> Sequence[tuple[str, Pattern]]:
    return [(code, pattern) for code, pattern in patterns() if WITNESS not in pattern.groupindex]


@cache
def patterns() -> Sequence[tuple[str, Pattern]]:
    """What says most comes first, a name alone last."""
    by_length = sorted(TEXTS, key=lambda code: -len(re.sub(r"{\w+}", "", TEXTS[code])))
    return [(code, pattern_of(TEXTS[code])) for code in by_length]


def pattern_of(template: str) -> Pattern:
    pieces = Formatter().parse(template)
    return re.compile(
        "".join(re.escape(text) + (f"(?P<{name}>.+?)" if name else "") for text, name, *_ in pieces)
    )
