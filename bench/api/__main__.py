"""The speed of the API for its users, beside that of the machine and of the bare database.

    python -m bench.api [--scale small] [--rows post,inbox] [--tree DIR | --beside N]
                        [--city DIR] [--json FILE]

`--tree` names another checkout with its own `.venv`: its service is measured in turn with ours, on
a separate database loaded the same way. `--beside` measures ours in turn with itself in a city of N
tickets: the growth, whatever the machine does meanwhile. `--city` keeps the loaded city in a
directory; a later run measures it as it is, without growth.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from app.kit import clock
from app.kit.host import embedded
from app.period import Period, Periods
from app.preparation import read_policies
from app.settings import Settings
from bench import rankings
from bench.api import city, client, report, rows, server, usage, yardsticks
from bench.api.city import City, Kept
from bench.api.client import Load
from bench.api.rest import come_to_rest
from bench.api.rows import ROWS, Row, Site
from bench.api.scales import SCALES, Scale, named_by_environment
from bench.api.server import HERE, Server
from bench.api.turns import Turn, Work, alternate, ratio, summary
from tests.aids.nursery import PLACE
from tests.serving import migrated

CONNECTIONS = 250
OURS, BEFORE, SMALL = "now", "before", "small"


@dataclass(slots=True)
class Bench:
    """A run: its servers, ours first, and its results."""

    scale: Scale
    directory: Path
    clients: Executor
    now: datetime
    sites: list[Site] = field(default_factory=list)
    cities: list[City] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    tickets: int = 0
    facts: int = 0
    beside: int = 0
    """Tickets of the second city, which does not grow; 0: it is as large as the first."""

    def open(self, name: str, tree: Path, cluster: str, stack: ExitStack) -> None:
        """Open a tree's service with a separate database of a single ticket."""
        data = self.directory / name
        data.mkdir(exist_ok=True)
        database = server.database(cluster, f"bench_{name}")
        loaded = city.kept(database) if name == OURS else None
        if not loaded:
            server.make_anew(cluster, database)
        started = stack.enter_context(server.serving(name, tree, database, data))
        started.call("GET", "/readyz", "")
        self.sites.append(self.site(started))
        if loaded:
            self.cities.append(loaded.city)
            self.tickets, self.facts = loaded.tickets, loaded.facts
        else:
            self.cities.append(self.empty_city(self.sites[-1], name))
            if name == SMALL and self.tickets:
                small = self.cities[-1]
                small.load(self.beside, small.streets * city.WAITING, self.now)

    def empty_city(self, site: Site, name: str) -> City:
        """The city of a single ticket, the model of all others."""
        database = site.server.database
        least = round(self.scale.tickets * min(self.scale.growth))
        tickets = self.beside if name == SMALL else least
        streets = city.prepare(database, tickets)
        body = rows.new_ticket(rows.addresses(site)[0], "15900000000")
        key = site.server.key("operator")
        place = site.server.call_text("POST", "/v1/tickets", key, body, 201)
        return City(database, place.headers["location"].split("/")[-1], streets)

    def site(self, started: Server) -> Site:
        opened, sealed = periods(self.now)
        return Site(
            started,
            lambda load: self.send(started, load),
            self.scale.batch,
            opened,
            sealed,
            rows.query(started.database),
            {},
        )

    def send(self, to: Server, load: Load) -> Turn:
        """Send a load: its answers, and the CPU that they took."""
        postmaster = yardsticks.postmaster(self.directory)
        members = usage.family(to.process)
        usage.forget_peak(members)
        before = usage.used(members, postmaster)
        answers = self.clients.submit(client.send, load).result()
        spent = usage.used(members, postmaster).since(before)
        return Turn(
            len(answers.milliseconds),
            answers.seconds,
            spent,
            answers.milliseconds,
            answers.wrong,
            answers.sample,
            usage.peak(members),
        )

    def grow(self, part: float) -> None:
        """Load the city up to this part; the first part brings all tickets in inboxes."""
        more = round(self.scale.tickets * part) - self.tickets
        for place, loaded in enumerate(self.cities):
            if not place or not self.beside:
                waiting = 0 if self.tickets else loaded.streets * city.WAITING
                loaded.load(more, waiting, self.now)
            elif not self.tickets:
                loaded.load(self.beside, loaded.streets * city.WAITING, self.now)
        self.tickets += more
        self.keep()

    def assess(self, number: int) -> None:
        """Load facts of the open period up to this number; the first also bring a sealed period."""
        opened, sealed = periods(self.now)
        for site, theirs in zip(self.sites, self.cities, strict=True):
            theirs.assess(opened, number - self.facts, f"F{self.facts}", self.now)
            if not self.facts:
                theirs.assess(sealed, self.scale.facts[0], "S", self.now)
                key = site.server.key("evaluator")
                site.server.call("POST", f"/v1/rankings/{sealed.name}/seal", key, {}, 201)
        self.facts = number
        self.keep()

    def keep(self) -> None:
        """Note how far our city is loaded."""
        city.keep(Kept(self.cities[0], self.tickets, self.facts))

    def settle(self) -> None:
        """Let every service know what was loaded behind its back."""
        for site in self.sites:
            site.server.settle()

    def measure(self, row: Row) -> None:
        """Measure a row on each server and its yardstick, in turn."""
        works = [self.work(site, row) for site in self.sites]
        if row.yardstick:
            works.append(self.yardstick(row.yardstick))
        works = [self.rested(work) for work in works]
        turns = alternate(works, self.scale.rounds, self.scale.seconds)
        for place, site in enumerate(self.sites):
            figures = summary(turns[place])
            site.saturated[row.name] = figures["rate"]
            figures |= {"row": row.name, "title": row.title, "tickets": self.tickets}
            figures |= {"server": site.server.name, "facts": self.facts}
            if row.yardstick:
                bare = summary(turns[-1])
                figures |= {"yardstick": row.yardstick, "yardstick_rate": bare["rate"]}
                figures |= {"yardstick_cpu_ms": bare["database_cpu_ms"]}
                figures["ratio"] = ratio(turns[place], turns[-1])
            if len(self.sites) > 1 and not place:
                figures["times"] = ratio(turns[0], turns[1])
            self.results.append(figures)
            report.line(figures)

    def rested(self, work: Work) -> Work:
        def begin(seconds: float) -> Turn:
            come_to_rest(self.used, self.scale.look)
            return work(seconds)

        return begin

    def used(self) -> float:
        """CPU seconds of all services and the database."""
        servers = sum(usage.of_family(site.server.process) for site in self.sites)
        return servers + usage.of_family(yardsticks.postmaster(self.directory))

    def work(self, site: Site, row: Row) -> Work:
        def work(seconds: float) -> Turn:
            turn = site.send(row.load(site, seconds))
            turn.done *= row.done(site)
            return turn

        return work

    def yardstick(self, name: str) -> Work:
        site, database = self.sites[0], self.sites[0].server.database
        if name in ROWS:
            return self.work(site, ROWS[name])
        if name == "copy":
            return yardsticks.copy(database, self.scale.batch, self.directory)
        if name == "copy-out":
            return yardsticks.copy_out(database, rows.desks(site)[0][0], self.directory)
        script, clients = self.script(name, site)
        return yardsticks.pgbench(database, script, clients, self.directory)

    def script(self, name: str, site: Site) -> tuple[str, int]:
        database, model = site.server.database, self.cities[0].model
        if name.startswith("one-ticket"):
            clients = 1 if name.endswith("alone") else rows.EVERYBODY
            return yardsticks.one_ticket(database, model), clients
        if name == "select-ticket":
            return f"SELECT * FROM ticket WHERE number = '{model}';", rows.EVERYBODY
        if name == "group-by":
            period = site.opened
            bare = rankings.BARE % {
                "start": f"'{period.starts_at.isoformat()}'",
                "end": f"'{period.ends_at.isoformat()}'",
            }
            return " ".join(bare.split()) + ";", 4
        return "SELECT 1;", rows.EVERYBODY


def periods(now: datetime) -> tuple[Period, Period]:
    """The open period, and the last that may be sealed."""
    known = Periods(read_policies(Settings(secret_key=server.SECRET)))
    opened = known.of(now)
    sealed = known.previous(opened)
    if (now - sealed.ends_at).days <= sealed.policy.period.freeze_days:
        sealed = known.previous(sealed)
    return opened, sealed


def asked(names: str) -> list[Row]:
    unknown = set(filter(None, names.split(","))) - set(ROWS)
    if unknown:
        sys.exit(f"bench: no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    return [ROWS[name] for name in names.split(",")] if names else list(ROWS.values())


def stages(bench: Bench, chosen: list[Row]) -> Iterator[list[Row]]:
    """The stages of the city's growth, each with the rows to be measured after it."""
    growing = [row for row in chosen if row.grows]
    for part in bench.scale.growth if growing and not bench.tickets else ():
        bench.grow(part)
        bench.settle()
        yield growing
    if bench.tickets < bench.scale.tickets:
        bench.grow(1)
    ranked = [row for row in chosen if row.name.startswith("ranking")]
    for number in bench.scale.facts if ranked else ():
        if number > bench.facts:
            bench.assess(number)
        bench.settle()
        yield ranked
    if not ranked:
        bench.settle()
    yield [row for row in chosen if row not in ranked]


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", choices=SCALES, default=named_by_environment())
    parser.add_argument("--rows", default="", help="some of: " + ", ".join(ROWS))
    second = parser.add_mutually_exclusive_group()
    second.add_argument("--tree", type=Path, help="another checkout, measured in turn")
    second.add_argument("--beside", type=int, default=0, help="tickets of a city measured in turn")
    parser.add_argument("--city", type=Path, help="where the loaded city is kept")
    parser.add_argument("--json", type=Path, help="where the figures are kept, too")
    given = parser.parse_args()
    chosen = asked(given.rows)
    with ExitStack() as stack:
        directory = given.city or stack.enter_context(passing_directory())
        bench = opened(stack, directory, SCALES[given.scale], given.tree, given.beside)
        report.head()
        for stage in stages(bench, chosen):
            for row in stage:
                bench.measure(row)
    results = {"machine": report.machine(), "scale": given.scale, "rows": bench.results}
    if given.json:
        given.json.write_text(report.as_json(results), encoding="utf-8")


@contextmanager
def passing_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jiesu-bench-") as directory:
        yield Path(directory)


def opened(
    stack: ExitStack, directory: Path, scale: Scale, tree: Path | None, beside: int
) -> Bench:
    clients = stack.enter_context(ProcessPoolExecutor(1, mp_context=get_context("fork")))
    clients.submit(int).result()  # while there is no other thread here
    if PLACE in os.environ and not embedded.is_made(directory):
        migrated.begin_with(directory)
    cluster = stack.enter_context(embedded.running(directory, max_connections=CONNECTIONS))
    bench = Bench(scale, directory, clients, clock.utc(), beside=beside)
    bench.open(OURS, HERE, cluster, stack)
    if tree:
        bench.open(BEFORE, tree.resolve(), cluster, stack)
    elif beside:
        bench.open(SMALL, HERE, cluster, stack)
    return bench


if __name__ == "__main__":
    run()
