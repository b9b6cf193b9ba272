"""Reads a function: what it raises itself, what it calls or hands on, and what is caught there.
Types of names come from annotations, and from what is assigned to them."""

import ast
import builtins
import inspect
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, cached_property
from typing import Any

from app.kit.errors import Refusal
from scripts.refusals.code import (
    FUNCTION,
    MISSING,
    WRAPPERS,
    classes,
    closure,
    constructors,
    contents,
    method,
    node_of,
    ours,
    overriding,
    owner_of,
)

Caught = tuple[type[BaseException], ...]
SAME = frozenset({"values", "get", "items", "pop", "one", "first", "all", "scalar", "copy"})
"""Methods of containers that answer with what they contain."""


class Typed:
    """A value of which only the type is known: what its annotation says."""

    def __init__(self, annotation: Any) -> None:
        self.annotation = annotation


@dataclass
class Effects:
    """What a function raises itself and which functions it uses, each with what is caught there."""

    raised: set[tuple[type[Refusal], Caught, Enum | None]] = field(default_factory=set)
    used: set[tuple[types.FunctionType, Caught, Enum | None]] = field(default_factory=set)
    members: set[Enum] = field(default_factory=set)


class Reader(ast.NodeVisitor):
    """Reads one function."""

    state: Any = None
    """The application's, whose members say their types themselves."""

    def __init__(self, function: types.FunctionType) -> None:
        self.function = function
        self.effects = Effects()
        self.caught: Caught = ()
        self.names: dict[str, Any] = {}
        self.closed = dict(closure(function))

    def read(self, node: ast.AST) -> Effects:
        owner = owner_of(self.function)
        arguments = node.args  # type: ignore[attr-defined]
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for argument in given:
            annotation = self.function.__annotations__.get(argument.arg)
            self.names[argument.arg] = Typed(annotation)
        if owner and given:
            self.names[given[0].arg] = Typed(owner)
        for statement in node.body:  # type: ignore[attr-defined]
            self.visit(statement)
        return self.effects

    # what an expression is

    def look(self, node: ast.AST) -> Any:
        """A value of the code, or a Typed; MISSING where neither is known."""
        reader = getattr(self, f"look_{type(node).__name__.lower()}", None)
        return reader(node) if reader else MISSING

    def look_name(self, node: ast.Name) -> Any:
        for known in (self.names, self.closed, self.function.__globals__):
            if node.id in known:
                return known[node.id]
        return MISSING

    def look_attribute(self, node: ast.Attribute) -> Any:
        if node.attr == "state" and isinstance(node.value, ast.Attribute):
            return self.state
        base = self.look(node.value)
        if base is self.state:
            return Typed(type(getattr(base, node.attr, None)))
        if isinstance(base, Typed):
            return self.member(base.annotation, node.attr)
        if isinstance(base, (types.ModuleType, type)) or ours(type(base)):
            value = inspect.getattr_static(base, node.attr, MISSING)
            return value.__func__ if isinstance(value, WRAPPERS) else value
        return MISSING

    def member(self, annotation: Any, name: str) -> Any:
        for cls in classes(annotation):
            value = method(cls, name)
            if isinstance(value, FUNCTION):
                return value
            getter: Any = value.fget if isinstance(value, property) else None
            getter = value.func if isinstance(value, cached_property) else getter
            if getter:
                self.use(getter)
                return Typed(getter.__annotations__.get("return"))
            if name in declared(cls):
                return Typed(declared(cls)[name])
        return MISSING

    def look_call(self, node: ast.Call) -> Any:
        called = self.look(node.func)
        if isinstance(called, type):
            return Typed(called)
        if isinstance(called, FUNCTION):
            return Typed(called.__annotations__.get("return"))
        if isinstance(called, Typed):
            return self.look_result(called)
        if isinstance(node.func, ast.Attribute) and node.func.attr in SAME:
            return self.look(node.func.value)
        return MISSING

    def look_result(self, called: Typed) -> Any:
        for cls in classes(called.annotation):
            calling = method(cls, "__call__")
            if isinstance(calling, FUNCTION) and not isinstance(called.annotation, type(cls)):
                return Typed(calling.__annotations__.get("return"))
        return Typed(called.annotation)

    def look_await(self, node: ast.Await) -> Any:
        return self.look(node.value)

    def look_subscript(self, node: ast.Subscript) -> Any:
        return self.look(node.value)

    def look_ifexp(self, node: ast.IfExp) -> Any:
        return self.look(node.body)

    def look_boolop(self, node: ast.BoolOp) -> Any:
        return self.look(node.values[0])

    # what a statement does

    def use(self, function: types.FunctionType, of: Enum | None = None) -> None:
        if ours(function) and function is not self.function:
            self.effects.used.add((function, self.caught, of))

    def mention(self, value: Any) -> None:
        """A value that the function names may be called, raised or handed on."""
        if isinstance(value, Enum):
            self.effects.members.add(value)
        for part, of in contents(value):
            self.take(part, of)

    def take(self, part: Any, of: Enum | None) -> None:
        if isinstance(part, FUNCTION):
            self.use(part, of)
        elif issubclass(part, Refusal):
            self.effects.raised.add((part, self.caught, of))
        elif ours(part):
            for constructor in constructors(part):
                self.use(constructor)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.mention(self.look(node))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        value = self.look(node)
        self.mention(value)
        base = self.look(node.value)
        if isinstance(base, Typed):
            for cls in classes(base.annotation):
                for each in overriding(cls, node.attr):
                    self.use(each)
        elif isinstance(base, (types.ModuleType, type)):
            return
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        called = self.look(node.func)
        if isinstance(called, Typed):
            for cls in classes(called.annotation):
                for each in overriding(cls, "__call__"):
                    self.use(each)
        if called is isinstance or called is issubclass:
            return
        self.generic_visit(node)

    def visit_Try(self, node: ast.Try) -> None:
        outer = self.caught
        self.caught = (*outer, *(kind for h in node.handlers for kind in self.swallowed(h)))
        for statement in node.body:
            self.visit(statement)
        self.caught = outer
        for handler in node.handlers:
            if handler.name:
                self.names[handler.name] = MISSING
            for statement in handler.body:
                self.visit(statement)
        for statement in (*node.orelse, *node.finalbody):
            self.visit(statement)

    def swallowed(self, handler: ast.ExceptHandler) -> Iterator[type[BaseException]]:
        raises_again = any(
            isinstance(part, ast.Raise) and (part.exc is None or names(part.exc, handler.name))
            for statement in handler.body
            for part in ast.walk(statement)
        )
        if handler.type is not None and not raises_again:
            yield from self.kinds(handler.type)

    def kinds(self, node: ast.AST) -> Iterator[type[BaseException]]:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        for part in parts:
            value = self.look(part)
            if value is MISSING and isinstance(part, ast.Name):
                value = getattr(builtins, part.id, None)
            for kind, _ in contents(value):
                if isinstance(kind, type) and issubclass(kind, BaseException):
                    yield kind

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        outer = self.caught
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "suppress":
                self.caught += tuple(kind for a in call.args for kind in self.kinds(a))
                continue
            self.visit(call)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, self.look(call))
        for statement in node.body:
            self.visit(statement)
        self.caught = outer

    visit_AsyncWith = visit_With  # noqa: N815

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.bind(target, self.look(node.value))

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)
        self.bind(node.target, Typed(self.evaluated(node.annotation)))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.bind(node.target, self.look(node.value))

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self.bind(node.target, self.look(node.iter))
        for statement in (*node.body, *node.orelse):
            self.visit(statement)

    visit_AsyncFor = visit_For  # noqa: N815

    def comprehend(self, node: Any) -> None:
        for loop in node.generators:
            self.visit(loop.iter)
            self.bind(loop.target, self.look(loop.iter))
            for condition in loop.ifs:
                self.visit(condition)
        for part in ("elt", "key", "value"):
            if hasattr(node, part):
                self.visit(getattr(node, part))

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehend  # noqa: N815

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for argument in (*node.args.args, *node.args.kwonlyargs):
            annotation = argument.annotation and self.evaluated(argument.annotation)
            self.names[argument.arg] = Typed(annotation)
        self.names[node.name] = Typed(node.returns and self.evaluated(node.returns))
        for statement in node.body:
            self.visit(statement)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        outer = dict(self.names)
        for argument in node.args.args:
            self.names[argument.arg] = MISSING
        self.visit(node.body)
        self.names = outer

    def bind(self, target: ast.AST, value: Any) -> None:
        if isinstance(target, (ast.Tuple, ast.List)):
            for part in target.elts:
                self.bind(part, value)
        elif isinstance(target, ast.Name):
            kept = value is self.state or isinstance(value, (Typed, FUNCTION, type))
            self.names[target.id] = value if kept else MISSING
        else:
            self.visit(target)

    def evaluated(self, node: ast.AST) -> Any:
        return self.look(node) if isinstance(node, (ast.Name, ast.Attribute)) else None


def names(node: ast.AST, name: str | None) -> bool:
    return isinstance(node, ast.Name) and node.id == name


@cache
def attributes(cls: type) -> dict[str, Any]:
    """What `__init__` gives `self`, by its parameters' annotations or the class that it makes."""
    made: dict[str, Any] = {}
    for base in cls.__mro__:
        init = vars(base).get("__init__")
        if not isinstance(init, FUNCTION) or not ours(init):
            continue
        node = node_of(init)
        reader = Reader(init)
        reader.names = {name: Typed(kind) for name, kind in init.__annotations__.items()}
        for part in ast.walk(node) if node else ():
            if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Attribute):
                value = reader.look(part.value)
                if isinstance(value, Typed):
                    made.setdefault(part.targets[0].attr, value.annotation)
    return made


@cache
def declared(cls: type) -> dict[str, Any]:
    """The annotations of its attributes, its bases' among them."""
    made = attributes(cls)
    for base in reversed(cls.__mro__):
        made = made | vars(base).get("__annotations__", {})
    return made


@cache
def effects(function: types.FunctionType) -> Effects:
    node = node_of(function)
    made = Reader(function).read(node) if node else Effects()
    wrapped = getattr(function, "__wrapped__", None)
    if isinstance(wrapped, FUNCTION):
        made.used.add((wrapped, (), None))
    return made
