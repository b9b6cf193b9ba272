"""Fetch the libraries that browsers get from us, by npm, and put their files and licences where the
pages and the browser tests expect them, with `vendor.toml` beside them.

python -m scripts.vendor

A newer version: change VENDORED, run it, look at the browser tests.
"""

import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "app/console/static/vendor"
TESTS = ROOT / "tests/console/vendor"
FOLDERS = (PAGES, TESTS)
LIST = "vendor.toml"
HEAD = "# Made by `python -m scripts.vendor`; a test compares the hashes.\n"


@dataclass(frozen=True)
class Package:
    """One of npm's; `files` and `licences` by their paths in it, kept by their last parts."""

    name: str
    version: str
    licence: str
    folder: Path
    files: tuple[str, ...]
    licences: tuple[str, ...]

    @property
    def spec(self) -> str:
        return f"{self.name}@{self.version}"


VENDORED = (
    Package("htmx.org", "2.0.11", "0BSD", PAGES, ("dist/htmx.min.js",), ("LICENSE",)),
    Package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        PAGES,
        ("dist/echarts.common.min.js",),  # line, bar, pie and scatter, on canvas and as SVG
        ("LICENSE", "NOTICE", "licenses/LICENSE-d3"),
    ),
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        TESTS,
        ("axe.min.js",),
        ("LICENSE", "LICENSE-3RD-PARTY.txt"),
    ),
)


def place(package: Package, member: str) -> str:
    """A file's name here: a licence's begins with its package's name."""
    name = member.rpartition("/")[2]
    return name if member in package.files else f"{package.name}-{name}"


def contents(package: Package) -> Iterator[tuple[str, bytes]]:
    """Its files and licences as npm has them."""
    with TemporaryDirectory() as folder:
        packing = ["npm", "pack", "--silent", "--pack-destination", folder, package.spec]
        subprocess.run(packing, check=True, stdout=subprocess.DEVNULL)
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            for member in (*package.files, *package.licences):
                opened = packed.extractfile(f"package/{member}")
                assert opened is not None, member
                yield place(package, member), opened.read()


def entry(package: Package, hashes: dict[str, str]) -> str:
    lines = [
        "\n[[package]]",
        f'name = "{package.name}"',
        f'version = "{package.version}"',
        f'licence = "{package.licence}"',
        "[package.sha256]",
        *(f'"{name}" = "{digest}"' for name, digest in hashes.items()),
    ]
    return "\n".join(lines) + "\n"


def fetch(folder: Path) -> None:
    """Writes a folder anew."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    listed = HEAD
    for package in VENDORED:
        if package.folder == folder:
            hashes = {}
            for name, content in contents(package):
                (folder / name).write_bytes(content)
                hashes[name] = sha256(content).hexdigest()
            listed += entry(package, hashes)
    (folder / LIST).write_text(listed, encoding="utf-8")


if __name__ == "__main__":
    for each in FOLDERS:
        fetch(each)
