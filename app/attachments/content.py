"""Bytes of a file, in memory or on disk, and the pieces of which a changed one is made."""

from collections.abc import Iterator, Sequence
from mmap import mmap

Content = bytes | mmap

Piece = bytes | range
"""Bytes of their own, or places in a file."""

AT_ONCE = 1 << 16


class NotSo(ValueError):
    """A file that is not built as its kind is."""


def size_of(pieces: Sequence[Piece]) -> int:
    return sum(map(len, pieces))


def parts(content: Content, pieces: Sequence[Piece]) -> Iterator[bytes]:
    """The pieces one after the other, no part of them larger than AT_ONCE."""
    for piece in pieces:
        source, span = (content, piece) if isinstance(piece, range) else (piece, range(len(piece)))
        for start in range(span.start, span.stop, AT_ONCE):
            yield source[start : min(start + AT_ONCE, span.stop)]


def patched(length: int, patches: Sequence[tuple[int, bytes]]) -> Iterator[Piece]:
    """A file of some length with other bytes at some places, in order, that do not overlap."""
    at = 0
    for start, other in patches:
        yield range(at, start)
        yield other
        at = start + len(other)
    yield range(at, length)
