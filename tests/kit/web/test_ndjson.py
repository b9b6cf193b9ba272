"""Lines of NDJSON, in pieces of any size, with a single line held at a time."""

from hypothesis import given
from hypothesis import strategies as st

from app.kit.web.ndjson import MOST_BYTES, Line, Lines

PIECE = b"x" * 1000


@given(st.lists(st.binary(max_size=20).map(lambda b: b.replace(b"\n", b""))), st.integers(1, 9))
def test_the_pieces_they_come_in_make_no_difference(texts: list[bytes], size: int) -> None:
    body = b"\n".join(texts)
    lines = Lines()

    cut = [line for at in range(0, len(body), size) for line in lines.of(body[at : at + size])]

    expected = [Line(n, text.strip()) for n, text in enumerate(texts, 1) if text.strip()]
    assert [*cut, *lines.end()] == expected


def test_of_a_line_that_never_ends_nothing_is_kept() -> None:
    lines = Lines()

    for _ in range(10_000):
        assert list(lines.of(PIECE)) == []
        assert len(lines.begun) <= MOST_BYTES

    assert list(lines.of(b"\n{}\n")) == [Line(1, None), Line(2, b"{}")]
