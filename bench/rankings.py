"""The time of a month's ranking, beside the bare GROUP BY of the same rows, alternately in one run;
and the time of the export of its facts, beside a COPY of them.

    python -m bench.rankings [--facts 2000000] [--others 0] [--rounds 9]

The open month is measured first with none of its finished days kept, and then with all of them.

`--others` puts so many facts into the three months before; the last of these is sealed.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.sql import SQL, Composed
from sqlalchemy.orm import Session

from app import preparation
from app.bulletins.monthly import monthly
from app.city import City
from app.kit import db
from app.kit.host import embedded, migrate
from app.kit.messages import ENGLISH
from app.period import Period, Periods
from app.rankings import service
from app.rankings.counting import assessments as counting
from app.rankings.counting import keep_days
from app.rankings.counting.record import Record
from app.rankings.exports import facts as facts_export
from app.rankings.exports import parquet
from app.rankings.exports.sheet import as_csv
from app.rankings.recall import Memory
from app.rankings.schemas import RankingQuery
from app.rankings.service import Asked
from app.seals import service as seals
from app.settings import Settings
from app.statistics.goals import GoalsQuery, goals

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
OPEN, BEFORE = "2026-11", "2026-10"

TICKETS = """
INSERT INTO ticket (number, status, since, version, channel, type, urgency, secret, anonymous,
    street_code, district_code, office_code, category, policy, received_at, updated_at{column})
SELECT %(prefix)s || lpad(n::text, 9, '0'), 'closed', at, 9, 'phone', 'complaint', 'L3', false,
    false, code, left(code, 6), code, category, 'beijing-2019', at, at{value}
FROM (SELECT n, %(start)s::timestamptz + n * %(step)s::interval AS at,
        (%(streets)s::text[])[1 + (n * 7919) %% %(streets_number)s] AS code,
        leaves[1 + (n * 31) %% cardinality(leaves)] AS category
      FROM generate_series(0, %(number)s::bigint - 1) AS n, (
        SELECT array_agg(code ORDER BY code) AS leaves FROM category WHERE length(code) = 6
      ) AS categories) AS made
"""
CHAINED = ", chain_head", ", ''"
IS_CHAINED = """
SELECT true FROM information_schema.columns
WHERE table_name = 'ticket' AND column_name = 'chain_head'
"""
"""Whether the measured tree chains a ticket's events; the state of 2026-11-21 does not."""
FACTS = """
INSERT INTO assessment (ticket_number, office_code, district_code, category, type, channel, urgency,
    anonymous, reach, contacted, resolved, satisfied, contact_ok, late, assessed_at, recorded_at)
SELECT number, office_code, district_code, category, type, channel, urgency, false,
    CASE WHEN said < 0.8 THEN 'reached' ELSE 'unreached' END,
    CASE WHEN said < 0.75 THEN 'yes' WHEN said < 0.8 THEN 'no' END,
    CASE WHEN said < 0.6 THEN 'resolved' WHEN said < 0.65 THEN 'partly'
         WHEN said < 0.77 THEN 'unresolved' WHEN said < 0.8 THEN 'no_answer' END,
    CASE WHEN said >= 0.8 THEN NULL WHEN other < 0.5 THEN 'very' WHEN other < 0.7 THEN 'satisfied'
         WHEN other < 0.8 THEN 'basic' ELSE 'dissatisfied' END,
    other < 0.95, other > 0.9, received_at, received_at
FROM (SELECT *, random() AS said, random() AS other FROM ticket
      WHERE received_at >= %(start)s AND received_at < %(end)s) AS finished
"""
BARE = """
SELECT office_code, count(*) FROM assessment
WHERE assessed_at >= %(start)s AND assessed_at < %(end)s GROUP BY office_code
"""
BARE_VOLUME = """
SELECT street_code, count(*) FROM ticket
WHERE received_at >= %(start)s AND received_at < %(end)s GROUP BY street_code
"""
COPY = """
COPY (SELECT a.*, e.code FROM assessment a LEFT JOIN exclusion e USING (ticket_number)
      WHERE assessed_at >= %(start)s AND assessed_at < %(end)s
      ORDER BY assessed_at, ticket_number) TO STDOUT
"""
EXPORTED = 10
"""The export is measured on this fraction of the month."""


def tickets(connection: psycopg.Connection) -> Composed:
    """The statement that writes TICKETS, with the columns that the database of this tree has."""
    column, value = CHAINED if connection.execute(IS_CHAINED).fetchone() else ("", "")
    return SQL(TICKETS).format(column=SQL(column), value=SQL(value))


def fill(url: str, period: Period, number: int) -> None:
    """A number of finished tickets, spread evenly over a period and over all streets."""
    with psycopg.connect(url, autocommit=True) as connection:
        streets = [
            code
            for (code,) in connection.execute(
                "SELECT code FROM office WHERE kind IN ('street', 'township') ORDER BY code"
            )
        ]
        values: dict[str, Any] = {
            "prefix": f"BJ{period.name}",
            "start": period.starts_at,
            "end": period.ends_at,
            "step": (min(period.ends_at, NOW) - period.starts_at) / max(number, 1),
            "streets": streets,
            "streets_number": len(streets),
            "number": number,
        }
        connection.execute("SET session_replication_role = replica")
        connection.execute(tickets(connection), values)
        connection.execute(FACTS, values)


def spent(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def measure(
    rounds: int, yardstick: Callable[[], object], works: dict[str, Callable[[], object]]
) -> list[dict[str, Any]]:
    """Milliseconds of each work, each time right after the yardstick; the first round is not
    counted."""
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(rounds + 1):
        for name, act in works.items():
            took[name].append((spent(yardstick), spent(act)))
    return [row(name, pairs[1:]) for name, pairs in took.items()]


def row(name: str, pairs: list[tuple[float, float]]) -> dict[str, Any]:
    milliseconds = [work for _, work in pairs]
    return {
        "work": name,
        "median_ms": round(statistics.median(milliseconds), 2),
        "least_ms": round(min(milliseconds), 2),
        "most_ms": round(max(milliseconds), 2),
        "yardstick_ms": round(statistics.median(bare for bare, _ in pairs), 2),
        "ratio": round(statistics.median(work / bare for bare, work in pairs), 2),
    }


def works(sessions: db.Sessions, city: City) -> dict[str, Callable[[], object]]:
    def read(period: str) -> Callable[[Session], object]:
        return lambda session: (
            service.ranking(Asked(session, city, NOW), period, RankingQuery()).body
        )

    def table(session: Session) -> object:
        return as_csv(
            service.ranking(Asked(session, city, NOW), OPEN, RankingQuery()).view(), ENGLISH
        )

    period, memory = Periods(city.policies).named(OPEN), Memory()
    acts: dict[str, Callable[[Session], object]] = {
        "open month": read(OPEN),
        "open month, CSV": table,
        "sealed month": read(BEFORE),
        "open month, bulletin": lambda session: monthly(Asked(session, city, NOW), OPEN),
        "bulletin, nothing changed": lambda session: monthly(
            Asked(session, city, NOW, memory), OPEN
        ),
        "open month, goals": lambda session: goals(Asked(session, city, NOW), OPEN, GoalsQuery()),
        "its counts alone": lambda session: counts(session, period),
        "bare volume": lambda session: bare(session, BARE_VOLUME, period),
    }
    return {name: within(sessions, act) for name, act in acts.items()}


def part_of(period: Period) -> Period:
    span = min(period.ends_at, NOW) - period.starts_at
    return replace(period, ends_at=period.starts_at + span / EXPORTED)


def exports(sessions: db.Sessions, period: Period) -> dict[str, Callable[[], object]]:
    def lines(write: Callable[[Record], Iterator[bytes]]) -> Callable[[Session], object]:
        return lambda session: sum(map(len, write(Record(session, period))))

    def columns(session: Session) -> None:
        with tempfile.TemporaryFile() as file:
            parquet.written(Record(session, period), file)

    acts: dict[str, Callable[[Session], object]] = {
        "export, NDJSON": lines(facts_export.ndjson),
        "export, CSV": lines(partial(facts_export.as_sheet, reader=ENGLISH)),
        "export, Parquet": columns,
    }
    return {name: within(sessions, act) for name, act in acts.items()}


def copied(url: str, period: Period) -> Callable[[], object]:
    bounds = {"start": period.starts_at, "end": period.ends_at}

    def once() -> object:
        with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
            rows = connection.cursor().copy(COPY, bounds)
            with rows as copy:
                return sum(map(len, copy))

    return once


def within(sessions: db.Sessions, act: Callable[[Session], object]) -> Callable[[], object]:
    def once() -> object:
        with sessions() as session:
            return act(session)

    return once


def bare(session: Session, query: str, period: Period) -> object:
    bounds = {"start": period.starts_at, "end": period.ends_at}
    return session.connection().exec_driver_sql(query, bounds).all()


def counts(session: Session, period: Period) -> object:
    counting.plan_anew(session)
    return counting.counts(Record(session, period), "office_code")


def bench(url: str, facts: int, others: int, rounds: int) -> dict[str, Any]:
    migrate.upgrade(url)
    settings = Settings(database_url=url, secret_key=bytes(range(32)))
    preparation.prepare(settings)
    engine = db.make_engine(url, pool_size=4)
    sessions = db.make_sessions(engine)
    with sessions() as session:
        city = preparation.make_city(session, settings)
    prepare(url, engine, city, facts, others)
    period = Periods(city.policies).named(OPEN)
    yardstick = within(sessions, lambda session: bare(session, BARE, period))
    asked = works(sessions, city)
    cold = {f"{name}, cold": asked[name] for name in ("open month", "its counts alone")}
    rows = measure(rounds, yardstick, cold)
    keeping_ms = spent(lambda: keep_all(sessions, city))
    rows += measure(rounds, yardstick, asked)
    part = part_of(period)
    handed = measure(min(rounds, 3), copied(url, part), exports(sessions, part))
    for export in handed:
        export["rows_per_second"] = round(1000 * facts / EXPORTED / export["median_ms"])
    engine.dispose()
    return {
        "facts": facts,
        "others": others,
        "rounds": rounds,
        "rows": rows,
        "keeping_ms": round(keeping_ms),
        "exports": handed,
    }


def keep_all(sessions: db.Sessions, city: City) -> None:
    """Keep every finished day of the open month, counted by the columns of all leagues."""
    while keep_days.keep(sessions, city, lambda: NOW):
        pass


def prepare(url: str, engine: sa.Engine, city: City, facts: int, others: int) -> None:
    """Four months of tickets, the three before the open one sealed."""
    periods = Periods(city.policies)
    before = [periods.named(BEFORE)]
    before += [periods.previous(before[0])]
    before += [periods.previous(before[1])]
    fill(url, periods.named(OPEN), facts)
    for period in before:
        fill(url, period, max(others // 3, 1))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM (ANALYZE) ticket, assessment, exclusion"))
    with Session(engine) as session, session.begin():
        for period in reversed(before):
            seals.seal(session, period, "bench", lambda: NOW - timedelta(days=1))


def show(results: dict[str, Any]) -> None:
    for table in (results["rows"], results["exports"]):
        names = list(table[0])
        sys.stdout.write(" | ".join(f"{name:>16}" for name in names) + "\n")
        for line in table:
            sys.stdout.write(" | ".join(f"{line[name]!s:>16}" for name in names) + "\n")
    sys.stdout.write(json.dumps(results) + "\n")


def run() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=2_000_000)
    parser.add_argument("--others", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as directory,
        embedded.running(Path(directory), durable=False) as url,
    ):
        show(bench(url, asked.facts, asked.others, asked.rounds))


if __name__ == "__main__":
    run()
