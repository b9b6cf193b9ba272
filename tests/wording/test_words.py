"""Names say what they hold: `found`, `said`, `told` and `one` are no names."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("app/**/*.py", "bench/**/*.py", "scripts/**/*.py", "tests/**/*.py")
REFUSED = {"found", "said", "told", "one"}


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that a file gives: to a variable, an argument, a member or a function."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name


@pytest.mark.parametrize("room", ROOMS)
def test_no_name_is_a_bare_participle(room: str) -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sorted(ROOT.glob(room))
        for line, name in names(ast.parse(path.read_text()))
        if name in REFUSED
    ]
    assert not bare


@pytest.mark.parametrize(
    "text",
    ["found = 1", "def f(*, said): ...", "def told(): ...", "[one for one in x]", "x.said = 1"],
)
def test_a_name_is_seen_wherever_it_is_given(text: str) -> None:
    assert {name for _, name in names(ast.parse(text))} & REFUSED


def test_every_room_has_files() -> None:
    assert [room for room in ROOMS if not list(ROOT.glob(room))] == []
