"""The root of the repository holds what a newcomer needs to find there, and no stray notes."""

import os
from collections import Counter
from fnmatch import fnmatch
from tomllib import loads

import pytest

from tests.aids.pasted import ROOT, text
from tests.conftest import DEAREST

MAY_HOLD = {
    # read first
    "README.md",
    "README.zh-CN.md",
    "openapi.md",
    # made of it
    "Makefile",
    "pyproject.toml",
    "requirements.lock",
    "Dockerfile",
    "compose.yaml",
    "alembic.ini",
    # the parts
    "app",
    "bench",
    "docs",
    "migrations",
    "scripts",
    "tests",
    # for tools
    ".ci",
    ".dockerignore",
    ".git",
    ".gitignore",
}


def test_the_root_holds_these_files_and_no_other() -> None:
    ignored = [line.rstrip("/") for line in text(".gitignore").splitlines()]
    held = {path.name for path in ROOT.iterdir()}
    made = {name for name in held for pattern in ignored if fnmatch(name, pattern)}

    assert held - made <= MAY_HOLD
    assert MAY_HOLD - held <= {".git"}  # absent where the source came without its history


MOST_FILES = 22
"""A folder with more is two rooms."""


def test_no_room_of_the_service_has_outgrown_its_folder() -> None:
    files = Counter(path.parent.relative_to(ROOT) for path in (ROOT / "app").rglob("*.py"))
    assert {str(room): count for room, count in files.items() if count > MOST_FILES} == {}


MOST_LAYERS = 6
"""In a room; the house itself is a row of rooms."""


def test_no_contract_of_a_room_has_too_many_layers() -> None:
    contracts = loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = {
        contract["name"]: len(contract["layers"])
        for contract in contracts
        if contract["type"] == "layers" and contract["containers"] != ["app"]
    }
    assert len(layers) > MOST_LAYERS
    assert {name: count for name, count in layers.items() if count > MOST_LAYERS} == {}


def test_what_begins_first_of_the_tests_is_there() -> None:
    assert [name for name in DEAREST if not (ROOT / "tests" / name).exists()] == []


def test_two_more_processes_than_cores_try_the_tests(pytestconfig: pytest.Config) -> None:
    """Whose answer is taken depends on which plugin is there first."""
    number = pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig)

    assert number == (os.cpu_count() or 1) + 2
