"""The kinds of files that are taken, each known as its readers know it.

Pictures and PDF are known by their first bytes, recordings and office documents by how they are
built: a box, frame or part that is missing or breaks off makes no such file.
"""

from collections.abc import Callable
from enum import StrEnum

from app.attachments import documents, recordings
from app.attachments.content import Content


class MediaType(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"
    MP4 = "video/mp4"
    MOV = "video/quicktime"
    MP3 = "audio/mpeg"
    M4A = "audio/mp4"
    WAV = "audio/wav"
    AMR = "audio/amr"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    @property
    def family(self) -> str:
        """`image`, `video`, `audio` or `application`."""
        return self.partition("/")[0]

    @property
    def suffix(self) -> str:
        return SUFFIXES.get(self, self.rpartition("/")[2])


SUFFIXES = {
    MediaType.JPEG: "jpg",
    MediaType.MOV: "mov",
    MediaType.MP3: "mp3",
    MediaType.M4A: "m4a",
    MediaType.DOCX: "docx",
    MediaType.XLSX: "xlsx",
}

STARTS = {
    b"\xff\xd8\xff": MediaType.JPEG,
    b"\x89PNG\r\n\x1a\n": MediaType.PNG,
    b"%PDF-": MediaType.PDF,
}
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
"""Of ISO base media files, those that hold a HEIF image."""

PARTS: dict[MediaType, Callable[[Content], bool]] = {
    MediaType.MP4: recordings.is_mp4,
    MediaType.MOV: recordings.is_quicktime,
    MediaType.M4A: recordings.is_m4a,
    MediaType.WAV: recordings.is_wav,
    MediaType.AMR: recordings.is_amr,
    MediaType.DOCX: documents.is_docx,
    MediaType.XLSX: documents.is_xlsx,
    MediaType.MP3: recordings.is_mp3,
}


def kind_of(content: Content) -> MediaType | None:
    """The kind of a file, by its bytes and not its name; None for other kinds."""
    for start, kind in STARTS.items():
        if content[: len(start)] == start:
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaType.WEBP
    if content[4:8] == b"ftyp" and content[8:12] in BRANDS:
        return MediaType.HEIC
    return next((kind for kind, is_built in PARTS.items() if is_built(content)), None)
