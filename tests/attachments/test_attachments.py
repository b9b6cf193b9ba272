"""Files of a ticket: by content, of bounded size, for those who may see the ticket (D.16)."""

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import Response

from app.attachments import store
from tests.aids import given
from tests.aids.given import CONTENT, JPEG, People

MOST_BYTES = 10_000_000


def attach(
    people: People, number: str, content: bytes = JPEG, headers: dict[str, str] | None = None
) -> Response:
    return people.street().send(f"/tickets/{number}/attachments", content, headers)


def kept(app: FastAPI, content: bytes) -> Path:
    folder: Path = app.state.settings.data_dir / "attachments"
    return store.path_of(folder, sha256(content).hexdigest())


def test_a_photo_comes_back_as_it_was_and_only_as_a_download(people: People) -> None:
    number = given.ticket(people)

    answer = people.operator.send(f"/tickets/{number}/attachments?name=工地.jpg", JPEG)

    assert answer.status_code == 201, answer.text
    shown = answer.json()
    assert (shown["media_type"], shown["size"], shown["name"]) == (
        "image/jpeg",
        len(JPEG),
        "工地.jpg",
    )
    assert people.street().get(f"/tickets/{number}/attachments").json() == [shown]
    file = people.street().get(f"/tickets/{number}/attachments/{shown['id']}")
    assert file.content == JPEG
    assert file.headers["Content-Type"] == "image/jpeg"
    assert file.headers["Content-Disposition"].startswith("attachment; filename=")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"


@contextmanager
def no_room_for(size: int) -> Iterator[None]:
    """The disk takes no file that is larger."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_for_which_there_is_no_room_is_503_and_leaves_nothing(
    people: People, app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    number, content = given.ticket(people), JPEG + bytes(6_000_000)

    with no_room_for(5_000_000):
        answer = attach(people, number, content)

    assert answer.status_code == 503, answer.text
    assert "could not be answered" in caplog.text
    assert not kept(app, content).exists()
    assert not list((app.state.settings.attachments / store.INCOMING).iterdir())
    assert attach(people, number, content).status_code == 201


def test_its_event_holds_no_name(people: People) -> None:
    number = given.ticket(people)
    people.street().send(f"/tickets/{number}/attachments?name=张三.jpg", JPEG)

    last = people.operator.get(f"/tickets/{number}/events").json()[-1]

    assert last["action"] == "attach"
    assert set(last["data"]) == {"sha256", "media_type", "size"}


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "image/heic"),
        (b"%PDF-1.7\n...", "application/pdf"),
    ],
)
def test_its_kind_is_read_from_its_bytes(people: People, content: bytes, media_type: str) -> None:
    number = given.ticket(people)
    lie = {"Content-Type": "text/html"}

    assert attach(people, number, content, lie).json()["media_type"] == media_type


@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ\x90\x00", b"GIF89a", b"RIFF....AVI "])
def test_other_files_are_refused_whatever_they_are_called(
    people: People, app: FastAPI, content: bytes
) -> None:
    number = given.ticket(people)

    answer = attach(people, number, content, {"Content-Type": "image/jpeg"})

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/unknown-file"
    assert not kept(app, content).exists()


def test_the_largest_is_taken_and_one_byte_more_is_not(people: People) -> None:
    number = given.ticket(people)
    largest = JPEG.ljust(MOST_BYTES, b"\x00")

    assert attach(people, number, largest).status_code == 201
    assert attach(people, number, largest + b"\x00").status_code == 413


def test_the_same_file_twice_is_one(people: People) -> None:
    number, other = given.ticket(people), given.ticket(people, citizen={"phone": "13911111111"})
    first = attach(people, number)

    again = attach(people, number)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert attach(people, other).status_code == 201


def test_sent_by_many_at_once_it_is_one(people: People) -> None:
    number = given.ticket(people)
    people.street()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: attach(people, number), range(8)))

    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len(people.street().get(f"/tickets/{number}/attachments").json()) == 1


def test_a_key_and_a_version_are_honoured(people: People) -> None:
    number = given.ticket(people)
    key = {"Idempotency-Key": "photo"}

    assert attach(people, number, headers={"If-Match": '"1"'}).status_code == 412
    first, again = attach(people, number, headers=key), attach(people, number, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert attach(people, number, b"%PDF-1.4", key).status_code == 422


def test_a_file_sent_again_after_the_ticket_left_is_told_to_be_there(people: People) -> None:
    number = given.ticket(people)
    key, path = {"Idempotency-Key": "photo"}, f"/tickets/{number}/attachments"
    street = people.street()
    assert street.send(path, JPEG, key).status_code == 201
    people.dispatcher.does("dispatch", number, office_code="110105001", reason="属地。")
    people.street("110105001").does("acknowledge", number)

    again = street.send(path, JPEG, key)

    assert (again.status_code, again.json()) == (201, {"number": number})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert street.send(path, JPEG + b"x", key).status_code == 404
    assert street.send(path, JPEG, {"Idempotency-Key": "other"}).status_code == 404
    assert street.send(path, JPEG).status_code == 404


def test_only_who_may_see_the_ticket_sees_its_files(people: People) -> None:
    number = given.ticket(people)
    made = attach(people, number).json()["id"]
    other = given.ticket(people, citizen={"phone": "13911111111"})
    path = f"/tickets/{number}/attachments"
    stranger = people.street("110105001")

    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/{made}").status_code == 404
    assert stranger.send(path, JPEG).status_code == 404
    assert people.district("110108").get(f"{path}/{made}").status_code == 404
    assert people.street().get(f"/tickets/{other}/attachments/{made}").status_code == 404
    assert people("analyst").get(path).status_code == 403
    assert people("auditor").get(f"{path}/{made}").status_code == 200
    assert people("auditor").send(path, JPEG).status_code == 403
    assert stranger.send(path, b"x" * (MOST_BYTES + 1)).status_code == 404


def test_evidence_may_follow_a_callback_but_no_other_end(people: People) -> None:
    number = given.ticket(people)
    given.awaiting(people, number)
    people.callback.post(f"/tickets/{number}/callbacks", CONTENT)
    void = given.ticket(people, citizen={"phone": "13911111111"})
    people.supervisor.does("void", void, reason="重复录入。")

    assert attach(people, number).status_code == 201
    answer = attach(people, void)
    assert (answer.status_code, answer.json()["status_now"]) == (409, "void")


def test_a_citizen_of_a_group_sends_photos_like_any_other(people: People) -> None:
    parent = given.ticket(people)
    member = given.ticket(people, citizen={"phone": "13911111111"})
    people.dispatcher.does("merge", member, parent_number=parent)

    assert people.operator.send(f"/tickets/{member}/attachments", JPEG).status_code == 201
    assert len(people.street().get(f"/tickets/{member}/attachments").json()) == 1


def test_a_file_that_changed_on_disk_is_not_handed_out(people: People, app: FastAPI) -> None:
    number, content = given.ticket(people), b"%PDF-1.7 an order"
    made = attach(people, number, content).json()["id"]
    kept(app, content).write_bytes(b"%PDF-1.7 another")

    changed = people.street().get(f"/tickets/{number}/attachments/{made}")
    kept(app, content).unlink()
    gone = people.street().get(f"/tickets/{number}/attachments/{made}")

    assert (changed.status_code, gone.status_code) == (503, 503)


def test_a_file_is_written_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    name = store.put(tmp_path, JPEG)
    store.put(tmp_path, JPEG)

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [name]
    with store.opened(tmp_path, name) as content:
        assert content[:] == JPEG
