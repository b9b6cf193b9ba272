"""Photographs lose their metadata for offices; the city keeps the original (D.16)."""

import struct
import zlib

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from app.attachments import metadata
from app.attachments.content import parts
from app.attachments.kinds import MediaType, kind_of
from app.attachments.metadata import ORIENTATION, STRIPPED, orientation
from tests.aids import given
from tests.aids.given import CHAOYANG, WANGJING, People


def without(content: bytes, kind: MediaType) -> bytes | None:
    """The file as an office gets it, whole."""
    pieces = metadata.without(content, kind)
    return None if pieces is None else b"".join(parts(content, pieces))


MARK = b"Zhang San 39.9955N 116.4700E"


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(turned: int = 6) -> bytes:
    entries = [struct.pack("<HHIHH", ORIENTATION, 3, 1, turned, 0)]
    entries.append(struct.pack("<HHII", 0x013B, 2, len(MARK), 38))
    return struct.pack("<2sHIH", b"II", 42, 8, 2) + b"".join(entries) + bytes(4) + MARK


PICTURE = (
    segment(0xDB, bytes(65)) + segment(0xC0, bytes(15)) + segment(0xDA, b"\x01\x01\x00\x00?\x00")
)
SCAN = b"\x12\xff\x00\x34\xff\xd0\x56"
JPEG = (
    b"\xff\xd8"
    + segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01" + MARK[:3])
    + segment(0xE1, b"Exif\x00\x00" + exif())
    + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + MARK)
    + segment(0xED, b"Photoshop 3.0\x008BIM" + MARK)
    + segment(0xFE, MARK)
    + segment(0xE2, b"ICC_PROFILE\x00\x01\x01 colours")
    + b"\xff"  # a fill byte
    + PICTURE
    + SCAN
    + b"\xff\xd9"
    + MARK
)


def chunk(kind: bytes, body: bytes) -> bytes:
    checked = kind + body
    return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"tEXt", b"Author\x00" + MARK)
    + chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + MARK)
    + chunk(b"zTXt", b"Comment\x00\x00" + MARK)
    + chunk(b"eXIf", exif())
    + chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    + chunk(b"IEND", b"")
    + MARK
)


def riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)


def webp() -> bytes:
    chunks = (
        riff(b"VP8X", b"\x0c" + bytes(9))
        + riff(b"VP8 ", b"picture")
        + riff(b"EXIF", exif())
        + riff(b"XMP ", MARK)
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks + MARK


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def heic() -> bytes:
    """An Exif item and an XMP item, each in `mdat` beside the picture."""
    kinds = [(1, b"hvc1"), (2, b"Exif"), (3, b"mime")]
    entries = [
        box(b"infe", struct.pack(">IHH4s", 2 << 24, n, 0, kind) + b"\x00") for n, kind in kinds
    ]
    iinf = box(b"iinf", bytes(4) + struct.pack(">H", len(kinds)) + b"".join(entries))
    parts = [b"picture", exif(), MARK]
    start = len(box(b"ftyp", b"heic" + bytes(4))) + 8 + 4 + len(iinf) + 8 + 8 + 3 * 14 + 8
    places = b""
    for n, part in enumerate(parts, 1):
        places += struct.pack(">HHHII", n, 0, 1, start, len(part))
        start += len(part)
    iloc = box(b"iloc", bytes(4) + struct.pack(">HH", 0x4400, len(parts)) + places)
    meta = box(b"meta", bytes(4) + iinf + iloc)
    return box(b"ftyp", b"heic" + bytes(4)) + meta + box(b"mdat", b"".join(parts))


PHOTOGRAPHS = {
    MediaType.JPEG: JPEG,
    MediaType.PNG: PNG,
    MediaType.WEBP: webp(),
    MediaType.HEIC: heic(),
}


@pytest.mark.parametrize("kind", PHOTOGRAPHS)
def test_nothing_is_left_but_the_picture_and_its_way_up(kind: MediaType) -> None:
    original = PHOTOGRAPHS[kind]
    bare = without(original, kind)

    assert bare is not None
    assert MARK[:9] in original
    assert MARK[:9] not in bare
    assert kind_of(original) == kind_of(bare) == kind
    assert without(bare, kind) == bare


def test_the_way_up_and_the_scan_of_a_photograph_stay() -> None:
    bare = without(JPEG, MediaType.JPEG)

    assert bare is not None
    assert bare.endswith(PICTURE + SCAN + b"\xff\xd9")
    assert orientation(bare[bare.index(b"Exif\x00\x00") + 6 :]) == 6
    assert b"colours" in bare


@pytest.mark.parametrize("kind", list(MediaType))
@for_all(content=st.binary(max_size=200), cut=st.integers(0, 400))
def test_a_broken_file_breaks_nothing(kind: MediaType, content: bytes, cut: int) -> None:
    whole = PHOTOGRAPHS.get(kind, b"")
    for broken in (content, whole[:cut], whole[:cut] + content):
        bare = without(broken, kind)
        assert bare is None or kind in STRIPPED


@pytest.mark.parametrize("kind", PHOTOGRAPHS)
@pytest.mark.parametrize("confidential", [False, True])
def test_an_office_gets_the_picture_and_the_city_the_original(
    people: People, kind: MediaType, confidential: bool
) -> None:
    citizen = {"name": "张三", "phone": "13800000000", "confidential": confidential}
    number = given.ticket(people, citizen=citizen)
    path = f"/tickets/{number}/attachments"
    sent = people.operator.send(f"{path}?name=张三.jpg", PHOTOGRAPHS[kind])
    assert sent.status_code == 201, sent.text
    file = f"{path}/{sent.json()['id']}"

    for near in (people.street(WANGJING), people.district(CHAOYANG)):
        assert MARK[:9] not in near.get(file).content
        [listed] = near.get(path).json()
        assert listed["name"] == (None if confidential else "张三.jpg")
    for desk in (people.operator, people.supervisor):
        assert desk.get(file).content == PHOTOGRAPHS[kind]


def test_what_cannot_be_freed_of_metadata_is_withheld_where_it_is_secret(people: People) -> None:
    for confidential, status in ((True, 403), (False, 200)):
        citizen = {"name": "张三", "phone": "13800000000", "confidential": confidential}
        path = f"/tickets/{given.ticket(people, citizen=citizen)}/attachments"
        sent = people.operator.send(path, b"%PDF-1.7 /Author (Zhang San)").json()
        answer = people.street(WANGJING).get(f"{path}/{sent['id']}")
        assert answer.status_code == status
        assert people.operator.get(f"{path}/{sent['id']}").status_code == 200
