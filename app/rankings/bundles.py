"""Lines of JSON as a seal keeps them: compressed, with their number and hash."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from app.rankings.models import Subject


@dataclass(slots=True)
class Bundle:
    """Lines, compressed as they come."""

    number: int = 0
    packed: bytearray = field(default_factory=bytearray)

    def add(self, lines: Iterable[str]) -> str:
        """Takes them all in; the hash of the whole text."""
        packer, digest = zlib.compressobj(), sha256()
        for line in lines:
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


def number_of(line: str) -> str:
    """The ticket that a line is of: its first text."""
    return line.partition('"')[2].partition('"')[0]


def digest_of_lines(lines: Iterable[str]) -> str:
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def digest_of(digests: Iterable[tuple[Subject, str, str]]) -> str:
    """One hash of all bundles': of `subject part hash` lines in order, of facts without
    `subject`."""
    text = "".join(
        f"{part} {digest}\n" if subject is Subject.FACTS else f"{subject} {part} {digest}\n"
        for subject, part, digest in sorted(digests)
    )
    return f"sha256:{sha256(text.encode()).hexdigest()}"
