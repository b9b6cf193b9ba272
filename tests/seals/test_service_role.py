"""The service's role owns nothing: it can do its work, and cannot put its own record aside."""

import os
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from fastapi import FastAPI
from fastapi.testclient import TestClient
from psycopg.errors import InsufficientPrivilege

from app import main
from app.kit.host import migrate
from app.settings import Settings
from tests import given, stages
from tests.conftest import StillClock
from tests.given import People
from tests.sealing import LATER, sealed, verified

REFUSED = [
    "TRUNCATE feed_entry",
    "TRUNCATE event CASCADE",
    "UPDATE event SET actor = 'x'",
    "DELETE FROM callback",
    "UPDATE assessment SET late = false",
    "DELETE FROM chain_day",
    "ALTER TABLE event DISABLE TRIGGER insert_only",
    "ALTER TABLE ticket DROP COLUMN chain_head",
    "DROP TRIGGER insert_only ON event",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id int)",
    "UPDATE alembic_version SET version_num = 'x'",
]


@pytest.fixture(scope="module")
def role(app: FastAPI, database_url: str) -> Iterator[str]:
    """The tests' database, by a user who is of the service's role and nothing else."""
    name = f"jiesu_trial_{os.getpid()}"
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"CREATE ROLE {name} NOLOGIN IN ROLE jiesu_service")
        yield name
        server.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize("statement", REFUSED)
def test_what_would_put_the_record_aside_is_refused(
    role: str, database_url: str, statement: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(f"SET ROLE {role}")
        with pytest.raises(InsufficientPrivilege):
            connection.execute(statement)


def test_the_service_does_all_its_work_in_that_role(
    role: str, settings: Settings, people: People, clock: StillClock
) -> None:
    """A call from its receipt to the sealed month."""
    app = main.create_app(settings)
    app.state.clock = clock
    engines = [
        value for value in vars(app.state)["_state"].values() if isinstance(value, sa.Engine)
    ]
    for engine in engines:

        @sa.event.listens_for(engine, "connect")
        def enter(connection: psycopg.Connection, record: object) -> None:
            connection.execute(f"SET ROLE {role}")
            connection.commit()

    with TestClient(app) as client:
        with app.state.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT current_user")) == role
        own = People(client)
        number = given.ticket(own)
        given.awaiting(own, number)
        stages.called(own, number)
        clock.at = LATER
        sealed(own, "2026-11")
        assert verified(own, "2026-11")["differences"] == []
        assert own("analyst").get("/rankings/2026-11").json()["rows"]

    assert len(engines) >= 4
    assert people


def test_the_service_starts_in_that_role_on_a_migrated_database(
    role: str, database_url: str
) -> None:
    with migrate.connected(database_url) as connection:
        connection.exec_driver_sql(f"SET ROLE {role}")
        connection.commit()
        command.upgrade(migrate.config(connection), "head")
        assert migrate.at_head(connection)
