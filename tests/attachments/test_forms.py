"""Files of a form, as browsers send them: several at once, under Chinese names, all or none."""

from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from httpx import Response

from app.attachments import store
from app.attachments.kinds import MediaType
from tests.aids import given
from tests.aids.given import CHAOYANG, JPEG, People, Person
from tests.attachments.recordings import DOCUMENTS, RECORDINGS

BOUNDARY = "----WebKitFormBoundaryAbCd"
PDF = b"%PDF-1.7 an order"


def part(disposition: str, content: bytes, encoding: str = "utf-8") -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode(encoding) + content + b"\r\n"


def file(name: str, content: bytes = JPEG, field: str = "files") -> bytes:
    return part(f'name="{field}"; filename="{name}"', content)


def form(*parts: bytes, end: str = f"--{BOUNDARY}--\r\n") -> bytes:
    return b"".join(parts) + end.encode()


def send(
    person: Person, number: str, body: bytes, boundary: str = BOUNDARY, **headers: str
) -> Response:
    kind = f"multipart/form-data; boundary={boundary}"
    return person.send(f"/tickets/{number}/attachments", body, {"Content-Type": kind, **headers})


def names(person: Person, number: str) -> list[str | None]:
    return [item["name"] for item in person.get(f"/tickets/{number}/attachments").json()]


def leftovers(app: FastAPI) -> list[Any]:
    return [*(app.state.settings.attachments / store.INCOMING).iterdir()]


def test_several_files_of_a_form_are_attached_under_their_names(
    people: People, app: FastAPI
) -> None:
    number = given.ticket(people)
    body = form(
        file("现场照片.jpg"),
        file("录像.mp4", RECORDINGS[MediaType.MP4]),
        file("整改报告.docx", DOCUMENTS[MediaType.DOCX]),
    )

    answer = send(people.street(), number, body)

    assert answer.status_code == 201, answer.text
    kinds = [item["media_type"] for item in answer.json()["items"]]
    assert kinds == [MediaType.JPEG, MediaType.MP4, MediaType.DOCX]
    assert names(people.operator, number) == ["现场照片.jpg", "录像.mp4", "整改报告.docx"]
    assert leftovers(app) == []
    events = people.operator.get(f"/tickets/{number}/events").json()
    assert [event["action"] for event in events[-3:]] == ["attach"] * 3
    again = send(people.street(), number, body)
    assert (again.status_code, again.json()) == (200, answer.json())


def test_a_download_has_the_senders_name_and_ends_as_its_kind_does(people: People) -> None:
    number = given.ticket(people)
    made = send(people.operator, number, form(file("现场.jpg.exe"), file("b.PDF", PDF)))

    shown = []
    for item in made.json()["items"]:
        path = f"/tickets/{number}/attachments/{item['id']}"
        shown.append(people.street().get(path).headers["Content-Disposition"])

    assert shown[0].endswith(f"filename*=UTF-8''{quote('现场.jpg.exe.jpg')}")
    assert f'filename="{number}-' in shown[0]
    assert shown[1].endswith("filename*=UTF-8''b.PDF")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('filename="C:\\\\照片\\\\门口.jpg"', "门口.jpg"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="/var/lib/门口.jpg"', "门口.jpg"),
        ('filename=".."', None),
        ('filename="a%22b.jpg"', 'a"b.jpg'),
        (f"filename*=UTF-8''{quote('门口.jpg')}", "门口.jpg"),
        (f"filename=\"x.jpg\"; filename*=UTF-8''{quote('门口.jpg')}", "门口.jpg"),
    ],
)
def test_a_name_is_the_last_part_of_what_was_written(
    people: People, written: str, name: str | None
) -> None:
    number = given.ticket(people)

    answer = send(people.operator, number, form(part(f'name="file"; {written}', JPEG)))

    assert answer.status_code == 201, answer.text
    assert names(people.operator, number) == [name]


def test_a_name_in_the_older_writing_of_chinese_is_read(people: People) -> None:
    number = given.ticket(people)
    body = form(part('name="file"; filename="门口.jpg"', JPEG, encoding="gb18030"))

    assert send(people.operator, number, body).status_code == 201
    assert names(people.operator, number) == ["门口.jpg"]


BAD: dict[str, tuple[bytes, int, str]] = {
    "wrong boundary": (form(file("a.jpg")).replace(BOUNDARY.encode(), b"other"), 400, "malformed"),
    "it breaks off": (form(file("a.jpg"), end=""), 400, "malformed"),
    "no form at all": (b"hello", 400, "malformed"),
    "nothing": (b"", 400, "malformed"),
    "no part": (form(), 422, "no-file"),
    "nothing chosen": (form(file("", b"")), 422, "no-file"),
    "an empty file": (form(file("a.jpg", b"")), 422, "unknown-file"),
    "one of them unknown": (form(file("a.jpg"), file("b.jpg", b"GIF89a")), 422, "unknown-file"),
    "a field": (form(file("a.jpg"), part('name="text"', b"hello")), 422, "invalid"),
    "a name of no text": (form(file("\u200b\u200b")), 422, "invalid"),
    "a name too long": (form(file("长" * 201 + ".jpg")), 422, "invalid"),
    "21 files": (form(*(file(f"{n}.jpg", JPEG + bytes([n])) for n in range(21))), 413, "too-many"),
    "2,000 parts": (form(*(file(f"{n}.jpg") for n in range(2000))), 413, "too-many"),
    "a header without end": (part("x" * 20_000, JPEG), 400, "malformed"),
}


@pytest.mark.parametrize(("body", "status", "problem"), BAD.values(), ids=BAD)
def test_a_form_that_is_not_right_is_refused_whole(
    people: People, app: FastAPI, body: bytes, status: int, problem: str
) -> None:
    number = given.ticket(people)

    answer = send(people.operator, number, body)

    assert answer.status_code == status, answer.text
    assert problem in answer.json()["type"]
    assert names(people.operator, number) == []
    assert leftovers(app) == []


def test_a_form_without_boundary_is_refused(people: People) -> None:
    number = given.ticket(people)
    kind = {"Content-Type": "multipart/form-data"}

    answer = people.operator.send(f"/tickets/{number}/attachments", form(file("a.jpg")), kind)

    assert answer.status_code == 400


def test_a_key_stands_for_the_files_whatever_the_boundary(people: People) -> None:
    number = given.ticket(people)
    key = {"Idempotency-Key": "form"}
    body = form(file("a.jpg"), file("b.pdf", PDF))
    first = send(people.operator, number, body, **key)

    other = body.replace(BOUNDARY.encode(), b"xyz")
    again = send(people.operator, number, other, "xyz", **key)
    another = send(people.operator, number, form(file("a.jpg")), **key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert another.status_code == 422


@pytest.mark.parametrize("kind", [*RECORDINGS, *DOCUMENTS])
def test_every_kind_is_taken_and_an_office_gets_it_bare(people: People, kind: MediaType) -> None:
    content = {**RECORDINGS, **DOCUMENTS}[kind]
    number = given.ticket(people)
    made = people.operator.send(f"/tickets/{number}/attachments", content).json()
    path = f"/tickets/{number}/attachments/{made['id']}"

    desk, office = people.operator.get(path), people.street().get(path)

    assert made["media_type"] == kind
    assert desk.content == content
    assert desk.headers["Content-Type"].partition(";")[0] == kind
    assert len(office.content) == int(office.headers["Content-Length"])
    assert (b"Zhang San" in office.content) == (kind in DOCUMENTS and b"Zhang San" in content)


def test_of_a_secret_ticket_an_office_gets_no_document_and_no_name(people: People) -> None:
    number = given.ticket(people, type="report")
    body = form(
        file("王五.docx", DOCUMENTS[MediaType.DOCX]), file("王五.mp3", RECORDINGS[MediaType.MP3])
    )
    document, sound = send(people.operator, number, body).json()["items"]
    path = f"/tickets/{number}/attachments"

    assert people.street().get(f"{path}/{document['id']}").status_code == 403
    heard = people.street().get(f"{path}/{sound['id']}")
    assert heard.status_code == 200
    assert "filename*" not in heard.headers["Content-Disposition"]


def test_a_file_may_be_as_large_as_its_kind(people: People, app: FastAPI) -> None:
    number, most = given.ticket(people), app.state.settings.most_bytes
    path = f"/tickets/{number}/attachments"
    frames = RECORDINGS[MediaType.MP3][:-128]
    song = frames.ljust(most[MediaType.MP3], b"\0")

    assert people.operator.send(path, song).status_code == 201
    louder = people.operator.send(path, song + b"\0")
    assert (louder.status_code, louder.json()["most_bytes"]) == (413, most[MediaType.MP3])
    picture = people.operator.send(path, JPEG.ljust(most[MediaType.JPEG] + 1, b"\0"))
    assert (picture.status_code, picture.json()["most_bytes"]) == (413, most[MediaType.JPEG])
    assert leftovers(app) == []


@pytest.mark.parametrize(
    "role", ["operator", "dispatcher", "supervisor", "callback", "panel", "district"]
)
def test_the_desks_and_the_district_may_attach(people: People, role: str) -> None:
    number = given.ticket(people)
    person = people(role, CHAOYANG if role == "district" else None)

    answer = send(person, number, form(file("a.jpg")))

    assert answer.status_code == 201, answer.text
    code = CHAOYANG if role == "district" else None
    assert answer.json()["items"][0]["office_code"] == code
    assert people("evaluator").send(f"/tickets/{number}/attachments", JPEG).status_code == 403
