"""What browsers get from us is what was fetched, under its licence; an installed package has it."""

import tomllib
from hashlib import sha256
from pathlib import Path

import pytest
from setuptools import Distribution

from scripts import vendor
from tests.aids.pasted import ROOT

NAMED_BY_US = {vendor.LIST}


@pytest.mark.parametrize("folder", vendor.FOLDERS)
def test_every_vendored_file_is_the_one_that_was_fetched(folder: Path) -> None:
    listed = tomllib.loads((folder / vendor.LIST).read_text(encoding="utf-8"))["package"]
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}

    hashes = {name: digest for package in listed for name, digest in package["sha256"].items()}
    assert hashes == {
        name: sha256(content).hexdigest()
        for name, content in kept.items()
        if name not in NAMED_BY_US
    }
    versions = {package["name"]: package["version"] for package in listed}
    assert versions == {p.name: p.version for p in vendor.VENDORED if p.folder == folder}
    for package in listed:
        assert f"{package['name']}-LICENSE" in package["sha256"]


def test_an_installed_package_has_every_file_that_the_service_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    package = Distribution()
    package.parse_config_files()
    build = package.get_command_obj("build_py")
    build.ensure_finalized()
    build.manifest_files = {}

    packed = {Path(name) for name in build.find_data_files("app", "app")}
    read = {path for path in Path("app").rglob("*") if path.suffix not in (".py", ".pyc")}
    assert {path for path in read if path.is_file()} - packed == set()
