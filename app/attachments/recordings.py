"""Recordings, as players read them: boxes of ISO media, chunks of WAV, frames of MP3 and AMR."""

import struct
from collections.abc import Callable, Iterator
from functools import wraps
from typing import NamedTuple

from app.attachments.content import Content, NotSo

MOST_BOXES = 20_000
VIDEO, SOUND = b"vide", b"soun"
QUICKTIME = b"qt  "
BEGINNINGS = frozenset([b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"])
"""The kinds of a file's first box; those before `ftyp` was made begin with the others."""
ID3_HEADER = 10


class Box(NamedTuple):
    """Its kind, and where it starts, its inside starts, and it ends."""

    kind: bytes
    start: int
    inside: int
    end: int


def whole(is_built: Callable[[Content], bool]) -> Callable[[Content], bool]:
    """False where a file breaks off or contradicts itself."""

    @wraps(is_built)
    def checked(content: Content) -> bool:
        try:
            return is_built(content)
        except (NotSo, struct.error, IndexError):
            return False

    return checked


def boxes(content: Content, start: int, end: int) -> Iterator[Box]:
    """The boxes of a file or of the inside of one. Raises NotSo where one is longer than what it
    lies in."""
    for _ in range(MOST_BOXES):
        if start == end:
            return
        size, kind = struct.unpack_from(">I4s", content, start)
        inside = start + 8
        if size == 1:
            [size] = struct.unpack_from(">Q", content, inside)
            inside += 8
        size = size or end - start
        if size < inside - start or start + size > end:
            raise NotSo("a box is longer than what it lies in")
        yield Box(kind, start, inside, start + size)
        start += size
    raise NotSo("too many boxes")


def children(content: Content, box: Box) -> list[Box]:
    return [*boxes(content, box.inside, box.end)]


def inner(content: Content, box: Box, *path: bytes) -> Box | None:
    """The box at a path inside another, the first of each kind."""
    for kind in path:
        step = next((child for child in children(content, box) if child.kind == kind), None)
        if step is None:
            return None
        box = step
    return box


def tracks(content: Content) -> list[tuple[Box, bytes]]:
    """The tracks of a movie with the kind of what they hold. Raises NotSo where there is none."""
    movie = next((box for box in boxes(content, 0, len(content)) if box.kind == b"moov"), None)
    if movie is None:
        raise NotSo("no movie")
    every = [child for child in children(content, movie) if child.kind == b"trak"]
    return [(track, handler(content, track)) for track in every]


def handler(content: Content, track: Box) -> bytes:
    box = inner(content, track, b"mdia", b"hdlr")
    if box is None or box.end - box.inside < len(b"flagtypehand"):
        raise NotSo("a track without a handler")
    return content[box.inside + 8 : box.inside + 12]


def held(content: Content) -> set[bytes]:
    """What the tracks of an ISO media file hold; nothing in another file."""
    if content[4:8] not in BEGINNINGS:
        return set()
    if not any(box.kind == b"mdat" for box in boxes(content, 0, len(content))):
        raise NotSo("no media")
    return {kind for _, kind in tracks(content)}


def brand(content: Content) -> bytes:
    return content[8:12] if content[4:8] == b"ftyp" else QUICKTIME


@whole
def is_mp4(content: Content) -> bool:
    return VIDEO in held(content) and brand(content) != QUICKTIME


@whole
def is_quicktime(content: Content) -> bool:
    return bool(held(content) & {VIDEO, SOUND}) and brand(content) == QUICKTIME


@whole
def is_m4a(content: Content) -> bool:
    kinds = held(content)
    return SOUND in kinds and VIDEO not in kinds and brand(content) != QUICKTIME


def chunks(content: Content) -> Iterator[tuple[bytes, int, int]]:
    """Of a WAV its chunks: name, start of the inside, end."""
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        end = at + 8 + size
        if end > len(content):
            raise NotSo("a chunk is longer than its file")
        yield name, at + 8, end
        at = end + size % 2


@whole
def is_wav(content: Content) -> bool:
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return False
    return {name for name, _, _ in chunks(content)} >= {b"fmt ", b"data"}


RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples a second, by the version's bits: MPEG 1, 2 and 2.5."""
KILOBITS = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Of layer III by its index from one: of MPEG 1, and of the others."""
LAYER_III, FRAMES_TO_SEE = 1, 3


def mp3_frame(content: Content, at: int) -> int:
    """The length of the frame at a place. Raises NotSo where there is none."""
    [head] = struct.unpack_from(">I", content, at)
    version, layer = head >> 19 & 3, head >> 17 & 3
    kilobits, rate, padding = head >> 12 & 15, head >> 10 & 3, head >> 9 & 1
    if head >> 21 != (1 << 11) - 1 or layer != LAYER_III or version not in RATES:
        raise NotSo("no frame")
    first = version == max(RATES)
    try:
        bits, samples = KILOBITS[first][kilobits - 1] if kilobits else 0, RATES[version][rate]
    except IndexError:
        bits = 0
    if not bits:
        raise NotSo("no rate that there is")
    return int((144 if first else 72) * bits * 1000 // samples + padding)


def sound_start(content: Content) -> int:
    """The place behind the ID3 tags at the beginning."""
    at = 0
    while content[at : at + 3] == b"ID3" and at + ID3_HEADER <= len(content):
        sizes, footer = content[at + 6 : at + ID3_HEADER], content[at + 5] & 16
        at += ID3_HEADER + sum(byte << 7 * (3 - n) for n, byte in enumerate(sizes))
        at += ID3_HEADER if footer else 0
    return at


@whole
def is_mp3(content: Content) -> bool:
    """Some frames that follow on each other; there may be zeros between them and the tags."""
    at = sound_start(content)
    while at < len(content) and content[at] == 0:
        at += 1
    for _ in range(FRAMES_TO_SEE):
        at += mp3_frame(content, at)
    return at <= len(content)


AMR = {
    b"#!AMR\n": (13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1),
    b"#!AMR-WB\n": (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 0, 0, 0, 0, 1, 1),
}
"""By the file's start, the length of a frame of each type; 0: there is none."""


@whole
def is_amr(content: Content) -> bool:
    """Frames to the end; the last may break off, as where a telephone was hung up."""
    for start, lengths in AMR.items():
        if content[: len(start)] == start:
            at = len(start)
            while at < len(content):
                length = lengths[content[at] >> 3 & 15]
                if not length:
                    raise NotSo("no frame of that type")
                at += length
            return at > len(start)
    return False
