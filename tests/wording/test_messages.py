"""The catalogues of messages are complete: whatever a person reads is told in Chinese."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic_core._pydantic_core import list_all_errors

from app.kit.errors import Refusal
from app.kit.messages import SHAPES, in_language
from app.kit.messages.catalogues import CATALOGUES, entries, templates
from app.kit.web.faults import WORDS, words
from scripts import messages
from scripts.messages import APP, rooms


@pytest.fixture(scope="session")
def described(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


@pytest.fixture(scope="session")
def codes(described: dict[str, Any]) -> frozenset[str]:
    """Every name and value of the contract, and the few codes that no schema has."""
    parts = list(objects(described))
    members = {name for part in parts for name in part.get("properties", {})}
    values = {str(value) for part in parts for value in part.get("enum", [])}
    parameters = {part["name"] for part in parts if "in" in part}
    return frozenset(members | values | parameters | OTHER_CODES)


extracted = cache(messages.extracted)

Trees = Mapping[Path, Sequence[ast.Call | ast.Dict]]


@pytest.fixture(scope="module")
def trees() -> Trees:
    """The calls and the dictionaries of each file, from its root."""
    return {
        path.relative_to(APP.parent): [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call | ast.Dict)
        ]
        for path in sorted(APP.rglob("*.py"))
    }


UPDATE = "run `.venv/bin/python -m scripts.messages`, then translate what is empty in"
ENGLISH_ONLY = {"plural", "requests"}
LATIN = re.compile(r"[A-Za-z]+(?:_[a-z]+)*")
MARKED = re.compile(
    r"`[^`]*`|\w+://\S+|\w*/[\w/]+|--[a-z-]+|\w+\.(?:csv|toml)"
    r"|\b[A-Z0-9_]+\b|\d\w*|[A-Z]\w+(?:-[A-Z]\w+)+"
)
"""`so marked`, addresses, pointers, options, files, JSON and L1, X-Request-ID: no English."""


def test_a_room_that_tells_messages_has_a_catalogue() -> None:
    assert sorted(extracted().keys() - set(rooms())) == []


@pytest.mark.parametrize("room", rooms())
def test_a_catalogue_has_every_message_of_its_room_and_no_other(room: str) -> None:
    path = CATALOGUES / f"{room}.po"
    translated = {entry[:2] for entry in entries(path)} if path.exists() else set()
    code = extracted().get(room, {})
    missing = [f"{key} ({code[key]})" for key in code.keys() - translated]
    assert not missing, f"{UPDATE} {path.relative_to(APP.parent)}: {'; '.join(sorted(missing))}"
    assert not translated - code.keys(), f"no code has them any longer: {UPDATE} {path.name}"


@pytest.mark.parametrize("room", rooms())
def test_a_translation_has_the_parts_of_its_template(room: str) -> None:
    for _, english, translation in entries(CATALOGUES / f"{room}.po"):
        assert fields(english) - ENGLISH_ONLY == fields(translation), f"{room}.po: {english}"


def test_a_message_of_two_rooms_is_translated_alike() -> None:
    translations = defaultdict(set)
    for room in rooms():
        for context, english, translation in entries(CATALOGUES / f"{room}.po"):
            translations[context, english].add(translation)
    assert {key: several for key, several in translations.items() if len(several) > 1} == {}


@pytest.mark.parametrize("room", rooms())
def test_a_chinese_message_has_no_english_word_but_codes(room: str, codes: frozenset[str]) -> None:
    for _, english, translation in entries(CATALOGUES / f"{room}.po"):
        plain = "".join(literal for literal, *_ in Formatter().parse(translation))
        latin = set(LATIN.findall(MARKED.sub(" ", plain))) - codes
        assert not latin, f"{room}.po: {english!r} is told with {latin}"


def test_every_title_of_a_refusal_is_translated() -> None:
    untranslated = {kind.title for kind in kinds(Refusal)} - templates().keys()
    assert not untranslated


def test_each_fault_that_pydantic_can_find_in_a_form_has_our_words() -> None:
    known = {each["type"] for each in list_all_errors()}
    assert [kind for kind in known - WORDS.keys() - OURS if not NEVER.match(kind)] == []
    for each in list_all_errors():
        context = (each["example_context"] or {}) | dict.fromkeys(CHOICES, "'a', 'b' or 'c'")
        if each["type"] in WORDS:
            message = words({"type": each["type"], "ctx": context})
            assert in_language(message, "zh") != in_language(message, "en")


def test_no_pattern_is_without_words(described: dict[str, Any]) -> None:
    """What a person reads tells the shape of a field in words, never its regular expression."""
    patterns = {each["pattern"] for each in objects(described) if "pattern" in each}
    assert {pattern for pattern in patterns if isinstance(pattern, str)} - SHAPES.keys() == set()


def test_messages_are_templates(trees: Trees) -> None:
    """Neither f-strings, nor texts put together, which no catalogue knows."""
    for path, call in calls(trees, "Message", "template", "_"):
        first = call.args[0] if call.args else None
        assert not isinstance(first, ast.JoinedStr | ast.BinOp), f"{path}:{call.lineno}"


def test_refusals_tell_messages(trees: Trees) -> None:
    """A refusal's text is Message("…"), so that it can be told in Chinese."""
    raised = {kind.__name__ for kind in kinds(Refusal)} | {"ValueError"}
    texts = (each for each in calls(trees, *raised) if is_text(each[1].args[:1]))
    bare = {f"{path}:{call.lineno}" for path, call in texts}
    assert not bare, "Message(…) is wanted there"


def test_faults_of_fields_tell_messages(trees: Trees) -> None:
    bare = set()
    for path, nodes in trees.items():
        for node in nodes:
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if (
                        isinstance(key, ast.Constant)
                        and key.value == "detail"
                        and is_text([value])
                        and path.name != "problems.py"
                    ):
                        bare.add(f"{path}:{value.lineno}")
    assert bare == set()


CHOICES = ("expected", "expected_tags")
OURS = {"string_pattern_mismatch", "value_error"}
NEVER = re.compile(
    "(bytes|complex|counter|deque|fraction|frozen|function|ordered|time|url|uuid|named_tuple)_"
    "|(missing|unexpected|multiple)_.*argument|(missing_sentinel|ellipsis|assertion|iteration)_error"
    "|is_(instance|subclass)_of|(arguments|callable)_type|date.*_(past|future)|no_such_attribute"
    "|dataclass_exact_type|default_factory_not_called|get_attribute_error|needs_python_object"
    "|set_item_not_hashable|string_not_ascii|timezone_(naive|offset)|multiple_argument_values"
)
"""Of types that our forms do not have."""
OTHER_CODES = {"Authorization", "Bearer", "kB", "base", "true", "false", "null"}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__.startswith("app."):
            yield from kinds(below)


def calls(trees: Trees, *names: str) -> Iterator[tuple[Path, ast.Call]]:
    for path, nodes in trees.items():
        for node in nodes:
            if isinstance(node, ast.Call) and name_of(node.func) in names:
                yield path, node


def name_of(function: ast.expr) -> str:
    return getattr(function, "id", "") or getattr(function, "attr", "")


def is_text(values: list[ast.expr]) -> bool:
    match values:
        case [ast.JoinedStr() | ast.BinOp()] | [ast.Constant(value=str())]:
            return ast.unparse(values[0]) != "''"
    return False


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from objects(each)
