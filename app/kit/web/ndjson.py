"""NDJSON read line by line, each bounded, so that no body is ever held whole."""

import json
from codecs import BOM_UTF8
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from app.kit.errors import Invalid, Malformed, TooLarge
from app.kit.messages import Message, reason_of
from app.kit.web.faults import faults, first_of
from app.kit.web.once import GivenTwice, members

MOST_BYTES = 64_000
READ_AT_ONCE = 1 << 16

T = TypeVar("T")


class LineTooLong(TooLarge):
    title = "A line is at most 64 kB"


class Line(NamedTuple):
    """A line with its number, from 1, blank lines counted; `text` is None if it was too long."""

    number: int
    text: bytes | None


Chunk = Sequence[Line]


class Lines:
    """Cuts pieces of a stream into lines; of a line that is too long nothing is kept."""

    def __init__(self) -> None:
        self.number = 0
        self.begun = bytearray()
        self.too_long = False

    def of(self, piece: bytes) -> Iterator[Line]:
        """The lines that end in this piece, without the blank ones."""
        *ended, rest = piece.split(b"\n")
        for part in ended:
            self.take(part)
            yield from self.end()
        self.take(rest)

    def take(self, part: bytes) -> None:
        if self.too_long or len(self.begun) + len(part) > MOST_BYTES:
            self.too_long = True
            self.begun.clear()
        else:
            self.begun += part

    def end(self) -> Iterator[Line]:
        """The last line, unless it is blank: it may lack its newline."""
        self.number += 1
        text = None if self.too_long else bytes(self.begun.strip())
        if text and self.number == 1:
            text = text.removeprefix(BOM_UTF8).strip()  # files from Windows begin with it
        self.begun.clear()
        self.too_long = False
        if text != b"":
            yield Line(self.number, text)


async def chunks(stream: AsyncIterable[bytes], size: int) -> AsyncIterator[Chunk]:
    """The lines of a request's body, a number at a time."""
    lines, chunk = Lines(), list[Line]()
    async for piece in stream:
        for line in lines.of(piece):
            chunk.append(line)
            if len(chunk) == size:
                yield chunk
                chunk = []
    chunk += lines.end()
    if chunk:
        yield chunk


def file_chunks(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """The lines of a file, a number at a time."""
    lines = file_lines(file)
    while chunk := list(islice(lines, size)):
        yield chunk


def file_lines(file: BinaryIO) -> Iterator[Line]:
    lines = Lines()
    while piece := file.read(READ_AT_ONCE):
        yield from lines.of(piece)
    yield from lines.end()


def check_members(text: bytes) -> None:
    """Refuses (Malformed) a member given twice; what is no JSON, its form refuses."""
    try:
        json.loads(text, object_pairs_hook=members)
    except GivenTwice as fault:
        reason = reason_of(fault)
        raise Malformed(reason, errors=[{"pointer": "", "detail": reason}]) from None
    except (ValueError, RecursionError):
        pass


def parse(form: TypeAdapter[T], line: Line) -> T:
    """The object of a line. Refuses LineTooLong, and Invalid with every fault by its pointer."""
    if line.text is None:
        fault = {"pointer": "", "detail": Message("longer than 64 kB")}
        raise LineTooLong(errors=[fault], most_bytes=MOST_BYTES)
    check_members(line.text)
    try:
        return form.validate_json(line.text)
    except ValidationError as found:
        listed = faults(found.errors(include_url=False, include_input=False))
        raise Invalid(first_of(listed), errors=listed) from None
