"""The store of files: the kinds that are taken, and their bytes on disk.

Only `put` and `get` know of the disk. A file's name there is the hash of its bytes, so that the
same file is kept once and a changed one is noticed.
"""

import os
import tempfile
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from app.kit.errors import Unavailable


class MediaType(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"

    @property
    def suffix(self) -> str:
        return {MediaType.JPEG: "jpg"}.get(self, self.rpartition("/")[2])


class FileLost(Unavailable):
    title = "The file is on record, and its bytes are not where they should be"


STARTS = {
    b"\xff\xd8\xff": MediaType.JPEG,
    b"\x89PNG\r\n\x1a\n": MediaType.PNG,
    b"%PDF-": MediaType.PDF,
}
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
"""Of ISO base media files, those that hold a HEIF image."""


def kind_of(content: bytes) -> MediaType | None:
    """The kind of a file, by its first bytes and not its name; None for other kinds."""
    for start, kind in STARTS.items():
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaType.WEBP
    return MediaType.HEIC if content[4:8] == b"ftyp" and content[8:12] in BRANDS else None


def put(folder: Path, content: bytes) -> str:
    """Keep the bytes, whole or not at all, and safe from a power cut; their name."""
    name = sha256(content).hexdigest()
    place = path_of(folder, name)
    if place.exists():
        return name
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(place)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    sync(place.parent)
    return name


def get(folder: Path, name: str) -> bytes:
    """The bytes of a name. Refuses (FileLost) a missing or changed file."""
    try:
        content = path_of(folder, name).read_bytes()
    except OSError as fault:
        raise FileLost(f"{name[:12]}…: {fault.strerror}") from None
    if sha256(content).hexdigest() != name:
        raise FileLost(f"{name[:12]}…: its bytes have changed")
    return content


def path_of(folder: Path, name: str) -> Path:
    return folder / name[:2] / name


def sync(folder: Path) -> None:
    """Write the folder too, so that a rename lasts."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
