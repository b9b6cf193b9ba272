"""Results of before, taken again as long as the tables behind them stand as they stood then."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple, Protocol, TypeVar

from app.rankings.versions import State, Versions, state

T = TypeVar("T")

Make = Callable[[T | None], T]
"""Reckons a result; the earlier one of its key tells which parts may have stayed the same."""

MOST = 240
"""Results kept; for each league of a period there are six, the largest of half a megabyte."""


class Result(NamedTuple):
    state: State
    value: Any


class Memory:
    """The newest result of each key; the key used longest ago goes first."""

    def __init__(self) -> None:
        self.results: OrderedDict[Hashable, Result] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable) -> Result | None:
        with self.lock:
            result = self.results.get(key)
            if result:
                self.results.move_to_end(key)
            return result

    def put(self, key: Hashable, result: Result) -> None:
        with self.lock:
            self.results[key] = result
            self.results.move_to_end(key)
            if len(self.results) > MOST:
                self.results.popitem(last=False)


class Recalling(Protocol):
    def __call__(self, key: Hashable, tables: Sequence[str], make: Make[T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Recall:
    """The memory in one transaction: results that hold for the tables in its snapshot, under one
    edition of the city's rules and names."""

    memory: Memory
    versions: Versions
    edition: str

    def __call__(self, key: Hashable, tables: Sequence[str], make: Make[T]) -> T:
        result = self.memory.get((self.edition, key))
        if result is None or result.state != state(self.versions, tables):
            value = make(result.value if result else None)
            result = Result(state(self.versions, tables), value)
            self.memory.put((self.edition, key), result)
        kept: T = result.value
        return kept

    def known(self, key: Hashable, tables: Sequence[str]) -> Result | None:
        result = self.memory.get((self.edition, key))
        return result if result and result.state == state(self.versions, tables) else None


@dataclass(frozen=True, slots=True)
class Once:
    """The results of one record in one transaction, each reckoned once for all its leagues."""

    results: dict[Hashable, Any] = field(default_factory=dict)

    def __call__(self, key: Hashable, tables: Sequence[str], make: Make[T]) -> T:
        if key not in self.results:
            self.results[key] = make(None)
        kept: T = self.results[key]
        return kept


def anew(key: Hashable, tables: Sequence[str], make: Make[T]) -> T:
    """Nothing is recalled."""
    return make(None)
