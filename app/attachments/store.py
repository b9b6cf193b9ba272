"""The store of files: their bytes on disk.

A file's name there is the hash of its bytes, so that the same file is kept once and a changed one
is noticed. A file that is being received lies beside the others until it is known to be taken.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path

from app.attachments.content import AT_ONCE, Content
from app.kit.errors import Unavailable
from app.kit.messages import Message

INCOMING = "incoming"


class FileLost(Unavailable):
    title = "The file is on record, and its bytes are not where they should be"


@dataclass
class Received:
    """A file as it comes in: written as it is read, and gone at the end unless it was kept."""

    folder: Path
    name: str | None = None
    """The sender's."""
    size: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place = self.folder / INCOMING
        place.mkdir(mode=0o700, exist_ok=True)
        self.hash = sha256()
        handle, name = tempfile.mkstemp(dir=place)
        self.file, self.place = os.fdopen(handle, "wb"), Path(name)

    def write(self, part: bytes) -> None:
        self.file.write(part)
        self.hash.update(part)
        self.size += len(part)

    @property
    def sha256(self) -> str:
        return self.hash.hexdigest()

    @contextmanager
    def content(self) -> Iterator[Content]:
        self.file.flush()
        with mapped(self.place) as content:
            yield content

    def end(self) -> None:
        with suppress(OSError):  # what was not written yet is not needed
            self.file.close()
        self.place.unlink(missing_ok=True)

    def keep(self) -> str:
        """Whole or not at all, and safe from a power cut; the name of its bytes."""
        place = path_of(self.folder, self.sha256)
        if not place.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            self.file.flush()
            os.fsync(self.file.fileno())
            self.place.replace(place)
            sync(place.parent)
        return self.sha256


@contextmanager
def mapped(path: Path) -> Iterator[Content]:
    """The bytes of a file, without a copy of them."""
    with path.open("rb") as file:
        if not os.fstat(file.fileno()).st_size:
            yield b""
            return
        with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            yield content


def put(folder: Path, content: bytes) -> str:
    """Keep bytes; their name."""
    received = Received(folder)
    try:
        received.write(content)
        return received.keep()
    finally:
        received.end()


@contextmanager
def opened(folder: Path, name: str) -> Iterator[Content]:
    """The bytes of a name. Refuses (FileLost) a missing or changed file."""
    try:
        with mapped(path_of(folder, name)) as content:
            check(content, name)
            yield content
    except FileNotFoundError:
        raise FileLost(Message("{name}…: it is not there", name=name[:12])) from None


def check(content: Content, name: str) -> None:
    read = sha256()
    for start in range(0, len(content), AT_ONCE):
        read.update(content[start : start + AT_ONCE])
    if read.hexdigest() != name:
        raise FileLost(Message("{name}…: its bytes have changed", name=name[:12]))


def path_of(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


def sync(folder: Path) -> None:
    """Write the folder too, so that a rename lasts."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(folder: Path, sha256: str) -> None:
    """The bytes of that name, if they are there."""
    path_of(folder, sha256).unlink(missing_ok=True)
