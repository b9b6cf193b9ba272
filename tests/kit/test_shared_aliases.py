"""An alias that threads share gives each of them its own columns, never the table's."""

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm.util import AliasedClass

import app
from app.kit.ready import shared_alias
from app.tickets.models import Ticket

THREADS = 4
COMMANDS = ("app.worker", "app.commands", "app.serve", "app.__main__")


@pytest.fixture
def often_switched() -> Iterator[None]:
    """Threads take turns so often that a race comes within a few rounds."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def condition(alias: Any, together: Barrier) -> str:
    together.wait()
    return str(alias.merged_into == alias.number)


@pytest.mark.usefixtures("often_switched")
def test_threads_that_ask_an_alias_at_once_all_get_its_columns() -> None:
    together = Barrier(THREADS)
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in range(60):
            alias = shared_alias(Ticket, "member")
            conditions = list(threads.map(condition, [alias] * THREADS, [together] * THREADS))
            assert set(conditions) == {"member.merged_into = member.number"}


def test_every_alias_of_a_module_is_shared() -> None:
    names = [info.name for info in pkgutil.walk_packages(app.__path__, "app.")]
    modules = [importlib.import_module(name) for name in names if not name.startswith(COMMANDS)]
    aliases = {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if type(value) is AliasedClass
    }
    assert "app.tickets.views.scope.MEMBER" in aliases
    without = [name for name, alias in aliases.items() if not indexed(alias)]
    assert without == []


def indexed(alias: Any) -> bool:
    """Whether SQLAlchemy has its columns' index, for which it has no public name."""
    return bool(sa.inspect(alias).selectable.columns._proxy_index)


DOUBTED = 'import app.kit.db, sqlalchemy; sqlalchemy.util.warn("doubted")'


def test_what_sqlalchemy_doubts_is_an_error_in_the_service() -> None:
    process = subprocess.run(
        [sys.executable, "-c", DOUBTED], check=False, capture_output=True, text=True
    )
    assert process.returncode == 1
    assert process.stderr.splitlines()[-1] == "sqlalchemy.exc.SAWarning: doubted"
