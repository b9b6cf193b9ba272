"""Writers who send requests, batches and acts all the time, and note what was acknowledged."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

STREET = "110105026"
PAUSE_SECONDS = 0.1
LINES = 5
REPEATED = 0.8
"""The part of the requests."""


@dataclass
class Written:
    """Keys that were sent; those acknowledged, each with its ticket's number."""

    sent: set[str] = field(default_factory=set)
    acknowledged: dict[str, str] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)


@dataclass
class Writer:
    """One client. Of its requests some are repeated under their key until they are acknowledged,
    some are sent once, so that nobody knows what became of them."""

    name: str
    url: str
    operator: str
    street: str
    chance: random.Random
    written: Written = field(default_factory=Written)
    unsigned: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    count: int = 0

    def run(self) -> None:
        kinds: list[Callable[[], None]] = [self.create, self.create, self.batch, self.note]
        with httpx.Client(base_url=self.url, timeout=60, verify=False) as self.client:
            while not self.stopping.is_set():
                self.chance.choice([*kinds, self.acknowledge])()

    def key(self) -> str:
        self.count += 1
        key = f"{self.name}-{self.count}"
        self.written.sent.add(key)
        return key

    def send(self, path: str, key: str, content: str, bearer: str) -> httpx.Response | None:
        """The answer of a call that was done; None where it is not known."""
        headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": key}
        headers["Content-Type"] = "application/json"
        is_patient = self.chance.random() < REPEATED
        while True:
            try:
                answer = self.client.post(path, content=content, headers=headers)
            except httpx.TransportError:
                answer = httpx.Response(599)
            self.written.statuses[answer.status_code] += 1
            if answer.is_success:
                return answer
            if self.stopping.is_set() or not is_patient:
                return None
            time.sleep(PAUSE_SECONDS)

    def create(self) -> None:
        key = self.key()
        answer = self.send("/v1/tickets", key, json.dumps(self.request(key)), self.operator)
        if answer:
            self.note_created(key, answer.json()["number"])

    def batch(self) -> None:
        """Lines with keys of their own; each is acknowledged by itself."""
        keys = [self.key() for _ in range(LINES)]
        lines = [json.dumps({**self.request(key), "idempotency_key": key}) for key in keys]
        answer = self.send("/v1/tickets/batch", "unused", "\n".join(lines), self.operator)
        for key, line in zip(keys, answer.text.splitlines() if answer else [], strict=False):
            result = json.loads(line)
            self.written.statuses[result["status"]] += 1
            if "number" in result:
                self.note_created(key, result["number"])

    def note(self) -> None:
        if self.written.acknowledged:
            number = self.chance.choice(list(self.written.acknowledged.values()))
            key = self.key()
            path, content = f"/v1/tickets/{number}/note", json.dumps({"text": key})
            if self.send(path, key, content, self.operator):
                self.written.acknowledged[key] = number

    def acknowledge(self) -> None:
        if self.unsigned:
            number = self.unsigned.pop()
            key = f"signs {number}"
            self.written.sent.add(key)
            if self.send(f"/v1/tickets/{number}/acknowledge", key, "{}", self.street):
                self.written.acknowledged[key] = number

    def note_created(self, key: str, number: str) -> None:
        self.written.acknowledged[key] = number
        self.unsigned.append(number)

    def request(self, key: str) -> dict[str, object]:
        """Each is another citizen's, so that none is a second call."""
        count = int(key.rpartition("-")[2])
        return {
            "channel": "phone",
            "type": "complaint",
            "title": "夜间施工噪声",
            "content": "工地每天夜里十一点以后还在施工。",
            "address": {"text": "朝阳区望京街道望京西园三区308楼"},
            "citizen": {"name": "张三", "phone": f"13{int(self.name):02}{count:07}"},
            "external_id": key,
        }
