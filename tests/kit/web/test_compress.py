"""gzip over HTTP: the same bytes inside, an ETag of its own, and nothing small or live packed."""

import gzip
import zlib
from hashlib import sha256

import pytest
from httpx import Response

from app.seals import offline
from tests.aids.given import People, ticket
from tests.aids.past import WORKED_EXAMPLE, Store
from tests.conftest import StillClock

PACKED = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}
RANKING = "/rankings/2026-09"


def raw(people: People, path: str, **asked: str) -> tuple[Response, bytes]:
    """The answer, and its bytes as they came."""
    sent = {**people("analyst").headers, **PACKED}
    with people.client.stream("GET", f"/v1{path}", headers=sent, params=asked) as answer:
        return answer, b"".join(answer.iter_raw())


@pytest.mark.parametrize("form", ["json", "csv", "html", "ndjson"])
@pytest.mark.parametrize(
    ("path", "forms"),
    [
        (RANKING, {"json", "csv"}),
        (f"{RANKING}/facts", {"ndjson", "csv"}),
        (f"{RANKING}/bulletin", {"json", "csv", "html"}),
    ],
)
def test_what_comes_packed_is_what_comes_plain(
    people: People, store: Store, path: str, forms: set[str], form: str
) -> None:
    store(WORKED_EXAMPLE)
    plain = people("analyst").get(path, PLAIN, format=form)
    answer, packed = raw(people, path, format=form)

    assert plain.status_code == (200 if form in forms else 422)
    assert "Content-Encoding" not in plain.headers
    if form in forms:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed) == plain.content
        assert len(packed) < len(plain.content)
        vary = [response.headers["Vary"].split(", ") for response in (answer, plain)]
        assert all("Accept-Encoding" in named for named in vary)


def test_the_packed_and_the_plain_have_different_strong_tags(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)
    analyst = people("analyst")

    plain, packed = (analyst.get(RANKING, how).headers["ETag"] for how in (PLAIN, PACKED))
    again = analyst.get(RANKING, {**PACKED, "If-None-Match": packed})
    other = analyst.get(RANKING, {**PACKED, "If-None-Match": plain})
    stale = analyst.get(RANKING, {**PACKED, "If-None-Match": '"x-gzip"'})

    assert packed == f'{plain[:-1]}-gzip"'
    assert (again.status_code, again.headers["ETag"], again.content) == (304, packed, b"")
    assert (other.status_code, other.headers["ETag"]) == (304, plain)
    assert stale.status_code == 200
    assert again.headers["Vary"] == "Accept-Encoding"


def test_a_sealed_ranking_verifies_out_of_its_packed_bytes(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    assert people("evaluator").post(f"{RANKING}/seal").status_code == 201

    first, packed = raw(people, RANKING)
    _, later = raw(people, RANKING)
    inside = zlib.decompress(packed, wbits=31)

    assert packed == later
    assert first.headers["ETag"] == f'"{sha256(inside).hexdigest()}-gzip"'
    assert "immutable" in first.headers["Cache-Control"]
    assert offline.faults(inside) == []


def test_what_is_not_modified_says_so_with_the_same_headers(
    people: People, store: Store, clock: StillClock
) -> None:
    store(WORKED_EXAMPLE)
    assert people("evaluator").post(f"{RANKING}/seal").status_code == 201

    for path in (RANKING, f"{RANKING}/bulletin"):
        first = people("analyst").get(path, PACKED)
        again = people("analyst").get(path, {**PACKED, "If-None-Match": first.headers["ETag"]})

        assert again.status_code == 304
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again.headers[name] == first.headers[name]
        assert first.headers["Vary"].count("Accept-Encoding") == 1


def test_who_refuses_gzip_gets_none(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    for accepted in ("gzip;q=0", "br, gzip; q=0.0, identity", "identity", "*;q=0"):
        answer = people("analyst").get(RANKING, {"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer.headers
    for accepted in ("gzip;q=0.5", "gzip;q=1.0", "deflate, gzip"):
        answer = people("analyst").get(RANKING, {"Accept-Encoding": accepted})
        assert answer.headers["Content-Encoding"] == "gzip"


def test_a_small_answer_is_not_packed(people: People, store: Store) -> None:
    store(WORKED_EXAMPLE)

    answer = people("analyst").get("/periods", PACKED)

    assert "Content-Encoding" not in answer.headers


def test_a_ticket_s_version_is_its_tag_whatever_is_accepted(people: People) -> None:
    number = ticket(people, content="。" * 5_000)

    shown = people.operator.get(f"/tickets/{number}", PACKED)

    assert shown.headers["ETag"] == f'"{shown.json()["version"]}-en"'
    assert "Content-Encoding" not in shown.headers
