"""Followers of a street's feed, who go on from the last number they heard, whatever breaks."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import eq
from typing import Any

import httpx

from bench.faults.writers import PAUSE_SECONDS

WAIT_SECONDS = 5
CATCHING_UP_SECONDS = 60

Heard = tuple[int, str, str]
"""An entry's number, its ticket and its kind."""


@dataclass
class Follower:
    """By a stream, or by requests that wait."""

    url: str
    key: str
    streams: bool
    heard: list[Heard] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def last(self) -> int:
        return self.heard[-1][0] if self.heard else 0

    def run(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=60, verify=False) as client:
            while not self.stopping.is_set():
                try:
                    self.follow(client)
                except (httpx.TransportError, httpx.HTTPStatusError):
                    time.sleep(PAUSE_SECONDS)

    def follow(self, client: httpx.Client) -> None:
        for entry in self.streamed(client) if self.streams else self.waited(client):
            self.heard.append((entry["seq"], entry["ticket_number"], entry["kind"]))
            if self.stopping.is_set():
                return

    def streamed(self, client: httpx.Client) -> Iterator[Any]:
        last = {"Last-Event-ID": str(self.last)}
        with client.stream("GET", "/v1/feed/stream", headers=last) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line.removeprefix("data: "))
                elif self.stopping.is_set():
                    return

    def waited(self, client: httpx.Client) -> Iterator[Any]:
        asked = {"after": self.last, "wait": WAIT_SECONDS}
        yield from client.get("/v1/feed", params=asked).raise_for_status().json()["items"]

    def catch_up(self, last: int) -> None:
        """Returns when it has heard of this number, or not for long."""
        deadline = time.monotonic() + CATCHING_UP_SECONDS
        while self.last < last and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
        self.stopping.set()


def misheard(heard: list[Heard], entries: list[Heard]) -> int:
    """Entries that were skipped, heard twice, out of order, or otherwise than they stand."""
    right = sum(map(eq, entries, heard))
    return max(len(heard), len(entries)) - right
