"""What is kept in memory as long as it fits, the oldest going first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar

OVERHEAD = 500
"""Bytes beside a body, roughly: its key and its place."""


class Sized(Protocol):
    @property
    def body(self) -> bytes: ...


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Sized)


class Keep(Generic[K, V]):
    """The values last put in, up to so many bytes of their bodies."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.values: OrderedDict[K, V] = OrderedDict()
        self.bytes = 0
        self.lock = Lock()

    def get(self, key: K) -> V | None:
        return self.values.get(key)

    def put(self, key: K, value: V) -> None:
        with self.lock:
            former = self.values.pop(key, None)
            if former is not None:
                self.bytes -= len(former.body) + OVERHEAD
            self.values[key] = value
            self.bytes += len(value.body) + OVERHEAD
            while self.bytes > self.most_bytes:
                _, oldest = self.values.popitem(last=False)
                self.bytes -= len(oldest.body) + OVERHEAD
