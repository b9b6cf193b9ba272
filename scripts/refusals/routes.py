"""The refusals of each route: what leaves the functions that it runs, less what others catch."""

import types
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.kit.errors import Refusal
from scripts.refusals.code import FUNCTION, closure, constructors
from scripts.refusals.reader import effects

Left = tuple[type[Refusal], Enum | None]
"""A refusal, and the action whose guard raises it; None: whatever the action."""


def reachable(begun: list[types.FunctionType]) -> set[types.FunctionType]:
    seen = set(begun)
    while begun:
        for below, _, _ in effects(begun.pop()).used:
            if below not in seen:
                seen.add(below)
                begun.append(below)
    return seen


class Refusals:
    """The refusals that leave each function that any of the routes runs."""

    def __init__(self, routes: list[APIRoute], *others: types.FunctionType) -> None:
        starts = {start for route in routes for start in starting(route.dependant)}.union(others)
        self.of: dict[types.FunctionType, set[Left]] = defaultdict(set)
        users: dict[types.FunctionType, set[types.FunctionType]] = defaultdict(set)
        everything = reachable(list(starts))
        for function in everything:
            for below, _, _ in effects(function).used:
                users[below].add(function)
        waiting = set(everything)
        while waiting:
            function = waiting.pop()
            left = self.leaving(function)
            if left != self.of[function]:
                self.of[function] = left
                waiting |= users[function]

    def leaving(self, function: types.FunctionType) -> set[Left]:
        own = effects(function)
        left = {(kind, of) for kind, caught, of in own.raised if not issubclass(kind, caught)}
        for below, caught, action in own.used:
            left |= {
                (kind, action or of) for kind, of in self.of[below] if not issubclass(kind, caught)
            }
        return left

    def route(self, route: APIRoute) -> set[type[Refusal]]:
        """Of the guards of actions, those of the route's own action."""
        starts = set(starting(route.dependant))
        own = set(actions(starts, route))
        kinds = {type(action) for action in own}
        return {
            kind
            for start in starts
            for kind, of in self.of[start]
            if of is None or of in own or type(of) not in kinds
        }

    def uses(self, route: APIRoute, functions: set[Any]) -> bool:
        return bool(functions & reachable(list(starting(route.dependant))))


def actions(starts: set[types.FunctionType], route: APIRoute) -> Iterator[Enum]:
    """The actions that a route's dependencies hold, or that its endpoint or what it calls names."""
    near = set(starts)
    for function in starts:
        near |= {below for below, _, _ in effects(function).used}
        yield from (value for _, value in closure(function) if isinstance(value, Enum))
    room = ".".join(route.endpoint.__module__.split(".")[:2])
    for function in near:
        near = near | {below for below, _, _ in effects(function).used}
    for function in near:
        if function.__module__.startswith(room):
            yield from effects(function).members


def starting(dependant: Dependant) -> Iterator[types.FunctionType]:
    for below in dependant.dependencies:
        yield from starting(below)
    call = dependant.call
    if isinstance(call, type):
        yield from constructors(call)
    elif isinstance(call, FUNCTION):
        yield call
