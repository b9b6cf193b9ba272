"""Recordings without what tells who made them, where and when, for offices.

In ISO media nothing moves: a box that is not needed to play becomes an empty one (`free`) of the
same length, times become zero, and of a track that is neither picture nor sound (a telephone keeps
places, one for each second, in such) the samples are blanked, too. Of WAV the chunks of the sound
stay, of MP3 what lies between the tags. Raises NotSo where that cannot be done.
"""

import struct
from collections.abc import Iterator
from itertools import accumulate, pairwise

from app.attachments.content import Content, NotSo, Piece, patched
from app.attachments.recordings import (
    SOUND,
    VIDEO,
    Box,
    boxes,
    children,
    chunks,
    handler,
    inner,
    sound_start,
)

Stretch = bytes | range
"""Other bytes, or a stretch of zeros."""
Patch = tuple[int, bytes]
"""Other bytes at a place."""

NEEDED = {
    b"": frozenset(b"ftyp moov mdat moof mfra sidx styp wide".split()),
    b"moov": frozenset(b"mvhd trak mvex iods".split()),
    b"trak": frozenset(b"tkhd edts mdia tref tapt clip load".split()),
    b"mdia": frozenset(b"mdhd hdlr minf elng".split()),
    b"moof": frozenset(b"mfhd traf".split()),
}
"""To play a file: of the file itself, and inside boxes."""
TIMED = frozenset(b"mvhd tkhd mdhd".split())
NAME_IN_HANDLER = 24
MOST_BLANK = 1 << 20
"""Bytes that one patch blanks; a longer stretch is several."""
MOST_SAMPLES = 1_000_000


def iso(content: Content) -> Iterator[Piece]:
    patches = sorted(part for patch in every_patch(content) for part in cut(*patch))
    for (start, other), (later, _) in pairwise(patches):
        if start + len(other) > later:
            raise NotSo("two of its parts lie in the same place")
    return patched(len(content), patches)


def cut(start: int, other: Stretch) -> Iterator[Patch]:
    """A patch, or zeros over a stretch."""
    if isinstance(other, bytes):
        yield start, other
        return
    for at in range(other.start, other.stop, MOST_BLANK):
        yield at, bytes(min(MOST_BLANK, other.stop - at))


def every_patch(content: Content) -> Iterator[tuple[int, Stretch]]:
    top = [*boxes(content, 0, len(content))]
    if any(box.kind == b"moof" for box in top) and has_other_tracks(content, top):
        raise NotSo("samples of another kind, in pieces")
    for box in top:
        yield from patches_of(content, box, NEEDED[b""])


def has_other_tracks(content: Content, top: list[Box]) -> bool:
    tracks = (child for box in top if box.kind == b"moov" for child in children(content, box))
    return any(track.kind == b"trak" and is_other(content, track) for track in tracks)


def is_other(content: Content, track: Box) -> bool:
    return handler(content, track) not in (VIDEO, SOUND)


def patches_of(
    content: Content, box: Box, needed: frozenset[bytes]
) -> Iterator[tuple[int, Stretch]]:
    if box.kind not in needed:
        yield from emptied(box)
    elif box.kind == b"trak" and is_other(content, box):
        yield from ((span.start, span) for span in samples(content, box))
        yield from emptied(box)
    elif box.kind in NEEDED:
        for child in children(content, box):
            yield from patches_of(content, child, NEEDED[box.kind])
    else:
        yield from blanks(content, box)


def blanks(content: Content, box: Box) -> Iterator[tuple[int, Stretch]]:
    """Times, and the name of what made a track."""
    if box.kind in TIMED:
        yield box.inside + 4, bytes(16 if content[box.inside] else 8)
    elif box.kind == b"hdlr":
        yield from stretch(min(box.inside + NAME_IN_HANDLER, box.end), box.end)


def stretch(start: int, end: int) -> Iterator[tuple[int, Stretch]]:
    yield start, range(start, end)


def emptied(box: Box) -> Iterator[tuple[int, Stretch]]:
    yield box.start + 4, b"free"
    yield from stretch(box.inside, box.end)


def samples(content: Content, track: Box) -> Iterator[range]:
    """Where each chunk of a track's samples lies (ISO/IEC 14496-12, 8.6 and 8.7)."""
    table = inner(content, track, b"mdia", b"minf", b"stbl")
    if table is None:
        raise NotSo("a track without samples")
    parts = {box.kind: box for box in children(content, table)}
    offsets = chunk_offsets(content, parts)
    ends = [0, *accumulate(sizes(content, parts))]
    first = 0
    for offset, number in zip(offsets, per_chunk(content, parts, len(offsets)), strict=True):
        last = min(first + number, len(ends) - 1)
        stop = offset + ends[last] - ends[first]
        if stop > len(content):
            raise NotSo("samples lie outside their file")
        yield range(offset, stop)
        first = last


def chunk_offsets(content: Content, table: dict[bytes, Box]) -> tuple[int, ...]:
    wide = b"co64" in table
    return numbers(content, table[b"co64" if wide else b"stco"], 4, "Q" if wide else "I")


def sizes(content: Content, table: dict[bytes, Box]) -> tuple[int, ...]:
    box = table[b"stsz"]
    same, count = struct.unpack_from(">II", content, box.inside + 4)
    if count > MOST_SAMPLES:
        raise NotSo("too many samples")
    return (same,) * count if same else numbers(content, box, 8, "I")


def per_chunk(content: Content, table: dict[bytes, Box], count: int) -> Iterator[int]:
    """How many samples each chunk has; the table names a chunk where that changes."""
    runs = numbers(content, table[b"stsc"], 4, "III")
    firsts = [*runs[::3], count + 1]
    for place, number in enumerate(runs[1::3]):
        for _ in range(firsts[place], min(firsts[place + 1], count + 1)):
            yield number


def numbers(content: Content, box: Box, skipped: int, shape: str) -> tuple[int, ...]:
    """The numbers of a table: how many there are, then each of a shape."""
    [count] = struct.unpack_from(">I", content, box.inside + skipped)
    if count > MOST_SAMPLES:
        raise NotSo("too many samples")
    return struct.unpack_from(f">{shape * count}", content, box.inside + skipped + 4)


SOUNDING = frozenset([b"fmt ", b"data", b"fact"])


def wav(content: Content) -> Iterator[Piece]:
    kept = [(start - 8, end) for name, start, end in chunks(content) if name in SOUNDING]
    length = sum(end - start + (end - start) % 2 for start, end in kept)
    yield b"RIFF" + struct.pack("<I", 4 + length) + b"WAVE"
    for start, end in kept:
        yield range(start, end)
        yield bytes((end - start) % 2)


ID3_V1, APE_FOOTER = 128, 32


def mp3(content: Content) -> Iterator[Piece]:
    end = len(content)
    if content[end - ID3_V1 : end - ID3_V1 + 3] == b"TAG":
        end -= ID3_V1
    if content[end - APE_FOOTER : end - APE_FOOTER + 8] == b"APETAGEX":
        [length] = struct.unpack_from("<I", content, end - APE_FOOTER + 12)
        end -= length + APE_FOOTER
    yield range(sound_start(content), max(end, sound_start(content)))


def amr(content: Content) -> Iterator[Piece]:
    """Frames alone, as it came."""
    yield range(len(content))
