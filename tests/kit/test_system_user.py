"""The system user of PostgreSQL is made once, however many services start on a new machine."""

import pwd
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.kit.host import cluster


def test_services_that_start_at_once_make_one_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "users"
    made.touch()
    useradd = tmp_path / "useradd"
    useradd.write_text(f"#!/bin/sh\nsleep .2\necho made >> {made}\n")
    useradd.chmod(0o755)
    root = pwd.getpwuid(0)
    known = {"jiesu-db": lambda: root if made.read_text() else None}
    monkeypatch.setattr(cluster, "_known", lambda name: known[name]())
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with ThreadPoolExecutor(4) as starts:
        users = set(starts.map(cluster.system_user, [tmp_path / "none"] * 4))

    assert made.read_text() == "made\n"
    assert users == {cluster.User("root", 0, 0)}
