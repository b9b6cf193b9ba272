"""Lines of JSON as a seal keeps them: compressed, with their number and hash."""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from typing import TypeVar

from app.rankings.models import Subject

PIECE = 2**16
AT_ONCE = 100
LARGE = 2**20
"""How many bundles, and how many of their bytes, are read or written together."""
NOTHING = zlib.compress(b"")


Key = TypeVar("Key")


def by_size(sizes: Iterable[tuple[Key, int]]) -> Iterator[list[Key]]:
    """The keys of some bundles in lists that are read together; a large one alone."""
    total, keys = 0, list[Key]()
    for key, size in sizes:
        if keys and (total + size > LARGE or len(keys) == AT_ONCE):
            yield keys
            total, keys = 0, []
        total += size
        keys.append(key)
    if keys:
        yield keys


@dataclass(slots=True)
class Bundle:
    """Lines, compressed as they come."""

    number: int = 0
    packed: bytearray = field(default_factory=bytearray)

    def add(self, lines: Iterable[str]) -> str:
        """Takes them all in; the hash of the whole text."""
        rest, digest = iter(lines), sha256()
        first = next(rest, None)
        if first is None:  # a compressor takes longer to be made than its text
            self.packed += NOTHING
            return digest.hexdigest()
        packer = zlib.compressobj()
        for line in chain((first,), rest):
            text = f"{line}\n".encode()
            digest.update(text)
            self.packed += packer.compress(text)
            self.number += 1
        self.packed += packer.flush()
        return digest.hexdigest()


def unpacked(lines: bytes | None) -> list[str]:
    """The lines of a bundle; none where it cannot be read."""
    if lines is None:
        return []
    try:
        return zlib.decompress(lines).decode().split("\n")[:-1]
    except (zlib.error, UnicodeDecodeError):
        return []


def measured(packed: bytes) -> tuple[int, str]:
    """The number of a bundle's lines and their hash, a piece at a time; of one that cannot be read
    as far as it can."""
    if packed == NOTHING:
        return 0, sha256().hexdigest()
    unpacker, number, digest = zlib.decompressobj(), 0, sha256()
    with suppress(zlib.error):
        for start in range(0, len(packed), PIECE):
            text = unpacker.decompress(packed[start : start + PIECE])
            number += text.count(b"\n")
            digest.update(text)
    return number, digest.hexdigest()


def number_of(line: str) -> str:
    """The ticket that a line is of: its first text."""
    return line.partition('"')[2].partition('"')[0]


def digest_of_lines(lines: Iterable[str]) -> str:
    digest = sha256()
    for line in lines:
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def digest_of(digests: Iterable[tuple[Subject, str, str]]) -> str:
    """One hash of all bundles': of `subject part hash` lines in order, of facts without
    `subject`."""
    text = "".join(
        f"{part} {digest}\n" if subject is Subject.FACTS else f"{subject} {part} {digest}\n"
        for subject, part, digest in sorted(digests)
    )
    return f"sha256:{sha256(text.encode()).hexdigest()}"
