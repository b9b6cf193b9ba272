"""The root of the repository holds what a newcomer needs to find there, and no stray notes."""

from collections import Counter
from fnmatch import fnmatch

from tests.aids.pasted import ROOT, text

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
