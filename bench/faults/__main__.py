"""`python -m bench.faults --kills 100`: prints what was done and what was found; 1 for a fault."""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.faults import record
from bench.faults.followers import Follower, misheard
from bench.faults.service import KILLS, LOOK_SECONDS, Service, begin
from bench.faults.writers import STREET, Writer

LEAST_ACKNOWLEDGED = 10
LONGEST_PEACE_SECONDS = 1.0
"""Between two kills, once all is ready again."""


def run(kills: int, workers: int, writers: int, seed: int) -> dict[str, object]:
    """Kills so many times; the figures, and the faults by their names."""
    chance = random.Random(seed)
    with TemporaryDirectory(prefix="faults") as folder:
        service = Service(Path(folder), workers)
        try:
            with following(service) as followers, writing(service, writers, seed) as clients:
                killed = Counter(kill(service, clients, n, chance) for n in range(kills))
            entries = record.entries(service.database)
            faults = record.faults(service.database, [client.written for client in clients])
            faults["misheard"] = sum(misheard(each.heard, entries) for each in followers)
            faults["unsound"] = audit(service)
        finally:
            service.end()
    written = record.union(client.written for client in clients)
    return {
        "kills": dict(killed),
        "sent": len(written.sent),
        "acknowledged": len(written.acknowledged),
        "followed": len(entries),
        "statuses": dict(sum((client.written.statuses for client in clients), Counter[int]())),
        "faults": faults,
    }


def kill(service: Service, clients: list[Writer], turn: int, chance: random.Random) -> str:
    """The name of what was killed, each part in its turn, while requests were acknowledged."""
    names = [name for name in KILLS if name != "worker" or service.workers > 1]
    before = acknowledged(clients)
    while acknowledged(clients) < before + LEAST_ACKNOWLEDGED:
        time.sleep(LOOK_SECONDS)
    time.sleep(chance.uniform(0, LONGEST_PEACE_SECONDS))
    service.kill(names[turn % len(names)], chance)
    return names[turn % len(names)]


def acknowledged(clients: list[Writer]) -> int:
    return sum(len(client.written.acknowledged) for client in clients)


@contextmanager
def following(service: Service) -> Iterator[list[Follower]]:
    """Until they have heard all that was told."""
    street = service.key("handler", STREET)
    followers = [Follower(service.url, street, streams) for streams in (True, False)]
    threads = [threading.Thread(target=follower.run) for follower in followers]
    for thread in threads:
        thread.start()
    try:
        yield followers
    finally:
        last = len(record.entries(service.database))
        for follower in followers:
            follower.catch_up(last)
        for thread in threads:
            thread.join()


@contextmanager
def writing(service: Service, number: int, seed: int) -> Iterator[list[Writer]]:
    operator, street = service.key("operator"), service.key("handler", STREET)
    clients = [
        Writer(str(n), service.url, operator, street, random.Random(f"{seed}-{n}"))
        for n in range(number)
    ]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        for client in clients:
            client.stopping.set()
        for thread in threads:
            thread.join()


def audit(service: Service) -> int:
    """The exit code of `jiesu audit verify`."""
    return begin(["audit", "verify"], {"JIESU_DATA_DIR": str(service.directory)}).wait()


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.faults")
    for name, default in (("kills", 100), ("workers", 2), ("writers", 8), ("seed", 1)):
        asked.add_argument(f"--{name}", type=int, default=default)
    figures = run(**vars(asked.parse_args()))
    print(json.dumps(figures))
    faults = figures["faults"]
    sys.exit(any(faults.values()) if isinstance(faults, dict) else 1)


if __name__ == "__main__":
    main()
