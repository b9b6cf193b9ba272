"""The oldest PostgreSQL that works: the tests' own; an older server is refused in one line."""

import re
from pathlib import Path

import psycopg
import pytest

from app.kit.host.migrate import OLDEST, NoDatabase, check_version
from tests.aids import pasted
from tests.aids.postgres import made_by
from tests.serving.test_serve import forked, refusal

OTHERS = sorted(
    (int(path.parent.parent.name), path.parent)
    for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if path.parent.parent.name.isdigit() and int(path.parent.parent.name) < OLDEST
)


def test_the_tests_run_on_the_oldest_that_is_promised(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.info.server_version // 10_000 == OLDEST


def test_the_documents_promise_what_is_tested() -> None:
    assert f"give it a PostgreSQL ≥ {OLDEST} " in pasted.text("docs/operations.md")
    assert re.findall(r"image: postgres:(\S+)", pasted.text("compose.yaml")) == [str(OLDEST)]


@pytest.mark.parametrize(
    ("number", "version"),
    [(90_624, 9), (150_014, 15), (170_009, 17), (OLDEST * 10_000 - 1, OLDEST - 1)],
)
def test_an_older_version_is_refused(number: int, version: int) -> None:
    with pytest.raises(NoDatabase) as refused:
        check_version(number)

    expected = f"the database is PostgreSQL {version}; {OLDEST} or newer is needed"
    assert str(refused.value) == expected


@pytest.mark.parametrize("number", [OLDEST * 10_000, OLDEST * 10_000 + 4, (OLDEST + 1) * 10_000])
def test_the_oldest_and_every_newer_version_is_taken(number: int) -> None:
    check_version(number)


@pytest.mark.skipif(not OTHERS, reason="no older PostgreSQL here; the table above stands for it")
def test_an_older_server_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    version, programs = OTHERS[0]
    key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    with made_by(programs) as postgres:
        postgres.start()
        line = refusal(forked("serve", tmp_path, DATABASE_URL=postgres.url, SECRET_KEY=key))
        with psycopg.connect(postgres.url) as connection:
            tables = connection.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()

    expected = f"jiesu: the database is PostgreSQL {version}; {OLDEST} or newer is needed"
    assert (line, tables) == (expected, [(0,)])
