"""`Accept` (RFC 9110, 12.5.1): the media type that a client likes best of those we have."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from fastapi import Request

QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


class Range(NamedTuple):
    """A part of `Accept`: `text/csv`, `text/*` or `*/*`, how much it is liked, and its place."""

    kind: str
    quality: float
    place: int

    def matches(self, media_type: str) -> bool:
        major, _, minor = self.kind.partition("/")
        return self.kind in ("*/*", media_type) or (
            minor == "*" and media_type.startswith(f"{major}/")
        )

    @property
    def specific(self) -> int:
        return 2 - self.kind.count("*")


def best(request: Request, offered: tuple[str, ...]) -> str:
    """The first of `offered` where nothing is said, or nothing fits: an answer in another form is
    of more use than none."""
    return liked_best(",".join(request.headers.getlist("accept")), offered)


@lru_cache(maxsize=1_000)
def liked_best(header: str, offered: tuple[str, ...]) -> str:
    ranges = list(read(header))
    liked = {media_type: liking(ranges, media_type) for media_type in offered}
    first = max(offered, key=lambda media_type: liked[media_type])
    return first if liked[first][0] else offered[0]


def liking(ranges: Sequence[Range], media_type: str) -> tuple[float, int, int]:
    """By the most specific range; of equal ones the one that is named first."""
    matching = [part for part in ranges if part.matches(media_type)]
    if not matching:
        return 0.0, 0, 0
    nearest = max(matching, key=lambda part: (part.specific, part.quality))
    return nearest.quality, nearest.specific, -nearest.place


def read(header: str) -> Iterator[Range]:
    for place, part in enumerate(header.split(",")):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if kind:
            yield Range("*/*" if kind == "*" else kind, quality(parameters), place)


def quality(parameters: Sequence[str]) -> float:
    """1 where it is not said, or said in no way that anybody knows."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q" and QUALITY.fullmatch(value.strip()):
            return float(value)
    return 1.0
