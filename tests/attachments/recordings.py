"""Small recordings and office documents, built as their kinds are, with a mark in every place that
tells who made them."""

import struct
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from app.attachments.kinds import MediaType

MARK = b"Zhang San +39.9955+116.4700/"
WHEN = 3_900_000_000
"""Seconds since 1904."""


def box(kind: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, *inside: bytes) -> bytes:
    return box(kind, bytes(4), *inside)


def track(kind: bytes, chunks: list[tuple[int, int]]) -> bytes:
    """Its samples lie in chunks of one sample, each at a place and of a size."""
    table = box(
        b"stbl",
        full(b"stsd", bytes(4)),
        full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        full(b"stsz", struct.pack(f">II{len(chunks)}I", 0, len(chunks), *(n for _, n in chunks))),
        full(b"stco", struct.pack(f">I{len(chunks)}I", len(chunks), *(at for at, _ in chunks))),
    )
    made = struct.pack(">II", WHEN, WHEN)
    handled = full(b"hdlr", bytes(4), kind, bytes(12), MARK)
    media = box(b"mdia", full(b"mdhd", made, bytes(12)), handled, box(b"minf", table))
    header = full(b"tkhd", made, bytes(72))
    return box(b"trak", header, media, box(b"udta", full(b"loci", MARK)))


def movie(brand: bytes, kinds: tuple[bytes, ...], in_pieces: bool = False) -> bytes:
    """For each track a sample: a film's and a sound's stay, another's is a place."""
    begins = box(b"ftyp", brand, bytes(4), brand) if brand else b""
    samples = [MARK if kind not in (b"vide", b"soun") else b"sample of " + kind for kind in kinds]
    at, places = len(begins) + 8, []
    for sample in samples:
        places.append((at, len(sample)))
        at += len(sample)
    header = full(b"mvhd", struct.pack(">II", WHEN, WHEN), bytes(88))
    tracks = [track(kind, [place]) for kind, place in zip(kinds, places, strict=True)]
    described = box(b"udta", box(b"\xa9xyz", MARK)), full(b"meta", box(b"ilst", MARK))
    moov = box(b"moov", header, *tracks, *described)
    pieces = box(b"moof", full(b"mfhd", bytes(4))) if in_pieces else b""
    more = box(b"uuid", MARK), box(b"free", MARK), pieces
    return begins + box(b"mdat", *samples) + moov + b"".join(more)


def chunk(name: bytes, inside: bytes) -> bytes:
    return name + struct.pack("<I", len(inside)) + inside + bytes(len(inside) % 2)


def wav() -> bytes:
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    inside = (
        b"WAVE" + chunk(b"LIST", b"INFO" + MARK) + chunk(b"fmt ", form)
        + chunk(b"bext", MARK) + chunk(b"data", b"sound") + chunk(b"id3 ", MARK)
    )  # fmt: skip
    return chunk(b"RIFF", inside)


FRAME = bytes.fromhex("fffb9000") + b"m" * 413
"""MPEG 1, layer III, 128 kbit/s, 44.1 kHz."""


def mp3() -> bytes:
    tag = b"TIT2" + struct.pack(">IH", len(MARK), 0) + MARK
    size = bytes([len(tag) >> 21 & 127, len(tag) >> 14 & 127, len(tag) >> 7 & 127, len(tag) & 127])
    return b"ID3\x04\x00\x00" + size + tag + FRAME * 4 + (b"TAG" + MARK).ljust(128, b"\0")


def amr() -> bytes:
    return b"#!AMR\n" + (b"\x3c" + bytes(31)) * 3 + b"\x44" + bytes(5)


TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": ("word/document.xml", f"{OFFICE}.wordprocessingml.document.main+xml", "document"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}.spreadsheetml.sheet.main+xml", "workbook"),
}


def package(suffix: str, types: str | None = None, **parts: str) -> bytes:
    name, kind, root = MAIN[suffix]
    listed = f'<Types xmlns="{TYPES}"><Override PartName="/{name}" ContentType="{kind}"/></Types>'
    written = {
        "[Content_Types].xml": listed if types is None else types,
        name: f'<w:{root} xmlns:w="urn:w"><w:body>整改情况</w:body></w:{root}>',
        "docProps/core.xml": MARK.decode(),
        **parts,
    }
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        for part, text in written.items():
            if text:
                zipped.writestr(part, text)
    return file.getvalue()


FILM = (b"vide", b"soun", b"meta")
RECORDINGS = {
    MediaType.MP4: movie(b"isom", FILM),
    MediaType.MOV: movie(b"qt  ", FILM),
    MediaType.M4A: movie(b"M4A ", (b"soun",)),
    MediaType.WAV: wav(),
    MediaType.MP3: mp3(),
    MediaType.AMR: amr(),
}
DOCUMENTS = {MediaType.DOCX: package("docx"), MediaType.XLSX: package("xlsx")}
