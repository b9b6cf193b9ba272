"""Figures of the city's work: true to the record, by indexes, and each named by the alert rules."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from app import figures
from app.kit.instants import RECORDING
from app.sweep import sweep
from tests.aids import given, stages
from tests.aids.given import People
from tests.aids.past import Store, case
from tests.conftest import StillClock

RULES = yaml.safe_load(Path("docs/alerts.yml").read_text())
EACH = [rule for group in RULES["groups"] for rule in group["rules"]]
METRIC = re.compile(r"jiesu_[a-z0-9_]+")
DURATION = re.compile(r"[0-9]+[smhd]")

Figure = Callable[..., float]
Samples = dict[tuple[str, str], float]


@pytest.fixture
def shown(people: People, app: FastAPI) -> Any:
    """Reads what `/metrics` tells now: by name and the value of its label, if it has one. Where
    only some are asked for, by the beginnings of their names, no others are parsed."""

    def read(*names: str) -> Samples:
        app.state.figures.read_at = float("-inf")
        text = people.client.get("/metrics").text
        if names:
            text = "\n".join(line for line in text.splitlines() if line.startswith(names))
        return {
            (sample.name, "".join(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name.startswith("jiesu_")
        }

    return read


@pytest.fixture
def figure(shown: Any) -> Figure:
    def read(name: str, label: str = "") -> float:
        return float(shown(f"jiesu_{name}")[f"jiesu_{name}", label])

    return read


def test_the_figures_are_those_of_the_record(
    people: People, clock: StillClock, figure: Figure
) -> None:
    assert [figure("tickets_open", level) for level in ("L1", "L3")] == [0, 0]
    assert figure("oldest_l1_seconds") == 0
    given.ticket(people, urgency="L1")
    given.ticket(people, urgency="L2", address=stages.UNCLEAR)
    stages.to_dispatch(people, clock)
    stages.queued(people, clock)
    stages.awaiting(people, clock)
    clock.tick(minutes=11)

    assert [figure("tickets_open", level) for level in ("L1", "L2", "L3", "L4")] == [1, 1, 3, 0]
    assert figure("tickets_undispatched", "L3") == 2
    assert figure("tickets_unplaced", "L2") == 1
    assert figure("oldest_l1_seconds") == 660
    assert (figure("callbacks_waiting"), figure("callbacks_due")) == (1, 0)
    assert figure("desk_waiting", "city:dispatch") == 2  # one is the district's for now
    assert figure("desk_oldest_seconds", "city:dispatch") == 660
    assert figure("desk_waiting", "city:callback") == 1


def test_what_falls_due_lowers_them(
    people: People, app: FastAPI, clock: StillClock, figure: Figure
) -> None:
    given.ticket(people, urgency="L1")
    called = stages.awaiting(people, clock)
    clock.tick(minutes=11)
    assert figure("sweep_behind_seconds") == 60  # nobody signed for it
    sweep(app.state.sessions, app.state.city, clock)
    assert figure("sweep_behind_seconds") == 0
    clock.tick(hours=73)
    assert figure("tickets_overdue", "L1") == 1
    assert (figure("callbacks_waiting"), figure("callbacks_due")) == (1, 1)
    stages.called(people, called)
    assert figure("callbacks_waiting") == 0


def test_they_are_read_at_most_every_few_seconds_and_kept_while_the_database_is_away(
    people: People, app: FastAPI, shown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.ticket(people, urgency="L1")
    assert shown()["jiesu_tickets_open", "L1"] == 1
    given.ticket(people, urgency="L1")
    again = people.client.get("/metrics").text
    assert 'jiesu_tickets_open{urgency="L1"} 1.0' in again

    monkeypatch.setattr(figures, "READ", sa.text("SELECT no_such_column"))
    assert shown()["jiesu_tickets_open", "L1"] == 1


def test_no_figure_walks_through_the_city(app: FastAPI, store: Store, clock: StillClock) -> None:
    """Each by an index of what is open or waits: among the closed ones no other plan is cheaper."""
    store(case(n) for n in range(1_000))
    statement = str(figures.READ.bindparams(now=clock.at).compile(app.state.engine,
        compile_kwargs={"literal_binds": True}))  # fmt: skip
    with app.state.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE ticket")
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {statement}").scalars())
    walks = re.findall(r"(\w+ Scan)(?: Backward)?(?: using (\w+))? on ticket", plan)
    assert walks
    assert not [scan for scan, _ in walks if scan == "Seq Scan"], plan
    assert {index for _, index in walks if index} <= {
        *("ix_ticket_open_urgency", "ix_ticket_open_due", "ix_ticket_status"),
        *("ix_ticket_callback", "ix_ticket_next_due_at"),
        *(f"ix_ticket_{column}" for column in figures.COLUMNS.values()),
    }


def test_a_long_writing_is_told(app: FastAPI, people: People, figure: Figure) -> None:
    with app.state.engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({RECORDING})")
        lag = figure("feed_lag_seconds")
    assert lag > 0
    assert figure("feed_lag_seconds") == 0


def test_pools_tell_how_many_connections_they_have(app: FastAPI, shown: Any) -> None:
    with app.state.engine.connect():
        samples = shown()
    assert samples["jiesu_pool_used", "requests"] >= 1
    assert samples["jiesu_pool_size", "requests"] == app.state.settings.pool_size


@pytest.mark.parametrize("rule", EACH, ids=[rule["alert"] for rule in EACH])
def test_each_alert_is_a_rule_about_figures_that_exist(rule: dict[str, Any], shown: Any) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert {"alert", "expr", "labels", "annotations"} <= set(rule)
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    assert DURATION.fullmatch(rule.get("for", "0s"))
    expression = rule["expr"]
    for opening, closing in ("()", "{}", "[]"):
        assert expression.count(opening) == expression.count(closing)
    asked = METRIC.findall(expression)
    assert asked
    assert set(asked) <= {name for name, _ in shown(*asked)} | LABELLED


LABELLED = {"jiesu_background_failed_total"}
"""Without a sample until the first failure."""


def test_no_two_alerts_have_one_name() -> None:
    assert len({rule["alert"] for rule in EACH}) == len(EACH)
    assert set(RULES) == {"groups"}
