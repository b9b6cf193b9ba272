"""Keys of the policy that nothing reads are named as such: all of them, and no other."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from pydantic import BaseModel

from app.policy.documents import FROM_OUTSIDE, Policy, parse
from app.policy.idle import NOT_YET, notice
from tests.policies import DOCUMENT

ONE_VALUE = {"clock.zone", "clock.pause", "score.which_callback", "period.attribute", "rank.rollup"}
"""Keys that may have one value only: the service is built on it."""

BY_NAME = {
    *("warn.overdue", "score.weights_by_league", "urge", "merge", "exclude", "eval.marks"),
    *("whistle.W1.arrive", "whistle.W2.arrive", "whistle.W3.arrive"),
}
"""Groups that are read as a whole, or by a name that is made."""


HOMONYMS = {"signals.loop", "signals.season"}
"""Other things than these groups have members of these names; they are looked for with the name
before them."""


def keys(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Each key as in the document, dotted, and the attributes by which code reads it."""
    for attribute, field in model.model_fields.items():
        if above or attribute not in FROM_OUTSIDE | {"effective_from"}:
            path = (*above, field.alias or attribute)
            part = field.annotation
            if isinstance(part, type) and issubclass(part, BaseModel):
                for key, attributes in keys(part, path):
                    yield key, [attribute, *attributes]
            else:
                yield ".".join(path), [attribute]


class Read(NamedTuple):
    """What the code reads of anything: attributes, and pairs (`signals.loop`: one of another)."""

    attributes: frozenset[str]
    pairs: frozenset[str]


@cache
def read() -> Read:
    modules = (path for path in Path("app").rglob("*.py") if path.parent.name != "policy")
    trees = (ast.parse(module.read_text(encoding="utf-8")) for module in modules)
    nodes = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
    pairs = ((n.value.attr, n.attr) for n in nodes if isinstance(n.value, ast.Attribute))
    return Read(frozenset(node.attr for node in nodes), frozenset(map(".".join, pairs)))


KEYS = dict(keys(Policy))


def is_idle(key: str) -> bool:
    return any(key == idle or key.startswith(f"{idle}.") for idle in NOT_YET)


@pytest.mark.parametrize("idle", sorted(NOT_YET))
def test_an_idle_key_is_a_key_and_is_read_nowhere(idle: str) -> None:
    under = [
        attributes for key, attributes in KEYS.items() if is_idle(key) and key.startswith(idle)
    ]
    depth = idle.count(".")

    assert under
    if idle in HOMONYMS:
        assert idle not in read().pairs
    else:
        assert {attributes[depth] for attributes in under}.isdisjoint(read().attributes)


def test_every_other_key_is_read_somewhere() -> None:
    unread = {
        key
        for key, attributes in KEYS.items()
        if not is_idle(key) and attributes[-1] not in read().attributes
        if not any(key.startswith(f"{group}.") for group in BY_NAME)
    }
    assert {key for key in unread if key[-3:-1] != ".L"} == ONE_VALUE


def test_the_start_names_each() -> None:
    line = notice(parse("beijing-2019", DOCUMENT))

    assert line.startswith("policy beijing-2019: not in use yet: ")
    assert set(line.rpartition(": ")[2].split(", ")) == NOT_YET


def test_the_documentation_names_each() -> None:
    page = Path("docs/operations.md").read_text(encoding="utf-8")
    for idle in NOT_YET:
        assert f"`{idle}`" in page
