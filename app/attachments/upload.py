"""Files as they come in: one as the raw body, or several of a form, as browsers send them.

They go to disk as they are read; of a request nothing larger than a part of its body is in memory.
"""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from pydantic import TypeAdapter, ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.attachments.store import Received
from app.kit.errors import Invalid, Malformed, TooLarge
from app.kit.messages import Message
from app.kit.web.faults import words
from app.kit.web.wire import Line

FORM = b"multipart/form-data"
MOST_AT_ONCE = 20
"""Files of one form."""

NAME = TypeAdapter(Line)
EXTENDED = re.compile(r"filename\*=(?:utf-8|UTF-8)'[^']*'([^;\s]+)")
"""RFC 5987; the form's own rules (RFC 7578) want the plain name, and some clients send this."""
ESCAPED = {"%22": '"', "%0D": "", "%0A": ""}
"""As browsers write these characters in a name of a form's part."""


class FileTooLarge(TooLarge):
    title = "The file is larger than files of its kind may be"


class TooManyAtOnce(TooLarge):
    title = "A form brings at most 20 files"


class NoFile(Invalid):
    title = "No file was sent"


class Keeping(Protocol):
    """Makes the place of each file, and knows how large any may be."""

    most_bytes: int
    is_form: bool

    def begin(self, name: str | None) -> Received: ...


async def receive(content_type: str, stream: AsyncIterator[bytes], files: Keeping) -> None:
    """Refuses FileTooLarge, TooManyAtOnce, Malformed, and NoFile of a form without any."""
    kind, options = parse_options_header(content_type)
    files.is_form = kind == FORM
    if files.is_form:
        await receive_form(options.get(b"boundary", b""), stream, files)
        return
    file = files.begin(None)
    async for part in stream:
        add(file, part, files.most_bytes)


def add(file: Received, part: bytes, most_bytes: int) -> None:
    if file.size + len(part) > most_bytes:
        raise FileTooLarge(
            Message("at most {most_bytes} bytes", most_bytes=most_bytes), most_bytes=most_bytes
        )
    file.write(part)


async def receive_form(boundary: bytes, stream: AsyncIterator[bytes], files: Keeping) -> None:
    form = Form(files)
    try:
        parser = MultipartParser(boundary, form.callbacks())
        if not boundary:
            raise FormParserError("no boundary")
        async for part in stream:
            parser.write(part)
    except FormParserError:
        raise Malformed(Message("the body is no form as its Content-Type says")) from None
    if not form.is_whole:
        raise Malformed(
            Message("the form breaks off, or its boundary is another than its Content-Type's")
        )
    if not form.number:
        raise NoFile(
            Message("the form brings no file"),
            errors=[{"pointer": "", "detail": Message("no file")}],
        )


class Form:
    """What the parser calls as it reads a form: each part with a file's name is a file."""

    def __init__(self, files: Keeping) -> None:
        self.files = files
        self.number = 0
        self.is_whole = False
        self.header, self.value = bytearray(), bytearray()
        self.headers: dict[bytes, bytes] = {}
        self.file: Received | None = None

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self.headers.clear,
            "on_header_field": self.on_field,
            "on_header_value": self.on_value,
            "on_header_end": self.on_header_end,
            "on_headers_finished": self.on_headers_finished,
            "on_part_data": self.on_data,
            "on_end": self.on_end,
        }

    def on_field(self, text: bytes, start: int, end: int) -> None:
        self.header += text[start:end]

    def on_value(self, text: bytes, start: int, end: int) -> None:
        self.value += text[start:end]

    def on_header_end(self) -> None:
        self.headers[bytes(self.header).lower()] = bytes(self.value)
        self.header.clear()
        self.value.clear()

    def on_headers_finished(self) -> None:
        """A part without a file's name is a field, of which there is none. An input for files in
        which nothing was chosen comes with an empty name, and brings no file."""
        written = self.headers.get(b"content-disposition", b"")
        _, options = parse_options_header(written.decode("latin-1"))
        if b"filename" not in options and not EXTENDED.search(text_of(written)):
            field = text_of(options.get(b"name", b""))
            fault = {"pointer": f"/{field}", "detail": Message("is no file: nothing else is taken")}
            raise Invalid(Message("{field} is no file", field=field), errors=[fault])
        self.file = None
        if options.get(b"filename") != b"":
            self.number += 1
            if self.number > MOST_AT_ONCE:
                raise TooManyAtOnce(
                    Message("at most {most_at_once}", most_at_once=MOST_AT_ONCE), most=MOST_AT_ONCE
                )
            self.file = self.files.begin(name_of(written, options, self.number - 1))

    def on_data(self, text: bytes, start: int, end: int) -> None:
        if self.file:
            add(self.file, text[start:end], self.files.most_bytes)

    def on_end(self) -> None:
        self.is_whole = True


def name_of(written: bytes, options: dict[bytes, bytes], place: int) -> str | None:
    """The sender's name of a file, without the folders before it; None where nothing is left.
    Refuses (Invalid) one that is no line of text."""
    extended = EXTENDED.search(text_of(written))
    name = unquote(extended[1]) if extended else text_of(options[b"filename"])
    for escape, character in ESCAPED.items():
        name = name.replace(escape, character)
    name = re.split(r"[\\/]", name)[-1].strip()
    if not name.strip("."):
        return None
    try:
        return NAME.validate_python(name)
    except ValidationError as fault:
        detail = words(fault.errors()[0])
        errors = [{"pointer": f"/files/{place}/name", "detail": detail}]
        raise Invalid(Message("the file's name {detail}", detail=detail), errors=errors) from None


def text_of(written: bytes) -> str:
    """In UTF-8, as browsers write it, else in the older writing of Chinese."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return written.decode("latin-1")


class Files:
    """The files of a request, in their order."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder, self.most_bytes = folder, most_bytes
        self.is_form = False
        self.received: list[Received] = []

    def begin(self, name: str | None) -> Received:
        self.received.append(Received(self.folder, name))
        return self.received[-1]

    def end(self) -> None:
        for file in self.received:
            file.end()

    def meant(self) -> bytes:
        """The same for the same files under the same names, whatever stands between them."""
        return b"\n".join(f"{file.sha256} {file.name}".encode() for file in self.received)

    def __iter__(self) -> Iterator[Received]:
        return iter(self.received)
