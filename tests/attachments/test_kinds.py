"""Recordings and documents: known by how they are built; offices get them without who and where."""

import struct
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from app.attachments import metadata, store
from app.attachments.content import AT_ONCE, parts, size_of
from app.attachments.kinds import MediaType, kind_of
from tests.attachments import recordings
from tests.attachments.recordings import DOCUMENTS, FRAME, MAIN, MARK, RECORDINGS, WHEN, package

BUILT = {**RECORDINGS, **DOCUMENTS}


def bare(content: bytes, kind: MediaType) -> bytes | None:
    pieces = metadata.without(content, kind)
    if pieces is None:
        return None
    sent = b"".join(parts(content, pieces))
    assert len(sent) == size_of(pieces)
    return sent


@pytest.mark.parametrize("kind", BUILT)
def test_a_file_is_known_by_how_it_is_built(kind: MediaType) -> None:
    assert kind_of(BUILT[kind]) == kind


@pytest.mark.parametrize("kind", BUILT)
def test_a_file_that_breaks_off_is_none(kind: MediaType) -> None:
    if kind is MediaType.AMR:
        return  # its last frame may: a telephone was hung up
    content = BUILT[kind]
    for cut in (len(content) // 3, len(content) // 2):
        assert kind_of(content[:cut]) is None


OTHERS = {
    "a zip": package("docx", types="<Types/>"),
    "a zip without types": package("docx", types=""),
    "a document without its part": package("docx", **{MAIN["docx"][0]: ""}),
    "a document that is no XML": package("docx", **{MAIN["docx"][0]: "整改情况"}),
    "a sheet that says it is a text": package("xlsx", **{MAIN["xlsx"][0]: "<w xmlns='a'/>"}),
    "a document with macros": package("docx", **{"word/vbaProject.bin": "x"}),
    "entities": package("docx", types='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    "a program before a zip": b"MZ" + package("docx"),
    "the start of a zip": b"PK\x03\x04" + bytes(100),
    "a film without tracks": recordings.movie(b"isom", ()),
    "a film of places alone": recordings.movie(b"isom", (b"meta",)),
    "the name of a film": b"\x00\x00\x00\x18ftypisom" + bytes(12),
    "text behind an ID3 tag": b"ID3\x04\x00\x00\x00\x00\x00\x00<html>",
    "one frame of MP3": FRAME,
    "frames of layer II": bytes.fromhex("fffd9000") + bytes(413) * 4,
    "an AMR without frames": b"#!AMR\n",
    "an AMR of unknown frames": b"#!AMR\n\x4c" + bytes(20),
    "a WAV without sound": b"RIFF\x04\x00\x00\x00WAVE",
    "an AVI": b"RIFF\x04\x00\x00\x00AVI ",
    "a web page": b"<html><script>",
    "nothing": b"",
}


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_what_only_looks_like_one_is_none(content: bytes) -> None:
    assert kind_of(content) is None


@pytest.mark.parametrize("kind", RECORDINGS)
def test_nothing_is_left_but_what_is_seen_and_heard(kind: MediaType) -> None:
    original = RECORDINGS[kind]
    sent = bare(original, kind)

    assert sent is not None
    assert MARK not in sent
    assert struct.pack(">I", WHEN) not in sent
    assert kind_of(sent) == kind
    assert bare(sent, kind) == sent


@pytest.mark.parametrize("kind", [MediaType.MP4, MediaType.MOV, MediaType.M4A])
def test_every_place_in_a_film_stays_true(kind: MediaType) -> None:
    original, sent = RECORDINGS[kind], bare(RECORDINGS[kind], kind) or b""

    assert len(sent) == len(original)
    for sample in (b"sample of vide", b"sample of soun"):
        assert sent.find(sample) == original.find(sample)
    assert original.count(MARK) > 4


def test_a_film_in_pieces_with_places_beside_is_not_freed_of_them() -> None:
    kinds = recordings.FILM

    assert bare(recordings.movie(b"isom", kinds, in_pieces=True), MediaType.MP4) is None
    assert bare(recordings.movie(b"isom", kinds[:2], in_pieces=True), MediaType.MP4)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_documents_are_not_freed_of_their_authors(kind: MediaType) -> None:
    assert bare(DOCUMENTS[kind], kind) is None


@settings(max_examples=60)
@for_all(kind=st.sampled_from(list(RECORDINGS)), at=st.integers(0, 2000), byte=st.integers(0, 255))
def test_a_changed_byte_breaks_nothing(kind: MediaType, at: int, byte: int) -> None:
    content = bytearray(RECORDINGS[kind])
    content[at % len(content)] = byte
    broken = bytes(content)

    known = kind_of(broken)
    sent = bare(broken, known) if known else None
    assert sent is None or len(sent) <= len(broken)


def test_a_large_file_is_sent_in_small_parts_from_the_disk(tmp_path: Path) -> None:
    content = RECORDINGS[MediaType.MP4] + recordings.box(b"free", bytes(300_000))
    name = store.put(tmp_path, content)

    with store.opened(tmp_path, name) as kept:
        pieces = metadata.without(kept, MediaType.MP4)
        assert pieces is not None
        sent = list(parts(kept, pieces))
    assert max(map(len, sent)) <= AT_ONCE
    assert b"".join(sent) == bare(content, MediaType.MP4)
