"""Metadata of photographs and recordings: where, when and by whose telephone one was made (Exif,
XMP, IPTC, boxes, tags).

An office gets the file without them; the city keeps the original. Pixels, sound, colours and the
way up stay as they are: segments are left out or blanked, and nothing is decoded. None: the
metadata of that kind cannot be taken out, or the file is not built as its kind is.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from mmap import mmap

from app.attachments import bare_recordings
from app.attachments.content import Content, NotSo, Piece
from app.attachments.kinds import MediaType

MARKER, LENGTH_BYTES, SMALLEST_TIFF = 0xFF, 2, 10
WIDE_ENTRIES, WIDE_PLACES = 3, 2
"""Versions of HEIF's boxes from which on an item's number has four bytes."""

START_OF_SCAN, END_OF_IMAGE, COMMENT = 0xDA, 0xD9, 0xFE
APP0, APP1, APP2, APP14, APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers without a length: TEM, restarts, the start of the image."""

PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_PICTURE = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs acTL fcTL fdAT".split()
)
WEBP_PICTURE = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"])
XMP_AND_EXIF = 0b0000_1100
ORIENTATION = 0x0112


def without(content: Content, kind: MediaType) -> Sequence[Piece] | None:
    """The file as an office gets it, in pieces."""
    strip = STRIPPED.get(kind)
    if strip is None:
        return None
    try:
        return list(strip(content))
    except (ValueError, struct.error, IndexError, KeyError):
        return None


def of_bytes(strip: Callable[[bytes], Iterable[bytes]]) -> Callable[[Content], Iterable[Piece]]:
    """For pictures, which are small: read into memory."""

    def read(content: Content) -> Iterable[Piece]:
        return strip(content[:] if isinstance(content, mmap) else content)

    return read


def jpeg(content: bytes) -> Iterator[bytes]:
    """Segments up to the end of the image; whatever stands behind it is left out."""
    yield content[:2]
    at = 2
    while at < len(content):
        marker, start = marker_at(content, at)
        if marker == END_OF_IMAGE:
            yield b"\xff\xd9"
            return
        if marker in ALONE:
            yield bytes([0xFF, marker])
            at = start
            continue
        [length] = struct.unpack_from(">H", content, start)
        at = start + length
        if at > len(content) or length < LENGTH_BYTES:
            raise NotSo("a segment is longer than its file")
        yield from segment(marker, content[start + 2 : at])
        if marker == START_OF_SCAN:
            end = scan_end(content, at)
            yield content[at:end]
            at = end


def marker_at(content: bytes, at: int) -> tuple[int, int]:
    """The marker and the place behind it; fill bytes may stand before it."""
    if content[at] != MARKER:
        raise NotSo("no marker where one must stand")
    while content[at] == MARKER:
        at += 1
    return content[at], at + 1


def scan_end(content: bytes, at: int) -> int:
    """The next marker that is no restart, or the end of a file that breaks off."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            return len(content)
        if content[at + 1] not in (0x00, *range(0xD0, 0xD8)):
            return at
        at += 2


def segment(marker: int, body: bytes) -> Iterator[bytes]:
    """A segment that belongs to the picture; of Exif the way up alone."""
    if marker == APP1 and body.startswith(b"Exif\x00\x00"):
        turned = orientation(body[6:])
        body = b"Exif\x00\x00" + way_up(turned) if turned else b""
    elif marker == APP0:
        body = body[:14] if body.startswith(b"JFIF\x00") else b""
        body = body[:12] + b"\x00\x00" if body else b""  # without its small picture
    elif marker == APP2:
        body = body if body.startswith(b"ICC_PROFILE\x00") else b""
    elif marker == COMMENT or (APP1 <= marker <= APP15 and marker != APP14):
        body = b""
    if body:
        yield struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def orientation(tiff: bytes) -> int:
    """The way up that Exif says, or 0."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < SMALLEST_TIFF:
        return 0
    [first] = struct.unpack_from(f"{order}I", tiff, 4)
    if first + 2 > len(tiff):
        return 0
    [count] = struct.unpack_from(f"{order}H", tiff, first)
    for entry in range(first + 2, min(first + 2 + 12 * count, len(tiff) - 11), 12):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if tag == ORIENTATION and value in range(1, 9):
            return int(value)
    return 0


def way_up(value: int) -> bytes:
    """Exif of one entry."""
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, value, 0)
    return struct.pack(">2sHIH", b"MM", 42, 8, 1) + entry + bytes(4)


def png(content: bytes) -> Iterator[bytes]:
    yield PNG_START
    at = len(PNG_START)
    while True:
        [length] = struct.unpack_from(">I", content, at)
        kind, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise NotSo("a chunk is longer than its file")
        if kind in PNG_PICTURE:
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end


def webp(content: bytes) -> Iterator[bytes]:
    picture = b"".join(webp_chunks(content))
    yield b"RIFF" + struct.pack("<I", 4 + len(picture)) + b"WEBP"
    yield picture


def webp_chunks(content: bytes) -> Iterator[bytes]:
    [size] = struct.unpack_from("<I", content, 4)
    at, last = 12, min(8 + size, len(content))
    while at < last:
        [length] = struct.unpack_from("<I", content, at + 4)
        kind, end = content[at : at + 4], at + 8 + length + length % 2
        if at + 8 + length > last:
            raise NotSo("a chunk is longer than its file")
        if kind == b"VP8X":
            flags = content[at + 8] & ~XMP_AND_EXIF
            yield content[at : at + 8] + bytes([flags]) + content[at + 9 : end]
        elif kind in WEBP_PICTURE:
            yield content[at:end]
        at = end


def heic(content: bytes) -> Iterator[bytes]:
    """Blanked where they lie, so that every position in the file stays true."""
    blank = bytearray(content)
    for start, length in metadata_items(content):
        if start + length > len(content):
            raise NotSo("an item lies outside its file")
        blank[start : start + length] = bytes(length)
    yield bytes(blank)


def metadata_items(content: bytes) -> Iterator[tuple[int, int]]:
    """Start and length of each part of Exif and XMP."""
    [(start, end), *_] = [*boxes(content, 0, len(content), b"meta")] or [(0, 0)]
    if not end:
        raise NotSo("it has no items")
    [(info, info_end)] = [*boxes(content, start + 4, end, b"iinf")]
    kinds = dict(item_kinds(content, info, info_end))
    [(places, _)] = [*boxes(content, start + 4, end, b"iloc")]
    for item, method, extents in locations(content, places):
        if kinds.get(item) in (b"Exif", b"mime", b"uri "):
            if method:
                raise NotSo("its metadata do not lie in the file itself")
            yield from extents


def boxes(content: bytes, start: int, end: int, kind: bytes) -> Iterator[tuple[int, int]]:
    """The insides of the boxes of a kind."""
    while start + 8 <= end:
        size, name = struct.unpack_from(">I4s", content, start)
        header = 8
        if size == 1:
            [size], header = struct.unpack_from(">Q", content, start + 8), 16
        size = size or end - start
        if size < header or start + size > end:
            raise NotSo("a box is longer than its file")
        if name == kind:
            yield start + header, start + size
        start += size


def item_kinds(content: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    first = start + (8 if content[start] else 6)
    for inside, _ in boxes(content, first, end, b"infe"):
        wide = content[inside] >= WIDE_ENTRIES
        shape = ">IH4s" if wide else ">HH4s"
        item, _, kind = struct.unpack_from(shape, content, inside + 4)
        yield item, kind


def locations(content: bytes, at: int) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Each item with how it is kept and where its parts lie."""
    version, sizes = content[at], struct.unpack_from(">H", content, at + 4)[0]
    widths = [sizes >> 12 & 15, sizes >> 8 & 15, sizes >> 4 & 15, sizes & 15 if version else 0]
    number = Numbers(content, at + 6)
    id_width = 4 if version == WIDE_PLACES else 2
    for _ in range(number.next(id_width)):
        item = number.next(id_width)
        method = number.next(2) & 15 if version else 0
        number.next(2)
        base = number.next(widths[2])
        extents = []
        for _ in range(number.next(2)):
            number.next(widths[3])
            start, length = base + number.next(widths[0]), number.next(widths[1])
            extents.append((start, length))
        yield item, method, extents


class Numbers:
    """Whole numbers of any width, one after the other."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at

    def next(self, width: int) -> int:
        self.at += width
        if self.at > len(self.content):
            raise NotSo("it breaks off")
        return int.from_bytes(self.content[self.at - width : self.at])


STRIPPED: dict[MediaType, Callable[[Content], Iterable[Piece]]] = {
    MediaType.JPEG: of_bytes(jpeg),
    MediaType.PNG: of_bytes(png),
    MediaType.WEBP: of_bytes(webp),
    MediaType.HEIC: of_bytes(heic),
    MediaType.MP4: bare_recordings.iso,
    MediaType.MOV: bare_recordings.iso,
    MediaType.M4A: bare_recordings.iso,
    MediaType.WAV: bare_recordings.wav,
    MediaType.MP3: bare_recordings.mp3,
    MediaType.AMR: bare_recordings.amr,
}
