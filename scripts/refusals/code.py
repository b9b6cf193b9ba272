"""What the code holds: the parts of annotations and tables, and the text of a function."""

import ast
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any

FUNCTION = types.FunctionType
WRAPPERS = (classmethod, staticmethod)
CONSTRUCTORS = ("__init__", "__post_init__")
DEEPEST = 4
MISSING = object()


def ours(value: Any) -> bool:
    return (getattr(value, "__module__", None) or "").startswith("app.")


def classes(annotation: Any, depth: int = 0) -> Iterator[type]:
    """The classes of ours that an annotation names, whatever holds them."""
    if isinstance(annotation, type) and ours(annotation):
        yield annotation
    if depth < DEEPEST:
        for part in typing.get_args(annotation):
            yield from classes(part, depth + 1)


def contents(value: Any, of: Enum | None = None, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """The functions and classes in a table of the code, with the action that each stands for."""
    if isinstance(value, (FUNCTION, type)):
        yield value, of
    if depth < DEEPEST:
        for key, part in parts(value):
            yield from contents(part, key or of, depth + 1)


def parts(value: Any) -> Iterator[tuple[Enum | None, Any]]:
    """What a table or a partial function holds, with the action that is its key."""
    if isinstance(value, partial):
        value = [value.func, *value.args]
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield key if isinstance(key, Enum) else None, part
    if isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield None, part


@cache
def functions_of(path: str) -> dict[int, ast.AST]:
    """The functions of a file by the line of their code's beginning."""
    made: dict[int, ast.AST] = {}
    for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            made[min([node.lineno, *(d.lineno for d in node.decorator_list)])] = node
    return made


def method(cls: type, name: str) -> Any:
    value = inspect.getattr_static(cls, name, MISSING)
    return value.__func__ if isinstance(value, WRAPPERS) else value


@cache
def overriding(cls: type, name: str) -> tuple[types.FunctionType, ...]:
    """The method of a class, and those of the classes below it."""
    below = [cls, *cls.__subclasses__()]
    overrides = (vars(each).get(name) for each in below[1:])
    own = method(cls, name)
    return tuple(m for m in (own, *overrides) if isinstance(m, FUNCTION) and ours(m))


def constructors(cls: type) -> Iterator[types.FunctionType]:
    for name in CONSTRUCTORS:
        yield from overriding(cls, name)[:1]


def closure(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    cells = function.__closure__ or ()
    for name, cell in zip(function.__code__.co_freevars, cells, strict=True):
        try:
            yield name, cell.cell_contents
        except ValueError:
            continue


@cache
def owner_of(function: types.FunctionType) -> type | None:
    """The class of a method."""
    outer, _, _ = function.__qualname__.rpartition(".")
    value = function.__globals__.get(outer)
    return value if isinstance(value, type) else None


def node_of(function: types.FunctionType) -> ast.AST | None:
    code = function.__code__
    if not Path(code.co_filename).exists():
        return None  # made by a library: a dataclass' __init__
    return functions_of(code.co_filename).get(code.co_firstlineno)
