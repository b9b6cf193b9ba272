"""A caller's text as it is searched: one way of writing, no spaces, its clauses and sentences.

Each character knows its place in the caller's own text, where words are shown.
"""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import NamedTuple

from app.kit.writing import plain_table

SPACES = re.compile(r"[^\S\n]|[\u200b-\u200f\u2060\ufeff\u3000·*'\"“”‘’「」『』《》<>]")
CLAUSE_END = re.compile(r"[^\w%+\-.~]")
HEADING = 16
TELLS = re.compile("[了快救正现在,!]")
SENTENCE_END = re.compile(r"[。!?;\n]")


def plain(text: str) -> str:
    """Simplified, half-width, upper case; as many characters as before."""
    return text.translate(plain_table())


class Part(NamedTuple):
    """Of a reading's text, from `start` up to `end`."""

    start: int
    end: int


class Sign(NamedTuple):
    """A word of danger, or a thing with its fault: then the fault is the `core`."""

    start: int
    end: int
    core: Part


class Reading:
    """`text` is what is searched; `span` tells where a part of it stood in the original."""

    def __init__(self, original: str) -> None:
        self.original = original
        written = plain(original)
        self.kept: list[int] | None = None
        if SPACES.search(written):
            self.kept = [at for at, sign in enumerate(written) if not SPACES.match(sign)]
            written = "".join([written[at] for at in self.kept])
        self.text = written

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place of `text[start:end]` in the original."""
        if self.kept is None:
            return start, end
        return self.kept[start], self.kept[end - 1] + 1

    @cached_property
    def clause_ends(self) -> list[int]:
        return [*(end.start() for end in CLAUSE_END.finditer(self.text)), len(self.text)]

    @cached_property
    def sentence_ends(self) -> list[int]:
        return [*(end.start() for end in SENTENCE_END.finditer(self.text)), len(self.text)]

    @cached_property
    def heading(self) -> int:
        """Where the first line ends, if it is a heading: short, nothing told in it; else 0."""
        end = self.text.find("\n")
        return end if 0 < end <= HEADING and not TELLS.search(self.text[:end]) else 0

    def clause(self, at: int) -> tuple[int, int]:
        """From where to where the clause around a character goes."""
        return around(self.clause_ends, at)

    def sentence(self, at: int) -> tuple[int, int]:
        return around(self.sentence_ends, at)

    def clause_end_after(self, at: int, clauses: int) -> int:
        """The end of the clause that stands so many clauses behind the one around a character."""
        ends = self.clause_ends
        return ends[min(bisect_left(ends, at) + clauses, len(ends) - 1)]


def around(ends: list[int], at: int) -> tuple[int, int]:
    after = bisect_left(ends, at)
    before = bisect_right(ends, at - 1) - 1
    start = ends[before] + 1 if before >= 0 else 0
    return start, ends[min(after, len(ends) - 1)]
