"""Seals made before the house was re-arranged: restored, migrated, and whole as ever.

`city_of_before.sql.xz` is a database of the state 1150da0, lived by `jiesu simulate` and sealed
twice; `answers_of_before.json` has the hashes of what that state served. Keys, the feed and what
seeding puts back (places, office names, rules of the catalogue) are left out of it.
"""

import json
import lzma
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

from app import main, preparation
from app.kit.host import migrate
from app.seals import offline
from app.settings import Settings
from tests.aids.client import Client
from tests.aids.given import People
from tests.aids.sealing import verified

LINKING = "d17f5b3c8a60"
HERE = Path(__file__).parent
ANSWERS = json.loads((HERE / "answers_of_before.json").read_text())
PERIODS = ["2026-09", "2026-10"]
LEAGUES = ["streets", "districts", "city_departments", "industries", "enterprises"]


@pytest.fixture(scope="module")
def restored(database_url: str) -> Iterator[str]:
    """A database beside the tests' own, as it was left before, and migrated with an interruption
    in the longest of the migrations."""
    name = f"jiesu_before_{os.getpid()}"
    url = make_url(database_url).set(database=name).render_as_string(hide_password=False)
    dump = lzma.decompress((HERE / "city_of_before.sql.xz").read_bytes())
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        with psycopg.connect(url) as database:
            database.execute(dump)
        interrupt(url)
        migrate.upgrade(url)
        yield url
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def interrupt(url: str) -> None:
    """As a kill leaves it that comes when some tickets' events are linked, and others' not yet."""
    with migrate.connected(url) as connection:
        scripts = ScriptDirectory.from_config(migrate.config(connection))
    linking = scripts.get_revision(LINKING)
    migrate.upgrade(url, str(linking.down_revision))
    with migrate.connected(url) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        for table, name in linking.module.COLUMNS:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {name} bytea")
        numbers = linking.module.some_tickets(connection, "")
        linking.module.link_tickets(connection, numbers[: len(numbers) // 2])
    assert len(numbers) > 1


@pytest.fixture(scope="module")
def before(restored: str, settings: Settings) -> Iterator[People]:
    """People with keys to the service on that database."""
    own = settings.model_copy(update={"database_url": restored})
    preparation.prepare(own)
    with Client(main.create_app(own)) as client:
        yield People(client)


@pytest.mark.parametrize("period", PERIODS)
def test_a_seal_of_before_is_whole(before: People, period: str) -> None:
    proof = verified(before, period)

    assert proof["differences"] == []
    assert proof["same"]
    assert proof["content_hash"] == proof["recomputed_hash"]


@pytest.mark.parametrize("path", ANSWERS)
def test_what_was_sealed_before_is_served_byte_for_byte(before: People, path: str) -> None:
    page, _, query = path.partition("?")

    language = "zh" if "html" in query else "en"
    answer = before("evaluator").get(page, {"Accept-Language": language}, **dict(parse_qsl(query)))

    assert answer.status_code == 200
    assert f"sha256:{sha256(answer.content).hexdigest()}" == ANSWERS[path]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("league", LEAGUES)
def test_a_download_of_before_holds_by_itself(before: People, period: str, league: str) -> None:
    text = before("analyst").get(f"/rankings/{period}", league=league).content

    assert offline.faults(text) == []


def test_a_falsified_row_of_before_is_named(before: People, restored: str) -> None:
    first = "SELECT min(ticket_number) FROM assessment WHERE assessed_at > '2026-09-19T00:00+08:00'"
    falsify = f"UPDATE assessment SET contact_ok = NOT contact_ok WHERE ticket_number = ({first})"
    with psycopg.connect(restored) as database:
        database.execute("SET LOCAL session_replication_role = replica")
        number = database.execute(f"{falsify} RETURNING ticket_number").fetchone()

    proof = verified(before, "2026-10")

    assert not proof["same"]
    named = {ticket["number"] for row in proof["differences"] for ticket in row["tickets"]}
    assert named == set(number or ())
    assert verified(before, "2026-09")["same"]
