"""The database by migrations alone: up, as the models say, down, up; every enum's member fits."""

import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.kit.address import psycopg_url
from app.kit.host import migrate
from app.tables import TABLES
from tests.aids import stages
from tests.aids.given import People

METADATA = TABLES[0].metadata
ENUMS = [
    (table.name, column.name, column.type.enums)
    for table in METADATA.sorted_tables
    for column in table.columns
    if isinstance(column.type, sa.Enum)
]
INSERT_ONLY = ["event", "assessment", "policy_document"]
SEALED = {"seal", "sealed_ranking", "sealed_facts", "registry_version"}


@pytest.fixture(scope="module")
def empty(database_url: str) -> Iterator[str]:
    """A database beside the tests' own, with nothing in it."""
    engine = sa.create_engine(
        psycopg_url(database_url), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    name = f"jiesu_migrations_{os.getpid()}"
    with engine.connect() as server:
        server.exec_driver_sql(f'CREATE DATABASE "{name}"')
        yield engine.url.set(database=name).render_as_string(hide_password=False)
        server.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def things(url: str) -> set[str]:
    with migrate.connected(url) as connection:
        return set(
            connection.exec_driver_sql(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            ).scalars()
        )


def test_migrations_go_up_and_down_and_say_what_the_models_say(empty: str) -> None:
    migrate.upgrade(empty)
    made = things(empty)
    with migrate.connected(empty) as connection:
        assert migrate.at_head(connection)
        command.check(migrate.config(connection))

    migrate.downgrade(empty, "base")
    assert things(empty) <= {"alembic_version", "alembic_version_pkc"}
    with migrate.connected(empty) as connection:
        assert not migrate.at_head(connection)

    migrate.upgrade(empty)
    assert things(empty) == made


@pytest.fixture(scope="module")
def migrated(empty: str) -> str:
    migrate.upgrade(empty)
    return empty


@pytest.mark.parametrize(("table", "column", "members"), ENUMS)
def test_every_member_of_an_enum_is_admitted_and_nothing_else(
    migrated: str, table: str, column: str, members: list[str]
) -> None:
    with migrate.connected(migrated) as connection:
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE trial (LIKE {table} INCLUDING CONSTRAINTS); "
            + "; ".join(
                f"ALTER TABLE trial ALTER {known.name} DROP NOT NULL"
                for known in METADATA.tables[table].columns
            )
        )
        for member in members:
            connection.exec_driver_sql(f"INSERT INTO trial ({column}) VALUES ('{member}')")
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql(f"INSERT INTO trial ({column}) VALUES ('nonsense')")


@pytest.mark.parametrize(
    "change", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"]
)
@pytest.mark.parametrize("table", INSERT_ONLY)
def test_what_happened_is_never_rewritten(
    people: People, app: FastAPI, table: str, change: str
) -> None:
    stages.stands(people, "closed")
    column = METADATA.tables[table].primary_key.columns.keys()[0]

    with (
        pytest.raises(DBAPIError, match="insert-only"),
        app.state.engine.begin() as connection,
    ):
        connection.exec_driver_sql(change.format(table, column))


def test_what_is_sealed_is_kept_by_the_same_hand(migrated: str) -> None:
    with migrate.connected(migrated) as connection:
        kept, never_emptied = (
            set(
                connection.exec_driver_sql(
                    f"SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = '{name}'"
                ).scalars()
            )
            for name in ("insert_only", "never_emptied")
        )
        assert kept >= SEALED.union(INSERT_ONLY)
        assert kept == never_emptied
