"""A text cut at the spans on which a decision rests."""

from collections.abc import Iterable, Mapping
from typing import Any


def marked(
    text: str, spans: Iterable[Mapping[str, Any]]
) -> list[tuple[str, Mapping[str, Any] | None]]:
    """The text in pieces, each with its span (`start`, `end`) or None. Of spans that overlap the
    one that begins first, and of those the longest, is shown."""
    pieces: list[tuple[str, Mapping[str, Any] | None]] = []
    at = 0
    for span in sorted(spans, key=lambda each: (each["start"], -each["end"])):
        if span["start"] < at or span["end"] > len(text):
            continue
        if span["start"] > at:
            pieces.append((text[at : span["start"]], None))
        pieces.append((text[span["start"] : span["end"]], span))
        at = span["end"]
    if at < len(text):
        pieces.append((text[at:], None))
    return pieces
