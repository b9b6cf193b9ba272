"""The service's role owns nothing: it can do its work, and cannot put its own record aside."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from fastapi import FastAPI
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.engine import make_url

from app import main, preparation
from app.kit.host import migrate, roles
from app.settings import Settings
from tests.aids import given, stages
from tests.aids.client import Client
from tests.aids.given import People
from tests.aids.sealing import LATER, sealed, verified
from tests.conftest import StillClock

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
    "DROP TABLE event CASCADE",
    "DROP FUNCTION refuse_change CASCADE",
    "ALTER TABLE event OWNER TO CURRENT_USER",
    "ALTER TABLE callback DISABLE TRIGGER ALL",
    "DELETE FROM event",
    "DELETE FROM seal",
    "SET ROLE jiesu_owner",
    "RESET ROLE; TRUNCATE event CASCADE",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "GRANT jiesu_owner TO CURRENT_USER",
    "COPY event TO PROGRAM 'cat'",
    "UPDATE alembic_version SET version_num = 'x'",
]


@pytest.fixture(scope="module")
def role_url(app: FastAPI, database_url: str) -> Iterator[str]:
    """The tests' database, by a user who is of the service's role and nothing else."""
    name, password = f"jiesu_trial_{os.getpid()}", "trial"
    given = make_url(database_url)
    with psycopg.connect(database_url, autocommit=True) as server:
        if str(given.query.get("host", "")).startswith("/"):
            yield given.set(username=roles.LOGIN).render_as_string()
            return
        server.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}' IN ROLE {roles.SERVICE}")
        yield given.set(username=name, password=password).render_as_string(hide_password=False)
        server.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize("statement", REFUSED)
def test_what_would_put_the_record_aside_is_refused(role_url: str, statement: str) -> None:
    with psycopg.connect(role_url) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


def test_the_service_does_all_its_work_in_that_role(
    role_url: str, settings: Settings, clock: StillClock, people: People
) -> None:
    """A call from its receipt to the sealed month."""
    app = main.create_app(settings.model_copy(update={"database_url": role_url}))
    app.state.clock = clock

    with Client(app) as client:
        own = People(client)
        number = given.ticket(own)
        given.awaiting(own, number)
        stages.called(own, number)
        clock.at = LATER
        sealed(own, "2026-11")
        assert verified(own, "2026-11")["differences"] == []
        assert own("analyst").get("/rankings/2026-11").json()["rows"]

    assert people


def test_the_service_starts_in_that_role_on_a_migrated_database(
    role_url: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    migrate.upgrade(role_url)
    served = settings.model_copy(update={"database_url": role_url})
    preparation.prepare(served)
    preparation.note(served)

    assert "could change its own record" not in caplog.text


def test_a_service_that_could_change_its_record_is_warned_of(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    preparation.note(settings)

    assert "could change its own record" in caplog.text


def test_an_empty_database_is_not_migrated_by_the_service(role_url: str, database_url: str) -> None:
    name = f"jiesu_empty_{os.getpid()}"
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        empty = make_url(role_url).set(database=name).render_as_string(hide_password=False)
        with pytest.raises(migrate.NoDatabase, match="run `jiesu migrate` as its owner"):
            migrate.upgrade(empty)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_everything_belongs_to_an_owner_who_cannot_log_in(app: FastAPI, database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        owners = connection.execute(
            "SELECT DISTINCT relowner::regrole::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace UNION"
            " SELECT proowner::regrole::text FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace"
        ).fetchall()
        might = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'jiesu\\_%%'"
            " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcanlogin AND rolname = %s)",
            [roles.OWNER],
        ).fetchall()

    assert owners == [(roles.OWNER,)]
    assert might == []


def test_what_is_insert_only_is_so_for_the_service_too(app: FastAPI, database_url: str) -> None:
    """Whatever migration made it."""
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT tgrelid::regclass::text, has_table_privilege(%(role)s, tgrelid, 'INSERT'),"
            " has_table_privilege(%(role)s, tgrelid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')"
            " FROM pg_trigger WHERE tgname = 'insert_only'",
            {"role": roles.SERVICE},
        ).fetchall()

    assert len(rows) >= 12
    assert {(adds, changes) for _, adds, changes in rows} == {(True, False)}
